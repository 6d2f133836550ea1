"""The calls of a test as the browser judged them, and assertions whose message is the answer and the fix."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from corsinspect.model import Call, Outcome
from corsinspect.policy.selector import Selector
from corsinspect.report.answer import Answers, plain
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.text import lines
from corsinspect.session.judging import LiveSession
from corsinspect.testing.background import BackgroundProxy

POLL = 0.05
"""Seconds between looks at calls that are still under way."""
MOST = 5
"""Failed calls that a message explains; the others are only named."""
NOTHING = "Nothing passed the proxy: does the browser use cors.proxy_url?"
Methods = str | Sequence[str] | None


class Cors:
    """What the fixture `cors` is. Addresses can have `*` for anything; without a `?`, a query doesn't matter."""

    def __init__(self, proxy: BackgroundProxy, session: Path) -> None:
        """`session`: the file that the proxy writes to."""
        self.proxy_url = proxy.url
        """For the browser's configuration; see `certificate` for pages at https."""
        self.certificate = proxy.certificate
        """The proxy's authority, a PEM file; browsers can be told to ignore errors instead."""
        self.session = session
        """What was captured, for `corsinspect replay`."""
        self._proxy = proxy
        self._calls: dict[str, Call] = {}
        self._recorded = LiveSession(session, lambda changes: changes.apply_to(self._calls))

    @property
    def calls(self) -> list[Call]:
        """All calls so far, page loads too, in the order of their first requests."""
        self._proxy.flush()
        self._recorded.poll()
        return sorted(self._calls.values(), key=lambda call: call.started)

    def assert_no_blocked(
        self,
        url: str | None = None,
        *,
        method: Methods = None,
        origin: str | None = None,
        ignore: Iterable[str] = (),
        timeout: float = 5.0,
    ) -> None:
        """No call was blocked (of those to `url`, and of pages of `origin`), but for addresses in `ignore`.

        Fails as well where nothing at all passed the proxy, page loads included: then nothing is known.
        `timeout`: seconds for calls that are still under way."""
        __tracebackhide__ = True
        selector, ignored = _selector(url, method, origin), [Selector(url=each) for each in ignore]

        def selected() -> list[Call]:
            return [call for call in self._matching(selector) if not any(each.matches(call) for each in ignored)]

        settled = self._until(selected, lambda calls: not any(map(_is_pending, calls)), timeout)
        if not self._calls:
            raise AssertionError(NOTHING)
        blocked = [call for call in settled if call.verdict.outcome == "blocked"]
        if blocked:
            number = f"{len(blocked)} calls" if len(blocked) > 1 else "1 call"
            raise AssertionError("\n".join([f"CORS blocked {number}", "", *self._explained(blocked)]))

    def assert_allowed(self, method: str, url: str, *, origin: str | None = None, timeout: float = 5.0) -> Call:
        """The page could read the answer to this call, each time it was made; returns the latest of them."""
        __tracebackhide__ = True
        self.wait_for(url, method=method, origin=origin, timeout=timeout)
        calls = self._matching(_selector(url, method, origin))
        failed = [call for call in calls if call.verdict.outcome not in ("allowed", "not-cors")]
        if failed:
            raise AssertionError("\n".join(["The page could not read the answer", "", *self._explained(failed)]))
        return calls[-1]

    def wait_for(
        self,
        url: str,
        *,
        method: Methods = None,
        origin: str | None = None,
        outcome: Outcome | None = None,
        timeout: float = 10.0,
    ) -> Call:
        """Waits until such a call was made and judged, and returns the latest; `outcome`: until one had that."""
        __tracebackhide__ = True
        selector = _selector(url, method, origin)

        def is_there(calls: list[Call]) -> bool:
            return any(call.verdict.outcome == outcome if outcome else not _is_pending(call) for call in calls)

        found = self._until(lambda: self._matching(selector), is_there, timeout)
        judged = [call for call in found if is_there([call])]
        if not judged:
            wanted = f"{selector}, {outcome}" if outcome else str(selector)
            seen = [lines(call) for call in self._calls.values() if Selector().matches(call)]
            others = ["These were made:", *seen] if seen else [NOTHING]
            raise AssertionError("\n".join([f"No such call in {timeout:g} s: {wanted}", "", *others]))
        return judged[-1]

    def close(self) -> None:
        """Has the rest written, and lets go of the session file."""
        self._proxy.flush()
        self._recorded.close()

    def _matching(self, selector: Selector) -> list[Call]:
        return [call for call in self.calls if selector.matches(call)]

    def _until(
        self, look: Callable[[], list[Call]], enough: Callable[[list[Call]], bool], timeout: float
    ) -> list[Call]:
        """What there is once it is enough, or at the end of the time."""
        deadline = time.monotonic() + timeout
        while not enough(calls := look()) and time.monotonic() < deadline:
            time.sleep(POLL)
        return calls

    def _explained(self, failed: Sequence[Call]) -> Iterable[str]:
        answers = Answers(Neighbours([*self._calls.values()]))
        for call in failed[:MOST]:
            answer = answers.of(call)
            yield f"{answer.name}: {answer.headline}"
            yield from (f"  {line}".rstrip() for line in plain(answer))
            yield ""
        yield from map(lines, failed[MOST:])
        yield f"Session: {self.session}"


def _is_pending(call: Call) -> bool:
    return call.verdict.outcome == "pending"


def _selector(url: str | None, method: Methods, origin: str | None) -> Selector:
    methods = (method,) if isinstance(method, str) else tuple(method or ())
    return Selector(url=url, methods=methods, origin=origin)
