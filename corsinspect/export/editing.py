"""Saved sessions made anew: what `session trim`, `merge` and `redact` write, with the files that stand beside them.

What is written was read by `session.load`, and is redacted therefore; each line has today's annotation. The exchanges
that the browser alone told of are conclusions, made anew by every reader, and aren't written.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from corsinspect.analysis import judge_all
from corsinspect.model import Annotation, Call, Exchange, annotation
from corsinspect.said import Said
from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.notes import Entry, append_entry, entries
from corsinspect.session.numbered import of_file, said_of_file
from corsinspect.session.place import COMPANIONS
from corsinspect.session.reader import load
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.sidecar import SidecarWriter
from corsinspect.session.writer import SessionWriter


class Contents(msgspec.Struct):
    """What one session holds, or several as one."""

    exchanges: list[Exchange]
    saids: list[Said]
    notes: list[Entry]
    problems: list[tuple[Path, Problem]]
    calls: list[Call] = []

    def judge(self) -> "Contents":
        """The same, with its calls."""
        self.calls = judge_all(self.exchanges, self.saids)
        return self


def contents(paths: Sequence[Path]) -> Contents:
    """What the files hold. Ids of several begin with the file's number, as in `check`; what is a secret in two of them
    has equal tokens only where they were redacted together. Raises SessionError for a file that can't be read."""
    redactor = Redactor()
    found = Contents([], [], [], [])
    for number, path in enumerate(paths, 1):
        loaded, notes = load(path, redactor=redactor), entries(path)
        if len(paths) > 1:
            loaded.exchanges = [of_file(exchange, number) for exchange in loaded.exchanges]
            loaded.saids = [said_of_file(said, number) for said in loaded.saids]
            notes = [_of_file(entry, number) for entry in notes]
        found.exchanges += loaded.exchanges
        found.saids += loaded.saids
        found.notes += [_redacted(entry, redactor) for entry in notes]
        found.problems += [(path, problem) for problem in loaded.problems]
    found.exchanges.sort(key=lambda exchange: exchange.started)
    return found.judge()


def trimmed(
    whole: Contents, *, begin: float = 0.0, end: float = inf, host: str | None = None, blocked: bool = False
) -> Contents:
    """What belongs to some of the calls: those that started between so many seconds after the first, those to a host,
    those that were blocked. Calls are kept whole; what is left is judged by what is left."""
    first = min((call.started for call in whole.calls), default=0.0)
    kept = [
        call
        for call in whole.calls
        if begin <= call.started - first <= end
        and (host is None or any(host.lower() in _hosts(exchange.url) for exchange in call.exchanges))
        and (not blocked or call.verdict.outcome == "blocked")
    ]
    ids = {exchange.id for call in kept for exchange in call.exchanges}
    ids |= {hop.stored.id for call in kept for hop in call.hops if hop.stored is not None}
    legs = {(said.id, said.hop) for call in kept if call.browser is not None for said in call.browser.said}
    names = {call.id for call in kept}
    return Contents(
        [exchange for exchange in whole.exchanges if exchange.id in ids],
        [said for said in whole.saids if (said.id, said.hop) in legs],
        [entry for entry in whole.notes if entry.call is None or entry.call in names],
        whole.problems,
    ).judge()


def write(new: Contents, output: Path) -> list[Path]:
    """Writes a session and what stands beside it; returns the files. Raises SessionError where one is there already."""
    if taken := [path for path in (output, *companions(output)) if path.exists()]:
        raise SessionError(taken[0], "exists already", "Choose another file with -o.")
    notes = _annotations(new.calls)
    with closing(SessionWriter(output)) as writer:
        for exchange in new.exchanges:
            writer.put(exchange, notes.get(exchange.id))
    written = [output]
    beside, told = companions(output)
    if new.saids:
        with closing(SidecarWriter(output)) as sidecar:
            for said in new.saids:
                sidecar.put(said)
        written.append(told)
    for entry in new.notes:
        append_entry(beside, entry)
    return [*written, *([beside] if new.notes else [])]


def companions(session: Path) -> tuple[Path, ...]:
    """Where a session's notes are, and what the browser said, if there is any."""
    return tuple(session.with_name(session.name + suffix) for suffix in COMPANIONS)


def _annotations(calls: Iterable[Call]) -> dict[str, Annotation]:
    return {exchange.id: annotation(call, role) for call in calls for role, exchange in call.roles()}


def _of_file(entry: Entry, number: int) -> Entry:
    return entry if entry.call is None else msgspec.structs.replace(entry, call=f"{number}:{entry.call}")


def _redacted(entry: Entry, redactor: Redactor) -> Entry:
    return entry if entry.note is None else msgspec.structs.replace(entry, note=redactor.text(entry.note))


def _hosts(url: str) -> tuple[str, str]:
    """A URL's host, with its port and without."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2].lower(), parts.hostname or ""
    except ValueError:  # whatever was on the wire
        return "", ""
