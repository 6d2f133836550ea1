"""What the tools work on: a large session is read in pieces, and meanwhile they say how far that is."""

import asyncio
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.assistant import desk as desks
from corsinspect.assistant.desk import Desk
from corsinspect.assistant.errors import ToolError
from corsinspect.session import SessionWriter
from corsinspect.session.reader import load
from tests.analysis.build import OPEN, exchange, preflight

NUMBER = 1500


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "session.jsonl"
    writer = SessionWriter(path)
    for number in range(NUMBER):
        at = 100 + number / 10
        writer.put(preflight("PUT", url=f"https://api.test/{number}", at=at, got={}, status=200, id=f"p{number}"))
        writer.put(exchange(url=f"https://api.test/{number}", at=at + 0.05, got=OPEN, id=f"g{number}"))
    writer.flush()
    writer.close()
    return path


@pytest.mark.parametrize("live", [False, True], ids=["saved", "written by another process"])
async def test_a_large_session_is_read_in_pieces_and_tools_say_how_far(
    large: Path, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Desk() as desk:
        desk.open(large, live=live)
        monkeypatch.setattr(desks, "PATIENCE", 0)
        turns = 0
        with pytest.raises(ToolError, match=r"still being read: \d+% so far"):
            await desk.ready()
        assert len(desk.calls) < 2 * NUMBER
        while desk.calls.get(f"g{NUMBER - 1}") is None:
            await asyncio.sleep(0)
            turns += 1
        assert turns > 5, "others have their turn between the pieces"
        monkeypatch.undo()
        await desk.ready()
        assert len(desk.calls) == 2 * NUMBER


async def test_a_session_read_in_pieces_has_the_verdicts_of_one_read_at_once(large: Path) -> None:
    async with Desk() as desk:
        desk.open(large, live=False)
        await desk.ready()
        loaded = load(large)
        assert {call.id: call.verdict for call in desk.calls.all()} == {
            call.id: call.verdict for call in judge_all(loaded.exchanges, loaded.saids)
        }
