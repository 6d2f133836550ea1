"""The fix tab: the header lines that fix this call, and the change for the server's framework."""

from collections.abc import Iterable

from textual.content import Content

from corsinspect import advice
from corsinspect.advice.recipes import Edit, Rendered, diff, recipes
from corsinspect.advice.solution import FixLines, Solution, around_words, is_beside_cors, is_useful
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.look.content import blocks, bullets, change, entry, hanging, lines
from corsinspect.dashboard.look.styles import GOOD, KEY, QUIET, STRONG, WARNING
from corsinspect.printable import printable

CHOOSE = "choose your framework from the list"
NO_HEADER = "Headers alone can't fix this."
OTHER_HEADER = "The CORS headers are right. Another header is missing."


def fix(subject: Subject, width: int) -> Content:
    """What the server has to send, then how to make it do so, with what else this session's calls need from it."""
    call, found = subject.call, subject.solution
    if call.verdict.outcome != "blocked":
        return blocks(_nothing_to_fix(subject, width))
    return blocks(
        [
            *_headers(subject, found, width),
            lines(bullets(found.cautions, width, WARNING)) if found.cautions else Content(""),
            *(_framework(found, width) if is_useful(call) else ()),
            lines(_elsewhere(subject, width)),
        ]
    )


def _nothing_to_fix(subject: Subject, width: int) -> Iterable[Content]:
    yield Content.styled("There is no CORS problem to fix here.", STRONG)
    if change := advice.explanation(subject.call).change:
        yield lines(hanging(Content.styled("→ ", KEY), Content(printable(change)), width, 2))


def _headers(subject: Subject, found: Solution, width: int) -> Iterable[Content]:
    if found.around:
        yield Content.styled(printable(around_words(found)), STRONG)
        return
    if not found.fix:
        yield Content.styled(OTHER_HEADER if is_beside_cors(subject.call) else NO_HEADER, STRONG)
        if change := advice.explanation(subject.call).change:
            yield lines(hanging(Content.styled("→ ", KEY), Content.styled(printable(change), STRONG), width, 2))
        return
    host = printable(found.server.partition("://")[2])
    yield Content.assemble((f"{host} must send", STRONG), ("   (for this call alone)", QUIET))
    for part in found.fix:
        yield lines(_part(part, width))


def _part(part: FixLines, width: int) -> Iterable[Content]:
    yield Content.styled(printable(f"{part.answer}:"), QUIET)
    if part.status is not None:
        yield Content.assemble("  ", (f"status {part.status}", GOOD))
    for line in part.lines:
        yield from hanging(Content("  "), Content.styled(printable(line), GOOD), width, 4)
    for name in part.remove:
        yield Content.assemble("  ", ("without ", WARNING), printable(name))


def _framework(found: Solution, width: int) -> Iterable[Content]:
    rendered = found.rendered
    if rendered is None:
        yield Content.styled("How to do that", STRONG)
        text = "Nothing in this server's responses shows which framework it uses: "
        yield lines(hanging(Content(""), Content.assemble(text, ("→ ⏎ ", KEY), f"{CHOOSE}."), width, 0))
        return
    yield lines(_title(found, rendered, width))
    if rendered.install:
        yield lines(entry("install", f"{rendered.install}   (unless it is there)", width, indent=9))
    for edit in found.edits:
        yield lines(_edit(edit, width))
        yield change(diff(edit), rendered.language, width)
    yield lines(entry("then", rendered.restart, width, indent=9))
    if rendered.notes:
        yield lines(bullets(rendered.notes, width, WARNING))
    if rendered.left_out:
        text = "Left out because it isn't well-formed: " + ", ".join(value[:60] for value in rendered.left_out[:8])
        yield lines(bullets([text], width, WARNING))
    if rendered.traps:
        yield lines([Content.styled("Pitfalls", STRONG), *bullets(rendered.traps, width)])
    if rendered.environments:
        heading = Content.styled("An allowlist for each environment", STRONG)
        yield lines([heading, *hanging(Content(""), Content(printable(rendered.environments_how)), width, 0)])
        yield change([("+", line) for line in rendered.environments.strip("\n").splitlines()], rendered.language, width)
    if rendered.measured:
        yield Content.styled(f"Tested in a browser with {rendered.measured}.", QUIET)


def _elsewhere(subject: Subject, width: int) -> Iterable[Content]:
    if (found := subject.elsewhere) is None or subject.solution.around:
        return
    yield Content.styled("Not your server?", STRONG)
    yield from hanging(Content(""), Content.styled(printable(" ".join(found.signs)), QUIET), width, 0)
    for way in found.ways:
        title = f" → ⏎ {recipes()[way.recipe].title}" if way.recipe is not None else ""
        text = Content.assemble(printable(way.what), (printable(title), KEY))
        yield from hanging(Content.styled("· ", QUIET), text, width, 2)


def _title(found: Solution, rendered: Rendered, width: int) -> Iterable[Content]:
    why = "chosen by you"
    if found.recognised is not None:
        sure = {"certain": "identified by its responses", "likely": "likely, from its responses", "guess": "a guess"}
        why = sure[found.recognised.confidence]
    title = Content.assemble((rendered.title, STRONG), (f"   {why}", QUIET))
    yield from hanging(Content(""), title, width, 0)
    union = f"for all {found.calls} calls to this server in this session" if found.calls > 1 else "for this call"
    text = Content.assemble((f"{union} · ", QUIET), ("→ ⏎ ", KEY), ("another framework", QUIET))
    yield from hanging(Content(""), text, width, 0)


def _edit(edit: Edit, width: int) -> Iterable[Content]:
    yield from hanging(Content.styled("→ ", KEY), Content.styled(printable(edit.what), STRONG), width, 2)
    yield from entry("file", edit.file, width, indent=9)
    if edit.where:
        yield from entry("where", edit.where, width, indent=9)
