"""`bug-report`: the calls of a session that the browser contradicts, in a file to attach to a report."""

from pathlib import Path

from corsinspect.analysis import judge_all
from corsinspect.session.errors import SessionError
from corsinspect.session.reader import load
from corsinspect.session.redaction.bug_report import is_disputed, write_bug_report
from corsinspect.session.sidecar import sidecar_of
from corsinspect.terminal import complain

WRITTEN, NOTHING_TO_REPORT, UNREADABLE = 0, 1, 2


def bug_report(session: Path) -> int:
    """Writes them, prints where, and returns the exit status."""
    try:
        loaded = load(session)
        calls = [call for call in judge_all(loaded.exchanges, loaded.saids) if is_disputed(call)]
        if not calls:
            complain(f"{session}: no browser contradicts a verdict.")
            return NOTHING_TO_REPORT
        path = write_bug_report(calls)
    except SessionError as error:
        complain(str(error))
        return UNREADABLE
    print(path)
    print(sidecar_of(path))
    return WRITTEN
