"""Lint by a probe: it asks from origins that should be refused, and finds lists that are compared badly."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable

import pytest

from corsinspect.analysis.lint import Linter
from corsinspect.commands.probe import Wanted, probe_and_lint
from corsinspect.demo.cases import CASES
from corsinspect.demo.servers import start_demo
from corsinspect.model import Call
from corsinspect.probe import probe
from tests.probe.test_probe import as_asked

PAGE = "https://shop.test"

POLICIES: dict[str, tuple[Callable[[str], bool], set[str]]] = {
    "a list": (lambda origin: origin == PAGE, set()),
    "endsWith": (lambda origin: origin.endswith("shop.test"), {"suffix-match"}),
    "startsWith": (lambda origin: origin.startswith(PAGE), {"prefix-match"}),
    "a regular expression": (lambda origin: bool(re.fullmatch("https://shop.test", origin)), {"unescaped-dot"}),
    "whoever asks": (lambda origin: origin != "null", {"reflected-credentials", "internal-open"}),
    "null": (lambda origin: origin in (PAGE, "null"), {"null-credentials"}),
}


@contextlib.asynccontextmanager
async def deciding(allows: Callable[[str], bool]) -> AsyncIterator[str]:
    """The URL of a server that lets in, with credentials, the origins that it is told to."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        origin = next(line[8:] for line in head.split("\r\n") if line.startswith("Origin: "))
        lines = ["HTTP/1.1 200 OK", "Content-Length: 0", "Vary: Origin"]
        if allows(origin):
            lines += [f"Access-Control-Allow-Origin: {origin}", "Access-Control-Allow-Credentials: true"]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("policy", POLICIES)
async def test_each_mistake_is_named(
    policy: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corsinspect.commands.probe.PAUSE", 0.0)
    allows, slugs = POLICIES[policy]
    async with deciding(allows) as url:
        status = await probe_and_lint(Wanted(url, [PAGE], credentials=True))
    said = capsys.readouterr()
    found = set(re.findall(r"^(?:error|warning|note) +([a-z-]+):", said.out, re.M))
    assert found == slugs
    assert status == (1 if slugs else 0)
    assert "Sending up to 6 requests" in said.err


async def test_the_fixed_apis_of_the_demo_have_no_findings() -> None:
    demo = await start_demo()
    calls: list[Call] = []
    try:
        for case in CASES:
            if case.fixes is not None:
                found = await probe(as_asked(case, demo.url(case), demo.origin, "chromium"))
                assert found.call is not None
                calls.append(found.call)
    finally:
        await demo.stop()
    linter = Linter()
    for call in calls:
        linter.add(call)
    assert linter.findings() == []
    assert len(calls) * 2 == len(CASES)
