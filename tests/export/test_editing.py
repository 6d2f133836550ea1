"""`session info|trim|merge|redact|diff`: what is written, what stands beside it, and what is said."""

import json
from pathlib import Path

import msgspec
import pytest

from corsinspect.analysis import judge_all
from corsinspect.export.editing import companions
from corsinspect.said import Said
from corsinspect.session import SessionWriter, load
from corsinspect.session.notes import Notes
from corsinspect.session.redaction.redact import KeptValues
from corsinspect.session.sidecar import SidecarWriter
from tests.analysis.build import OPEN, exchange
from tests.session.build import annotations
from tests.test_cli import run, session

SECRET = "Bearer hunter2hunter2hunter2"
ALLOWED = {**OPEN, "Access-Control-Allow-Credentials": "true"}


def said(id: str, at: float, **fields) -> Said:
    base = {"id": id, "launch": "abc", "browser": "Chromium 156", "engine": "chromium"}
    return msgspec.convert({**base, "url": "https://api.example/", "method": "GET", "called": at, **fields}, Said)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Three calls, ten seconds apart, with notes on two of them and a word on one."""
    path = tmp_path / "session.jsonl"
    calls = [exchange(id=id, got=got) for id, got in (("a", {}), ("b", ALLOWED), ("c", {}))]
    session(
        path,
        *(msgspec.structs.replace(call, started=1000.0 + 10 * number) for number, call in enumerate(calls)),
    )
    notes = Notes(path)
    notes.mark("a", True)
    notes.note("c", "the slow one")
    return path


def test_info_says_what_is_there(recorded: Path) -> None:
    done = run("session", "info", recorded)
    assert done.returncode == 0
    for words in ("exchanges     3", "1 allowed, 2 blocked", "for 20.0 s", "2 in ", "browser said  nothing"):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (("--from", "5"), ["b", "c"]),
        (("--to", "5"), ["a"]),
        (("--from", "5", "--to", "15"), ["b"]),
        (("--blocked",), ["a", "c"]),
        (("--host", "nowhere.test"), []),
        (("--host", "API.test"), ["a", "b", "c"]),
        (("--host", "api.test:8443"), []),
        ((), ["a", "b", "c"]),
    ],
)
def test_trim_keeps_calls_whole(recorded: Path, tmp_path: Path, arguments: tuple[str, ...], kept: list[str]) -> None:
    output = tmp_path / "short.jsonl"
    assert run("session", "trim", recorded, "-o", output, *arguments).returncode == 0
    assert [exchange.id for exchange in load(output).exchanges] == kept
    notes = Notes(output)
    assert (notes.marks, set(notes.notes)) == ({"a"} & {*kept}, {"c"} & {*kept})
    assert output.stat().st_mode & 0o777 == 0o600
    assert {*annotations(output)} == {*kept}


def test_nothing_is_written_over(recorded: Path, tmp_path: Path) -> None:
    output = tmp_path / "short.jsonl"
    companions(output)[0].write_text("somebody's notes\n")
    done = run("session", "trim", recorded, "-o", output)
    assert (done.returncode, "exists already" in done.stderr, output.exists()) == (2, True, False)


def test_merged_sessions_are_judged_as_they_were(recorded: Path, tmp_path: Path) -> None:
    other = session(tmp_path / "other.jsonl", msgspec.structs.replace(exchange(id="a", got=ALLOWED), started=1005.0))
    output = tmp_path / "both.jsonl"
    assert run("session", "merge", recorded, other, "-o", output).returncode == 0
    merged = load(output).exchanges
    assert [exchange.id for exchange in merged] == ["1:a", "2:a", "1:b", "1:c"]
    assert [call.verdict.outcome for call in judge_all(merged)] == ["blocked", "allowed", "allowed", "blocked"]
    assert Notes(output).marks == {"1:a"}


def test_a_session_with_its_values_is_redacted_with_what_stands_beside_it(tmp_path: Path) -> None:
    path, output = tmp_path / "kept.jsonl", tmp_path / "redacted.jsonl"
    writer = SessionWriter(path, redacted=False)
    kept = KeptValues()
    with_secret = msgspec.structs.replace(
        exchange(id="a"), request_headers=(*exchange(id="a").request_headers, ("Authorization", SECRET))
    )
    writer.put(kept.exchange(with_secret))
    writer.close()
    sidecar = SidecarWriter(path, redacted=False)
    sidecar.put(said("1", 1000.0, url="https://api.example/?token=hunter2hunter2hunter2"))
    sidecar.close()
    Notes(path).note("a", f"it sends {SECRET}")
    assert "hunter2" in path.read_text()
    assert run("session", "redact", path, "-o", output).returncode == 0
    for written in (output, *companions(output)):
        assert written.exists()
        assert "hunter2" not in written.read_text()
    assert json.loads(output.read_text().splitlines()[0])["redacted"] is True


def test_a_har_becomes_a_session(tmp_path: Path) -> None:
    har = Path(__file__).parents[1] / "session" / "recorded" / "chromium-156.har"
    output = tmp_path / "session.jsonl"
    run("session", "redact", har, "-o", output)
    before, after = (
        [(call.url.partition("?")[0], call.verdict.outcome) for call in judge_all(load(path).exchanges)]
        for path in (har, output)
    )
    assert before == after


def test_diff_says_which_call_changed_and_by_which_header(tmp_path: Path) -> None:
    other = exchange(id="z", url="https://other.example/", got=ALLOWED)
    before = session(tmp_path / "before.jsonl", exchange(id="a", got=ALLOWED), other)
    after = session(tmp_path / "after.jsonl", exchange(id="q"), other)
    done = run("session", "diff", before, after)
    assert done.returncode == 1
    assert "was ✓ allowed" in done.stdout
    assert 'actual: Access-Control-Allow-Origin: "' in done.stdout and "→ absent" in done.stdout
    assert done.stdout.endswith("1 changed, 1 as before\n")
    same = run("session", "diff", before, before)
    assert (same.returncode, same.stdout) == (0, "0 changed, 2 as before\n")


def test_diff_pairs_repeated_calls_in_their_order(tmp_path: Path) -> None:
    def at(second: float, id: str, **fields):
        return msgspec.structs.replace(exchange(id=id, **fields), started=1000.0 + second)

    before = session(tmp_path / "before.jsonl", at(0, "a"), at(1, "b", got=ALLOWED), at(2, "c", got=ALLOWED))
    after = session(tmp_path / "after.jsonl", at(0, "d"), at(1, "e"))
    done = run("session", "diff", before, after)
    assert done.stdout.endswith("1 changed, 1 as before, 1 only in the first session\n")
    gone = run("session", "diff", before, tmp_path / "nowhere.jsonl")
    assert gone.returncode == 2 and "doesn't exist" in gone.stderr
