"""`record` with a browser of its own: for scripts, without a dashboard."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from corsinspect.session.sidecar import load_saids, sidecar_of
from tests.capture.wire import until

from .said_pages import site

SCRIPT = "await call('a', API + '/ok'); await call('b', API + '/refused')"


async def corsinspect(*arguments: str | Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "corsinspect", *map(str, arguments)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_page_is_visited_and_its_calls_printed_until_nothing_goes_on(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    async with site(SCRIPT) as pages:
        process = await corsinspect("record", "-o", session, "--headless", "--until-idle", "3", pages.page)
        async with asyncio.timeout(60):
            out, err = await process.communicate()

    assert process.returncode == 0, err
    lines = out.decode()
    assert "/ok" in lines and "/refused" in lines
    assert "Chromium" in err.decode() and "is open" in err.decode()
    assert str(sidecar_of(session)) in err.decode()
    assert any(said.url.endswith("/refused") and said.code for said in load_saids(session))


async def test_without_asking_the_browser_there_is_no_word(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    async with site(SCRIPT) as pages:
        arguments = ("--browser", "chromium", "--headless", "--no-ask-browser", "--until-idle", "3")
        process = await corsinspect("record", "-o", session, *arguments, pages.page)
        async with asyncio.timeout(60):
            out, _ = await process.communicate()

    assert process.returncode == 0
    assert "/refused" in out.decode()
    assert not sidecar_of(session).exists()


async def test_it_ends_when_its_browser_is_closed(tmp_path: Path) -> None:
    session = tmp_path / "s.jsonl"
    async with site(SCRIPT) as pages:
        process = await corsinspect("record", "-o", session, "--browser", "chromium", "--headless", pages.page)
        async with asyncio.timeout(60):
            await pages.results
            (pid,) = await until(lambda: list(browsers_of(process.pid)))
            os.kill(pid, signal.SIGTERM)
            _, err = await process.communicate()

    assert process.returncode == 0
    assert "was closed" in err.decode()


def browsers_of(pid: int) -> list[int]:
    """The processes that this one has started and that have a debugging pipe."""
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(OSError):  # it has ended since it was listed
            if b"remote-debugging-pipe" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found
