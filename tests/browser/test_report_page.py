"""The HTML report in real browsers: it opens, its addresses and its filter work, and nothing captured runs in it."""

import asyncio
import json
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from corsinspect.capture.browser import BrowserKind, find
from corsinspect.capture.proxy import Proxy
from tests.browser.pages import open_page
from tests.browser.test_scenes import both
from tests.browser.test_scenes import proxy as proxy
from tests.capture.wire import serving
from tests.report.build import CALLS, HOSTILE_CALLS, report

TRY = """
async () => {
  const open = () => [...document.querySelectorAll('details[open]')].map((call) => call.id);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
  const seen = { named: open(), scripts: document.scripts.length, images: document.images.length };
  seen.links = [...document.links].filter((link) => !link.hash.startsWith('#call-')).length;
  document.querySelector('#call-x > summary').click();
  await settle();
  seen.clicked = open();
  seen.address = location.hash;
  location.hash = '#call-k';
  await settle();
  seen.followed = open();
  const filter = document.getElementById('filter');
  const shown = (words) => {
    filter.value = words;
    filter.dispatchEvent(new Event('input'));
    const calls = [...document.querySelectorAll('details.call')];
    return calls.filter((call) => call.checkVisibility()).map((call) => call.id);
  };
  seen.filtered = shown('BLOCKED old');
  seen.nothing = [shown('nowhere').length, document.getElementById('none').checkVisibility()];
  seen.all = shown('').length;
  dispatchEvent(new Event('beforeprint'));
  seen.printed = open();
  dispatchEvent(new Event('afterprint'));
  seen.after = open();
  const injected = document.createElement('script');
  injected.textContent = 'window.injected = true';
  document.body.append(injected);
  const image = document.createElement('img');
  image.setAttribute('onerror', 'window.injected = true');
  image.src = 'data:,';
  document.body.append(image);
  await settle();
  seen.injected = window.injected ?? null;
  const summary = document.getElementById('summary').getBoundingClientRect();
  const first = document.querySelector('details').getBoundingClientRect();
  seen.order = [summary.bottom <= first.top + 1, getComputedStyle(document.documentElement).colorScheme];
  return JSON.stringify(seen);
}
"""


@both
async def test_the_page_works_and_nothing_captured_runs(proxy: Proxy, kind: BrowserKind) -> None:
    text = report("html", [*CALLS, *HOSTILE_CALLS]).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\n\r\n".encode()

    async def answer(asked: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del asked, reader
        writer.write(head + text)

    async with serving(answer) as port:
        url = f"http://localhost:{port}/report.html#call-b"
        async with open_page(kind, proxy, url) as page:
            seen = json.loads(await page.evaluate(TRY))
    assert seen["named"] == ["call-b"]
    assert (seen["scripts"], seen["images"], seen["links"]) == (1, 0, 0)
    assert (seen["clicked"], seen["address"]) == (["call-x"], "#call-x")
    assert seen["followed"] == ["call-k"]
    assert seen["filtered"] == ["call-x"]
    assert seen["nothing"] == [0, True]
    assert seen["all"] > 40
    assert {"call-b", "call-k", "call-x", "call-d"} <= {*seen["printed"]} and "call-a" not in seen["printed"]
    assert seen["after"] == ["call-k"]
    assert seen["injected"] is None
    assert seen["order"] == [True, "light dark"]


async def test_the_file_opens_offline(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    await asyncio.to_thread(file.write_text, report("html", [*CALLS, *HOSTILE_CALLS]), "utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find("chromium"))
        context = await browser.new_context(offline=True, color_scheme="dark")
        page = await context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(file.as_uri())
        opened = await page.locator("details[open]").first.get_attribute("id")
        dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        await browser.close()
    assert (said, asked) == ([], [file.as_uri()])
    assert opened == "call-b", "the first that fails"
    assert dark == "rgb(13, 17, 23)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_texts_can_be_read_in_light_and_in_dark(scheme: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    await asyncio.to_thread(file.write_text, report("html"), "utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find("chromium"))
        page = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
        await page.goto(file.as_uri())
        worst = await page.evaluate(CONTRAST)
        await browser.close()
    assert worst >= 4.5


CONTRAST = """
() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 && element.parentElement ? behind(element.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return Math.min(...texts.map((element) => {
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))].sort();
    return (other + 0.05) / (one + 0.05);
  }));
}
"""
"""The least contrast of any text with what is behind it."""
