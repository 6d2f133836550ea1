"""`run`: a command behind the proxy, and a verdict on what passed."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from corsinspect.capture.environment import environment
from corsinspect.capture.proxy import Proxy
from corsinspect.commands.checking.verdicts import PASSED, UNREADABLE, Verdicts
from corsinspect.terminal import complain

NOT_EXECUTABLE, NOT_FOUND, BY_SIGNAL = 126, 127, 128
"""As shells have it."""
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
NOTHING = (
    "nothing came through the proxy: the command doesn't use HTTP_PROXY, or made no calls. Browsers have to be told: "
    "use CORSINSPECT_PROXY as the proxy in the configuration of your test runner."
)


async def run(command: Sequence[str], session: Path, port: int | None, verdicts: Verdicts) -> int:
    """Runs the command to its end; returns its status or, if that is 0, that of the verdicts."""
    if (missing := _missing(command[0])) is not None:
        return missing
    proxy = Proxy(session, port=port)
    try:
        await proxy.start()
        status = await _run_behind(proxy, command)
    finally:
        await proxy.stop()
    if proxy.died is not None:
        complain(f"the proxy died: {proxy.died}")
    judged = verdicts.of([session])
    print(f"session: {session}", file=sys.stderr)
    if status == PASSED and proxy.died is not None:
        return UNREADABLE
    if not verdicts.seen:
        complain(NOTHING)
        judged = UNREADABLE
    return status or judged


def _missing(program: str) -> int | None:
    """The status for a program that can't be started, once that is said; None where it can."""
    if shutil.which(program) is not None:
        return None
    if Path(program).exists():
        complain(f"{program} can't be started: it isn't a program that you may run.")
        return NOT_EXECUTABLE
    complain(f"{program} can't be started: there is no such program.")
    return NOT_FOUND


async def _run_behind(proxy: Proxy, command: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="corsinspect-") as folder:
        variables = environment(proxy.port, proxy.ca_pem, Path(folder), os.environ)
        try:
            process = await asyncio.create_subprocess_exec(*command, env=variables)
        except OSError as error:
            complain(f"{command[0]} can't be started: {error.strerror}.")
            return NOT_EXECUTABLE
        with _forwarding(process):
            status = await process.wait()
    return status if status >= 0 else BY_SIGNAL - status


@contextmanager
def _forwarding(process: asyncio.subprocess.Process) -> Iterator[None]:
    """Passes signals on to the command, which says when it's over. What the terminal sends, it has sent to both."""
    loop = asyncio.get_running_loop()

    def forward(number: signal.Signals) -> None:
        if number in (signal.SIGINT, signal.SIGQUIT) and _in_foreground():
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)

    for number in FORWARDED:
        loop.add_signal_handler(number, forward, number)
    try:
        yield
    finally:
        for number in FORWARDED:
            loop.remove_signal_handler(number)


def _in_foreground() -> bool:
    """Whether this terminal's keys reach this process, and so the command, which is in its group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
