"""The two lines on top: what came so far and where from, then what is hidden, filtered, or out of order."""

from pathlib import Path

from rich.cells import cell_len
from textual.content import Content

from corsinspect import advice
from corsinspect.dashboard.list.cells import arranged
from corsinspect.dashboard.look.styles import KEY, LOUD, QUIET
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.state.facts import Progress, SourceFacts
from corsinspect.model import Outcome
from corsinspect.printable import printable

HINT = Content.assemble(("F", KEY), (" findings   ", QUIET), ("a", KEY), (" call missing? ", QUIET))
"""Keys that answer questions which no other place leads to; the key line has no room for them on narrow terminals."""
ROOMY = 100
"""From this width on there is room for more words."""
STANDING = Content.styled(" looking through all calls …", "bold $text-accent")


def counts(book: Book, facts: SourceFacts, rate: float | None, width: int) -> Content:
    """The first line: the calls by outcome, and on the right as much of the rest as fits."""
    left = _assembled(_outcomes(book, width))
    dropped = f"{facts.dropped} dropped" if facts.address else None
    rest = [
        dropped,
        _where(facts),
        " + ".join(facts.browsers) or ("no browser yet" if facts.address and not facts.in_place_of else None),
        f"{rate:.0f} calls/s" if rate is not None and rate >= 0.5 else None,
        facts.session and printable(_tilde(facts.session)),
        facts.title,
    ]
    parts = [printable(part) for part in rest if part]
    while len(parts) > (dropped is not None) and left.cell_length + len(" · ".join(parts)) + 2 > width:
        parts.pop()
    if dropped is not None:  # kept the longest, but read the last
        parts.append(parts.pop(0))
    right = " · ".join(parts) + " "
    gap = max(1, width - left.cell_length - len(right))
    return Content.assemble(left, " " * gap, (right, QUIET))


def _where(facts: SourceFacts) -> str | None:
    if facts.address is None:
        return None
    return f"{facts.address} in place of {facts.in_place_of}" if facts.in_place_of else f"proxy {facts.address}"


def outcome_at(book: Book, width: int, x: int) -> Outcome | None:
    """The outcome whose number stands on this cell of the first line; None where none does."""
    start = 0
    for outcome, text, _ in _outcomes(book, width):
        start += cell_len(text)
        if x < start:
            return outcome
    return None


def _outcomes(book: Book, width: int) -> list[tuple[Outcome, str, str]]:
    """Each outcome with its text and style: with as many words as fit, at the least signs and numbers."""
    for words in (2, 1):
        shown = _with_words(book, words)
        if sum(cell_len(text) for _, text, _ in shown) <= width:
            return shown
    return _with_words(book, 0)


def _assembled(shown: list[tuple[Outcome, str, str]]) -> Content:
    parts = [(text, style) for _, text, style in shown]
    return Content.assemble(*parts) if parts else Content.styled(" corsinspect ", "bold")


def _with_words(book: Book, words: int) -> list[tuple[Outcome, str, str]]:
    """`words`: 2 says what open calls depend on, 1 that they do, 0 shows signs and numbers alone."""
    return [
        (
            outcome,
            f" {sign.sign}{'?' if part.depends else ''} {part.number} {_word(part, sign.word, words)}",
            sign.style,
        )
        for outcome, sign in OUTCOMES.items()
        if outcome != "not-cors"
        for part in advice.apart(book.outcomes, book.standing_open, outcome)
    ]


def _word(part: advice.Part, word: str, words: int) -> str:
    word = part.depends or word
    return f"{word if words > 1 else word.partition(' ')[0]} " if words else ""


def notice(
    book: Book,
    facts: SourceFacts,
    progress: Progress | None,
    width: int,
    *,
    tried: str = "",
    waiting: int | None = None,
    standing: bool = False,
) -> Content:
    """The second line: trouble, else for whom a fix is `tried`, else progress, else what is hidden.

    Before all that how many exchanges are `waiting` while the list is held still; None: it isn't. `standing`: other
    rows are wanted, and not there yet.
    """
    text = STANDING if standing and facts.died is None else _notice(book, facts, progress, width, tried)
    if waiting is None:
        return text
    wait = f" {waiting:,} exchange{'' if waiting == 1 else 's'} waiting (P: resume) " if facts.died is None else ""
    return Content.assemble((" PAUSED ", LOUD), (wait, "bold $text-warning"), text).truncate(width, ellipsis=True)


def _notice(book: Book, facts: SourceFacts, progress: Progress | None, width: int, tried: str) -> Content:
    if facts.died is not None:
        text = f" ✗ The proxy has stopped: {printable(facts.died)}. Press R to restart it on the same port."
        return Content.styled(text, "bold $text-error")
    if tried:
        text = Content.assemble((" SIMULATED ", LOUD), (f" fix for {printable(tried)} (t: off)", "bold $text-warning"))
        return text.truncate(max(1, width), ellipsis=True)
    if progress is not None:
        return _bar(progress)
    shown = book.shown
    parts: list[tuple[str, str]] = []
    if shown.query.text:
        rows = sum(not line & 1 for line in book.lines) if len(book.lines) < 200_000 else None
        text = "filtered" if rows is None else f"{rows} of {book.total + book.background} shown"
        parts.append((text, "bold $text-accent"))
        parts.append(("esc shows all", QUIET))
    if order := arranged(book.arrangement):
        parts.append((f"{order} (s v z)", "bold $text-accent"))
    same = book.outcomes["not-cors"]
    if same:
        calls = f" call{'' if same == 1 else 's'}" if width >= ROOMY else ""
        parts.append((f"{same} non-CORS{calls} {'shown' if shown.not_cors else 'hidden'} (n)", QUIET))
    if book.background:
        requests = _requests(book.background) if width >= ROOMY else f"{book.background} background"
        parts.append((f"{requests} {'shown' if shown.background else 'hidden'} (B)", QUIET))
    if facts.problems:
        parts.append((printable(facts.problems[0]), "$text-warning"))
    joined: list[str | tuple[str, str]] = [" "]
    for number, part in enumerate(parts):
        joined += ["   "] if number else []
        joined.append(part)
    line = Content.assemble(*joined).truncate(max(1, width), ellipsis=True)
    gap = width - line.cell_length - HINT.cell_length
    return Content.assemble(line, " " * gap, HINT) if book.rows and gap > 0 else line


def _requests(background: int) -> str:
    return f"{background} browser background request{'' if background == 1 else 's'}"


def _bar(progress: Progress) -> Content:
    if progress.total is None:
        return Content.styled(" reading the file …", QUIET)
    cells = 24 * progress.done // max(1, progress.total)
    bar = "█" * cells + "░" * (24 - cells)
    if progress.bytes:
        text = f"{progress.done / 1e6:,.1f} of {progress.total / 1e6:,.1f} MB {progress.what}"
    else:
        text = f"{progress.done:,} of {progress.total:,} {progress.what}"
    return Content.assemble((f" {bar} ", "$text-primary"), (text, QUIET))


def _tilde(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
