"""Calls in a report to hand over: what `check` prints in one of its formats, in a file."""

from collections.abc import Callable, Iterable
from pathlib import Path

from corsinspect.model import Call
from corsinspect.report.formats import document
from corsinspect.session.private import write_private


def report_writer(format: str) -> Callable[[Iterable[Call], Path], None]:
    """What writes such a report."""

    def write(calls: Iterable[Call], path: Path) -> None:
        write_private(path, "".join(f"{line}\n" for line in document(format, calls)).encode())

    return write
