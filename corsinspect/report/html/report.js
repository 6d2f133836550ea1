"use strict";
const calls = [...document.querySelectorAll("details.call")];
const filter = document.getElementById("filter");
document.documentElement.classList.add("has-script");

// the address of the page always names the call that is open
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(named instanceof HTMLDetailsElement)) return false;
  named.open = true;
  named.scrollIntoView({ block: "nearest" });
  return true;
}
for (const call of calls) {
  call.addEventListener("toggle", () => {
    if (call.open && location.hash !== "#" + call.id) history.replaceState(null, "", "#" + call.id);
  });
}
addEventListener("hashchange", openNamed);

filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const call of calls) {
    const text = call.querySelector("summary").textContent.toLowerCase();
    const fits = words.every((word) => text.includes(word));
    call.classList.toggle("filtered", !fits);
    shown += fits;
  }
  document.getElementById("none").hidden = shown > 0 || calls.length === 0;
});

// on paper whatever is wrong is open; on the screen only one call is
let opened = [];
addEventListener("beforeprint", () => {
  opened = calls.filter((call) => call.open);
  for (const call of calls) {
    call.removeAttribute("name");
    call.open = call.classList.contains("wrong");
  }
});
addEventListener("afterprint", () => {
  for (const call of calls) call.open = opened.includes(call);
  for (const call of calls) call.setAttribute("name", "call");
});

if (!openNamed()) {
  const first = document.querySelector("details.fails") ?? document.querySelector("details.wrong");
  if (first) first.open = true;
}
