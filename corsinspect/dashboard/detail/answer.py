"""The tab that a person sees first: the answer, the evidence under it, the machinery last.

Pure functions from a Call and a width. Every captured text passes `printable` and is cut: a header of a megabyte is
quoted, not poured out.
"""

from collections.abc import Iterable

from rich.cells import cell_len
from textual.content import Content

from corsinspect import advice
from corsinspect.advice import ComparisonRow, Explanation, Mark, StepRow
from corsinspect.advice.causes import Cause, causes
from corsinspect.advice.messages.browser_said import facts
from corsinspect.advice.server_errors import behind
from corsinspect.advice.solution import server_of
from corsinspect.analysis.across.masked import evidence
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.detail.wire_tabs import script_reads
from corsinspect.dashboard.look.content import MOST_URL, MOST_VALUE, blocks, cut, entry, hanging
from corsinspect.dashboard.look.shorten import fit, host_port
from corsinspect.dashboard.look.styles import QUIET, STRONG
from corsinspect.dashboard.look.symbols import OUTCOMES, STEPS
from corsinspect.model import Call
from corsinspect.printable import printable

LABEL = 11
"""Cells of a header's short name: Credentials is the longest of the usual ones."""

MOST_CONSOLE = 600
"""Characters of the console's line that are shown."""
NEEDED = "bold $text-success underline"
WRONG = "bold $text-error reverse"
"""Characters that differ; underlined and reversed, so that they show without colours."""
QUIET_STATES = ("ok", "not-needed", "unknown")


def answer(subject: Subject, width: int) -> Content:
    """The answer, the comparison that it rests on, and the browser's steps."""
    call = subject.call
    words = advice.explanation(call)
    likely = causes(call, subject.others)
    parts = [
        title(call),
        _answer(call, words, width),
        _elsewhere(subject, width),
        Content("") if any(cause.settles for cause in likely) else _behind(subject),
        _certificate(call, width, subject.can_trust),
        _comparison(advice.comparison(call, subject.steps), width),
        script_reads(call, width),
        _steps(advice.step_rows(call, subject.steps), width),
        _told(call, width),
        _causes(likely, width),
    ]
    return blocks(parts)


def title(call: Call) -> Content:
    """What was called, and by whom."""
    url = printable(cut(call.url, MOST_URL))
    page = f"from {printable(call.page_origin)}" if call.page_origin else "from an unknown page"
    if by := advice.called_by(call):
        page += f", {printable(by)}"
    method = call.method or ("CONNECT" if call.hops else "")
    lines = [Content.assemble((printable(method), STRONG), " " if method else "", url), Content.styled(page, QUIET)]
    return Content("\n").join(lines)


def _answer(call: Call, words: Explanation, width: int) -> Content:
    sign = OUTCOMES[call.verdict.outcome]
    certainty = advice.certainty(call)
    lines = [Content.assemble((f"{sign.sign} {words.headline}", sign.style), (f"   {certainty}", QUIET))]
    if call.engine_assumed:
        lines.append(Content.styled("judged as Chromium: the traffic doesn't show which browser this is", QUIET))
    lines.append(Content(""))
    lines.append(Content(printable(words.happened)))
    if words.consequence:
        lines.append(Content(printable(words.consequence)))
    word = call.browser
    if word is not None and word.match == "sure" and word.console:
        lines += hanging(
            Content.styled("> ", QUIET), Content.styled(printable(cut(word.console, 600)), QUIET), width, 2
        )
    dispute = advice.dispute(call)
    if dispute:
        dispute += " Press r to write this call to a file to attach, alone and without its secrets."
    others = (dispute, advice.withheld(call), advice.alternatives(call), advice.engines(call))
    lines += [Content.styled(printable(other), "$text-warning") for other in others if other]
    if words.change:
        lines += [Content(""), Content.assemble(("→ ", "bold $text-accent"), (printable(words.change), STRONG))]
    return Content("\n").join(lines)


def _elsewhere(subject: Subject, width: int) -> Content:
    """The other answer, for who can't change the server."""
    if (found := subject.elsewhere) is None:
        return Content("")
    text = f"{found.signs[0]} The Fix tab shows what you can do without changing {found.host}."
    head = Content.assemble(("Not your server? ", STRONG), printable(text))
    return Content("\n").join(hanging(Content(""), head, width, 0))


def _behind(subject: Subject) -> Content:
    """Where an error hides behind the failure: what the session says for it."""
    call = subject.call
    found = evidence(call, subject.others) if call.masked is not None else None
    if found is None:
        return Content("")
    server = server_of(call).partition("://")[2]
    text = behind(server, call.verdict.status, found.preflight_passed, found.carried, found.lacking)
    return Content.styled(printable(text), "$text-warning")


def _certificate(call: Call, width: int, can_trust: bool) -> Content:
    for exchange in call.exchanges:
        if exchange.untrusted_certificate is not None:
            why = printable(cut(exchange.untrusted_certificate, MOST_VALUE))
            text = f"The certificate of {printable(host_port(exchange.url))} is not trusted: {why}."
            change = " Press T to trust it for this run." if can_trust else ""
            return Content.assemble((text, "$text-warning"), (change, STRONG))
    return Content("")


