"""The proxy's own process: `python -m corsinspect.capture.child SESSION PORT [OPTIONS]`.

- stdout: first one JSON line, `{"port": N}` or `{"what": …, "hint": …}`; then one byte after each flush of the session,
  another one after each that was asked for. Nothing else may write there, so file descriptor 1 is led to stderr for
  everybody but us.
- stdin: one JSON line a command, `{"command": "trust", "args": ["api.example:443"]}`, which runs mitmproxy's command
  `cors.trust`. Its end ends this process, however the parent went.
- FD, a socket: browsers to listen to, with their debugging pipes (see `asking`).
- stderr: the reason of an early death, for the parent to show.
"""

import argparse
import asyncio
import contextlib
import errno
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from mitmproxy import command

from corsinspect.addons.hooks import Capture
from corsinspect.addons.simulate import Simulation
from corsinspect.capture.ca import ca_paths, check_ca, ensure_ca
from corsinspect.capture.listening.listeners import Listeners
from corsinspect.capture.master import LeanMaster
from corsinspect.capture.processes import end_group
from corsinspect.capture.profiles import remove
from corsinspect.capture.routes import DIRECT, Route, credentials
from corsinspect.capture.routing import addons_for
from corsinspect.capture.wake import FLUSHED, WAKE
from corsinspect.session.errors import SessionError


class Browsers:
    """The launched browsers that are still open: if the parent is killed, this process closes them."""

    def __init__(self) -> None:
        self.open: dict[int, tuple[str, bool]] = {}

    @command.command("cors.browser.opened")
    def opened(self, pid: int, profile: str, keep: bool) -> None:
        """A browser was launched; `keep` its profile folder when it ends."""
        self.open[pid] = (profile, keep)

    @command.command("cors.browser.closed")
    def closed(self, pid: int) -> None:
        """It has ended and was cleaned up after."""
        self.open.pop(pid, None)

    def close_all(self) -> None:
        """End them all and remove their throw-away profiles; blocks up to a few seconds."""
        for pid, (profile, keep) in self.open.items():
            end_group(pid, profile)
            if not keep:
                remove(Path(profile))
        self.open.clear()


class Sessions:
    """Where the capture writes to, and when."""

    def __init__(self, capture: Capture, changed: Callable[[], None], flushed: Callable[[], None]) -> None:
        self._capture = capture
        self._changed = changed
        self._flushed = flushed

    @command.command("cors.session")
    def turn_to(self, path: str) -> None:
        """Go on in this session file; its header tells the parent that it's so."""
        self._capture.turn_to(Path(path))
        self._changed()

    @command.command("cors.flush")
    def flush(self) -> None:
        """Write what has passed so far, and tell the parent that it's done."""
        self._capture.flush()
        self._flushed()


class Parent:
    """The pipe to the process that started this one."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        # A parent that is suspended (Ctrl-Z) reads nothing; what it wouldn't read is lost, and nothing waits for it.
        os.set_blocking(2, False)

    def tell(self, **facts: object) -> None:
        """The one line of the handshake."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._out, json.dumps(facts).encode() + b"\n")
        os.set_blocking(self._out, False)

    def wake(self) -> None:
        """Say that there is something new in the session file."""
        self._say(WAKE)

    def flushed(self) -> None:
        """Say that a flush is done that was asked for."""
        self._say(FLUSHED)

    def _say(self, byte: bytes) -> None:
        # A full pipe holds wake-ups enough; a broken one means that stdin is about to end.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._out, byte)

    def listen(self, master: LeanMaster) -> None:
        """Run the parent's commands in the master's event loop until the parent is gone (blocks: for a thread)."""
        for line in sys.stdin.buffer:
            master.event_loop.call_soon_threadsafe(obey, master, line)
        master.shutdown()


def obey(master: LeanMaster, line: bytes) -> None:
    """Run one command line of the parent's."""
    try:
        order = json.loads(line)
        master.commands.call(f"cors.{order['command']}", *order["args"])
    except Exception:
        logging.exception("A command from the dashboard failed: %r", line)


