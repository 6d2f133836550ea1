"""The overview and the findings: what they count, and that a cell or a finding leads to its calls."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.analysis.across.patterns import Pattern
from corsinspect.analysis.across.traits import Traits
from corsinspect.analysis.lint import LintFinding
from corsinspect.dashboard.filter.quick_filters import finding_term, pair_term
from corsinspect.dashboard.screens.matrix import matrix, spark
from corsinspect.dashboard.screens.matrix_view import MatrixView
from corsinspect.dashboard.screens.overview import lint_summary
from corsinspect.dashboard.state.tally import Tally
from corsinspect.listing.query import Query, parse
from corsinspect.model import Outcome
from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.story import OWN, PAGE, SHOP, Story, afternoon, session
from tests.dashboard.test_hostile import HOSTILE

A, B = "http://a.test", "http://b.test"


def kind(page: str | None, api: str, outcome: Outcome = "allowed", reason: str | None = None, **more) -> Traits:
    return Traits(**{"page": page, "api": api, "method": "GET", "outcome": outcome, "reason": reason, **more})


def test_the_matrix_counts_by_outcome_and_names_the_first_cause() -> None:
    made = matrix(
        {
            kind(PAGE, A): 3,
            kind(PAGE, B, "blocked", "origin-missing"): 2,
            kind(PAGE, B, "blocked", "origin-mismatch"): 7,
            kind(None, B, "network-error", "refused"): 1,
            kind(PAGE, A, "not-cors"): 9,
            kind(PAGE, A, background=True): 9,
        }
    )
    assert (made.pages, made.apis) == ([PAGE, None], [B, A])
    assert made.cells[PAGE, A] == ({"allowed": 3}, "")
    assert made.cells[PAGE, B].outcomes == {"blocked": 9}
    assert made.cells[PAGE, B].cause == "no Allow-Origin header"
    assert (None, A) not in made.cells and made.cells[None, B].failed == 1


def test_what_is_shown_keeps_its_place_while_counts_change() -> None:
    before = matrix({kind(PAGE, A): 1, kind(PAGE, B, "blocked"): 1})
    after = matrix({kind(PAGE, A, "blocked"): 5, kind(PAGE, B): 1, kind(SHOP, "http://c.test", "blocked"): 9}, before)
    assert after.apis == [B, A, "http://c.test"]
    assert after.pages == [PAGE, SHOP]


def test_a_line_of_bars_is_as_wide_as_asked() -> None:
    assert spark({10: 8, 11: 0, 12: 1, 13: 4}, 10, 13, 4) == "█ ▁▄"
    assert spark({10: 8, 11: 4}, 10, 11, 6) == "███▄▄▄"
    assert spark({}, 10, 99, 5) == "     "


@given(seconds=st.dictionaries(st.integers(0, 100_000), st.integers(0, 9), min_size=1), width=st.integers(1, 300))
def test_bars_show_every_second_somewhere(seconds: dict[int, int], width: int) -> None:
    line = spark(seconds, min(seconds), max(seconds), width)
    assert len(line) == width
    assert (line.strip() == "") == (not any(seconds.values()))


def test_the_tally_is_the_same_whatever_came_and_went() -> None:
    one, other = kind(PAGE, A), kind(PAGE, B, "blocked", "origin-missing", method="PUT")
    tally = Tally()
    tally.count(one, [5.5], 1)
    tally.count(other, [6.5], 1)
    tally.count(one, [5.5], -1)
    assert dict(tally.kinds) == {other: 1}
    assert (tally.calls.total(), tally.failures[6]) == (1, 1)
    assert tally.values("host") == ["b.test"] and tally.values("reason") == ["origin-missing"]


@pytest.mark.parametrize("page", [PAGE, None, "null", 'http://x "(y'])
def test_the_filter_of_a_cell_or_finding_can_be_read(page: str | None) -> None:
    pattern = Pattern("one-cause", "error", 'http://a.test/"', 3, {"reason": "origin-missing"}, page)
    for text in (pair_term(page, A), finding_term(pattern)):
        assert isinstance(parse(text), Query), text


async def test_a_cell_of_the_matrix_leads_to_its_calls(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("m")
        await screen.sees("calls", "failed", ":8000", ":9000", "server not running", "4 preflights")
        await screen.press("right")
        await screen.until(lambda: screen.app.screen.query_one(MatrixView).place == (PAGE, "http://localhost:9000"))
        await screen.press("enter")
        await screen.sees("/ origin=http://localhost:3000 host=http://localhost:9000", "1 of 16 shown")
        await screen.press("m", "escape")
        assert len(screen.app.screen_stack) == 1


async def test_the_overview_names_what_is_too_open(tmp_path: Path) -> None:
    story = Story()
    private = (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "private"))
    story.add("GET", "http://localhost:9000/", 200, private)
    async with replaying(session(tmp_path / "open.jsonl", story.exchanges), size=(80, 24)) as screen:
        await screen.press("m")
        await screen.sees(
            "Lint: ▲ 2 warnings",
            "▲ http://localhost:9000 answers with *, and its answers say Cache-Control: p…",
            "▲ http://localhost:9000 is internal and open to every site  internal-open",
        )
        assert all(len(line) <= 80 for line in screen.lines)


async def test_where_nothing_is_too_open_the_overview_says_so_and_follows(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", "http://localhost:9000/", 200, OWN)
    story.add("GET", "http://localhost:9000/open", 200, (("Access-Control-Allow-Origin", "*"),))
    fine, open_ = story.exchanges
    async with capturing(tmp_path) as screen:
        await screen.put(fine)
        await screen.press("m")
        await screen.sees("Lint: nothing too open")
        await screen.put(open_)
        await screen.sees("Lint: ▲ 1 warning")


def test_a_lint_line_shows_what_is_hostile_as_text_and_is_cut() -> None:
    finding = LintFinding(
        slug="internal-open",
        severity="warning",
        api=f"http://h{HOSTILE}",
        call="a",
        exchange="a",
        url=f"http://h{HOSTILE}/",
        method="GET",
        stage="actual",
        header="Access-Control-Allow-Origin",
        found=HOSTILE,
        page=None,
        count=1,
    )
    summary = lint_summary([finding] * 3, 60, 2)
    assert len(summary.plain.split("\n")) == 3 and all(len(line) <= 60 for line in summary.plain.split("\n"))
    assert summary.plain.replace("\n", "").isprintable()


async def test_a_click_on_a_cell_filters(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("m")
        await screen.sees("4 preflights")
        y = next(y for y, line in enumerate(screen.lines) if line.startswith(" :3000"))
        await screen.pilot.click(offset=(screen.lines[y].index("↯"), y))
        await screen.sees("host=http://localhost:9000", "1 of 16 shown")


async def test_a_finding_leads_to_its_calls(tmp_path: Path) -> None:
    story = Story()
    for number in range(4):
        story.add("GET", f"http://localhost:8000/{number}", 200)
        story.add("GET", f"http://localhost:9000/{number}", 200, OWN)
    async with replaying(session(tmp_path / "same.jsonl", story.exchanges)) as screen:
        await screen.press("F")
        await screen.sees(
            "✗ 1 error",
            "All 4 calls from http://localhost:3000 to localhost:8000 fail for one reason: no Allow-Origin header",
            "one setting, not 4 problems",
        )
        await screen.press("enter")
        await screen.sees("/ finding:one-cause host=http://localhost:8000", "4 of 8 shown")


async def test_a_finding_over_time_leads_to_its_calls(tmp_path: Path) -> None:
    story = Story()
    for headers in (OWN, OWN, ()):
        story.add("GET", "http://localhost:9000/a", 200, headers)
        story.add("GET", "http://localhost:9000/b", 200, OWN)
    async with replaying(session(tmp_path / "changed.jsonl", story.exchanges)) as screen:
        await screen.press("F")
        await screen.sees("✗ 1 error", "localhost:9000 fail since", "and is absent", "Undo what")
        await screen.press("enter")
        await screen.sees("/ finding:worked-before host=http://localhost:9000", "1 of 6 shown")


async def test_no_findings_are_said(tmp_path: Path) -> None:
    story = Story()
    story.add("GET", "http://localhost:9000/", 200, OWN)
    async with replaying(session(tmp_path / "fine.jsonl", story.exchanges)) as screen:
        await screen.press("F")
        await screen.sees("No findings")
        await screen.press("enter", "j", "escape", "m")
        await screen.sees("No preflights.", "1 allowed")


async def test_both_follow_what_comes(tmp_path: Path) -> None:
    first, *rest = afternoon()
    async with capturing(tmp_path) as screen:
        await screen.put(first, rest[1])
        await screen.press("m")
        await screen.sees("1 allowed")
        await screen.put(*rest[2:])
        await screen.sees(":9000", "4 preflights")
        await screen.press("escape", "F")
        await screen.sees("errors")


@pytest.mark.parametrize("size", [(60, 15), (200, 60), (20, 5)])
async def test_every_size_draws_what_is_hostile_as_text(tmp_path: Path, size: tuple[int, int]) -> None:
    story = Story()
    for number in range(30):
        story.add("GET", f"http://h{number}.test/", 200, (("Access-Control-Allow-Origin", HOSTILE),))
        story.add("GET", "http://h.test/", 200, OWN, page=f"http://p{number}.test{HOSTILE}")
    async with replaying(session(tmp_path / "wide.jsonl", story.exchanges), size=size) as screen:
        await screen.press("m", *["right"] * 40, *["down"] * 40, "up", "pageup", "end", "home")
        for keys in ((), ("escape", "F")):
            await screen.press(*keys)
            await screen.until(lambda: bool(screen.text.strip()))
            assert "\x1b" not in screen.text and "\u202e" not in screen.text
            assert all(len(line) <= size[0] for line in screen.lines)
