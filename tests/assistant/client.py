"""The SDK's own client, over stdio, whichever major of it is installed."""

import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


class Answered(dict[str, Any]):
    """A tool's structured answer, or what it said where it refused. `text`: for assistants that read text."""

    text: str
    refused: bool


class Client:
    """A session with one server; `transcript` has what was asked and answered, in order."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session
        self.transcript: list[str] = []

    async def tool(self, name: str, **arguments: Any) -> Answered:
        """What a tool answers."""
        self.transcript.append(f"→ {name} {json.dumps(arguments, ensure_ascii=False)}")
        result = dumped(await self.session.call_tool(name, arguments))
        answered = Answered(result.get("structuredContent") or {})
        answered.text = result["content"][0]["text"]
        answered.refused = bool(result.get("isError"))
        self.transcript.append(f"← {answered.text}")
        return answered

    async def tools(self) -> list[dict[str, Any]]:
        return dumped(await self.session.list_tools())["tools"]

    async def resource(self, uri: str) -> str:
        return dumped(await self.session.read_resource(uri))["contents"][0]["text"]  # pyright: ignore

    async def prompt(self, name: str, **arguments: str) -> str:
        return dumped(await self.session.get_prompt(name, arguments))["messages"][0]["content"]["text"]


@contextlib.asynccontextmanager
async def connected(*arguments: str, env: Mapping[str, str] | None = None, log: Path) -> AsyncIterator[Client]:
    """A client of `corsinspect mcp ARGUMENTS`; `log`: where the server's stderr goes."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "corsinspect", "mcp", *arguments], env=dict(env or {})
    )
    with log.open("w") as errors:
        async with stdio_client(command, errlog=errors) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            yield Client(session)


def dumped(result: Any) -> dict[str, Any]:
    """A result of either major as on the wire."""
    return result.model_dump(mode="json", by_alias=True)
