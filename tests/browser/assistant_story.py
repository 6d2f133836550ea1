"""An assistant fixes a broken Express app by corsinspect's MCP server, seen by a page in real Chromium.

`python -m tests.browser.assistant_story` prints what was asked and answered.
"""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from corsinspect.advice.recipes import Edit
from tests.assistant.client import Answered, Client, connected
from tests.browser.waiting import until
from tests.fixes.frameworks import NODE
from tests.fixes.server import free_port, listens
from tests.fixes.template import APPS, app

PAGE = """HTTP/1.1 200 OK\r
Content-Type: text/html\r
Connection: close\r
Set-Cookie: session=1\r
\r
<!doctype html><title>shop</title>
<script>
const save = async () => {
  try {
    await fetch('API/api/items/1', {
      method: 'PUT', headers: {'Content-Type': 'application/json'}, credentials: 'include', body: '{"name": "bread"}',
    });
  } catch {}
  setTimeout(save, 300);
};
save();
</script>
"""
"""A page that makes the same call again and again."""
WAIT = 60
"""Seconds; calls come three times a second, on a busy machine more slowly."""

MOST_ROUNDS = 3
"""As the prompt says: what still fails is fixed next."""


class Told(NamedTuple):
    """What the tools answered."""

    blocked: Answered
    explained: Answered
    fix: Answered
    tried: Answered
    while_tried: Answered
    off: Answered
    fixed: Answered
    proxy: int
    """The port of the proxy, which has ended with the client."""
    transcript: list[str]


class Express:
    """The app in a file, run by node; edited and started again on its port."""

    def __init__(self, folder: Path, page: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._values = {"PAGE": page, "OTHER": page, "PORT": self.port, "LOGIN": "", "UPSTREAM": 0}
        self._process: asyncio.subprocess.Process | None = None
        (folder / "node_modules").symlink_to(NODE / "node_modules")

    def write(self, edits: Sequence[Edit]) -> None:
        """The app without CORS, with these edits made."""
        text = app((APPS / "express.js.in").read_text(), "none", edits, self._values)
        (self._folder / "app.js").write_text(text)

    async def start(self) -> None:
        node = shutil.which("node")
        assert node is not None, "node isn't installed"
        self._process = await asyncio.create_subprocess_exec(node, "app.js", cwd=self._folder)
        await until(lambda: listens(self.port), "the Express app")

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def _express(folder: Path, page: str) -> AsyncIterator[Express]:
    server = Express(folder, page)
    server.write(())
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def story(folder: Path) -> Told:
    """From the broken app to the verdict on the fixed one."""
    api = ""

    async def give_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(PAGE.replace("API", api).encode())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(give_page, "127.0.0.1", 0) as pages:
        page = f"http://localhost:{pages.sockets[0].getsockname()[1]}"
        async with _express(folder, page) as server:
            api = f"http://localhost:{server.port}"
            env = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": os.environ.get("XDG_CONFIG_HOME", "")}
            async with connected("--port", str(free_port()), env=env, log=folder / "mcp.log") as client:
                return await _assist(client, page, server)


async def _assist(client: Client, page: str, server: Express) -> Told:
    started = await client.tool("start_capture", url=f"{page}/", browser="chromium", headless=True)
    blocked = await client.tool("wait_for_call", seconds=WAIT)
    id = blocked["captured"]["call"]["call"]
    explained = await client.tool("explain_call", call=id)

    tried = await client.tool("try_fix", call=id)
    await client.tool("wait_for_call", filter="simulated", seconds=WAIT)
    while_tried = await client.tool("verify_fixed", call=id, seconds=WAIT)
    off = await client.tool("try_fix", off=True)

    fix = fixed = Answered()
    for _ in range(MOST_ROUNDS):
        fix = await client.tool("get_fix", call=id)
        await server.stop()
        server.write(msgspec.convert(fix["captured"]["edits"], list[Edit]))
        client.transcript.append("  (edits app.js and restarts it)")
        await server.start()
        fixed = await client.tool("verify_fixed", call=id, seconds=WAIT)
        if fixed["verdict"] == "pass":
            break
        id = fixed["call"]
    port = int(started["proxy"].rpartition(":")[2])
    return Told(blocked, explained, fix, tried, while_tried, off, fixed, port, client.transcript)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(story(Path(folder)))
    sys.stdout.write("\n".join(told.transcript) + "\n")
