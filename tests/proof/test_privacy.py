"""Who can reach what runs, and read what it writes, where the umask forbids nothing."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corsinspect.capture import profiles
from corsinspect.capture.ca import ensure_ca
from corsinspect.capture.firefox.profile import prepare
from corsinspect.capture.processes import pid_of
from corsinspect.dashboard.state.preferences import PreferencesFile
from corsinspect.session.place import new_session_path
from tests.browser.terminal import Terminal
from tests.capture.wire import fetch, hello, serving, until
from tests.session.build import recorded
from tests.sockets import listened_on, named, sockets_of

from .kills import descendants


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where all that corsinspect writes goes to; nothing of it is there yet, and the umask is 000."""
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "places" / name.lower()))
    before = os.umask(0)
    yield tmp_path / "places"
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """What is in it, and itself, that isn't its owner's alone: 0600, a folder 0700."""
    found = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert len(found) > 1
    return {str(path): oct(mode) for path, mode in found.items() if mode != (0o700 if path.is_dir() else 0o600)}


def listeners(pid: int) -> list[str]:
    """The addresses that this process and those below it listen on, and the names of their local sockets."""
    held = sockets_of([pid, *filter(None, map(pid_of, descendants(pid)))])
    return [*listened_on(held), *named(held)]


def test_what_is_written_is_its_owners_alone(places: Path) -> None:
    ensure_ca()
    new_session_path()
    assert PreferencesFile().change(theme="nord") is None
    made = profiles.make(Path("/usr/bin/firefox"))
    profiles.own(made, os.getpid())
    profiles.keep(Path("/usr/bin/firefox"), "firefox", "shop")
    assert open_to_others(places) == {}


async def test_so_is_what_firefox_is_given(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # certutil's own files are made by it
    binary = Path("/usr/bin/firefox")
    await prepare(binary, profiles.make(binary), 8080, ensure_ca(), {})
    assert open_to_others(places) == {}


async def test_record_listens_on_its_port_only_and_writes_for_its_owner(places: Path) -> None:
    session = new_session_path()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "corsinspect", "record", "-o", str(session)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(60), serving(hello) as server:
        found = re.search(rb"127\.0\.0\.1:(\d+)", await process.stderr.readline())
        assert found
        port = int(found[1])
        await fetch(port, f"http://localhost:{server}/")
        assert listeners(process.pid) == [f"0100007F:{port:04X}"]
        process.send_signal(signal.SIGTERM)
        await process.wait()
    assert recorded(session)
    assert open_to_others(places) == {}


async def test_so_does_the_dashboard(places: Path) -> None:
    terminal = Terminal([sys.executable, "-m", "corsinspect"], dict(os.environ), 100, 30)
    async with terminal, serving(hello) as server:
        await terminal.shows("127.0.0.1:")
        found = re.search(r"127\.0\.0\.1:(\d+)", terminal.text)
        assert found
        port = int(found[1])
        await fetch(port, f"http://localhost:{server}/shown")
        await terminal.shows("/shown")
        assert listeners(terminal.pid) == [f"0100007F:{port:04X}"]
        terminal.press("x")
        await until(lambda: list(places.rglob("*.notes.jsonl")))
        terminal.press("q")
        await terminal.ended()
    assert open_to_others(places) == {}
