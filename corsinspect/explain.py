"""`explain`: a reason, a browser's code or a pasted console message, in plain English."""

import difflib
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from corsinspect.advice import OUTCOME_WORDS, REASONS, explanation
from corsinspect.advice.browsers import BROWSER_NAMES
from corsinspect.advice.causes import Cause, causes, usual_causes
from corsinspect.advice.console import LONGEST_TEXT, Decoded, decode_all, known, with_call
from corsinspect.advice.hypothetical import Known, brief, explain_reason
from corsinspect.advice.lookup import NOT_SEEN, about, codes, console_words, find, names, reasons_by_code, spelled_out
from corsinspect.advice.topics import GUIDES, TOPICS, Topic
from corsinspect.model import Call, Stage
from corsinspect.printable import printable
from corsinspect.terminal import wants_colour

KNOWN, UNKNOWN, UNREADABLE = 0, 1, 2

NARROWEST, WIDEST = 60, 100
"""Columns; wider lines are hard to read."""
LABEL = 20
"""Columns for a paragraph's label."""
LONGEST_NAME = 36
"""Columns for a name in a list."""

_STAGES: dict[Stage, str] = {
    "preflight": "at the preflight",
    "redirect": "at a redirect",
    "actual": "at the answer itself",
}


def explain(text: str | None, session: Path | None = None) -> int:
    """Prints what `text` means (None: the list of topics), returns the exit status; `session`: the captured calls."""
    page = _Page(wants_colour())
    if text is None or not text.strip():
        _topics(page)
        return KNOWN
    name = find(text) if len(text) < WIDEST else None
    if name is not None:
        _topic(page, name)
        return KNOWN
    text = spelled_out(text)
    calls = _calls(session) if session is not None else []
    if calls is None:
        return UNREADABLE
    messages = [with_call(message, text, calls) for message in decode_all(text)]
    if not messages:
        _tell(_unknown(text))
        return UNKNOWN
    for number, (message, call) in enumerate(messages):
        if number:
            page.rule()
        _message(page, message, call, session is not None)
        likely = causes(call, calls) if call is not None else []
        if likely:
            page.gap()
            page.line("Usual causes, by what the traffic shows", bold=True)
            _list_causes(page, likely)
    return KNOWN


def pasted() -> str | None:
    """The text on stdin; None at a terminal."""
    if sys.stdin is None or sys.stdin.isatty():
        return None
    return sys.stdin.buffer.read(4 * LONGEST_TEXT).decode("utf-8", "replace")


def _topics(page: "_Page") -> None:
    page.line("Reasons why a browser withholds an answer from the page", bold=True)
    page.entries([(slug, brief(slug, _example(slug))) for slug in REASONS])
    page.gap()
    page.line("What a proxy can't see, and what is mistaken for CORS", bold=True)
    page.entries([(NOT_SEEN, "why a call isn't in the list")])
    page.entries([(name, guide.title) for name, guide in GUIDES.items()])
    page.gap()
    page.line("corsinspect explain NAME says more. You can also paste a console message instead of a name.")


def _topic(page: "_Page", name: str) -> None:
    if name == NOT_SEEN:
        _not_seen(page)
    elif name in GUIDES:
        _guide(page, name)
    else:
        _reason(page, name, _example(name), TOPICS.get(name))
        _usual_causes(page, name)
        _words_of_browsers(page, name)


def _reason(page: "_Page", slug: str, known: Known, topic: Topic | None) -> None:
    """What happened, what the browser wanted and what to change, with an example where there is one."""
    said = explain_reason(slug, known)
    page.line(f"{slug}: {brief(slug, known)}", bold=True)
    page.gap()
    page.entry("What happened", f"{said.happened} {said.consequence}")
    if topic is not None:
        page.entry("The browser wanted", topic.wanted)
    if said.change:
        page.entry("To change", said.change)
    if topic is not None and topic.wrong:
        page.gap()
        for label, lines in (("Wrong", topic.wrong), ("Right", topic.right)):
            for number, line in enumerate(lines):
                page.entry("" if number else label, line)


def _usual_causes(page: "_Page", name: str) -> None:
    usual = usual_causes(name)
    if usual:
        page.gap()
        page.line("Usual causes", bold=True)
        page.columns(
            ("What you see", "What is wrong, and who must change what"),
            [(cause.seen, f"{cause.what} → {cause.change}") for cause in usual],
        )


def _list_causes(page: "_Page", usual: list[Cause]) -> None:
    for number, cause in enumerate(usual, 1):
        page.entry(f"{number:>2}", cause.what, left=4)
        page.entry("", cause.seen, left=4)
        page.entry("", f"→ {cause.change}", left=4)


def _words_of_browsers(page: "_Page", slug: str) -> None:
    page.gap()
    for browser, own in codes(slug).items():
        page.entry(f"{browser}'s code", ", ".join(own))
    for browser, words in console_words(slug).items():
        page.entry(f"{browser} says", f"… {words} …")
    topic = TOPICS.get(slug)
    if topic is not None and topic.mdn:
        page.entry("On MDN", topic.mdn)


def _guide(page: "_Page", name: str) -> None:
    guide = GUIDES[name]
    page.line(f"{name}: {guide.title}", bold=True)
    page.gap()
    page.entry("What happens", guide.happened)
    page.entry("To check", guide.check)
    if guide.change:
        page.entry("To change", guide.change)
    if guide.mdn:
        page.entry("On MDN", guide.mdn)
    _usual_causes(page, name)


