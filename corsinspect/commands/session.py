"""`session`: what a saved session holds, parts of it, several as one, and how two of them differ."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from corsinspect.export.changes import changes, lines
from corsinspect.export.editing import Contents, companions, contents, trimmed, write
from corsinspect.printable import printable
from corsinspect.report import text
from corsinspect.terminal import complain, wants_colour

DONE, CHANGED, UNREADABLE = 0, 1, 2


def info(file: Path) -> int:
    """Says what a session holds and what stands beside it; returns the exit status."""
    whole = contents([file])
    starts = [exchange.started for exchange in whole.exchanges]
    rows: list[tuple[str, object]] = [
        ("file", f"{file} ({file.stat().st_size:,} bytes)"),
        ("exchanges", len(whole.exchanges)),
        ("calls", text.summary(whole.calls)),
        ("pages", ", ".join(sorted({call.page_origin for call in whole.calls if call.page_origin})) or "none known"),
    ]
    if starts:
        begin = datetime.fromtimestamp(min(starts), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        rows.append(("from", f"{begin}, for {max(starts) - min(starts):.1f} s"))
    notes, said = companions(file)
    rows.append(("notes", f"{len(whole.notes)} in {notes}" if notes.exists() else "none"))
    rows.append(("browser said", f"{len(whole.saids)} in {said}" if said.exists() else "nothing"))
    for name, value in rows:
        print(f"{name:<13} {printable(str(value))}")
    return _told(whole)


def trim(file: Path, output: Path, *, begin: float, end: float, host: str | None, blocked: bool) -> int:
    """Writes some of a session's calls to another one; returns the exit status."""
    whole = contents([file])
    return _write(whole, trimmed(whole, begin=begin, end=end, host=host, blocked=blocked), output)


def merge(files: Sequence[Path], output: Path) -> int:
    """Writes several files as one session, by time; returns the exit status."""
    whole = contents(files)
    return _write(whole, whole, output)


def diff(before: Path, after: Path) -> int:
    """Says which calls changed their verdict, and by which header; returns the exit status."""
    old, new = contents([before]), contents([after])
    found = changes(old.calls, new.calls)
    for line in lines(found, colour=wants_colour()):
        print(line)
    unreadable = max(_told(old), _told(new))
    return unreadable or (CHANGED if found.changed else DONE)


def _write(whole: Contents, new: Contents, output: Path) -> int:
    for path in write(new, output):
        print(f"written: {printable(str(path))}")
    calls = sum(not call.background for call in new.calls)
    print(f"{len(new.exchanges)} exchanges, {calls} call{'' if calls == 1 else 's'}")
    return _told(whole)


def _told(whole: Contents) -> int:
    """Says what couldn't be read."""
    for path, problem in whole.problems:
        complain(problem.in_file(path))
    return UNREADABLE if whole.problems else DONE
