"""A watched call tells when the server itself has turned, and how long that took."""

from pathlib import Path

import msgspec
import pytest

from corsinspect.dashboard.list.remark_line import watch_line
from corsinspect.dashboard.look.times import in_words
from corsinspect.dashboard.state.watch import Watch
from corsinspect.model import Call, Exchange, Verdict
from tests.analysis.build import GRANT, OPEN, exchange, only, preflight
from tests.dashboard.conftest import capturing

STAR = {"Access-Control-Allow-Origin": "*"}
WHATEVER = {**OPEN, "Access-Control-Allow-Credentials": "true"}


def put(at: float, granted: bool) -> Call:
    asked = preflight(at=at, got=GRANT if granted else {})
    return only(asked, exchange("PUT", at=at + 0.1, got=OPEN)) if granted else only(asked)


def test_it_tells_when_blocked_turns_to_allowed_and_how_long_it_took() -> None:
    watch = Watch(put(100.0, False))
    assert watch.see([put(110.0, False)]) is None
    told = watch.see([put(175.0, True)])
    assert told is not None and told.text.endswith("is allowed now, 1 min 15 s after it was blocked.")
    assert "it took 1 min 15 s" in watch_line(watch).plain
    again = watch.see([put(180.0, False)])
    assert again is not None and "blocked again" in again.text


def test_a_call_without_a_new_preflight_proves_nothing() -> None:
    watch = Watch(put(100.0, False))
    cached = msgspec.structs.replace(put(120.0, True), preflight="cached")
    assert watch.see([cached]) is None
    assert watch.see([put(130.0, True)]) is not None


def test_another_endpoint_and_another_page_do_not_count() -> None:
    watch = Watch(only(exchange(got={})))
    assert watch.see([only(exchange(url="https://api.test/y", at=101.0, got=OPEN))]) is None
    other = msgspec.structs.replace(only(exchange(at=101.0, got=OPEN)), page_origin="https://other.test")
    assert watch.see([other]) is None
    assert watch.see([only(exchange(url="https://api.test/x?page=2", at=102.0, got=WHATEVER))]) is not None


def simulated(one: Exchange) -> Exchange:
    """As a fix tried in the proxy lets it pass."""
    return msgspec.structs.replace(one, server_status=200, server_headers=())


def test_a_fix_that_is_only_tried_does_not_count() -> None:
    watch = Watch(only(exchange(got={})))
    assert watch.see([only(simulated(exchange(at=101.0, got=OPEN)))]) is None


def open_at(at: float, **sent: str) -> Call:
    """Allowed only if the page sends no credentials, unless a cookie shows that it does."""
    return only(exchange(at=at, got=STAR, sent=sent))


def test_what_depends_on_credentials_is_never_a_success() -> None:
    watch = Watch(only(exchange(got={})))
    assert watch.see([open_at(110.0)]) is None
    assert "✓?" in watch_line(watch).plain and "depends on credentials" in watch_line(watch).plain
    blocked = open_at(120.0, Cookie="a=b")
    assert watch.see([blocked]) is None and blocked.verdict.outcome == "blocked"
    told = watch.see([only(exchange(at=130.0, got=WHATEVER))])
    assert told is not None and told.text.endswith("is allowed now, 30 s after it was blocked.")


def test_a_call_that_shows_late_that_it_was_blocked_counts_from_its_time() -> None:
    first = msgspec.structs.replace(put(100.0, False), verdict=Verdict(outcome="pending", certainty="likely"))
    watch = Watch(first)
    assert watch.see([put(102.0, True)]) is None
    told = watch.see([put(100.0, False)])
    assert told is not None and told.text.endswith("is allowed now, 2 s after it was blocked.")
    assert watch.see([put(100.0, False)]) is None


def down(at: float, url: str = "http://api.test/x", method: str | None = "GET", **sent: str | None) -> Call:
    return only(exchange(method, url, at=at, failed="refused", sent=sent))


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param(open_at(130.0), id="allowed, depending on credentials"),
        pytest.param(only(exchange(at=130.0, got=WHATEVER)), id="allowed"),
        pytest.param(only(exchange(at=130.0, sent={"Sec-Fetch-Mode": "no-cors", "Origin": None})), id="opaque"),
    ],
)
def test_a_dead_server_recovers_with_whatever_answer_it_gives(answered: Call) -> None:
    watch = Watch(down(100.0, answered.url))
    assert watch.see([down(110.0, answered.url)]) is None
    answered = msgspec.structs.replace(answered, page_origin=watch.endpoint[2])
    told = watch.see([answered])
    assert told is not None and told.text.endswith("is answered again, 30 s after it failed.")
    failed = watch.see([down(140.0, answered.url)])
    assert failed is not None and failed.text.endswith("fails again.")


def test_a_dead_server_that_answers_without_cors_headers_is_blocked_then() -> None:
    watch = Watch(down(100.0))
    told = watch.see([only(exchange(url="http://api.test/x", at=120.0, got={}))])
    assert told is not None and "is answered again, and blocked: no Allow-Origin header" in told.text
    told = watch.see([only(exchange(url="http://api.test/x", at=130.0, got=WHATEVER))])
    assert told is not None and told.text.endswith("is allowed now, 30 s after it was blocked.")


def test_a_connection_that_failed_recovers_with_any_call_to_its_server() -> None:
    bare = dict.fromkeys(("Origin", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest"))
    watch = Watch(down(100.0, "https://api.test:443/", None, **bare))
    assert watch.see([only(exchange(url="https://other.test/x", at=110.0, got=WHATEVER))]) is None
    told = watch.see([only(exchange(url="https://api.test/x", at=120.0, got=WHATEVER))])
    assert told is not None and told.text.endswith("is answered again, 20 s after it failed.")


def test_a_while_in_words() -> None:
    assert [in_words(seconds) for seconds in (0.4, 59, 61, 3720)] == ["0 s", "59 s", "1 min 1 s", "1 h 2 min"]


async def test_w_pins_the_call_and_w_again_lets_it_go(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(exchange(url="http://localhost:8000/cart", got={}))
        await screen.press("w")
        await screen.sees("◉ watching GET :8000/cart", "✗ blocked at")
        await screen.put(exchange(url="http://localhost:8000/cart", at=142.0, got=WHATEVER))
        await screen.sees("✓ allowed at", "it took 42 s")
        await screen.press("w")
        await screen.until(lambda: "watching" not in screen.text)


async def test_w_ends_the_watch_wherever_it_is_pressed(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(80, 24)) as screen:
        await screen.put(exchange(url="http://localhost:8000/cart", got={}))
        await screen.press("w")
        await screen.sees(" ✗ blocked at", "(w stops)")
        await screen.put(exchange(url="http://localhost:8000/other", at=101.0, got={}))
        await screen.press("end", "w")
        await screen.until(lambda: screen.app.watched is None and "◉" not in screen.text)
        await screen.press("w")
        await screen.sees("watching GET :8000/other")
        await screen.press("slash", *"nothing", "enter", "w")
        await screen.until(lambda: screen.app.watched is None)
