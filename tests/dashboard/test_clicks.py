"""What the mouse can click: the numbers on the first line, and the heads of the columns."""

from pathlib import Path

import pytest

from corsinspect.dashboard.list.cells import columns, headings, sort_at
from tests.dashboard.conftest import capturing, replaying


async def test_a_click_on_a_number_filters_by_its_outcome_and_again_shows_all(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 40)) as screen:
        await screen.sees("blocked", "allowed")
        every = screen.app.book.lines
        for text, filtered in (("allowed", "allowed"), ("network", "network")):
            x = screen.lines[0].index(text)
            await screen.pilot.click(offset=(x, 0))
            await screen.until(lambda wanted=filtered: screen.app.filter_line.text == wanted)
            await screen.until(lambda: screen.app.book.lines != every)
            await screen.pilot.click(offset=(x, 0))
            await screen.until(lambda: screen.app.book.lines == every)


async def test_a_click_beside_the_numbers_does_nothing(recorded: Path) -> None:
    async with replaying(recorded, size=(120, 40)) as screen:
        await screen.sees("blocked")
        await screen.pilot.click(offset=(118, 0))
        await screen.pilot.pause()
        assert screen.app.filter_line.text == ""


@pytest.mark.parametrize(
    ("heading", "sort"),
    [("method", "method"), ("url", "host"), ("page", "page"), ("st ", "status"), ("outcome", "outcome")],
)
async def test_a_click_on_a_heading_sorts_by_it_and_again_by_time(recorded: Path, heading: str, sort: str) -> None:
    async with replaying(recorded, size=(80, 24)) as screen:
        await screen.sees("method")
        y = next(y for y, line in enumerate(screen.lines) if "method" in line and "url" in line)
        x = screen.lines[y].index(heading)
        await screen.pilot.click(offset=(x, y))
        await screen.until(lambda: screen.app.book.arrangement.sort == sort)
        await screen.sees(f"by {sort}")
        await screen.pilot.click(offset=(x, y))
        await screen.until(lambda: screen.app.book.arrangement.sort == "time")


async def test_s_goes_on_from_an_order_that_a_click_chose(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.sees("method")
        screen.app.call_list.sort_by("method")
        rows = [screen.app.book.rows[line >> 1] for line in screen.app.book.lines if not line & 1]
        methods = [row.method for row in rows if row is not None]
        assert methods == sorted(methods)
        await screen.press("s")
        assert screen.app.book.arrangement.sort == "time"


@pytest.mark.parametrize("width", [40, 55, 80, 140])
def test_every_heading_that_sorts_is_where_it_is_clicked(width: int) -> None:
    shown = columns(width, 14)
    line = headings(shown)
    for name, sort in (("url", "host"), ("took", "duration"), ("at", "time"), ("steps", None)):
        if f"{name} " in f"{line} ":
            assert sort_at(shown, f"{line} ".index(f"{name} ")) == sort
    assert sort_at(shown, 0) is None and sort_at(shown, width + 5) is None


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_shows_the_status_of_the_answer(recorded: Path, size: tuple[int, int]) -> None:
    async with replaying(recorded, size=size) as screen:
        await screen.sees("method")
        deleted = next(line for line in screen.rows if "DELETE" in line)
        assert "✗ → · 404" in deleted[: screen.app.call_list.size.width]


async def test_the_time_line_of_a_live_session_says_why_there_is_none(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.press("L")
        await screen.sees("The time line is for a session that has ended.")
