"""`mcp`: the MCP server on stdio, over a saved session, a running one, or a capture that it starts when asked."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from corsinspect.session.errors import SessionError
from corsinspect.session.place import is_held, newest
from corsinspect.session.reader import is_session
from corsinspect.terminal import complain

DONE, UNUSABLE = 0, 2
NO_SDK = "the MCP server needs the mcp package: pip install 'corsinspect[mcp]'"
FOR_CLIENTS = "this is a server for AI assistants, which speak MCP on stdin and stdout: see docs/mcp.md"
NONE_RUNS = "no capture is running: start one with `corsinspect`, or leave out --attach and the assistant starts one"


async def mcp(file: Path | None, *, attach: bool, port: int | None, may_probe: Sequence[str] = ()) -> int:
    """Serves until the client goes; returns the exit status."""
    if find_spec("mcp") is None:
        complain(NO_SDK)
        return UNUSABLE
    from corsinspect.assistant.desk import Desk
    from corsinspect.assistant.server import serve

    if attach and file is None:
        file = newest()
        if file is None or not is_held(file):
            complain(NONE_RUNS)
            return UNUSABLE
    if file is not None and not attach and not file.exists():
        raise SessionError(file, "doesn't exist", "Add --attach if another process is about to write it.")
    if sys.stdin.isatty():
        complain(FOR_CLIENTS)
    desk = Desk(port=port, may_probe=may_probe)
    if file is not None:
        desk.open(file, live=attach or (is_session(file) and is_held(file)))
    await serve(desk)
    return DONE