def _not_seen(page: "_Page") -> None:
    page.line("not-seen: my call isn't in the list", bold=True)
    page.gap()
    page.line(
        "A proxy sees only what is sent through it. A call that isn't listed was not sent, or took another route:"
    )
    page.gap()
    page.line("mixed-content: an https page calls an http address", bold=True)
    page.entry("To check", "The console says “Mixed Content” or “Blocked loading mixed active content”.")
    page.entry("To change", explain_reason("mixed-content", Known()).change)
    for name, guide in GUIDES.items():
        if not guide.unseen:
            continue
        page.gap()
        page.line(f"{name}: {guide.title}", bold=True)
        page.entry("What happens", guide.happened)
        page.entry("To check", guide.check)
        if guide.change:
            page.entry("To change", guide.change)


def _message(page: "_Page", message: Decoded, call: Call | None, asked: bool) -> None:
    who = BROWSER_NAMES[message.browser] if message.browser else "Some browser"
    where = f", {_STAGES[message.stage]}" if message.stage else ""
    reason = message.candidates[0] if len(message.candidates) == 1 else "several causes are possible"
    times = f" ({message.count} times)" if message.count > 1 else ""
    page.line(f"{who}{where}: {reason}{times}", bold=True)
    page.gap()
    page.columns(
        ("What the message says", "What it means"),
        [(("✗ " if piece.ignore else "") + piece.says, piece.means) for piece in message.pieces],
    )
    page.gap()
    if call is not None:
        page.entry("Captured", f"{call.method or 'CONNECT'} {call.url}: {OUTCOME_WORDS[call.verdict.outcome]}")
    elif asked:
        page.entry("Captured", "no call in the session matches; only the message is explained")
    if len(message.candidates) == 1:
        _answer(page, message, call)
    else:
        _candidates(page, message)
    if message.code:
        page.entry("Its code", message.code)


def _answer(page: "_Page", message: Decoded, call: Call | None) -> None:
    slug = message.candidates[0]
    if slug in GUIDES:
        _guide(page, slug)
        return
    said = explain_reason(slug, known(message)) if call is None or call.verdict.reason != slug else explanation(call)
    page.entry("What happened", f"{said.happened} {said.consequence}")
    if slug in TOPICS:
        page.entry("The browser wanted", TOPICS[slug].wanted)
    if said.change:
        page.entry("To change", said.change)
    page.entry("More", f"corsinspect explain {slug}")


def _candidates(page: "_Page", message: Decoded) -> None:
    page.line("It can be:")
    page.entries(
        [(slug, GUIDES[slug].title if slug in GUIDES else brief(slug, known(message))) for slug in message.candidates]
    )
    page.gap()
    page.line("Only the traffic shows which one it is: repeat the click with corsinspect in between.")


def _calls(session: Path) -> list[Call] | None:
    from corsinspect.analysis import judge_all
    from corsinspect.session.errors import SessionError
    from corsinspect.session.reader import load

    try:
        return judge_all(load(session).exchanges)
    except SessionError as error:
        _tell(str(error))
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


def _example(slug: str) -> Known:
    return TOPICS[slug].example if slug in TOPICS else Known()


def _tell(line: str) -> None:
    print(f"corsinspect: {printable(line)}", file=sys.stderr)


class _Page:
    """Paragraphs and columns, as wide as the terminal; all text passes `printable`."""

    def __init__(self, colour: bool) -> None:
        self.width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
        self.colour = colour

    def line(self, text: str, *, bold: bool = False) -> None:
        for line in _wrapped(text, self.width):
            print(self._bold(line) if bold else line)

    def gap(self) -> None:
        print()

    def rule(self) -> None:
        print("\n" + "─" * self.width + "\n")

    def entry(self, label: str, text: str, left: int = LABEL) -> None:
        """A label and its text; `left`: the columns for the label."""
        for number, line in enumerate(_wrapped(text, self.width - left) or [""]):
            print(f"{'' if number else label:<{left}}{line}".rstrip())

    def entries(self, entries: list[tuple[str, str]]) -> None:
        """A list of names, each with a short description."""
        for label, text in entries:
            self.entry(f"  {label}", text, LONGEST_NAME)

    def columns(self, headings: tuple[str, str], rows: list[tuple[str, str]]) -> None:
        """Two columns under headings, with a rule above each row."""
        left = (self.width - 3) * 2 // 5
        right = self.width - 3 - left
        print(self._bold(f"{headings[0]:<{left}} │ {headings[1]}"))
        for row in rows:
            print("─" * left + "─┼─" + "─" * right)
            for says, means in _beside(_wrapped(row[0], left), _wrapped(row[1], right)):
                print(f"{says:<{left}} │ {means}".rstrip())

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`; a word that is longer than a line starts on a line of its own."""
    lines = textwrap.wrap(printable(" ".join(text.split())), width, break_on_hyphens=False, break_long_words=False)
    return [line[start : start + width] for line in lines for start in range(0, len(line), width)]


def _beside(left: list[str], right: list[str]) -> Iterator[tuple[str, str]]:
    for number in range(max(len(left), len(right))):
        yield (left[number : number + 1] or [""])[0], (right[number : number + 1] or [""])[0]
