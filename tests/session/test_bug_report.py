"""The file for a bug report: a call that the browser contradicts, alone, read as it was, and without its secrets."""

import stat
from pathlib import Path
from typing import Any

import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange
from corsinspect.said import Place, Said
from corsinspect.session import load
from corsinspect.session.errors import SessionError
from corsinspect.session.place import new_session_path, newest
from corsinspect.session.redaction.bug_report import is_disputed, write_bug_report
from corsinspect.session.sidecar import SidecarWriter, sidecar_of
from corsinspect.session.writer import SessionWriter
from tests.analysis.build import OPEN, PAGE, exchange
from tests.dashboard.conftest import replaying
from tests.said import said_of
from tests.test_cli import run

SECRETS = ("planted-7b3e9a1d5f0c", "planted-c8f1e2d4a6b9")
GRANTED = {**OPEN, "Access-Control-Allow-Credentials": "true", "Set-Cookie": f"sid={SECRETS[1]}"}


@pytest.fixture(autouse=True)
def own_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "corsinspect" / "sessions"


def made(id: str = "a", **more: Any) -> Exchange:
    sent = {"Cookie": f"sid={SECRETS[1]}"}
    return exchange(url=f"https://api.test/{id}?token={SECRETS[0]}", id=id, got=GRANTED, sent=sent, **more)


def contradicted(made: Exchange) -> Said:
    """The browser refused what all the traffic says that it allows."""
    return said_of(
        made,
        f"1:{made.id}",
        code="PreflightMissingAllowOriginHeader",
        console=f"Access to {made.url} has been blocked",
        page=f"{PAGE}/?token={SECRETS[0]}",
        caller=Place(url=f"{PAGE}/api.js?token={SECRETS[0]}", line=42),
    )


def kept(path: Path) -> Path:
    """A session that was recorded with `--keep-values`: two calls, the browser contradicts the first one."""
    one, other = made("disputed"), made("agreed", at=200)
    session, sidecar = SessionWriter(path, redacted=False), SidecarWriter(path, redacted=False)
    for each in (one, other):
        session.put(each)
    for said in (contradicted(one), said_of(other, "1:agreed")):
        sidecar.put(said)
    session.close()
    sidecar.close()
    return path


def disputed(path: Path) -> list[Call]:
    loaded = load(path)
    return [call for call in judge_all(loaded.exchanges, loaded.saids) if is_disputed(call)]


def written(sessions: Path) -> list[Path]:
    return list(sessions.glob("bug-report-*[0-9].jsonl"))


def in_the_way(sessions: Path) -> None:
    sessions.parent.mkdir(parents=True)
    sessions.write_text("no folder")


def holds_one_call_without_secrets(path: Path) -> None:
    loaded = load(path)
    (call,) = judge_all(loaded.exchanges, loaded.saids)
    assert call.id == "disputed" and is_disputed(call)
    assert call.browser is not None and call.browser.caller is not None
    for file in (path, sidecar_of(path)):
        text = file.read_text()
        assert '"redacted":true' in text and "redacted:" in text
        assert not [secret for secret in SECRETS if secret in text]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_replaces_the_secrets_of_calls_that_have_theirs() -> None:
    one = made("disputed")
    (call,) = judge_all([one], [contradicted(one)])
    assert SECRETS[0] in call.url
    holds_one_call_without_secrets(write_bug_report([call]))


def test_equal_secrets_stay_equal() -> None:
    one = made("disputed")
    path = write_bug_report(judge_all([one], [contradicted(one)]))
    loaded = load(path)
    assert loaded.exchanges[0].url == loaded.saids[0].url


def test_the_command_writes_what_the_browser_contradicts(tmp_path: Path, own_sessions: Path) -> None:
    session = kept(tmp_path / "kept.jsonl")
    done = run("check", session)
    assert "said by Chromium 156, and the traffic says otherwise" in done.stdout
    assert "! The browser contradicts 1 verdict:" in done.stdout and "corsinspect bug-report FILE" in done.stdout
    done = run("bug-report", session)
    assert (done.returncode, done.stderr) == (0, "")
    path, beside = map(Path, done.stdout.splitlines())
    assert path.parent == own_sessions and beside == sidecar_of(path)
    holds_one_call_without_secrets(path)


def test_the_command_says_when_there_is_nothing_to_report(tmp_path: Path, own_sessions: Path) -> None:
    session = SessionWriter(tmp_path / "s.jsonl")
    session.put(made())
    session.close()
    done = run("bug-report", tmp_path / "s.jsonl")
    assert (done.returncode, done.stdout) == (1, "") and "no browser contradicts" in done.stderr
    assert "bug-report" not in run("check", tmp_path / "s.jsonl").stdout
    assert run("bug-report", tmp_path / "missing.jsonl").returncode == 2
    assert not own_sessions.exists()


async def test_the_key_writes_the_selected_call(tmp_path: Path, own_sessions: Path) -> None:
    async with replaying(kept(tmp_path / "kept.jsonl"), size=(160, 50)) as screen:
        await screen.press("end", "r")
        assert not written(own_sessions), "the browser agrees on this one"
        await screen.press("home")
        await screen.sees("Press r to write this call")
        await screen.press("r")
        (path,) = written(own_sessions)
        holds_one_call_without_secrets(path)
        await screen.sees("Written without its secrets", path.name)


async def test_the_key_says_why_it_cannot(tmp_path: Path, own_sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way(own_sessions)
    async with replaying(kept(tmp_path / "kept.jsonl"), size=(160, 50)) as screen:
        await screen.press("home", "r")
        await screen.sees("can't be used")
    with pytest.raises(SessionError):
        write_bug_report(disputed(tmp_path / "kept.jsonl"))


def test_it_is_none_of_the_last_twenty_sessions(tmp_path: Path) -> None:
    path = write_bug_report(disputed(kept(tmp_path / "kept.jsonl")))
    for _ in range(25):
        new_session_path().write_text("x")
    assert path.exists() and newest() != path
