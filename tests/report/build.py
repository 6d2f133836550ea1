"""Calls for reports: with all that a report can say, and with hostile text wherever the traffic puts text."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from corsinspect.model import Call, Word
from corsinspect.policy.baseline import problem_of
from corsinspect.policy.config import parse_policy
from corsinspect.policy.judging import Judging, Source
from corsinspect.report.formats import writer
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.writer import written
from corsinspect.said import Place, Said
from tests.analysis.build import API, GRANT, OPEN, exchange, only, preflight

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]></failure><x>",
    "\"' onload='alert(1)'",
    "\n::error::injected",
    "\r\n## heading @somebody",
    "| cell | `` ` ``` [link](javascript:alert(1)) ![x](http://evil.test/x.png)",
    "{{ 7 * 7 }}{% raw %}",
    "\x00\x1b[31m\u202e\ufffe\uffff",
    "%0A::warning::x,title=y",
)


def hostile(text: str, number: int) -> Iterator[Call]:
    """Calls with this text in every place that a server or a page can write."""
    sent = {"Origin": f"https://app.test{text}", "X-Name": text}
    yield only(exchange(f"GET{text}", f"https://api.test/{text}", sent=sent, got={text: text}, id=f"h{number}{text}"))
    yield only(exchange(got={"Access-Control-Allow-Origin": text}, id=f"o{number}"))
    grant = {**GRANT, "Access-Control-Allow-Methods": text}
    yield only(preflight(names=text, got=grant, id=f"m{number}"))
    yield only(exchange(status=302, got={**OPEN, "Location": f"https://b.test/{text}"}, id=f"r{number}"))


HOSTILE_CALLS = [call for number, text in enumerate(HOSTILE) for call in hostile(text, number)]

CALLER = Place(url="https://app.test/src/api.js?v=1", line=42, column=7)


def told(call: Call) -> Call:
    """The same call, where the browser said which line of code made it."""
    said = Said(id="1", engine="chromium", called=call.started, url=call.url, method="GET", caller=CALLER)
    return msgspec.structs.replace(call, browser=Word(match="sure", said=(said,)))


CALLS = [
    told(only(exchange(id="b"))),
    only(exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}, id="a")),
    only(exchange("PUT", f"{API}/known", id="k")),
    only(exchange("PUT", f"{API}/old", id="x")),
    only(exchange(failed="refused", id="d")),
    only(exchange(status=None, id="u")),
    only(exchange(sent={"Sec-Fetch-Mode": "navigate", "Origin": None}, id="n")),
]
POLICY = f"""
[[expect]]
url = "{API}/old"
why = "retired"
[[must-allow]]
url = "{API}/never-made"
"""
SOURCES = {
    "b": Source("sessions/one two.jsonl", 3),
    "d": Source("traffic.har", None, "log.entries[4]"),
}


def report(format: str, calls: list[Call] = CALLS, policy: str = POLICY) -> str:
    """A report by a policy, with a baseline that knows the call to /known."""
    known = frozenset(problem_of(call) for call in calls if call.url.endswith("/known"))
    judging = Judging(parse_policy(policy, Path("corsinspect.toml")), known)
    judged = (judging.judge(call, SOURCES.get(call.id)) for call in calls)
    return "\n".join(written(writer(format, Neighbours(calls)), judged, judging.unmet()))
