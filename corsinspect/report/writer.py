"""What a format of `check` is: a writer that gets one call at a time, so that no report has to be held whole."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from corsinspect.advice import OUTCOME_SIGNS, is_open
from corsinspect.advice.messages.browser_said import caller_of, place
from corsinspect.model import Call
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.printable import printable
from corsinspect.report.neighbours import Neighbours


class Writer(Protocol):
    """Gives the lines of one report, without line breaks: first `begin`, then `call` for each, then `end`."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        """`session`: the evidence for causes; whoever writes adds the calls to it. `colour`: for a terminal."""
        ...

    def begin(self) -> Iterable[str]:
        """What comes before all calls."""
        ...

    def call(self, judged: Judged) -> Iterable[str]:
        """One call."""
        ...

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        """What comes after all calls; `unmet`: rules of the policy that none was there for."""
        ...


def written(writer: Writer, calls: Iterable[Judged], unmet: Iterable[Unmet]) -> Iterator[str]:
    """A whole report; `unmet` is looked at after the last call."""
    yield from writer.begin()
    for judged in calls:
        yield from writer.call(judged)
    yield from writer.end(unmet)


def is_listed(call: Call) -> bool:
    """Whether reports list a call; what CORS has no say in, and the browser's own traffic, is only counted."""
    return call.verdict.outcome != "not-cors" and not call.background


def sign_of(call: Call) -> str:
    """The sign for its outcome, with a `?` where it stands open."""
    return OUTCOME_SIGNS[call.verdict.outcome] + ("?" if is_open(call) else "")


def name_of(call: Call) -> str:
    """A call in one printable line: "PUT https://api.example/items from https://app.example"."""
    page = f" from {call.page_origin}" if call.page_origin else ""
    return printable(f"{call.method or 'CONNECT'} {call.url}{page}")


def called_from(call: Call) -> str:
    """The line of code that made the call, where the browser said so: "https://app.example/api.js:42"."""
    found = caller_of(call)
    return printable(place(found)) if found is not None else ""
