"""Trying a fix before it is written: what the proxy answers in the server's place, for whom, and until when.

The proxy's process holds no more than is told here, and a new one begins with nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from corsinspect import advice
from corsinspect.advice.fix import Fix, fix
from corsinspect.advice.recipes.needs import needs_of
from corsinspect.analysis import by_server
from corsinspect.fetch.headers import combined
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call

ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials"
WRITES = "Real writes now reach the server: a POST, PUT or DELETE that CORS stopped until now changes real data."
"""What a person, or an assistant, must know while a fix is tried."""


class Actions(Protocol):
    """What whoever runs the proxy can have it do."""

    def simulate(self, api: str, page: str, credentials: bool) -> None:
        """Answers pages of this origin in the place of this API's server, as a fix would have it."""
        ...

    def simulate_off(self) -> None:
        """Lets all servers' own answers pass again."""
        ...


class Pair(NamedTuple):
    """Which calls a fix is tried on: those to this API by pages of this origin."""

    api: str
    page: str

    def __str__(self) -> str:
        return f"{self.page} → {self.api}"


class Simulation:
    """The fixes being tried; true while there are any."""

    def __init__(self, actions: Actions | None) -> None:
        self._actions = actions
        self._granted: dict[Pair, bool] = {}
        self.warned = False
        """Whether the person has read that writes reach the server from then on."""

    def __bool__(self) -> bool:
        return bool(self._granted)

    def __str__(self) -> str:
        """For whom: "http://localhost:3000 → http://localhost:8000 and 1 more"."""
        first = next(iter(self._granted), "")
        more = len(self._granted) - 1
        return f"{first} and {more} more" if more > 0 else str(first)

    def start(self, call: Call, others: Sequence[Call]) -> str | None:
        """Tries this call's fix on all calls of its kind; why not, where headers can't fix it.

        `others`: the session's calls to the same server, which tell whether credentials are used.
        """
        own = by_server(call)
        change, pair = fix(own), pair_of(own)
        if change is None or pair is None or self._actions is None:
            return _why_not(own)
        needs = needs_of(by_server(other) for other in others if pair_of(other) == pair).get(pair.api)
        used = needs is not None and needs.credentials == "include"
        self._tell(pair, used or _grants_credentials(change) or self._granted.get(pair, False))
        return None

    def widen(self, calls: Iterable[Call]) -> bool:
        """Grants credentials too, where a call that a fix is tried on turns out to use them; whether any did."""
        widened = False
        for call in calls:
            pair = pair_of(call)
            if pair is None or not call.simulated or self._granted.get(pair) is not False:
                continue
            change = fix(call)
            if change is not None and _grants_credentials(change):
                self._tell(pair, True)
                widened = True
        return widened

    def stop(self) -> None:
        """Lets the servers' own answers pass again."""
        if self._actions is not None:
            self._actions.simulate_off()
        self._granted.clear()

    def forget(self) -> None:
        """The proxy has died, and the simulation with it."""
        self._granted.clear()

    def _tell(self, pair: Pair, credentials: bool) -> None:
        assert self._actions is not None
        self._granted[pair] = credentials
        self._actions.simulate(pair.api, pair.page, credentials)


def pair_of(call: Call) -> Pair | None:
    """The API that a call stopped at, and the origin that the browser named there; None where it named none."""
    exchange = call.stopped_at
    origin = combined(exchange.request_headers, "origin") if exchange is not None else None
    return None if exchange is None or not origin else Pair(origin_of(exchange.url), origin)


def _grants_credentials(change: Fix) -> bool:
    return any(ALLOW_CREDENTIALS in part.set for part in (change.preflight, change.actual) if part is not None)


def _why_not(call: Call) -> str:
    if call.verdict.outcome not in ("blocked", "network-error"):
        return "Nothing to try: the server's own response allows this call."
    change = advice.explanation(call).change
    return f"No header can fix this ({advice.short_reason(call)}). {change}".strip()
