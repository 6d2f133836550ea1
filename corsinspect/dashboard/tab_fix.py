"""The fix tab: the header lines that mend this call, and the change for the server's framework."""

from collections.abc import Iterable
from itertools import groupby

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from corsinspect import advice
from corsinspect.advice.recipes import Rendered, recipes
from corsinspect.advice.solution import FixLines, Solution
from corsinspect.dashboard.pieces import (
    GOOD,
    KEY,
    QUIET,
    STRONG,
    WARNING,
    Subject,
    blocks,
    bullets,
    code,
    entry,
    hanging,
    lines,
)
from corsinspect.printable import printable

KINDS = {
    "app": "What the API is written in",
    "proxy": "What stands in front of it",
    "platform": "Where it runs",
    "alternative": "Without CORS: page and API below one origin",
}
CHOOSE = "choose your framework from the list"


def fix(subject: Subject, width: int) -> Content:
    """What the server has to answer, then how to make it, with what else this session's calls need from it."""
    call, found = subject.call, subject.solution
    if call.verdict.outcome != "blocked":
        return blocks(_nothing_to_mend(subject, width))
    return blocks(
        [
            *_headers(subject, found, width),
            lines(bullets(found.cautions, width, WARNING)) if found.cautions else Content(""),
            *_framework(found, width),
        ]
    )


def _nothing_to_mend(subject: Subject, width: int) -> Iterable[Content]:
    yield Content.styled("There is no CORS fault to mend here.", STRONG)
    if mend := advice.explanation(subject.call).change:
        yield lines(hanging(Content.styled("→ ", KEY), Content(printable(mend)), width, 2))


def _headers(subject: Subject, found: Solution, width: int) -> Iterable[Content]:
    if not found.fix:
        yield Content.styled("Headers can't mend this one.", STRONG)
        if mend := advice.explanation(subject.call).change:
            yield lines(hanging(Content.styled("→ ", KEY), Content.styled(printable(mend), STRONG), width, 2))
        return
    host = printable(found.server.partition("://")[2])
    yield Content.assemble((f"{host} must answer", STRONG), ("   (what this one call needs)", QUIET))
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
        told = "Nothing in this server's answers says what it is made with: "
        yield lines(hanging(Content(""), Content.assemble(told, ("→ ⏎ ", KEY), f"{CHOOSE}."), width, 0))
        return
    yield lines(_title(found, rendered, width))
    yield lines(_steps(rendered, width))
    yield code(rendered.code.strip("\n"))
    yield lines(entry("then", rendered.restart, width, indent=9))
    if rendered.notes:
        yield lines(bullets(rendered.notes, width, WARNING))
    if rendered.left_out:
        told = "Left out, for it is not well-formed: " + ", ".join(value[:60] for value in rendered.left_out[:8])
        yield lines(bullets([told], width, WARNING))
    if rendered.traps:
        yield lines([Content.styled("What goes wrong", STRONG), *bullets(rendered.traps, width)])
    if rendered.environments:
        heading = Content.styled("An allowlist for each environment", STRONG)
        yield lines([heading, *hanging(Content(""), Content(printable(rendered.environments_how)), width, 0)])
        yield code(rendered.environments.strip("\n"))
    if rendered.measured:
        yield Content.styled(f"Seen to work in a browser with {rendered.measured}.", QUIET)


def _title(found: Solution, rendered: Rendered, width: int) -> Iterable[Content]:
    why = "chosen by you"
    if found.recognised is not None:
        sure = {"certain": "its answers say so", "likely": "its answers look like it", "guess": "a guess"}
        why = sure[found.recognised.confidence]
    title = Content.assemble((rendered.title, STRONG), (f"   {why}", QUIET))
    yield from hanging(Content(""), title, width, 0)
    union = f"for all of the {found.calls} calls to this server in this session" if found.calls > 1 else "for this call"
    told = Content.assemble((f"{union} · ", QUIET), ("→ ⏎ ", KEY), ("another framework", QUIET))
    yield from hanging(Content(""), told, width, 0)


def _steps(rendered: Rendered, width: int) -> Iterable[Content]:
    if rendered.install:
        yield from entry("install", rendered.install, width, indent=9)
    yield from entry("file", rendered.file, width, indent=9)
    yield from entry("where", rendered.where, width, indent=9)


class RecipeScreen(ModalScreen[str | None]):
    """The frameworks to choose from; gives the chosen recipe's id, or None."""

    BINDINGS = [Binding("escape,q", "dismiss", "Back")]  # noqa: RUF012 - declared by Textual

    def __init__(self, current: str | None) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("What is your server made with?", STRONG))
        options: list[Option | None] = []
        known = sorted(recipes().values(), key=lambda each: (list(KINDS).index(each.kind), each.title.lower()))
        for kind, group in groupby(known, key=lambda each: each.kind):
            options.append(Option(Content.styled(KINDS[kind], KEY), disabled=True))
            options += [Option(Content(f"  {each.title}"), id=each.id) for each in group]
        yield OptionList(*options)

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        if self._current is not None:
            choices.highlighted = choices.get_option_index(self._current)
        choices.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)
