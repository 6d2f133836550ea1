"""Whoever of the three is killed while the browser is listened to: what was written stays readable, nothing is left."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from corsinspect.capture import profiles
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.processes import is_alive, mentions
from corsinspect.session.reader import load
from corsinspect.session.sidecar import SaidFollower
from tests.capture.wire import until

from .said_pages import site

ROUNDS = int(os.environ.get("KILL_ROUNDS", "5"))
BUSY = """
for (;;) {
  await Promise.race([once(new Worker('/worker.js'), 'message'), new Promise(r => setTimeout(r, 500))]);
  await call('a', API + '/ok', { method: 'PUT', headers: { 'X-Own': '1' } });
}
"""
PARENT = """
import asyncio, sys
from pathlib import Path
from corsinspect.capture import Proxy, proxy as module

module.ANSWER_LIMIT, module.SOCKET_LIMIT = 30.0, 90.0

async def main():
    proxy = Proxy(Path(sys.argv[1]))
    await proxy.start()
    browser = await proxy.open_browser(sys.argv[3], sys.argv[2], headless=True)
    print(proxy.pid, browser.pid, browser.profile, flush=True)
    reader = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    while not browser.closed.is_set() and not reader.done():
        if proxy.died is not None:
            await proxy.restart()
        await asyncio.sleep(0.05)
    await proxy.stop()

asyncio.run(main())
"""


def processes_with(word: str) -> list[int]:
    """Those whose command line mentions it."""
    numbers = [int(process.name) for process in Path("/proc").glob("[0-9]*")]
    return [number for number in numbers if mentions(number, word)]


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("kind", ["chromium", "firefox"])
async def test_a_kill_costs_nothing_that_was_written_and_leaves_nothing_behind(
    kind: BrowserKind, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    session = tmp_path / "session.jsonl"
    async with site(BUSY) as pages:
        parent = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", PARENT, str(session), pages.page, kind),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert parent.stdout is not None and parent.stdin is not None
        child, browser, folder = (await parent.stdout.readline()).decode().split()
        await until(lambda: ("GET", "/from-worker") in pages.received)
        await asyncio.sleep(chance.random())
        victim = ("child", "parent", "browser")[seed % 3]
        os.kill({"child": int(child), "parent": parent.pid, "browser": int(browser)}[victim], signal.SIGKILL)
        if victim == "child":  # it's started again, and the page goes on
            before = len(pages.received)
            await until(lambda: len(pages.received) > before + 20)
        parent.stdin.close()
        await parent.wait()
        await until(lambda: not is_alive(int(child)) and not is_alive(int(browser)))
        await asyncio.to_thread(
            profiles.sweep
        )  # as the next start does: a killed browser's helpers may write to the last
        await until(lambda: not Path(folder).exists())

    assert processes_with(folder) == []
    assert len(load(session).problems) <= 1
    follower = SaidFollower(session)
    assert follower.poll()
    assert follower.skipped <= 1
    follower.close()