async def serve(
    session: Path,
    port: int,
    or_any: bool,
    parent: Parent,
    *,
    keep_values: bool = False,
    orders: int | None = None,
    route: Route = DIRECT,
) -> str | None:
    """Run the proxy until the parent ends it; why it ended if that was something else."""
    browsers = Browsers()
    try:
        ca = ensure_ca()
        check_ca(ca)
    except ValueError as problem:
        parent.tell(
            what=f"The certificate authority in {ca_paths().folder} can't be read: {problem}.",
            hint="Move that folder away: a new one is made. What trusted the old one has to trust the new.",
        )
        return str(problem)
    except OSError as problem:
        parent.tell(
            what=f"The certificate authority can't be made: {problem}.",
            hint="Make that folder writable, or set XDG_DATA_HOME to one that is.",
        )
        return str(problem)
    troubles: list[SessionError] = []

    def stop_loudly(problem: SessionError) -> None:
        # Traffic that nobody records would look like traffic that didn't happen.
        troubles.append(problem)
        master.shutdown()

    try:
        capture = Capture(session, stream=True, keep_values=keep_values, flushed=parent.wake, broken=stop_loudly)
    except SessionError as problem:
        parent.tell(what=problem.what, hint=problem.hint)
        return str(problem)
    try:
        login = credentials() if route.upstream is not None else None
    except ValueError as problem:
        capture.discard()
        parent.tell(what=str(problem), hint="Set it anew, or unset it where the proxy asks for none.")
        return str(problem)
    addons: list[object] = [
        Simulation(),
        capture,
        browsers,
        Sessions(capture, parent.wake, parent.flushed),
        *addons_for(route, login),
    ]
    if orders is not None:
        # At the end they say the rest before the capture closes its files.
        addons.insert(0, Listeners(orders, said=capture.said, trouble=capture.trouble, steady=capture.clock.steady))
    master = LeanMaster(ca, *addons, mode=route.mode)
    try:
        port = await master.listen(port, or_any=or_any)
    except OSError as problem:
        capture.discard()
        parent.tell(**_port_trouble(port, problem))
        return str(problem)
    for number in (signal.SIGTERM, signal.SIGINT):
        master.event_loop.add_signal_handler(number, master.shutdown)
    threading.Thread(target=parent.listen, args=(master,), daemon=True).start()
    parent.tell(port=port)
    try:
        await master.run()
    finally:
        browsers.close_all()
    return str(troubles[0]) if troubles else None


def _port_trouble(port: int, problem: OSError) -> dict[str, str]:
    if problem.errno == errno.EADDRINUSE:
        return {
            "what": f"Port {port} is in use by another program.",
            "hint": "Choose another with --port N, or leave --port out and a free one is taken.",
        }
    if problem.errno == errno.EACCES:
        return {
            "what": f"Port {port} may not be opened by this user.",
            "hint": "Choose one above 1023 with --port N.",
        }
    return {
        "what": f"Port {port} can't be opened: {problem.strerror or problem}.",
        "hint": "Choose another with --port N.",
    }


def main() -> None:
    """Entry of the child process."""
    parser = argparse.ArgumentParser(prog="corsinspect.capture.child")
    parser.add_argument("session", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--or-any", action="store_true")
    parser.add_argument("--keep-values", action="store_true")
    parser.add_argument("--orders", type=int)
    parser.add_argument("--upstream")
    parser.add_argument("--reverse")
    args = parser.parse_args()
    parent = Parent()
    # Only what concerns the proxy as a whole: what goes wrong with one connection is in the session.
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    logging.raiseExceptions = False  # see Parent: stderr may be full
    # Python 3.11 reports each connection that is open at the end as an error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    serving = serve(
        args.session,
        args.port,
        args.or_any,
        parent,
        keep_values=args.keep_values,
        orders=args.orders,
        route=Route(args.upstream, args.reverse),
    )
    sys.exit(asyncio.run(serving))


if __name__ == "__main__":
    main()
