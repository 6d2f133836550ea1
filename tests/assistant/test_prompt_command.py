"""`corsinspect prompt` prints what the dashboard copies."""

import subprocess
import sys
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.screens.copying import COPIES
from corsinspect.session import SessionWriter, load
from tests.analysis.build import OPEN, exchange, preflight


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    writer = SessionWriter(path)
    writer.put(preflight("PUT", names="x-a", got={"X-Powered-By": "Express"}, status=200, id="first"))
    writer.put(exchange(id="second", at=101))
    writer.put(exchange(id="third", at=102, got=OPEN))
    writer.flush()
    writer.close()
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corsinspect", "prompt", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


@pytest.mark.parametrize(("id", "options"), [("first", ["--call", "first"]), ("second", [])])
def test_it_prints_what_the_dashboard_copies(session: Path, id: str, options: list[str]) -> None:
    calls = judge_all(load(session).exchanges)
    subject = Subject(next(call for call in calls if call.id == id), lambda: calls)
    copied = next(copy for copy in COPIES if copy.key == "p").make(subject)
    done = run(session, *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, copied, "")


def test_a_call_that_is_not_there_is_status_1(session: Path) -> None:
    done = run(session, "--call", "nobody")
    assert (done.returncode, done.stdout) == (1, "") and "no call has this id" in done.stderr


def test_a_session_without_a_blocked_call_is_status_1(tmp_path: Path) -> None:
    path = tmp_path / "fine.jsonl"
    writer = SessionWriter(path)
    writer.put(exchange(got=OPEN))
    writer.flush()
    writer.close()
    done = run(path)
    assert (done.returncode, done.stdout) == (1, "") and "no call was blocked" in done.stderr


def test_a_file_that_is_not_there_is_status_2(tmp_path: Path) -> None:
    done = run(tmp_path / "none.jsonl")
    assert (done.returncode, done.stdout) == (2, "") and "doesn't exist" in done.stderr
