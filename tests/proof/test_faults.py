"""What can go wrong on a person's machine is said in one sentence, and nothing is left behind: the real processes."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Request, TextMessage

from corsinspect.capture import Proxy
from corsinspect.capture.ca import ca_paths, ensure_ca
from corsinspect.capture.errors import CaptureError
from corsinspect.session.errors import SessionError
from corsinspect.session.writer import SessionWriter
from tests.capture.test_traffic import peak_memory
from tests.capture.wire import connection, fetch, hello, serving, until
from tests.session.build import Line, recorded

STATUS = 2


def run(*arguments: str, **folders: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with these XDG folders (`state`, `data`)."""
    environment = os.environ | {f"XDG_{name.upper()}_HOME": str(folder) for name, folder in folders.items()}
    return subprocess.run(
        [sys.executable, "-m", "corsinspect", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def said_in_one_sentence(ended: subprocess.CompletedProcess[str]) -> str:
    assert ended.returncode == STATUS, ended.stderr
    assert "Traceback" not in ended.stderr
    (line,) = ended.stderr.splitlines()
    return line


@contextlib.contextmanager
def busy_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_state_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("mine")
    said = said_in_one_sentence(run("record", state=tmp_path / "state"))
    assert "XDG_STATE_HOME" in said
    assert (tmp_path / "state").read_text() == "mine"


@pytest.mark.parametrize("name", ["secret", "certificate"])
def test_a_garbage_authority(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    ensure_ca()
    getattr(ca_paths(), name).write_bytes(b"-----BEGIN CERTIFICATE-----\ngarbage\n")
    for command in (("record", "-o", str(tmp_path / "session.jsonl")), ("ca",)):
        said = said_in_one_sentence(run(*command, data=tmp_path / "data"))
        assert str(ca_paths().folder) in said
        assert "Move" in said
    assert not (tmp_path / "session.jsonl").exists()


def test_a_start_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with busy_port() as port:
        said = said_in_one_sentence(run("record", "-o", str(tmp_path / "new.jsonl"), "--port", str(port)))
        assert str(port) in said
        assert not (tmp_path / "new.jsonl").exists()
        run("record", "--port", str(port), state=tmp_path / "state")
        assert not list((tmp_path / "state").rglob("*.jsonl"))
        SessionWriter(tmp_path / "old.jsonl").close()
        before = (tmp_path / "old.jsonl").read_bytes()
        run("record", "-o", str(tmp_path / "old.jsonl"), "--port", str(port))
        assert (tmp_path / "old.jsonl").read_bytes() == before


FOREIGN = {
    "package.json": b'{"name": "shop"}\n',
    "another log": b'{"id": "a", "url": "http://a.test/", "started": 1}\n',
    "a header further down": b'{"a": 1}\n{"corsinspect":1}\n',
    "text": b"hello\n",
    "a space": b' {"corsinspect":1}\n',
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_left_as_it_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(FOREIGN[name])
    path.chmod(0o644)
    with pytest.raises(SessionError, match="isn't a session"):
        SessionWriter(path)
    assert path.read_bytes() == FOREIGN[name]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("torn", [b"", b"{", b'{"corsin', b'{"corsinspect":1,"ver'])
def test_a_session_whose_writer_died_at_once_is_taken_up(torn: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(torn)
    SessionWriter(tmp_path / "file").close()
    assert (tmp_path / "file").read_bytes().startswith(torn)


@pytest.mark.parametrize("target", ["session", "none"])
def test_a_symbolic_link_is_not_followed(target: str, tmp_path: Path) -> None:
    if target == "session":
        SessionWriter(tmp_path / "session").close()
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(SessionError, match="symbolic link"):
        SessionWriter(tmp_path / "link")
    assert (tmp_path / target).exists() == (target == "session")


async def test_a_deleted_session_is_said_at_once_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "corsinspect", "record", "-o", str(path)), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(60):
        assert b"proxy" in await process.stderr.readline()
        path.unlink()
        assert b"was deleted" in await process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = await process.stderr.read()
        assert f"{path} was deleted, nothing is left of it".encode() in rest
        assert await process.wait() == STATUS


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def test_running_out_of_descriptors_is_not_the_servers_fault(proxy: Proxy) -> None:
    assert proxy.pid is not None
    async with serving(hello) as port:
        await fetch(proxy.port, f"http://127.0.0.1:{port}/")
        await asyncio.sleep(0.5)
        used = descriptors(proxy.pid)
        _, most = resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE)
        failed: list[Line] = []
        # until there is one for the client's connection, and none for the server's
        for spare in range(4):
            resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (used + spare, most))
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with asyncio.timeout(3):
                    await fetch(proxy.port, f"http://127.0.0.1:{port}/again")
            await asyncio.sleep(0.1)
            failed += [line for line in recorded(proxy.session) if line.failure is not None]
        resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (most, most))
    texts = {(line.failure.kind, line.failure.text) for line in failed if line.failure is not None}
    assert any("isn't the server's fault" in text for _, text in texts), texts
    assert {kind for kind, _ in texts} <= {"other", "aborted-by-page"}, texts


MESSAGE = 48 << 20


def like(event: BytesMessage | TextMessage) -> BytesMessage | TextMessage:
    """The same, to be sent back."""
    return replace(event)


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    async def answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = WSConnection(ConnectionType.SERVER)
        server.receive_data(head)
        writer.write(server.send(AcceptConnection()))
        while data := await reader.read(65536):
            server.receive_data(data)
            for event in server.events():
                if isinstance(event, BytesMessage | TextMessage):
                    writer.write(server.send(like(event)))
                elif isinstance(event, CloseConnection):
                    writer.write(server.send(event.response()))
            await writer.drain()

    async with serving(answer) as port:
        yield port


@pytest.mark.parametrize("kind", [BytesMessage, TextMessage])
async def test_a_huge_websocket_message_does_not_grow_the_child(
    kind: type[BytesMessage | TextMessage], proxy: Proxy, echo: int
) -> None:
    async with asyncio.timeout(120), connection(proxy.port, tunnel=f"localhost:{echo}") as (reader, writer):
        client = WSConnection(ConnectionType.CLIENT)
        writer.write(client.send(Request(host=f"localhost:{echo}", target="/")))
        client.receive_data(await reader.readuntil(b"\r\n\r\n"))
        assert [type(event) for event in client.events()] == [AcceptConnection]
        before = peak_memory(proxy)
        content = "zü" * (MESSAGE // 3) if kind is TextMessage else bytes(range(256)) * (MESSAGE // 256)
        sent = client.send(kind(content))  # one frame  # pyright: ignore[reportArgumentType]

        async def send() -> None:
            for start in range(0, len(sent), 1 << 18):
                writer.write(sent[start : start + (1 << 18)])
                await writer.drain()

        sending = asyncio.create_task(send())
        got, finished = [], False
        while not finished:
            client.receive_data(await reader.read(1 << 18))
            for event in client.events():
                assert isinstance(event, kind)
                got.append(event.data)
                finished = event.message_finished
        await sending
        assert type(content)().join(got) == content  # pyright: ignore[reportArgumentType]
        writer.write(client.send(CloseConnection(1000)))
        await until(lambda: (lines := recorded(proxy.session)) and lines[0].ended)
    assert peak_memory(proxy) - before < MESSAGE // 2


async def test_a_proxy_that_cannot_write_its_session_does_not_start(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "none" / "session.jsonl")
    with pytest.raises(CaptureError, match="can't be written"):
        await proxy.start()
    await proxy.stop()
