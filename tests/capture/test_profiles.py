"""Where profiles are, and what the next start removes."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corsinspect.capture import profiles
from corsinspect.capture.processes import end_group, is_alive

BINARY = Path("/usr/bin/chromium")


def ended_process() -> int:
    """The id of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_a_snap_browser_gets_a_profile_that_it_can_read(home: Path) -> None:
    script = home / "firefox"
    script.write_text('#!/bin/sh\nexec /snap/bin/firefox "$@"\n')

    assert profiles.root_for(Path("/snap/bin/chromium")) == home / "snap/chromium/common/corsinspect"
    assert profiles.root_for(script) == home / "snap/firefox/common/corsinspect"


def test_a_flatpak_browser_gets_a_profile_that_it_can_read(home: Path) -> None:
    exported = Path("/var/lib/flatpak/exports/bin/org.chromium.Chromium")

    assert profiles.root_for(exported) == home / ".var/app/org.chromium.Chromium/data/corsinspect"


def test_any_other_gets_one_in_the_cache(home: Path) -> None:
    assert profiles.make(BINARY).parent == home / "cache/corsinspect/profiles"


def test_the_sweep_removes_what_a_killed_run_left(home: Path) -> None:
    left, ours, unowned = (profiles.make(BINARY) for _ in range(3))
    (left / profiles.OWNER).write_text(f"{ended_process()} {ended_process()}")
    (left / "Default").mkdir()
    (unowned / profiles.OWNER).unlink()
    snap = home / "snap/chromium/common/corsinspect/run-x"
    snap.mkdir(parents=True)
    (snap / profiles.OWNER).write_text(f"{ended_process()} ")

    profiles.sweep()

    assert not left.exists()
    assert not snap.exists()
    assert ours.exists()
    assert unowned.exists()  # it may be in the making
    os.utime(unowned, (0, 0))
    profiles.sweep()
    assert not unowned.exists()


def test_a_later_process_with_the_owners_id_is_no_owner() -> None:
    left = profiles.make(BINARY)
    (left / profiles.OWNER).write_text(f"{os.getpid()}@1")
    kept = profiles.keep(BINARY, "chromium", "work")
    (kept / profiles.OWNER).write_text(f"{os.getpid()}@1 {os.getppid()}@1")

    profiles.sweep()

    assert not left.exists()
    assert profiles.keep(BINARY, "chromium", "work") == kept


def test_an_owner_file_of_nonsense_is_no_owner() -> None:
    kept = profiles.keep(BINARY, "chromium", "work")
    for nonsense in (b"\xff\xfe", b"x y", b"-1 0", b""):
        (kept / profiles.OWNER).write_bytes(nonsense)

        assert profiles.keep(BINARY, "chromium", "work") == kept


def test_the_sweep_never_removes_a_kept_profile() -> None:
    kept = profiles.keep(BINARY, "chromium", "work")
    (kept / profiles.OWNER).write_text(f"{ended_process()} ")

    profiles.sweep()

    assert kept.exists()
    assert profiles.keep(BINARY, "chromium", "work") == kept


async def test_the_sweep_ends_the_browser_that_was_left(home: Path) -> None:
    left = profiles.make(BINARY)
    browser = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "import time; print(flush=True); time.sleep(600)", f"--user-data-dir={left}"),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert browser.stdout is not None
    await browser.stdout.readline()
    (left / profiles.OWNER).write_text(f"{ended_process()} {browser.pid}")

    await asyncio.to_thread(profiles.sweep)

    assert await browser.wait() < 0
    assert not left.exists()


async def test_a_stranger_with_an_old_id_is_left_alone() -> None:
    stranger = await asyncio.create_subprocess_exec("sleep", "600", start_new_session=True)

    await asyncio.to_thread(end_group, stranger.pid, "/some/profile")

    assert is_alive(stranger.pid)
    stranger.kill()
    await stranger.wait()
