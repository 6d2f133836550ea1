"""What is judged in pieces comes out as if all of it had been held in memory."""

import errno
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from corsinspect.advice.causes import causes
from corsinspect.analysis import judge_all
from corsinspect.capture.processes import is_running
from corsinspect.commands.checking import recorded
from corsinspect.commands.checking.apart import Apart
from corsinspect.commands.checking.recorded import Recorded
from corsinspect.commands.checking.verdicts import Options, Verdicts
from corsinspect.model import Call, Exchange
from corsinspect.policy.config import Policy
from corsinspect.policy.judging import Judging
from corsinspect.report.formats import document
from corsinspect.report.neighbours import Neighbours
from corsinspect.session import Redactor, SessionWriter, load
from corsinspect.session.lines import FORMAT_VERSION, Header, encode, encode_header
from corsinspect.session.numbered import of_file, said_of_file
from corsinspect.session.sidecar import SidecarWriter
from tests.bench.sessions import exchanges as made_up
from tests.corpus import NAMES, recording, truth
from tests.proof.kills import descendants
from tests.said import saids_of
from tests.test_cli import run

CHECK = [sys.executable, "-m", "corsinspect", "check", "--format", "jsonl"]


@pytest.fixture(autouse=True)
def hardly_any_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each recording were a large one."""
    monkeypatch.setattr(recorded, "HELD", 4)
    monkeypatch.setattr("corsinspect.session.stream._PIECE", 5_000)
    monkeypatch.setattr("corsinspect.session.packed.spool._PIECE", 3_000)
    monkeypatch.setattr("corsinspect.session.sidecar._PIECE", 3_000)


def session(path: Path, *exchanges: Exchange) -> Path:
    """Each exchange in a line of its own, as it is."""
    header = encode_header(Header(corsinspect=FORMAT_VERSION, redacted=True))
    path.write_bytes(header + b"".join(encode(exchange, None) for exchange in exchanges))
    return path


def judged(*paths: Path, jobs: int = 1) -> list[Call]:
    with Recorded(paths, jobs) as files:
        assert [part.error for part in files.parts()] == ["" for _ in paths]
        return list(files.calls)


def at_once(*paths: Path) -> list[Call]:
    """The same with everything in memory."""
    calls: list[Call] = []
    for number, path in enumerate(paths, 1):
        loaded = load(path)
        exchanges, saids = loaded.exchanges, loaded.saids
        if len(paths) > 1:
            exchanges = [of_file(each, number) for each in exchanges]
            saids = [said_of_file(each, number) for each in saids]
        calls += judge_all(exchanges, saids)
    return sorted(calls, key=lambda call: call.started)


def shuffled(count: int) -> list[Exchange]:
    """A session with many lines of exchanges in several states, far from each other, in no order."""
    whole = list(made_up(count))
    begun = [
        msgspec.structs.replace(each, status=None, response_headers=(), answered=None, ended=None) for each in whole
    ]
    lines = [*begun, *whole]
    random.Random(1).shuffle(lines)
    return [*lines, *whole[::2]]  # a file always ends with what's known last


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_gives_the_same_calls(name: str, tmp_path: Path) -> None:
    writer = SessionWriter(tmp_path / "saved.jsonl")
    for exchange in load(recording(name), redactor=Redactor(b"any")).exchanges:
        writer.put(exchange)
    writer.close()
    assert judged(tmp_path / "saved.jsonl") == at_once(tmp_path / "saved.jsonl")


def with_its_word(name: str, path: Path) -> Path:
    """A recording as a session, with what its browser said of it: each leg is told twice, those of several mixed."""
    exchanges = load(recording(name), redactor=Redactor(b"any")).exchanges
    saids = list(saids_of(truth(name), exchanges).values())
    writer = SidecarWriter(session(path, *exchanges))
    for number, said in enumerate(saids):
        writer.put(msgspec.structs.replace(said, answered=None, ended=None, status=None))
        writer.put(saids[max(0, number - number % 7)])
        writer.flush()
    for said in saids:
        writer.put(said)
    writer.close()
    return path


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("webkit")])
def test_what_the_browser_said_gives_the_same_calls(name: str, tmp_path: Path) -> None:
    path = with_its_word(name, tmp_path / "s.jsonl")
    calls = judged(path)
    assert calls == at_once(path)
    assert any(call.browser is not None for call in calls)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_browsers_said_of_several_files_stays_with_each(jobs: int, tmp_path: Path) -> None:
    paths = [with_its_word("chromium-basic", tmp_path / f"{number}.jsonl") for number in range(2)]
    assert judged(*paths, jobs=jobs) == at_once(*paths)


def test_states_that_are_far_apart_give_the_same_calls(tmp_path: Path) -> None:
    path = session(tmp_path / "s.jsonl", *shuffled(400))
    assert judged(path) == at_once(path)


def test_a_clock_that_was_set_back_gives_the_same_calls(tmp_path: Path) -> None:
    later = [msgspec.structs.replace(each, id=f"later-{each.id}") for each in made_up(50)]
    path = session(tmp_path / "s.jsonl", *made_up(100), *later)
    assert judged(path) == at_once(path)


def test_several_files_are_one_list_in_order_of_time(tmp_path: Path) -> None:
    paths = [session(tmp_path / f"{n}.jsonl", *made_up(40, start=1e9 + n % 2)) for n in range(3)]
    assert judged(*paths) == at_once(*paths)


@pytest.mark.parametrize("format", ["text", "jsonl"])
def test_files_side_by_side_give_the_same_lines(format: str, tmp_path: Path) -> None:
    paths = [session(tmp_path / f"{n}.jsonl", *made_up(60, start=1e9 + n)) for n in range(3)]
    paths[1].write_bytes(paths[1].read_bytes() + b"torn")
    one, several = (run("check", "--format", format, "--jobs", jobs, *paths, "missing") for jobs in ("1", "3"))
    assert (one.returncode, one.stdout, one.stderr) == (several.returncode, several.stdout, several.stderr)
    assert "missing: doesn't exist" in one.stderr and "torn" in one.stderr


def test_lines_that_several_processes_make_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("corsinspect.commands.checking.apart.TOGETHER", 7)
    path, report = session(tmp_path / "s.jsonl", *shuffled(300)), tmp_path / "report.jsonl"
    printed: list[tuple[int, str, str]] = []
    for jobs, many in ((1, 1), (2, 1), (2, 1_000_000)):
        monkeypatch.setattr("corsinspect.commands.checking.verdicts.MANY", many)
        status = Verdicts(Options(format="jsonl", reports=[("jsonl", report)], jobs=jobs)).of([path])
        printed.append((status, capsys.readouterr().out, report.read_text()))
    assert printed[0] == printed[1] == printed[2]
    assert printed[0][0] == 1 and len(printed[0][1].splitlines()) > 250


EXPECTED = "".join(
    f'[[expect]]\nurl = "{url}/*"\n'
    for url in ("*://*.shop.test", "https://auth.shop.test:8443", "http://localhost:8000", "https://never.test")
)
UNMET = '[[must-allow]]\nurl = "https://never.test/*"\n'


@pytest.mark.parametrize(("rules", "status"), [("", 1), (EXPECTED, 0), (EXPECTED + UNMET, 1)])
@pytest.mark.parametrize("known", [False, True])
def test_several_processes_find_the_same_by_a_policy(
    rules: str, status: int, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corsinspect.commands.checking.apart.TOGETHER", 7)
    monkeypatch.setattr("corsinspect.commands.checking.verdicts.MANY", 1)
    path, policy = session(tmp_path / "s.jsonl", *made_up(300)), tmp_path / "corsinspect.toml"
    policy.write_text(rules, "utf-8")
    baselines = [tmp_path / "one.json", tmp_path / "several.json"]
    for jobs, baseline in enumerate(baselines, 1):
        options = Options(format="jsonl", config=policy, baseline=baseline, jobs=jobs)
        assert Verdicts(options._replace(write_baseline=True)).of([path]) == 0
        if not known:
            baseline.unlink()
            options = options._replace(baseline=None)
        assert Verdicts(options).of([path]) == (int(UNMET in rules) if known else status)
    if known:
        assert baselines[0].read_bytes() == baselines[1].read_bytes()


def test_a_reader_that_goes_away_ends_the_processes(tmp_path: Path) -> None:
    path = session(tmp_path / "s.jsonl", *made_up(300))
    with Recorded([path]) as files:
        list(files.parts())
        neighbours = Neighbours(files.calls, files.calls.outlines())
        apart = Apart(["jsonl"], neighbours, files.calls, Judging(Policy()), 2)
        piece = next(iter(apart))
        apart.close()
    assert piece.texts[0].startswith(next(iter(document("jsonl", at_once(path)))))
    assert not multiprocessing.active_children()


MANY_AT_ONCE = """
from corsinspect.cli import main
from corsinspect.commands.checking import verdicts
verdicts.MANY = 1
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_told_to_end_it_takes_its_processes_with_it(number: signal.Signals, tmp_path: Path) -> None:
    path, temporary = session(tmp_path / "s.jsonl", *made_up(300)), tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-c", MANY_AT_ONCE, "check", "--format", "jsonl", "--jobs", "2", str(path)]
    environment = os.environ | {"TMPDIR": str(temporary)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None and process.stdout.read(1)  # the rest doesn't fit into the pipe, so it waits
        below = descendants(process.pid)
        process.send_signal(number)
        process.wait()
        ended_by = process.returncode
        started = time.monotonic()
        while any(map(is_running, below)):
            assert time.monotonic() < started + 60
            time.sleep(0.05)
    assert len(below) >= 2
    if number == signal.SIGKILL:
        assert ended_by == -number
    else:
        assert (ended_by, [*temporary.iterdir()]) == (128 + number, [])


def test_lines_of_calls_on_disk_are_those_of_calls_in_memory(tmp_path: Path) -> None:
    path = session(tmp_path / "s.jsonl", *shuffled(300))
    with Recorded([path]) as files:
        list(files.parts())
        for format in ("text", "jsonl"):
            assert list(document(format, files.calls)) == list(document(format, at_once(path)))
        assert list(files.calls[10:20]) == at_once(path)[10:20]


def test_the_calls_of_a_whole_session_are_the_same_evidence_as_those_that_come_one_by_one(tmp_path: Path) -> None:
    calls = at_once(session(tmp_path / "s.jsonl", *made_up(300), *made_up(300, first=300)))
    whole, grown = Neighbours(calls), Neighbours()
    for call in calls:
        grown.add(call)
    for call in calls:
        assert whole.few(call) == grown.few(call)
        assert whole.beside(call) == grown.beside(call)
        assert whole.many(call) == grown.many(call)


def test_what_is_found_once_for_many_calls_is_what_each_would_find(tmp_path: Path) -> None:
    polled = [
        msgspec.structs.replace(each, id=f"p{each.id}", url=f"https://api.shop.test/v2/poll{number % 7}")
        for number, each in enumerate(made_up(200))
    ]
    for path in (session(tmp_path / "s.jsonl", *made_up(300), *polled), *map(recording, NAMES[::4])):
        calls = at_once(path)
        neighbours = Neighbours(calls)
        for call in calls:
            near = neighbours.few(call)
            assert causes(call, near) == causes(call, list(near))


def test_an_empty_id_opens_no_door_to_all_others() -> None:
    calls = judge_all(made_up(3_000))
    nameless = msgspec.structs.replace(calls[0], id="")
    neighbours = Neighbours([nameless, *calls])
    for server in {call.url.partition("/v2/")[0]: call for call in calls}.values():
        assert len(neighbours.many(server)) <= 500
        assert len(neighbours.few(server)) <= 80


def test_a_call_with_the_id_of_another_stands_in_for_it() -> None:
    calls = judge_all(made_up(40))
    one = next(call for call in calls if call.verdict.reason == "origin-mismatch")
    two = msgspec.structs.replace(one, id=calls[0].id)
    neighbours = Neighbours([*calls, two])
    near = neighbours.few(one)
    assert [call for call in near if call.id == two.id] == [two]
    assert len({call.id for call in near}) == len(near)
    assert causes(one, near) == causes(one, list(near))


@pytest.mark.parametrize("jobs", [1, 2])
def test_outlines_are_the_same_evidence_as_the_calls(jobs: int, tmp_path: Path) -> None:
    paths = [session(tmp_path / f"{n}.jsonl", *made_up(200, start=1_790_000_000.0 + n)) for n in range(2)]
    recordings = [recording(name) for name in NAMES[:3]]
    with Recorded([*paths, *recordings], jobs) as files:
        list(files.parts())
        calls = list(files.calls)
        whole, outlined = Neighbours(calls), Neighbours(files.calls, files.calls.outlines())
        for call in calls:
            assert outlined.few(call) == whole.few(call)
            assert outlined.beside(call) == whole.beside(call)
            assert outlined.many(call) == whole.many(call)


def test_of_calls_with_outlines_only_those_that_are_kept_are_read(tmp_path: Path) -> None:
    with Recorded([session(tmp_path / "s.jsonl", *made_up(6_000))]) as files:
        list(files.parts())
        calls = Counted(list(files.calls))
        Neighbours(calls, files.calls.outlines())
        assert 0 < calls.read < len(calls) / 2


def test_the_calls_to_one_path_are_read_once_for_all_of_them(tmp_path: Path) -> None:
    polled = [
        msgspec.structs.replace(each, id=f"p{each.id}", url="https://api.shop.test/v2/poll")
        for number, each in enumerate(made_up(60))
        if number % 10 == 3
    ]
    with Recorded([session(tmp_path / "s.jsonl", *made_up(60), *polled)]) as files:
        list(files.parts())
        calls = Counted(list(files.calls))
        neighbours = Neighbours(calls, files.calls.outlines())
        polling = [call for call in files.calls if call.url.endswith("poll")]
        first, read = neighbours.few(polling[0]), calls.read
        assert [neighbours.few(call) for call in polling] == [first] * len(polling)
        assert len(polling) > 3 and calls.read == read


class Counted(list[Call]):
    """Calls, and how many of them were read."""

    read = 0

    def __getitem__(self, index: int) -> Call:  # type: ignore[override]
        self.read += 1
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Call]:
        raise AssertionError("all of them are read")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    paths = [session(tmp_path / f"{n}.jsonl", *made_up(60)) for n in range(2)]
    with Recorded(paths) as files:
        list(files.parts())
        assert all(each.stat().st_mode & 0o077 == 0 for each in temporary.rglob("*"))
    assert list(temporary.iterdir()) == []


def test_a_full_disk_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = session(tmp_path / "s.jsonl", *made_up(10))
    monkeypatch.setattr("os.pwrite", full)
    with Recorded([path]) as files:
        (part,) = files.parts()
    assert "No space left" in part.error and "TMPDIR" in part.error


def test_a_recording_on_stdin_is_read_as_from_a_file(tmp_path: Path) -> None:
    path = session(tmp_path / "s.jsonl", *made_up(30))
    piped = subprocess.run([*CHECK, "-"], input=path.read_bytes(), capture_output=True)
    assert piped.stdout == subprocess.run([*CHECK, path], capture_output=True).stdout
    empty = subprocess.run([*CHECK, "-"], input=b"", capture_output=True)
    assert (empty.returncode, empty.stdout) == (2, b"")
    assert b"-: is empty" in empty.stderr
