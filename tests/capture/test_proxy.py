"""The life of the proxy's process: how it starts, dies, starts again and never stays behind."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corsinspect.addons.hooks import Capture
from corsinspect.analysis import Tracker
from corsinspect.capture import CaptureError, Proxy
from corsinspect.capture.ca import ca_paths, ensure_ca
from corsinspect.capture.master import LeanMaster
from corsinspect.capture.processes import is_alive
from corsinspect.session.reader import load
from tests.session.build import recorded

from .wire import fetch, hello, serving, until


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    """A port that something else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_a_busy_port_that_was_asked_for_is_a_clear_message(tmp_path: Path) -> None:
    with taken_port() as port, pytest.raises(CaptureError) as caught:
        await Proxy(tmp_path / "session.jsonl", port=port).start()

    assert caught.value.what == f"Port {port} is in use by another program."
    assert "--port" in caught.value.hint


async def test_a_busy_port_that_nobody_asked_for_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with taken_port() as port:
        monkeypatch.setattr("corsinspect.capture.proxy.USUAL_PORT", port)
        proxy = Proxy(tmp_path / "session.jsonl")
        await proxy.start()
        try:
            async with serving(hello) as server:
                _, body = await fetch(proxy.port, f"http://localhost:{server}/")
        finally:
            await proxy.stop()

    assert proxy.port != port
    assert body == b"hi"


async def test_a_session_that_cannot_be_written_is_a_clear_message(tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as caught:
        await Proxy(tmp_path / "no such folder" / "session.jsonl").start()

    assert "session.jsonl" in caught.value.what
    assert "-o" in caught.value.hint


def listening() -> list[str]:
    """The addresses that something listens on, as the kernel writes them."""
    return [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line]


async def test_the_proxy_listens_on_this_machine_only(proxy: Proxy) -> None:
    assert [address for address in listening() if address.endswith(f":{proxy.port:04X}")] == [
        f"0100007F:{proxy.port:04X}"
    ]


async def test_session_and_authority_are_their_owners_alone(proxy: Proxy) -> None:
    assert proxy.session.stat().st_mode & 0o777 == 0o600
    assert ca_paths().folder.stat().st_mode & 0o777 == 0o700
    assert ca_paths().secret.stat().st_mode & 0o777 == 0o600


async def test_news_in_the_session_wakes_the_parent(proxy: Proxy) -> None:
    async with serving(hello) as port:
        proxy.wake.clear()
        await fetch(proxy.port, f"http://localhost:{port}/")
        async with asyncio.timeout(20):
            await proxy.wake.wait()

    assert recorded(proxy.session)


async def test_what_a_client_has_is_in_the_file_after_a_flush(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    try:
        async with serving(hello) as server:
            for number in range(20):
                await fetch(proxy.port, f"http://localhost:{server}/{number}")
                await proxy.flush()
                assert [each.status for each in load(proxy.session).exchanges] == [200] * (number + 1)
        assert proxy.pid is not None
        os.kill(proxy.pid, signal.SIGKILL)
        with pytest.raises(CaptureError, match="has stopped: killed by SIGKILL"):
            await proxy.flush()
        await proxy.restart()
        await proxy.flush()
    finally:
        await proxy.stop()


async def test_stopping_leaves_no_process(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    pid = proxy.pid
    await proxy.stop()

    assert pid is not None
    assert not is_alive(pid)
    assert proxy.died is None


async def test_what_was_written_survives_the_kill_of_the_proxy_which_starts_again_on_its_port(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    port, pid = proxy.port, proxy.pid
    assert pid is not None
    async with serving(hello) as server:
        await fetch(port, f"http://localhost:{server}/before")
        await until(lambda: recorded(proxy.session))
        os.kill(pid, signal.SIGKILL)
        assert await until(lambda: proxy.died) == "killed by SIGKILL"
        assert proxy.wake.is_set()
        with proxy.session.open("ab") as file:
            file.write(b'{"id":"torn')  # what a kill in the midst of a write leaves

        await proxy.restart()

        assert (proxy.port, proxy.died) == (port, None)
        await fetch(port, f"http://localhost:{server}/after")
        await until(lambda: len(load(proxy.session).exchanges) == 2)
    await proxy.stop()

    loaded = load(proxy.session)
    assert [exchange.url.rpartition("/")[2] for exchange in loaded.exchanges] == ["before", "after"]
    assert len(loaded.problems) == 1


async def test_a_full_disk_ends_the_proxy_with_its_reason(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "session.jsonl")
    await proxy.start()
    assert proxy.pid is not None
    limit = proxy.session.stat().st_size
    resource.prlimit(proxy.pid, resource.RLIMIT_FSIZE, (limit, limit))
    async with serving(hello) as port:
        with contextlib.suppress(asyncio.IncompleteReadError):  # the proxy may end before the answer came
            await fetch(proxy.port, f"http://localhost:{port}/")
        reason = await until(lambda: proxy.died)
    await proxy.stop()

    assert "can't be written any more" in reason


async def test_commands_that_make_no_sense_do_no_harm(proxy: Proxy) -> None:
    proxy.send("no.such.command")
    proxy.send("trust", "not a host and port")
    proxy.send("trust")

    async with serving(hello) as port:
        assert (await fetch(proxy.port, f"http://localhost:{port}/"))[1] == b"hi"


PARENT = """
import asyncio, sys
from pathlib import Path
from corsinspect.capture import Proxy

async def main():
    proxy = Proxy(Path(sys.argv[1]))
    await proxy.start()
    browser = await proxy.open_browser("chromium", headless=True)
    print(proxy.pid, browser.pid, browser.profile, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_no_process_and_no_profile_survive_the_kill_of_the_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path / "session.jsonl"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child, browser, folder = (await parent.stdout.readline()).decode().split()
    profile = Path(folder)
    parent.kill()
    await parent.wait()

    await until(lambda: not is_alive(int(child)))

    assert not is_alive(int(browser))
    await until(lambda: not profile.exists())


async def test_a_fault_of_ours_leaves_the_traffic_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(tracker: Tracker, exchange: object, now: float | None = None) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(Tracker, "feed", broken)
    capture = Capture(tmp_path / "session.jsonl", stream=True)
    master = LeanMaster(ensure_ca(), capture)
    port = await master.listen(0)
    running = asyncio.create_task(master.run())
    async with serving(hello) as server:
        answers = [await fetch(port, f"http://localhost:{server}/") for _ in range(3)]
    master.shutdown()
    await running

    assert [body for _, body in answers] == [b"hi"] * 3
    assert capture.troubles == {"responseheaders: KeyError": 3}
    # the facts are there all the same
    assert [line.status for line in recorded(tmp_path / "session.jsonl")] == [200] * 3
