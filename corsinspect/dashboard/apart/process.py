"""Begins and ends the processes that read saved sessions."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, NamedTuple


class Begun(NamedTuple):
    """Two processes, one behind the other: the first reads and judges, the second makes rows in half that time.

    The first ends with its stdin, and so with the dashboard, however that ends; the second with the first.
    """

    reading: Popen[bytes]
    making: Popen[bytes]

    @property
    def output(self) -> IO[bytes]:
        """What the second one hands over."""
        assert self.making.stdout is not None
        return self.making.stdout

    def close(self) -> None:
        """Ends them, whatever they're doing."""
        for process in self:
            with process:
                process.kill()


def begun(paths: Sequence[Path]) -> Begun:
    """The processes that read these files."""
    reading = _begun("reading", PIPE, *map(str, paths))
    making = _begun("making", reading.stdout)
    assert reading.stdout is not None
    reading.stdout.close()  # only the other one reads it: each notices the other's end
    return Begun(reading, making)


def _begun(module: str, stdin: int | IO[bytes] | None, *arguments: str) -> Popen[bytes]:
    return Popen(
        [sys.executable, "-P", "-m", f"corsinspect.dashboard.apart.{module}", *arguments],
        stdin=stdin,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,  # Ctrl-C and Ctrl-Z in the terminal are for the dashboard alone
    )
