"""explain_call and explain_message: what happened and why, in the words of the dashboard and of `explain`."""

from collections.abc import Sequence

from corsinspect.advice import alternatives, comparison, confirmation, explanation, step_rows, withheld
from corsinspect.advice.causes import Cause, causes
from corsinspect.advice.messages.browser_said import caller_of, place
from corsinspect.advice.messages.console import LONGEST_TEXT, decode_all, with_call
from corsinspect.advice.messages.lookup import find, spelled_out
from corsinspect.advice.topics import TOPICS
from corsinspect.analysis import by_server, trace
from corsinspect.assistant.answers import CallFacts, Explained, Meaning, MessageExplained, SeenCause
from corsinspect.assistant.calls import Calls, handle
from corsinspect.assistant.errors import ToolError
from corsinspect.model import Call, Step
from corsinspect.quoted import quoted
from corsinspect.report.explained import message_page, topic_page
from corsinspect.report.page import Page

MOST_CAUSES = 2
SENTENCE = 400
"""Characters of a sentence that quotes what was captured."""
MOST_STEPS = 16
WIDTH = 100
MOST_LINES = 40


def explain_call(call: Call, beside: Sequence[Call]) -> Explained:
    """The verdict, the failed step, all failing checks and the causes with their evidence; `beside`: the session's
    calls to the same server."""
    own = by_server(call)
    verdict = own.verdict
    topic = TOPICS.get(verdict.reason or "")
    return Explained(
        call=handle(own),
        outcome=verdict.outcome,
        certainty=verdict.certainty,
        reason=verdict.reason,
        stage=verdict.stage,
        simulated=call.simulated,
        rule="" if topic is None else topic.wanted,
        captured=facts(own, beside),
    )


def facts(call: Call, beside: Sequence[Call]) -> CallFacts:
    """What is known of a call, by the answers that it has."""
    steps = trace(call)
    said = explanation(call)
    return CallFacts(
        method=quoted(call.method or "CONNECT", 20),
        url=quoted(call.url),
        page=None if call.page_origin is None else quoted(call.page_origin),
        status=call.verdict.status,
        happened=quoted(f"{said.happened} {said.consequence}".strip(), SENTENCE),
        change=quoted(said.change, SENTENCE),
        failing=failing(call, steps),
        steps=[
            quoted(f"{row.number} {row.title}: {' '.join(filter(None, (row.detail, row.answer)))}", 160)
            for row in step_rows(call, steps)[:MOST_STEPS]
            if row.state != "not-reached"
        ],
        causes=seen_causes(causes(call, beside)),
        depends=quoted(alternatives(call), SENTENCE),
        browser=_browser_said(call),
    )


def failing(call: Call, steps: Sequence[Step]) -> list[str]:
    """Each header that fails, or would fail next: what the browser needed, and what was sent."""
    return [
        f"{row.header}{f' ({row.stage})' if row.stage else ''}: needed {quoted(row.needed or '-', 160)}; "
        f"{'absent' if row.sent is None else f'sent {quoted(row.sent, 160)}' if row.sent else 'sent empty'}"
        f"{' (fails next)' if row.state == 'would-fail' else ''}"
        for row in comparison(call, steps)
        if row.state in ("failed", "would-fail")
    ]


def seen_causes(found: Sequence[Cause]) -> list[SeenCause]:
    """The likeliest causes."""
    return [
        SeenCause(quoted(each.what, SENTENCE), quoted(each.seen, SENTENCE), quoted(each.change, SENTENCE))
        for each in found[:MOST_CAUSES]
    ]


def _browser_said(call: Call) -> list[str]:
    if call.browser is None or call.browser.match != "sure":
        return []
    caller = caller_of(call)
    said = [confirmation(call), withheld(call), "" if caller is None else f"called by {place(caller)}"]
    said.append(call.browser.console or "")
    return [quoted(each) for each in said if each]


def explain_message(message: str, calls: Calls) -> MessageExplained:
    """What a pasted console message, a browser's code or a reason means, for the captured call that it is about."""
    lines: list[str] = []
    page = Page(lines.append, WIDTH, colour=False)
    message = message[:LONGEST_TEXT]
    name = find(message) if len(message) < WIDTH else None
    if name is not None:
        topic_page(page, name)
        return MessageExplained(reasons=[name], call=None, captured=Meaning(_short(lines)))
    text = spelled_out(message)
    own = [by_server(call) for call in calls.all()] if (decoded := decode_all(text)) else []
    if not decoded:
        raise ToolError(
            "This is no console message that is known, and no reason.",
            "Paste the whole line from the browser's console, or look at the calls with list_calls.",
        )
    found, call = with_call(decoded[0], text, own)
    message_page(page, found, call, own, asked=bool(own))
    return MessageExplained(
        reasons=list(found.candidates[:8]),
        call=None if call is None else handle(call),
        captured=Meaning(_short(lines)),
    )


def _short(lines: list[str]) -> list[str]:
    shown = [quoted(line, WIDTH) for line in lines if line.strip("─┼ ")]
    return shown if len(shown) <= MOST_LINES else [*shown[: MOST_LINES - 1], "…"]
