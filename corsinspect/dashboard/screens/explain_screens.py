"""Screens to read: why a call ended as it did, what a proxy can't see, and two calls beside each other."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from corsinspect import advice
from corsinspect.advice.compare.contrast import Aspect, conclusion, contrast
from corsinspect.advice.hypothetical import Known, explain_reason
from corsinspect.advice.messages.lookup import codes, console_words
from corsinspect.advice.topics import GUIDES, NEVER_SENT, TOPICS
from corsinspect.dashboard.look.content import blocks, bullets, cut, entry, hanging, lines, shown
from corsinspect.dashboard.look.shorten import fit
from corsinspect.dashboard.look.styles import BAD, GOOD, KEY, QUIET, STRONG, WARNING
from corsinspect.model import Call
from corsinspect.printable import printable

GROUPS = {
    "call": "The calls",
    "preflight asked": "What the preflight asked",
    "preflight answered": "How the preflight was answered",
    "request": "What the request sent",
    "answer": "How it was answered",
}
NAME = 18
"""Cells for the name of what is compared."""


class ReadingScreen(ModalScreen[None]):
    """A text as wide as there is room for, to be scrolled and left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static()

    def text(self, width: int) -> Content:
        """What is to be read, in `width` cells."""
        raise NotImplementedError

    def action_scroll(self, lines: int) -> None:
        """Moves the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        if width > 0:
            self.query_one(Static).update(self.text(max(20, width)))


class ReasonScreen(ReadingScreen):
    """The reason of one call: what the browser wanted, a wrong and a right example, and the browsers' own words."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self._call = call

    def text(self, width: int) -> Content:
        call = self._call
        slug = call.verdict.reason or ""
        said, topic = advice.explanation(call), TOPICS.get(slug)
        head = Content.assemble((said.headline, STRONG), (f"   {printable(slug)}", QUIET))
        entries = [*entry("what happened", f"{said.happened} {said.consequence}", width)]
        if topic is not None:
            entries += entry("required", topic.wanted, width)
        if said.change:
            entries += entry("what to do", said.change, width, STRONG)
        parts = [head, lines(entries)]
        if topic is not None and topic.wrong:
            parts.append(lines(_example("wrong", "✗", topic.wrong, BAD, width)))
            parts.append(lines(_example("right", "✓", topic.right, GOOD, width)))
        words = [
            piece for name, own in codes(slug).items() for piece in entry(f"{name} code", ", ".join(own), width, QUIET)
        ]
        for name, own in console_words(slug).items():
            words += entry(f"{name} says", f"… {own} …", width, QUIET)
        if topic is not None and topic.mdn:
            words += entry("on MDN", topic.mdn, width, QUIET)
        return blocks([*parts, lines(words)])


class NotSeenScreen(ReadingScreen):
    """What a proxy can't see: what the browser said of it, and the way to check each."""

    MOST = 8
    """Calls that the browser never sent, of which it's said why."""

    def __init__(self, never_sent: Sequence[Call] = ()) -> None:
        super().__init__()
        self._never_sent = never_sent

    def text(self, width: int) -> Content:
        opening = (
            "A proxy sees only what is sent through it. A call that isn't in the list was never sent, "
            "or took another route:"
        )
        parts = [
            Content.styled("My call isn't here", STRONG),
            *self._told(width),
            lines(hanging(Content(""), Content(opening), width, 0)),
            *(
                lines(
                    [
                        Content.styled(f"{slug.replace('-', ' ')}: {title}", KEY),
                        *entry("how to check", check, width),
                        *entry("what to do", explain_reason(slug, Known()).change, width),
                    ]
                )
                for slug, (title, check) in NEVER_SENT.items()
            ),
        ]
        for guide in GUIDES.values():
            if guide.unseen:
                change = entry("what to do", guide.change, width) if guide.change else ()
                parts.append(
                    lines(
                        [
                            Content.styled(guide.title, KEY),
                            *entry("what happens", guide.happened, width),
                            *entry("how to check", guide.check, width),
                            *change,
                        ]
                    )
                )
        return blocks(parts)

    def _told(self, width: int) -> Iterable[Content]:
        """What the browser said, instead of what it might be."""
        for call in self._never_sent:
            said = advice.explanation(call)
            by = advice.called_by(call)
            head = " ".join(filter(None, (cut(call.method or "", 40), cut(call.url, 300), by)))
            told = [Content.styled(printable(head), KEY), *entry("what happened", said.happened, width)]
            yield lines([*told, *(entry("what to do", said.change, width) if said.change else ())])
        if self._never_sent:
            yield Content.styled("Not among these? Otherwise:", STRONG)


class ContrastScreen(ReadingScreen):
    """Two calls, header by header: what differs first."""

    def __init__(self, one: Call, other: Call) -> None:
        super().__init__()
        self._one, self._other = one, other

    def text(self, width: int) -> Content:
        aspects = contrast(self._one, self._other)
        parts = [
            Content.styled("Why did one call pass and the other fail?", STRONG)
            if {self._one.verdict.outcome, self._other.verdict.outcome} >= {"blocked", "allowed"}
            else Content.styled("Two calls compared", STRONG),
            lines(_sides(self._one, self._other, width)),
            lines(hanging(Content.styled("→ ", KEY), _told(self._one, self._other, aspects), width, 2)),
        ]
        for group, title in GROUPS.items():
            differing = [aspect for aspect in aspects if aspect.group == group and aspect.differs]
            equal = [aspect for aspect in aspects if aspect.group == group and not aspect.differs]
            if not differing and not any(aspect.decides for aspect in equal):
                continue
            differing.sort(key=lambda aspect: not aspect.decides)
            drawn = [Content.styled(title, STRONG)]
            drawn += [piece for aspect in differing for piece in _difference(aspect, width)]
            same = ", ".join(aspect.name[:60] for aspect in equal if aspect.decides)
            drawn += bullets([f"the same: {same}"], width, QUIET) if same else []
            parts.append(lines(drawn))
        return blocks(parts)


def _told(one: Call, other: Call, aspects: list[Aspect]) -> Content:
    return Content.styled(printable(conclusion(one, other, aspects)), WARNING)


def _sides(one: Call, other: Call, width: int) -> Iterable[Content]:
    for number, call in (("first", one), ("second", other)):
        yield from entry(number, f"{cut(call.method or 'CONNECT', 40)} {cut(call.url, 300)}", width, indent=8)


def _difference(aspect: Aspect, width: int) -> Iterable[Content]:
    """The two values beside each other, or below each other where they don't fit."""
    style = WARNING if aspect.decides else ""
    name = fit(printable(aspect.name), NAME) if len(aspect.name) <= NAME else printable(aspect.name[:60])
    column = (width - NAME - 5) // 2
    values = ["(missing)" if value is None else shown(value) or "(empty)" for value in (aspect.one, aspect.other)]
    if len(aspect.name) <= NAME and all(len(value) <= column for value in values):
        yield Content.assemble(("≠ ", style), (name, STRONG), f" {fit(values[0], column)} ", (values[1], style))
        return
    yield Content.assemble(("≠ ", style), (name.rstrip(), STRONG))
    for number, value in zip(("first", "second"), values, strict=True):
        yield from entry(f"  {number}", value, width, style if number == "second" else "", indent=10)


def _example(label: str, sign: str, example: tuple[str, ...], style: str, width: int) -> Iterable[Content]:
    for number, line in enumerate(example):
        head = Content.assemble((f"{'' if number else label:<12}", QUIET), (sign + " ", style))
        yield from hanging(head, Content(line), width, 14)
