"""The tabs of a call's details: how a person gets to them, and what each says."""

from pathlib import Path

import msgspec
import pytest
from textual.widgets import OptionList

from corsinspect.dashboard.detail import tabs
from corsinspect.dashboard.detail.pane import Headings
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.detail.timing_tab import timing
from tests.analysis.build import OPEN, exchange, only
from tests.dashboard.conftest import Screen, replaying
from tests.dashboard.story import JSON, OWN, PAGE, Story, grant, session

API = "http://localhost:8000/api/"


async def turned(screen: Screen, name: str) -> str:
    """The text of the tab with this name, of the selected call."""
    await screen.press(str([tab.name for tab in tabs.TABS].index(name) + 1))
    return screen.text


async def test_digits_and_tab_turn_the_tabs_and_the_heads_say_which(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down")
        for number, tab in enumerate(tabs.TABS, 1):
            assert f"{number} {tab.name}" in screen.text or f"{number} {tab.short}" in screen.text
        await screen.press("2")
        await screen.sees("OPTIONS http://localhost:8000/api/tasks/7", "Access-Control-Request-Method: PUT")
        await screen.press("tab")
        await screen.sees("Your PUT was never sent")
        await screen.press("shift+tab", "shift+tab")
        await screen.sees("The browser's steps")
        await screen.press("shift+tab")
        await screen.sees(f"{len(tabs.TABS)} Raw", "Secrets are replaced")


async def test_a_tab_stays_while_other_calls_are_looked_at(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "2", "down")
        assert screen.selected == "POST api/login"
        await screen.sees("OPTIONS http://localhost:8000/api/login")


async def test_a_click_on_a_head_turns_to_it(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        width = screen.app.query_one(Headings).size.width
        spans = tabs.headings(0, width)[1]
        await screen.pilot.click(Headings, offset=(spans[4][0] + 1, 0))
        await screen.sees("started       11:00:04")


async def test_a_digit_opens_the_details_where_they_are_not_on_screen(recorded: Path) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        await screen.press("home", "down", "down", "2")
        await screen.sees("OPTIONS http://localhost:8000/api/tasks/7")
        await screen.press("escape")
        await screen.sees("login")


async def test_keys_go_into_the_details_and_back(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 20)) as screen:
        await screen.press("home", "down", "down", "right", "G")
        await screen.sees("your PUT")
        await screen.press("h", "down")
        assert screen.selected == "POST api/login"


@pytest.mark.parametrize("width", [5, 30, 55, 70, 120])
def test_heads_name_the_active_tab_and_match_their_clicks(width: int) -> None:
    for active, tab in enumerate(tabs.TABS):
        line, spans = tabs.headings(active, width)
        assert tab.name in line.plain
        assert [line.plain[start:end].split()[0] for start, end in spans] == [
            str(number) for number in range(1, len(tabs.TABS) + 1)
        ]


async def test_the_preflight_tab_marks_where_the_browser_stopped(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "2")
        await screen.sees("✗ Access-Control-Allow-Methods: GET, POST")
        await screen.press("up", "4")
        await screen.sees("✗ (no Access-Control-Allow-Origin)")


async def test_a_remembered_preflight_is_named_with_how_long_it_lasts(tmp_path: Path) -> None:
    story = Story()
    remembered = (*grant("PUT"), ("Access-Control-Max-Age", "600"))
    story.preflighted("PUT", API + "x", (204, remembered), (200, OWN))
    story.add("PUT", API + "x", 200, OWN, asked=(JSON,))
    async with replaying(session(tmp_path / "cached.jsonl", story.exchanges), size=(200, 60)) as screen:
        await screen.press("end", "2")
        await screen.sees("an earlier one is still cached", "before this call", "keeps this for 10 min")
        await turned(screen, "Timing")
        await screen.sees("this call needed none")


async def test_the_response_tells_what_script_can_read_and_what_it_misses(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", API + "list", 200, (*OWN, ("X-Total-Count", "7"), ("Date", "now")))
    async with replaying(session(tmp_path / "expose.jsonl", story.exchanges), size=(200, 60)) as screen:
        await screen.sees("script reads  content-type", "can't read    x-total-count")
        await screen.press("4")
        await screen.sees("✓ Content-Type", "· X-Total-Count: 7", "Access-Control-Expose-Headers: x-total-count")


async def test_timing_tells_what_a_longer_memory_saves(tmp_path: Path) -> None:
    story = Story()
    for _ in range(3):
        story.preflighted("PUT", API + "x", (204, (*grant("PUT"), ("Access-Control-Max-Age", "0"))), (200, OWN))
    async with replaying(session(tmp_path / "costly.jsonl", story.exchanges), size=(200, 60)) as screen:
        text = await turned(screen, "Timing")
        assert "started" in text
        await screen.sees("4 ms before your PUT", "3 preflights like this one, 12 ms in total", "in this session, 2")


@pytest.mark.parametrize("width", [20, 100])
def test_timing_has_room_for_a_clock_that_was_set_back(width: int) -> None:
    for answered, ended in ((2e9, 1.0), (1.0, None), (5e9, 100.0), (50.0, 100.0)):
        call = only(msgspec.structs.replace(exchange(got=OPEN), answered=answered, ended=ended))
        drawn = timing(Subject(call), width).plain
        assert len(drawn) < 1_000 and "█" in drawn


async def test_raw_has_every_line(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", API + "many", 200, tuple((f"X-{number}", "v") for number in range(90)))
    async with replaying(session(tmp_path / "many.jsonl", story.exchanges), size=(120, 130)) as screen:
        await turned(screen, "Raw")
        await screen.sees("X-0: v", "X-89: v", "HTTP/1.1")


POWERED = ("X-Powered-By", "Express")


async def test_the_fix_has_header_lines_and_the_code_for_the_framework_that_was_recognised(tmp_path: Path) -> None:
    story = Story()
    story.preflighted("PUT", API + "x", (204, (*grant("GET, POST"), POWERED)), None)
    story.add("DELETE", API + "y", 200, (*OWN, POWERED))
    async with replaying(session(tmp_path / "express.jsonl", story.exchanges), size=(180, 100)) as screen:
        await screen.press("home", "6")
        await screen.sees(
            "The answer to OPTIONS (the preflight):",
            "Access-Control-Allow-Methods: PUT",
            "Express with the cors package",
            "identified by its responses",
            "npm install cors",
            "methods: ['GET', 'POST', 'PUT', 'DELETE']",
            "before every route",
            "Restart node",
            "Pitfalls",
            "An allowlist for each environment",
        )


async def test_without_a_known_framework_the_person_chooses_and_that_is_remembered(recorded: Path) -> None:
    async with replaying(recorded, size=(180, 100)) as screen:
        await screen.press("home", "down", "down", "6")
        await screen.sees("Nothing in this server's responses shows which framework it uses", "choose your framework")
        await screen.press("right", "enter")
        await screen.sees("Which framework does your server use?", "Flask")
        options = screen.app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("flask")
        await screen.press("enter")
        await screen.sees("chosen by you", "http://localhost:3000")
        await screen.press("left", "up")
        assert screen.selected == "GET api/me"
        await screen.sees("chosen by you", "Access-Control-Allow-Origin: http://localhost:3000")


async def test_what_headers_cannot_mend_says_what_can(recorded: Path) -> None:
    async with replaying(recorded, size=(180, 60)) as screen:
        await screen.press("home", *["down"] * 6, "6")
        assert screen.selected == "GET health"
        await screen.sees("There is no CORS problem to fix here.", "→ Start the server")
        assert "must send" not in screen.text


async def test_an_error_that_looks_like_cors_comes_with_its_evidence(recorded: Path) -> None:
    async with replaying(recorded, size=(180, 60)) as screen:
        await screen.press("home", *["down"] * 5)
        assert screen.selected == "GET api/report"
        await screen.sees("The real problem", "4 good answers (2xx) from localhost:8000")


async def test_security_says_who_may_read_and_what_is_missing(tmp_path: Path) -> None:
    story = Story()
    named = ("Access-Control-Allow-Origin", PAGE)
    story.add("GET", API + "x", 200, (named, ("Access-Control-Allow-Credentials", "true")))
    async with replaying(session(tmp_path / "open.jsonl", story.exchanges), size=(180, 60)) as screen:
        await screen.press("7")
        await screen.sees(
            "1 risk ", f"Only pages of {PAGE}", "Cookies and logins are allowed", "“Vary: Origin” is missing"
        )


EXPRESS_CORS = (("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"), ("Vary", "Origin"), POWERED)


async def test_the_fix_is_a_change_to_the_cors_code_that_is_there(tmp_path: Path) -> None:
    story = Story()
    other = ("Access-Control-Allow-Origin", "http://127.0.0.1:3000")
    story.preflighted("PUT", API + "x", (204, (other, *EXPRESS_CORS)), None)
    async with replaying(session(tmp_path / "there.jsonl", story.exchanges), size=(180, 100)) as screen:
        await screen.press("home", "6")
        await screen.sees(
            "  const cors = require('cors');",
            "- app.use(cors(…));",
            "+ app.use(cors({",
            "+   origin: ['http://localhost:3000', 'http://127.0.0.1:3000'],",
            "Every origin that was seen to be allowed is",
        )
        await screen.press("y", "k")
        await screen.sees("Copied: the code of the fix only")
        assert screen.app.clipboard.startswith("app.use(cors({") and screen.app.clipboard.endswith("}));")


async def test_what_is_somebody_else_s_server_has_another_answer(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", "https://api.vendor.com/v1/x", 200, (("Server", "cloudflare"), ("CF-Ray", "1")), site="cross-site")
    async with replaying(session(tmp_path / "vendor.jsonl", story.exchanges), size=(180, 100)) as screen:
        await screen.press("home", "1")
        await screen.sees("Not your server? It is a public host", "without changing api.vendor.com")
        await screen.press("6")
        await screen.sees("It is behind Cloudflare", "A route of your own backend", "Its documentation may offer more")
        await screen.press("right", "enter")
        options = screen.app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("vite-proxy")
        await screen.press("enter")
        await screen.sees("api.vendor.com stays as it is", "target: 'https://api.vendor.com'", "  server: {")
        assert "must send" not in screen.text
        await screen.press("y", "f")
        await screen.sees("Copied:")
        assert "Access-Control-Allow-Origin" not in screen.app.clipboard


FIELD = Path(__file__).parents[1] / "field"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("06-session-expired.jsonl", "Headers alone can't fix this."),
        ("09-login-in-the-path.jsonl", "Headers alone can't fix this."),
        ("17-private-network.har", "The CORS headers are right. Another header is missing."),
        ("21-response-header-sent-by-page.jsonl", "Headers alone can't fix this."),
    ],
)
async def test_no_framework_is_asked_for_where_no_cors_code_helps(name: str, said: str) -> None:
    async with replaying(FIELD / name) as screen:
        await screen.press("6")
        await screen.sees(said)
        assert "framework" not in screen.text and "app.use" not in screen.text


async def test_tabs_of_a_recipe_are_drawn_as_blanks(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", API + "x", 200, (("Server", "Caddy"),))
    async with replaying(session(tmp_path / "caddy.jsonl", story.exchanges)) as screen:
        await screen.press("6")
        await screen.sees("header @cors {", "      Access-Control-Allow-Origin {re.origin.0}")


async def test_the_route_around_is_for_the_backend_that_the_page_calls(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", API + "me", 200, (("Server", "uvicorn"), *OWN))
    story.add("GET", "https://api.vendor.com/v1/x", 200, (("Server", "cloudflare"), ("CF-Ray", "1")), site="cross-site")
    async with replaying(session(tmp_path / "vendor.jsonl", story.exchanges)) as screen:
        await screen.sees("Not your server?")
        await screen.press("6", "l", "G")
        await screen.sees("Not your server?", "behind Cloudflare", "(FastAPI), for an API")
