"""The file for a bug report: calls that the browser contradicts, alone, with what the browser said of them.

It's a session with its sidecar, so whoever gets it reads it as any other. Its secrets are replaced here, whether the
session's were or not; equal ones stay equal.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from corsinspect.model import Call, Exchange
from corsinspect.session.place import new_bug_report_path
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.redaction.said import redacted_said
from corsinspect.session.sidecar import SidecarWriter
from corsinspect.session.writer import SessionWriter


def is_disputed(call: Call) -> bool:
    """Whether the browser contradicts what follows for certain from the traffic."""
    return call.browser is not None and call.browser.computed is not None


def write_bug_report(calls: Iterable[Call]) -> Path:
    """Writes these calls to a new file beside the sessions, for its owner only, and what the browser said of them to
    the file beside it. Raises SessionError where that can't be done."""
    path, redactor, calls = new_bug_report_path(), Redactor(), list(calls)
    with closing(SessionWriter(path)) as session, closing(SidecarWriter(path)) as sidecar:
        for exchange in sorted(_exchanges(calls), key=lambda exchange: exchange.started):
            session.put(redactor.exchange(exchange))
        for call in calls:
            for said in call.browser.said if call.browser is not None else ():
                sidecar.put(redacted_said(said, redactor))
    return path


def _exchanges(calls: Iterable[Call]) -> list[Exchange]:
    """Theirs, and the stored answers that their verdicts rest on as well."""
    found: dict[str, Exchange] = {}
    for call in calls:
        stored = [hop.stored for hop in call.hops]
        cached = call.browser.cached if call.browser is not None else None
        found |= {each.id: each for each in (*call.exchanges, *stored, cached) if each is not None}
    return list(found.values())
