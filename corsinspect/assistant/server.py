"""Speaks MCP on stdin and stdout with the official SDK, whose majors 1 and 2 differ in how handlers are registered.

Nothing but the protocol may reach stdout, so descriptor 1 is led to stderr for everybody but us, also for children.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import mcp.types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from corsinspect import __version__
from corsinspect.assistant import answers, resources, tools
from corsinspect.assistant.desk import Desk
from corsinspect.assistant.errors import ToolError
from corsinspect.errors import CorsinspectError
from corsinspect.stdin_lines import StdinLines

INSTRUCTIONS = (
    "corsinspect saw the browser's calls on the wire and judges them by the browser's own CORS rules. For any CORS "
    "error: list_calls, explain_call, get_fix; change the server, not the page; then verify_fixed. "
    f"{answers.NOTICE}"
)

Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
"""From a request's parameters to its result, both as JSON values."""


class Handlers:
    """What the server answers, as JSON values: the same for every version of the SDK."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> dict[str, Handler]:
        """By what the SDK calls the request."""
        return {
            "ListTools": self._list_tools,
            "CallTool": self._call_tool,
            "ListResources": self._list_resources,
            "ListResourceTemplates": self._list_templates,
            "ReadResource": self._read_resource,
            "ListPrompts": self._list_prompts,
            "GetPrompt": self._get_prompt,
        }

    async def _list_tools(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"tools": [_declared(tool) for tool in tools.TOOLS]}

    async def _call_tool(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await tools.run(self._desk, asked["name"], asked.get("arguments") or {})
        except CorsinspectError as error:
            return {"content": [_text(str(error))], "isError": True}
        except Exception:
            logging.exception("A tool failed")
            raise
        fields = answers.structured(answer)
        return {"content": [_text(answers.text(fields))], "structuredContent": fields, "isError": False}

    async def _list_resources(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"resources": resources.RESOURCES}

    async def _list_templates(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"resourceTemplates": resources.TEMPLATES}

    async def _read_resource(self, asked: dict[str, Any]) -> dict[str, Any]:
        await self._desk.ready()
        text, kind = resources.read(self._desk.calls, asked["uri"])
        return {"contents": [{"uri": asked["uri"], "mimeType": kind, "text": text}]}

    async def _list_prompts(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"prompts": resources.PROMPTS}

    async def _get_prompt(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["name"] != resources.FIX:
            raise ToolError("There is no prompt of this name.", f"There is {resources.FIX}.")
        given = asked.get("arguments") or {}
        text = resources.fix_prompt(given.get("url"), given.get("message"))
        return {"messages": [{"role": "user", "content": _text(text)}]}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _declared(tool: tools.Tool) -> dict[str, Any]:
    hints = {
        "readOnlyHint": tool.read_only,
        "destructiveHint": tool.destructive,
        "idempotentHint": tool.read_only,
        "openWorldHint": tool.open_world,
    }
    return {
        "name": tool.name,
        "description": tool.purpose,
        "inputSchema": answers.schema(tool.takes),
        "outputSchema": answers.schema(tool.gives),
        "annotations": hints,
    }


def server_for(desk: Desk) -> Any:
    """The SDK's server."""
    handlers = Handlers(desk).all()
    if hasattr(Server, "call_tool"):  # 1.x: a table by the requests' types
        server: Any = Server("corsinspect", __version__, INSTRUCTIONS)
        for name, handler in handlers.items():
            server.request_handlers[getattr(types, f"{name}Request")] = _for_1(name, handler)
        return server
    make: Any = Server
    return make(
        "corsinspect",
        version=__version__,
        instructions=INSTRUCTIONS,
        **{f"on_{_snake(name)}": _for_2(name, handler) for name, handler in handlers.items()},
    )


def _for_1(name: str, handler: Handler) -> Callable[[Any], Awaitable[Any]]:
    result: Any = getattr(types, f"{name}Result")

    async def handle(request: Any) -> Any:
        return types.ServerResult(result.model_validate(await _answered(handler, request.params)))  # pyright: ignore

    return handle


def _for_2(name: str, handler: Handler) -> Callable[[Any, Any], Awaitable[Any]]:
    result: Any = getattr(types, f"{name}Result")

    async def handle(_: Any, params: Any) -> Any:
        return result.model_validate(await _answered(handler, params))

    return handle


async def _answered(handler: Handler, params: Any) -> dict[str, Any]:
    """What isn't a tool's answer is refused with the SDK's own error."""
    try:
        return await handler({} if params is None else params.model_dump(mode="json", by_alias=True))
    except CorsinspectError as error:
        raise _protocol_error(str(error)) from error


def _protocol_error(text: str) -> Exception:
    from mcp.shared import exceptions

    if hasattr(exceptions, "MCPError"):
        return exceptions.MCPError(types.INVALID_PARAMS, text)  # pyright: ignore
    return exceptions.McpError(types.ErrorData(code=types.INVALID_PARAMS, message=text))  # pyright: ignore


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")


class Wire:
    """Where the protocol goes; once the client reads no more, nowhere."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)

    async def write(self, text: str) -> None:
        await asyncio.to_thread(self._write, text.encode())

    async def flush(self) -> None:
        """Nothing is kept back."""

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except BrokenPipeError:
            return  # stdin ends as well, which is what ends us


async def serve(desk: Desk) -> None:
    """Serves until the client goes, or until SIGTERM or SIGINT; what the desk started has ended then."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="corsinspect: %(message)s")
    lines: Any = StdinLines()
    wire: Any = Wire()
    server = server_for(desk)
    serving = asyncio.current_task()
    assert serving is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    async with desk:
        try:
            async with stdio_server(lines, wire) as (read, write):
                await server.run(read, write, server.create_initialization_options())
        except asyncio.CancelledError:
            logging.info("ended by a signal")