def _comparison(rows: list[ComparisonRow], width: int) -> Content:
    if not rows:
        return Content("")
    column = min(max([8, *(cell_len(_shown(row.needed)) for row in rows)]) + 2, width * 3 // 5)
    rest = width - LABEL - 3 - column
    failing = [row for row in rows if row.state not in QUIET_STATES]
    fits = all(cell_len(_shown(row.needed)) < column and cell_len(_shown(row.sent)) <= rest for row in failing)
    lines = [Content.styled(f"{'':<{LABEL + 3}}{fit('needed', column)}server sent", QUIET)] if fits else []
    for row in rows:
        lines += _in_columns(row, column, rest) if fits else _stacked(row, width)
    return Content("\n").join(lines)


def _in_columns(row: ComparisonRow, column: int, rest: int) -> Iterable[Content]:
    sign, style = STEPS[row.state]
    label = fit(printable(row.label), LABEL)
    if row.state in QUIET_STATES:
        needed = fit("not needed" if row.needed is None else _shown(row.needed), column)
        sent = "the same" if row.sent == row.needed and row.sent else _shown(row.sent)
        shown = "" if row.needed is None and row.sent is None else fit(sent, rest).rstrip()
        yield Content.assemble((sign, style), (f" {label} {needed}{shown}", QUIET))
        return
    yield Content.assemble(
        (sign, style),
        (f" {label} ", STRONG),
        _padded(_marked(row.needed, row.needed_marks, NEEDED), column),
        _sent(row),
    )
    if note := _note(row):
        yield Content.assemble(" " * (LABEL + 3), (note, style))


def _stacked(row: ComparisonRow, width: int) -> Iterable[Content]:
    """The values under each other, so that equal characters stand in line and the different ones stand out."""
    sign, style = STEPS[row.state]
    if row.state in QUIET_STATES:
        shown = "not needed" if row.needed is None else _shown(row.sent)
        yield Content.assemble((sign, style), (f" {fit(printable(row.label), LABEL)} {shown}", QUIET))
        return
    note = _note(row)
    yield Content.assemble((sign, style), (f" {printable(row.label)}", STRONG), (f"   {note}" if note else "", style))
    for name, value in (
        ("needed", _marked(row.needed, row.needed_marks, NEEDED)),
        ("sent", _sent(row)),
    ):
        for number, piece in enumerate(value.fold(max(10, width - 11))):
            yield Content.assemble((f"    {name if not number else '':<7}", QUIET), piece)


def _note(row: ComparisonRow) -> str:
    place = "" if row.state == "failed" else f"fails next, on the {_place(row.stage or 'actual')}"
    note = "" if not row.sent and row.note in ("missing", "empty") else row.note  # the value itself says so
    return printable(": ".join(part for part in (place, note) if part))


def _place(stage: str) -> str:
    return {"preflight": "preflight", "redirect": "redirect"}.get(stage, "request itself")


def _sent(row: ComparisonRow) -> Content:
    if row.sent is None or not row.sent:
        return Content.styled("(missing)" if row.sent is None else "(empty)", WRONG)
    return _marked(row.sent, row.sent_marks, WRONG)


def _marked(value: str | None, marks: tuple[Mark, ...], style: str) -> Content:
    """The value with the characters that differ marked."""
    content = Content(_shown(value))
    for start, end in marks:
        if start < min(end, len(content.plain)):
            content = content.stylize(style, start, min(end, len(content.plain)))
    return content


def _padded(content: Content, width: int) -> Content:
    return content.pad_right(max(1, width - content.cell_length))


def _shown(value: str | None) -> str:
    if value is None:
        return "(missing)"
    return printable(cut(value, MOST_VALUE)) or "(empty)"


def _causes(found: list[Cause], width: int) -> Content:
    """The likeliest ones, each with what speaks for it and what to change."""
    if not found:
        return Content("")
    lines = [Content.styled("Usual causes" if len(found) > 1 else "Usual cause", STRONG)]
    for cause in found:
        lines += hanging(
            Content("· "), Content.assemble(printable(cause.what), (f" {printable(cause.seen)}", QUIET)), width, 2
        )
        lines += hanging(Content.styled("  → ", "bold $text-accent"), Content(printable(cause.change)), width, 4)
    return Content("\n").join(lines)


def _told(call: Call, width: int) -> Content:
    """What of this the browser itself said."""
    word, told = call.browser, facts(call)
    if word is None or not told:
        return Content("")
    doubt = "" if word.match == "sure" else " of this call or of one like it, so nothing follows from it"
    lines = [Content.styled(f"Said by {printable(word.browser)}{doubt}", STRONG)]
    for name, value in told:
        lines += entry(name, printable(cut(value, MOST_VALUE)), width)
    return Content("\n").join(lines)


def _steps(rows: list[StepRow], width: int) -> Content:
    """The steps: each step's detail in its own column, with a mark where the browser stopped."""
    if not rows:
        return Content("")
    titles = max(cell_len(printable(cut(row.title, 20))) for row in rows)
    indent = titles + 7
    lines = [Content.styled("The browser's steps", STRONG)]
    hop = 0
    for row in rows:
        if row.hop != hop:
            hop = row.hop
            lines.append(Content.styled(f"   after redirect {hop}", QUIET))
        sign, style = STEPS[row.state]
        quiet = row.state in ("skipped", "not-reached", "would-pass")
        title = fit(printable(cut(row.title, 20)), titles)
        answer = f"{row.answer}{', ' if row.detail else ''}" if row.answer else ""
        text = Content.assemble((answer, style), (printable(cut(row.detail, MOST_VALUE)), QUIET))
        head = Content.assemble(
            (f"{row.number:>2} ", QUIET),
            (sign, style),
            (f" {title}  ", QUIET if quiet else style if sign == "✗" else ""),
        )
        lines += hanging(head, text, width, indent)
    return Content("\n").join(lines)
