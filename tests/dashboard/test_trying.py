"""A fix tried from the dashboard: the keys, what the proxy is told, and how its calls look."""

from pathlib import Path

import msgspec

from corsinspect.model import Exchange, HeaderList
from tests.dashboard.conftest import Screen, capturing, replaying
from tests.dashboard.story import PAGE, Story

API = "http://localhost:8000"
OWN: HeaderList = (("Access-Control-Allow-Origin", PAGE),)
COOKIE: HeaderList = (("Cookie", "sid=‹redacted:12:ab›"),)


def blocked(path: str = "/api/me", api: str = API, *, asked: HeaderList = ()) -> Exchange:
    """A request whose answer names no origin."""
    story = Story()
    story.add("GET", api + path, 200, asked=asked)
    return msgspec.structs.replace(story.exchanges[0], id=path + api)


def simulated(exchange: Exchange, delivered: HeaderList = OWN, id: str = "s") -> Exchange:
    """The same again, with what the proxy said in the server's place."""
    return msgspec.structs.replace(
        exchange,
        id=id,
        started=exchange.started + 1,
        response_headers=(*exchange.response_headers, *delivered),
        server_status=exchange.status,
        server_headers=exchange.response_headers,
    )


async def select(screen: Screen, exchange: Exchange) -> None:
    await screen.put(exchange)
    await screen.press("end")


async def test_t_tries_the_fix_and_t_ends_it(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked())
        await screen.sees("t Try the fix")
        await screen.press("t")
        await screen.sees("SIMULATED", f"fix for {PAGE} → {API} (t: off)", "reload the page", "t Simulation off")
        assert screen.proxy.sent == [("simulate", API, PAGE, False)]
        await screen.press("t")
        await screen.until(lambda: "fix for" not in screen.text)
        assert screen.proxy.sent[1:] == [("simulate.off",)]
        await screen.sees("t Try the fix", "Simulation off")


async def test_capital_s_tries_it_and_adds_another_servers(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked())
        await screen.press("S")
        await select(screen, blocked("/x", "http://localhost:9000"))
        await screen.press("S")
        await screen.sees(f"fix for {PAGE} → {API} and 1 more (t: off)")
        await screen.press("t")
        assert screen.proxy.sent[1:] == [("simulate", "http://localhost:9000", PAGE, False), ("simulate.off",)]


async def test_credentials_are_granted_where_the_pages_calls_use_them(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked("/api/cart", asked=COOKIE))
        await select(screen, blocked())
        await screen.press("t")
        assert screen.proxy.sent == [("simulate", API, PAGE, True)]


async def test_credentials_that_show_only_now_are_granted_from_now_on(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked())
        await screen.press("t")
        await screen.put(simulated(blocked(asked=COOKIE)))
        await screen.sees("The page sends credentials", "✗ 2 blocked")
        assert screen.proxy.sent[1:] == [("simulate", API, PAGE, True)]


async def test_what_headers_cannot_mend_is_told(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        story = Story()
        story.preflighted("PUT", f"{API}/tasks", (307, (("Location", f"{API}/tasks/"),)), None)
        await select(screen, story.exchanges[0])
        await screen.press("t")
        await screen.sees("No header can fix this")
        assert screen.proxy.sent == []


async def test_nothing_is_being_tried_once_the_proxy_has_died(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked())
        await screen.press("t")
        await screen.sees("fix for")
        screen.proxy.die("killed by SIGKILL")
        await screen.sees("The proxy has stopped")
        await screen.press("R")
        await screen.sees("t Try the fix")
        assert "fix for" not in screen.text


async def test_a_call_that_a_tried_fix_let_through_is_not_an_allowed_one(tmp_path: Path) -> None:
    async with capturing(tmp_path, size=(140, 40)) as screen:
        await select(screen, blocked())
        await screen.put(simulated(blocked()))
        await screen.press("end")
        await screen.sees("≈ 1 SIMULATED", "✗ 1 blocked", "the server itself: no Allow-Origin header")
        assert "allowed" not in screen.lines[0]
        # what was delivered is named as such, and what is explained is the server's own answer
        await screen.sees(f"≈ answer  Access-Control-Allow-Origin: {PAGE}", "sent no Access-Control-Allow-Origin")
        await screen.press("slash", *"is:simulated", "enter")
        assert screen.app.book.last == 1 and len([row for row in screen.rows if "≈" in row]) >= 1
        for tab in range(1, 9):
            await screen.press(str(tab))
            await screen.sees(" SIMULATED ")


async def test_a_saved_session_offers_no_trying(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("t", "S")
        assert "Try the fix" not in screen.text
        assert not screen.app.simulation


async def test_t_says_once_that_writes_now_reach_the_server(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await select(screen, blocked())
        await screen.press("t")
        await screen.sees("Real writes now reach the server", "reload the page")
        await screen.press("t")
        await screen.sees("Simulation off")
        screen.app.clear_notifications()
        await screen.until(lambda: "Real writes" not in screen.text)
        await screen.press("t")
        await screen.sees("reload the page")
        assert "Real writes" not in screen.text


async def test_open_calls_are_counted_apart(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        story = Story()
        story.add("GET", f"{API}/a", 200, OWN)
        story.add("GET", f"{API}/b", 200, (*OWN, ("Access-Control-Allow-Credentials", "true")))
        for exchange in story.exchanges:
            await screen.put(exchange)
        await screen.sees("✓ 1 allowed", "✓? 1 depends on credentials")
        assert screen.app.counted == "1 allowed, 1 that depends on credentials"
