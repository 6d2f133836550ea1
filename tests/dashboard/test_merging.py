"""Several files shown as one: in the order of time, first calls at once, and how far it is."""

import json
from pathlib import Path

import msgspec
import pytest

from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state import merging
from corsinspect.dashboard.state.merging import Merged
from corsinspect.dashboard.state.source import FileSource
from corsinspect.model import Exchange
from corsinspect.session.reader import SessionError
from tests.dashboard.conftest import Screen, replaying
from tests.dashboard.story import CHROMIUM, PAGE, START, afternoon, session
from tests.dashboard.test_app import blocked, gets

HAR = {
    "log": {
        "version": "1.2",
        "creator": {"name": "a", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2025-11-21T11:00:00.600Z",
                "time": 5,
                "request": {
                    "method": "GET",
                    "url": "http://localhost:8000/from-a-har",
                    "httpVersion": "HTTP/1.1",
                    "headers": [
                        {"name": "Origin", "value": PAGE},
                        {"name": "User-Agent", "value": CHROMIUM},
                        {"name": "Sec-Fetch-Mode", "value": "cors"},
                        {"name": "Sec-Fetch-Site", "value": "same-site"},
                    ],
                },
                "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": []},
                "timings": {"send": 1, "wait": 3, "receive": 1},
            }
        ],
    }
}


def every(merged: Merged) -> list[Exchange]:
    found: list[Exchange] = []
    while not merged.ended:
        found += merged.poll()
    return found


def halves() -> tuple[list[Exchange], list[Exchange]]:
    return afternoon()[::2], afternoon()[1::2]


@pytest.mark.parametrize("piece", [500, 1 << 18])
def test_exchanges_come_in_the_order_of_time_whatever_the_pieces(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "PIECE", piece)
    even, odd = halves()
    merged = Merged([session(tmp_path / "even.jsonl", even), session(tmp_path / "odd.jsonl", odd)])
    found = every(merged)
    assert [each.started for each in found] == [each.started for each in afternoon()]
    assert [each.id for each in found[:4]] == ["1:0000", "2:0001", "1:0002", "2:0003"]
    assert merged.progress is None


def test_the_first_ones_come_before_all_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PIECE", 500)
    even, odd = halves()
    merged = Merged([session(tmp_path / "even.jsonl", even), session(tmp_path / "odd.jsonl", odd)])
    while not merged.poll():
        pass
    assert merged.progress is not None and merged.progress.total is not None
    assert 0 < merged.progress.done < merged.progress.total


def test_later_states_come_after_earlier_ones(tmp_path: Path) -> None:
    answered = afternoon()[2]
    pending = msgspec.structs.replace(answered, status=None, response_headers=(), answered=None, ended=None)
    one, other = session(tmp_path / "one.jsonl", [pending]), session(tmp_path / "two.jsonl", gets(3))
    session(one, [answered])
    assert [each.status for each in every(Merged([one, other])) if each.id.startswith("1:")] == [200]


async def test_sessions_and_other_formats_are_shown_together(tmp_path: Path) -> None:
    even, odd = halves()
    har = tmp_path / "b.har"
    har.write_text(json.dumps(HAR))
    files = session(tmp_path / "even.jsonl", even), har, session(tmp_path / "odd.jsonl", odd)
    async with replaying(*files) as screen:
        await screen.sees("3 files", ":8000/from-a-har", "✗ 7 blocked")
        await screen.press("L", "home")
        await screen.sees("1 of 19 exchanges")


async def test_what_could_not_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    one, other = session(tmp_path / "one.jsonl", gets(2)), session(tmp_path / "two.jsonl", gets(2))
    other.write_bytes(other.read_bytes()[:-40])
    async with replaying(one, other, size=(80, 24)) as screen:
        await screen.sees("two.jsonl: the last line was torn", "✓ 3 allowed")


async def test_a_file_that_cannot_be_read_ends_it_with_its_name(tmp_path: Path) -> None:
    app = Dashboard(FileSource(session(tmp_path / "one.jsonl", gets(2)), tmp_path / "nowhere.har"))
    async with app.run_test():
        pass
    assert isinstance(app.return_value, SessionError) and "nowhere.har" in str(app.return_value)


async def test_it_is_told_how_much_is_read(tmp_path: Path) -> None:
    early = session(tmp_path / "a.jsonl", gets(3000))
    late = [msgspec.structs.replace(each, started=START + 9000) for each in [*gets(3000), blocked("last")]]
    app = Dashboard(FileSource(early, session(tmp_path / "b.jsonl", late)))
    seen: list[str] = []
    async with app.run_test(size=(100, 24)) as pilot:
        screen = Screen(app, pilot)
        await screen.until(lambda: seen.append(screen.lines[1]) or app.feed.progress is None)
        await screen.sees("✗ 1 blocked  ✓ 6000 allowed")
    assert any("MB read" in line for line in seen)
