"""Secrets on the real wire: in none of what corsinspect writes, prints, copies or logs; and `--keep-values`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from corsinspect.analysis import judge_all
from corsinspect.capture import Proxy
from corsinspect.commands.explain import explain
from corsinspect.commands.record import CallLines
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.screens.copying import COPIES
from corsinspect.model import Changes
from corsinspect.report import jsonl, text
from corsinspect.session.lines import KEPT
from corsinspect.session.reader import load
from tests.capture.wire import CHROME, connection, serving

from .secrets import Kind, secrets
from .test_secrets import MAX_FOUND

KINDS = [kind for kind in secrets() if kind.place != "failure" and kind.value.isascii()][::4]
PER_CONNECTION = 20


def lines_of(kind: Kind, port: int, number: int) -> bytes:
    """The request that carries the secret, or asks for the answer that does."""
    target, extra = f"/case/{number}", ""
    if kind.place == "url":
        url = urlsplit(kind.text)
        target = url.path + (f"?{url.query}" if url.query else "")
    elif kind.side == "request":
        extra = f"{kind.place}: {kind.text}\r\n"
    head = f"GET http://localhost:{port}{target} HTTP/1.1\r\nHost: localhost:{port}\r\n{extra}X-Number: {number}\r\n"
    return head.encode("latin-1") + CHROME + b"\r\n"


def answer_of(kind: Kind) -> bytes:
    reason = kind.text if kind.place == "reason" else "OK"
    extra = f"{kind.place}: {kind.text}\r\n" if kind.side == "response" and kind.place != "reason" else ""
    return f"HTTP/1.1 200 {reason}\r\n{extra}Content-Length: 0\r\n\r\n".encode("latin-1")


async def answering(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        number = int(head.partition(b"X-Number: ")[2].split(b"\r\n")[0])
        writer.write(answer_of(KINDS[number]))
        head = await reader.readuntil(b"\r\n\r\n")


async def carry(proxy: Proxy) -> None:
    """Has the proxy carry every kind, and ends it, so that all is written."""
    async with serving(answering) as port:
        for start in range(0, len(KINDS), PER_CONNECTION):
            async with asyncio.timeout(60), connection(proxy.port) as (reader, writer):
                for number, kind in enumerate(KINDS[start : start + PER_CONNECTION], start):
                    writer.write(lines_of(kind, port, number))
                    await reader.readuntil(b"\r\n\r\n")
    await proxy.stop()


@pytest.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Proxy]:
    proxy = Proxy(tmp_path / "session.jsonl", keep_values=True)
    await proxy.start()
    yield proxy
    await proxy.stop()


def told(session: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Whatever leaves the tool, read from that session."""
    calls = judge_all(load(session).exchanges)
    printed: list[str] = []
    lines = CallLines(printed.append, colour=False)
    lines.take(Changes(calls, []))
    capsys.readouterr()
    explain("origin-missing", session)
    out = {
        "lines": "\n".join(printed) + text.summary(calls),
        "jsonl": "\n".join(map(str, (msgspec.json.encode(jsonl.row(call)) for call in calls))),
        "explain": capsys.readouterr().out,
    }
    for copy in COPIES:
        out[f"copy {copy.key}"] = "\n".join(copy.make(Subject(call)) for call in calls)
    return out


def found(where: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.value in where]


async def test_two_hundred_secrets_are_nowhere(
    proxy: Proxy, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert len(KINDS) >= 200
    await carry(proxy)
    places = {path.name: path.read_text() for path in proxy.session.parent.iterdir() if path.is_file()}
    assert len(load(proxy.session).exchanges) == len(KINDS)
    places |= told(proxy.session, capsys) | {"log": caplog.text}
    again = {name: found(content) for name, content in places.items()}
    with capsys.disabled():
        print(f"\non the wire: {len(KINDS)} kinds;", {name: len(kinds) for name, kinds in again.items()})
    for name, kinds in again.items():
        assert len(kinds) <= MAX_FOUND * len(KINDS), (name, kinds)


async def test_kept_values_are_in_the_file_alone(keeping: Proxy, capsys: pytest.CaptureFixture[str]) -> None:
    await carry(keeping)
    content = keeping.session.read_text()
    header = msgspec.json.decode(content.split("\n")[0])
    assert header["redacted"] is False
    assert header["notice"] == KEPT
    assert len(found(content)) >= 0.9 * len(KINDS)
    for name, said in told(keeping.session, capsys).items():
        assert len(found(said)) <= MAX_FOUND * len(KINDS), name
    assert keeping.session.stat().st_mode & 0o077 == 0
