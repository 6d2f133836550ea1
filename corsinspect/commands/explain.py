"""`explain`: a reason, a browser's code, a pasted console message or a question, in plain English."""

import difflib
import shutil
import sys
from pathlib import Path

from corsinspect.advice.messages.console import LONGEST_TEXT, decode_all, with_call
from corsinspect.advice.messages.lookup import about, asked_for, find, names, reasons_by_code, spelled_out
from corsinspect.model import Call
from corsinspect.report.explained import message_page, topic_page, topics_page
from corsinspect.report.page import WIDEST, Page
from corsinspect.terminal import complain, wants_colour

KNOWN, UNKNOWN, UNREADABLE = 0, 1, 2
LONGEST_QUESTION = 300
MOST_GUIDES = 2
"""What's shown of a question in words of one's own."""


def explain(text: str | None, session: Path | None = None) -> int:
    """Prints what `text` means (None: the list of topics), returns the exit status; `session`: the captured calls."""
    page = Page(print, shutil.get_terminal_size().columns, colour=wants_colour())
    if text is None or not text.strip():
        topics_page(page)
        return KNOWN
    name = find(text) if len(text) < WIDEST else None
    if name is not None:
        topic_page(page, name)
        return KNOWN
    text = spelled_out(text)
    calls = _calls(session) if session is not None else []
    if calls is None:
        return UNREADABLE
    messages = [with_call(message, text, calls) for message in decode_all(text)]
    if not messages and (guides := asked_for(text[:LONGEST_QUESTION])):
        for number, guide in enumerate(guides[:MOST_GUIDES]):
            if number:
                page.rule()
            topic_page(page, guide)
        return KNOWN
    if not messages:
        complain(_unknown(text))
        return UNKNOWN
    for number, (message, call) in enumerate(messages):
        if number:
            page.rule()
        message_page(page, message, call, calls, asked=session is not None)
    return KNOWN


def pasted() -> str | None:
    """The text on stdin; None at a terminal."""
    if sys.stdin is None or sys.stdin.isatty():
        return None
    return sys.stdin.buffer.read(4 * LONGEST_TEXT).decode("utf-8", "replace")


def _calls(session: Path) -> list[Call] | None:
    from corsinspect.analysis import judge_all
    from corsinspect.session.errors import SessionError
    from corsinspect.session.reader import load

    try:
        loaded = load(session)
        return judge_all(loaded.exchanges, loaded.saids)
    except SessionError as error:
        complain(str(error))
        return None


def _unknown(text: str) -> str:
    told = " ".join(text.split())
    short = told if len(told) <= WIDEST else told[: WIDEST - 1] + "…"
    own = reasons_by_code() | {name: name for name in names()}
    if reasons := about(short):
        return f"“{short}” is not a topic; these are about it: {', '.join(reasons)}."
    near = difflib.get_close_matches(told[:WIDEST].lower().replace(" ", "-"), own, n=3, cutoff=0.6)
    near += [name for name in names() if told and told[:WIDEST].lower() in name]
    meant = ", ".join(dict.fromkeys(own[name] for name in near))
    hint = f"Did you mean {meant}?" if meant else "`corsinspect explain` lists the topics."
    return f"“{short}” is neither a topic nor a known console message. {hint}"
