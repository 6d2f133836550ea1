"""The wall clock is set while a browser is listened to: what it says stays in the times of the exchanges."""

import datetime
from collections.abc import Callable

import msgspec
import pytest

from corsinspect.addons.clock import Clock
from corsinspect.capture.listening import chromium_said, firefox_said
from corsinspect.said import Said
from tests.addons.test_clock import START, Hands
from tests.addons.test_clock import hands as hands

URL = "http://api.test/"


def from_chromium(clock: Clock, hands: Hands, pause: Callable[[], None]) -> list[Said]:
    """Two requests of a second each, by a monotonic clock and the wall's, with something between."""
    hearing = chromium_said.Hearing("L", "Chromium", clock.steady)

    def hear(method: str, **params: object) -> None:
        hearing.hear("s", f"Network.{method}", msgspec.json.encode(params), clock.now())

    for id in ("1", "2"):
        hear(
            "requestWillBeSent",
            requestId=id,
            request={"url": URL, "method": "GET"},
            timestamp=hands.running,
            wallTime=hands.wall,
            initiator={},
        )
        hands.wait(1)
        hear("loadingFinished", requestId=id, timestamp=hands.running)
        pause()
    return hearing.rest()


def from_firefox(clock: Clock, hands: Hands, pause: Callable[[], None]) -> list[Said]:
    """The same, refused, with lines on the console that say so."""
    hearing = firefox_said.Hearing("L", "Firefox", clock.steady)

    def hear(kind: str, name: str, resource: dict[str, object]) -> None:
        hearing.hear(f"resources-{kind}-array", msgspec.Raw(msgspec.json.encode([[name, [resource]]])), clock.now())

    for number in (1, 2):
        id = number + (1 << 32)
        started = datetime.datetime.fromtimestamp(hands.wall, datetime.UTC).isoformat()
        request = {"actor": "a", "url": URL, "method": "GET", "startedDateTime": started, "cause": {}}
        hear("available", "network-event", {"resourceId": id, "securityFlags": 16, **request})
        hands.wait(1)
        hear("updated", "network-event", {"resourceId": id, "resourceUpdates": {"status": "200", "totalTime": 1000}})
        error = {"errorMessage": f"({URL}) number {number}", "category": "CORSMissingAllowOrigin2"}
        hear("available", "error-message", {"pageError": {**error, "timeStamp": hands.wall * 1000}})
        pause()
    return hearing.rest()


@pytest.mark.parametrize("told", [from_chromium, from_firefox])
@pytest.mark.parametrize("step", [-3600.0, -2.0, 2.0, 3600.0])
def test_times_go_on(step: float, told: Callable[..., list[Said]], hands: Hands) -> None:
    def pause() -> None:
        hands.wall += step
        hands.wait(1)

    first, second = told(Clock(), hands, pause)
    assert (first.called, first.ended) == (pytest.approx(START, abs=1e-3), pytest.approx(START + 1, abs=1e-3))
    assert (second.called, second.ended) == (pytest.approx(START + 2, abs=1e-3), pytest.approx(START + 3, abs=1e-3))
    if first.console is not None:
        assert (first.console[-1], (second.console or "")[-1]) == ("1", "2")
