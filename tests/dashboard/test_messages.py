"""Messages that come and go: they have lines of their own, end when what they are about is done, and can be read."""

from pathlib import Path

import pytest

from tests.dashboard.conftest import replaying
from tests.dashboard.test_hostile import running
from tests.dashboard.test_looks import TERMINALS

SELECT = "Now select the other call and press d again."


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_message_covers_nothing_of_the_list_and_the_details(recorded: Path, size: tuple[int, int]) -> None:
    async with replaying(recorded, size=size) as screen:
        await screen.press("enter", "G", "d")
        await screen.sees(SELECT, "Usual cause")
        rack, body = screen.app.screen.query_one("ToastRack"), screen.app.query_one("#body")
        assert not rack.region.overlaps(body.region)


def signs(lines: list[str]) -> set[str]:
    """What the rows of the list, and all below it, begin with."""
    return {line.strip()[0] for line in lines[3:-2] if line.strip()}


async def test_it_ends_when_the_other_call_is_there(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("d")
        await screen.sees(SELECT)
        await screen.press("up", "up", "d")
        await screen.sees("Why did one call pass")
        assert SELECT not in screen.text


@pytest.mark.parametrize("kind", ["16 colours", "light, 16 colours", "NO_COLOR", "NO_COLOR, 16 colours"])
def test_it_can_be_read_in_few_colours(recorded: Path, kind: str) -> None:
    with running(recorded, **TERMINALS[kind]) as terminal:
        terminal.wait_for("The browser's steps")
        terminal.type("d")
        terminal.wait_for(SELECT)
        line = next(y for y, text in enumerate(terminal.screen.display) if SELECT in text)
        start = terminal.screen.display[line].index(SELECT)
        cells = [terminal.screen.buffer[line][x] for x in range(start, start + len(SELECT))]
        assert not [cell for cell in cells if cell.fg == cell.bg]
        terminal.until(lambda: signs(terminal.screen.display) >= {*"✗✓↯◐?"}, "a sign of its own for each verdict")
        terminal.type("q")
        while terminal.read(0.1):
            pass
