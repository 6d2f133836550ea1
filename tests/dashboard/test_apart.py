"""Sessions that processes of their own read: the list is the one that this process would make."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from corsinspect.dashboard.apart import making, reading
from corsinspect.dashboard.apart.making import Maker
from corsinspect.dashboard.apart.saved import FeedApart, SavedApart, is_large
from corsinspect.dashboard.app import Dashboard
from corsinspect.dashboard.state import call_store
from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.state.call_store import Calls
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.made import Made, judged
from corsinspect.dashboard.state.source import FileSource
from corsinspect.model import Changes
from corsinspect.session.errors import SessionError
from corsinspect.session.packed.packing import Packing
from tests.bench import sessions
from tests.corpus import NAMES, recording
from tests.dashboard.conftest import until
from tests.dashboard.test_book import call


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "session.jsonl"
    sessions.write(path, 3_000)
    return path


async def read_here(*paths: Path) -> Book:
    book, feed = Book(), Feed(FileSource(*paths), lambda: None)
    await feed.run()
    book.apply(feed.take())
    return book


async def read_apart(*paths: Path) -> Book:
    book, feed = Book(), FeedApart(SavedApart(*paths), lambda: None)
    await feed.run()
    for made in feed.take():
        book.take(made)
    return book


def same(book: Book, other: Book) -> None:
    """Equal in all that is shown; lets go of their files."""
    assert book.rows == other.rows
    assert list(book.lines) == list(other.lines)
    for position in range(len(book.rows)):
        assert book.calls.at(position) == other.calls.at(position)
    assert (book.outcomes, book.background) == (other.outcomes, other.background)
    assert (book.newest_problem, book.widest_page) == (other.newest_problem, other.widest_page)
    assert book.tally.kinds == other.tally.kinds
    assert (book.tally.calls, book.tally.failures) == (other.tally.calls, other.tally.failures)
    book.calls.close()
    other.calls.close()


async def test_the_list_is_the_one_that_is_made_here(large: Path) -> None:
    same(await read_apart(large), await read_here(large))


async def test_the_first_rows_are_there_before_any_process(large: Path) -> None:
    source, book = SavedApart(large), Book()
    book.take(source.first())
    assert source._begun is None
    here = await read_here(large)
    assert 20 < len(book.rows) < 100 and book.rows[:20] == here.rows[:20]
    book.calls.close()
    here.calls.close()


async def test_so_it_is_for_several_files(large: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    sessions.write(other, 200)
    same(await read_apart(large, other), await read_here(large, other))


@pytest.mark.parametrize("name", NAMES)
async def test_what_changes_and_is_withdrawn_from_piece_to_piece_is_the_same(name: str) -> None:
    """Each exchange handed over by itself, as a slow machine would."""
    path, maker = recording(name), Maker()
    book, apart, packing = Book(), Book(), Packing()
    common, lists = [], []
    feed = Feed(FileSource(path), lambda: None)

    def hand_over() -> None:
        changes = feed.take()
        book.apply(changes)
        made: Made = pickle.loads(pickle.dumps(maker.made(judged(changes, packing))))
        common.extend(made.common)
        apart.take(made._replace(judged=made.judged.arrived(lists), common=common))

    feed._changed = hand_over
    await feed.run()
    same(apart, book)


async def test_what_cannot_be_encoded_stays_in_memory_in_its_place() -> None:
    calls = [call("1"), call("2", "blocked"), call("3")]
    calls[1] = msgspec.structs.replace(calls[1], url="https://api.test/\udcff")
    made: Made = pickle.loads(pickle.dumps(Maker().made(judged(Changes(calls, []), Packing()))))
    book, here = Book(), Book()
    book.take(made)
    here.apply(Changes(calls, []))
    same(book, here)
    assert made.judged.changes().changed == calls


async def test_a_full_disk_keeps_the_calls_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError

    monkeypatch.setattr(call_store, "_temporary", full)
    book = Book()
    book.take(Maker().made(judged(Changes([call("1"), call("2")], []), Packing())))
    assert [each.id for each in book.calls.values()] == ["1", "2"]


def test_a_later_state_takes_the_place_of_the_one_before() -> None:
    calls = Calls()
    for outcome in ("pending", "blocked"):
        assert calls.put_judged(judged(Changes([call("1", outcome)], []), Packing())) == [0]
    assert len(calls) == 1 and calls["1"].verdict.outcome == "blocked"
    calls.close()


async def test_a_file_that_cannot_be_read_ends_the_dashboard_with_why(tmp_path: Path) -> None:
    app = Dashboard(SavedApart(tmp_path / "nothing.jsonl"))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.return_value is not None)
    assert isinstance(app.return_value, SessionError) and "nothing.jsonl" in str(app.return_value)


@pytest.fixture
def odd(large: Path, tmp_path: Path) -> Path:
    """With a line of something else."""
    path = tmp_path / "odd.jsonl"
    path.write_bytes(large.read_bytes() + b"what is this\n")
    return path


async def test_the_dashboard_shows_it_all_with_its_problems(odd: Path) -> None:
    path = odd
    app = Dashboard(SavedApart(path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.feed.progress is None and not app._drawing)
        here = await read_here(path)
        assert app.book.rows == here.rows
        assert app.source.ended and "can't be read" in app.source.facts().problems[0]


async def test_what_the_person_said_of_a_page_holds_for_what_comes(large: Path) -> None:
    page = sessions.PAGE
    app, other = Dashboard(SavedApart(large)), Dashboard(FileSource(large))
    for each in (app, other):
        each.remarks.assume_page(page)
        async with each.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda each=each: each.feed.progress is None and not each._drawing)
    assert app.book.rows == other.book.rows
    assert any(row is not None and row.certainty == "certain" for row in app.book.rows)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_leaving_ends_the_processes(large: Path) -> None:
    source = SavedApart(large)
    feed = FeedApart(source, lambda: None)
    task = asyncio.create_task(feed.run())
    async with asyncio.timeout(20):
        while source._begun is None:
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source._begun is not None and all(process.poll() is not None for process in source._begun)


def test_the_processes_end_with_the_one_that_began_them(tmp_path: Path) -> None:
    fifo = tmp_path / "session.jsonl"  # nothing ever comes
    os.mkfifo(fifo)
    code = (
        "import sys, time; from pathlib import Path; from corsinspect.dashboard.apart.process import begun\n"
        "print(*(process.pid for process in begun([Path(sys.argv[1])])), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(fifo)], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        time.sleep(0.5)
        assert not any(map(gone, pids))
        parent.send_signal(signal.SIGKILL)
    wait(lambda: all(map(gone, pids)))


@pytest.mark.parametrize("which", ["reading", "making"])
def test_a_process_that_is_killed_is_told(which: str, large: Path) -> None:
    source = SavedApart(large)
    source.next()
    getattr(source._begun, which).kill()
    with pytest.raises(SessionError, match="was ended"):
        while source.next():
            pass
    source.close()


def test_a_mistake_of_ours_over_there_comes_back_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = tmp_path / "sitecustomize.py"
    ours.write_text(
        "import corsinspect.dashboard.state.source as source\nsource.FileSource.poll = lambda self: 1 / 0\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    source = SavedApart(ours)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        source.next()
    source.close()


def test_only_large_files_are_worth_it(large: Path, tmp_path: Path) -> None:
    assert is_large([large]) and not is_large([tmp_path, tmp_path / "nothing", recording(NAMES[0])])


@pytest.mark.parametrize("module", [reading, making])
def test_the_processes_need_no_textual(module: ModuleType) -> None:
    code = f"import sys, {module.__name__}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"textual", "mitmproxy", "corsinspect.dashboard.app"} & {*loaded}
