"""C begins an empty list in a new session file, and keeps the old one."""

from pathlib import Path

import pytest

from corsinspect.capture.errors import CaptureError
from corsinspect.commands.live import farewell
from corsinspect.dashboard.state.source import LiveSource
from corsinspect.session import load
from corsinspect.session.notes import SUFFIX
from corsinspect.session.sidecar import sidecar_of
from tests.analysis.build import exchange
from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.story import OWN, PAGE
from tests.dashboard.test_app import blocked, gets
from tests.dashboard.test_word import NEVER, beside
from tests.said import said_of


def forbidden(session: Path, url: str) -> Path:
    """A session beside which a browser said that a policy of the page forbids a call."""
    return beside(session, [said_of(exchange(url=url), url, blocked="csp", directive="connect-src 'self'", **NEVER)])


async def test_the_list_begins_anew_and_the_old_file_is_named_and_kept(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        old = screen.proxy.session
        await screen.put(*gets(30), blocked("no"))
        await screen.press("home", "C")
        await screen.sees("Nothing captured yet.", "New list started", "live.jsonl")
        new = screen.proxy.session
        assert new != old and len(load(old).exchanges) == 31
        assert new.stat().st_mode & 0o777 == 0o600
        await screen.put(*gets(2, first=100))
        await screen.sees("✓ 2 allowed", ":8000/101")
        assert screen.selected == "GET 101"
        assert "blocked" not in screen.lines[0] and "no" not in screen.rows[-1]
        assert len(load(old).exchanges) == 31
        await screen.press("C")
        await screen.sees("Nothing captured yet.")
        source = screen.app.source
        assert isinstance(source, LiveSource) and source.written == [old, new, screen.proxy.session]


async def test_filter_order_and_watch_stay_and_so_does_what_was_said_of_a_page(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(3, answer=OWN), blocked("no"))
        await screen.press("w", "up", "x", "I", "b", "s", "C")
        await screen.sees("No calls match.", "◉ watching")
        await screen.put(*gets(1, answer=OWN))
        await screen.sees("1 of 1 shown", "by duration", "credentials included, as you said, for all calls from")
        assert "★" not in screen.text
        assert PAGE in screen.proxy.session.with_name(screen.proxy.session.name + SUFFIX).read_text()


async def test_it_ends_a_pause(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(1))
        await screen.press("P")
        screen.proxy.put(blocked("late"))
        await screen.sees("1 exchange waiting")
        await screen.press("C")
        await screen.sees("Nothing captured yet.")
        assert "PAUSED" not in screen.text
        await screen.put(*gets(1, first=7))
        await screen.sees(":8000/7")
        assert "late" not in screen.text


async def test_what_the_browser_says_is_of_the_new_list_too(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(1))
        before = forbidden(screen.proxy.session, "http://old.test/before")
        screen.proxy.wake.set()
        await screen.sees("old.test")
        await screen.press("C")
        await screen.sees("Nothing captured yet.")
        forbidden(screen.proxy.session, "http://new.test/after")
        await screen.put(*gets(1, first=7))
        await screen.sees("new.test", ":8000/7")
        assert "old.test" not in screen.text
        assert load(before).saids[0].url == "http://old.test/before"


async def test_what_keeps_it_from_being_done_is_told_and_nothing_is_cleared(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(1))
        screen.proxy.failure = CaptureError("The file can't be begun.", "The capture goes on.")
        await screen.press("C")
        await screen.sees("The file can't be begun. The capture goes on.", ":8000/0")
        screen.proxy.failure = None
        await screen.press("C")
        await screen.sees("Nothing captured yet.")


async def test_overview_and_findings_are_of_the_new_list(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        await screen.put(*gets(3), blocked("no"))
        await screen.press("C")
        await screen.sees("Nothing captured yet.")
        await screen.put(*gets(2))
        await screen.press("m")
        await screen.sees("✓ 2")
        assert "✗" not in screen.text


async def test_a_saved_session_offers_no_clear(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("C")
        await screen.sees("✗ 6 blocked", "trailing slash")


def test_the_last_words_name_all_files(capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.jsonl", "b c.jsonl"):
        Path(name).touch()
    farewell([Path("a.jsonl"), Path("b c.jsonl")])
    told = capsys.readouterr().out
    assert told == "session: a.jsonl\nsession: b c.jsonl\nopen them again: corsinspect replay a.jsonl 'b c.jsonl'\n"
    sidecar_of(Path("a.jsonl")).touch()
    farewell([Path("a.jsonl")])
    assert "what the browser said: a.jsonl.browser.jsonl\n" in capsys.readouterr().out
    farewell([Path("a.jsonl")], "1 allowed, 4 that depend on credentials")
    assert capsys.readouterr().out.startswith("calls: 1 allowed, 4 that depend on credentials\nsession: a.jsonl\n")


def test_the_last_words_on_many_files_are_few(capsys, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.jsonl" for number in range(20)]
    for file in files:
        file.touch()
    farewell(files)
    told = capsys.readouterr().out
    assert told.count("\n") == 2
    assert "20 files in" in told and f"corsinspect replay {files[-1]}" in told
