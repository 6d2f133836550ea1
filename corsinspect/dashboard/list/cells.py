"""A row as cells: pure functions from a CallRow and a width to (component class, text) parts, all of them printable."""

from typing import NamedTuple

from rich.cells import cell_len

from corsinspect.dashboard.look.shorten import fit, fit_url, short_origin, short_url
from corsinspect.dashboard.look.symbols import OUTCOMES
from corsinspect.dashboard.look.times import clock, duration
from corsinspect.dashboard.state.arrangement import Arrangement, Heading, Sort
from corsinspect.listing.rows import CallRow
from corsinspect.printable import printable

Cells = list[tuple[str, str]]
"""(component class or "", text), left to right."""

INLINE_REASON = 104
"""From this list width on the reason has a column of its own and every row is one line."""


class Columns(NamedTuple):
    """How many cells each column has; 0 leaves it out. Each but the sign has its gap of one cell beside it."""

    sign: int = 3
    mark: int = 0
    word: int = 0
    method: int = 7
    url: int = 10
    page: int = 0
    preflight: int = 0
    status: int = 0
    reason: int = 0
    took: int = 0
    clock: int = 0


def columns(width: int, widest_page: int, *, widest_word: int = 8, marks: bool = False) -> Columns:
    """The columns for a list of this width; `widest_page` is what the longest page origin seen takes, `widest_word` the
    longest outcome's, `marks`: whether there are any."""
    page = max(4, min(widest_page, 20 if width >= 76 else 14))
    fixed = Columns(
        mark=1 if marks else 0,
        word=widest_word if width >= 68 else 0,
        method=7 if width >= 40 else 4,
        page=page if width >= 44 else 0,
        preflight=5 if width >= 50 else 0,
        status=3 if width >= 46 else 0,
        reason=min(max(44, width // 4), width // 3) if width >= INLINE_REASON else 0,
        took=7 if width >= 62 else 0,
        clock=8 if width >= 84 else 0,
    )
    used = fixed.sign + sum(column + 1 for column in fixed[1:] if column) - 1
    return fixed._replace(url=max(0, width - used + fixed.url))


def headings(columns: Columns, sort: Sort = "time") -> str:
    """The line above the list; the column that the rows are sorted by is marked, but for time, as they come."""
    return " " * columns.sign + " ".join(fit(name, width) for width, name, _ in _named(columns, sort))


def sort_at(columns: Columns, x: int) -> Sort | None:
    """What a click on this cell of the headings sorts by; None where that column sorts nothing."""
    start = columns.sign
    for width, _, sort in _named(columns, "time"):
        if start <= x < start + width:
            return sort
        start += width + 1
    return None


def _named(columns: Columns, sort: Sort) -> list[tuple[int, str, Sort | None]]:
    """Width and name of each column that is shown but the sign's, and what it sorts by."""
    named: list[tuple[int, str, str, Sort | None]] = [
        (columns.mark, "", "", None),
        (columns.word, "outcome", "outcome▾", "outcome"),
        (columns.method, "method", "method▾", "method"),
        (columns.url, "url", "url ▾", "host"),
        (columns.page, "page", "page▾", "page"),
        (columns.preflight, "steps", "", None),
        (columns.status, "st", "st▾", "status"),
        (columns.reason, "reason", "", None),
        (columns.took, "   took", " took ▾", "duration"),
        (columns.clock, "at", "", "time"),
    ]
    return [(width, marked if by == sort and marked else name, by) for width, name, marked, by in named if width]


def arranged(arrangement: Arrangement) -> str:
    """How the rows stand, where that isn't as they come."""
    parts = [
        f"by {arrangement.sort}" if arrangement.sort != "time" else "",
        f"grouped by {arrangement.group}" if arrangement.group else "",
        "repeats folded" if arrangement.fold else "",
    ]
    return ", ".join(part for part in parts if part)


def group_heading(heading: Heading, width: int) -> Cells:
    """The line above a group's rows."""
    calls = f"  {heading.calls} call{'' if heading.calls == 1 else 's'}"
    problems = f"  {OUTCOMES['blocked'].sign} {heading.problems}" if heading.problems else ""
    name = "▾ " + printable(heading.name)
    name = fit(name, min(cell_len(name), max(8, width - len(calls) - len(problems) - 1)))
    return [("list--heading", name), ("list--muted", calls), ("list--blocked", problems)]


def first_line(row: CallRow, columns: Columns, mark: str = "", repeats: int = 1) -> Cells:
    """Outcome, the person's mark, method, URL, page, steps, and what else there is room for.

    `repeats`: the calls that the row stands for.
    """
    sign = OUTCOMES[row.outcome]
    outcome = f"list--{row.outcome}"
    quiet = "list--muted"
    plain = quiet if row.outcome == "not-cors" or row.background else ""
    doubt = "?" if row.certainty == "depends" else " "
    cells: Cells = [(outcome, sign.sign + doubt + " ")]
    if columns.mark:
        cells.append(("list--mark", fit(mark, columns.mark) + " "))
    if columns.word:
        cells.append((outcome, fit(sign.word, columns.word) + " "))
    cells.append((plain, fit(printable(row.method), columns.method) + " "))
    times = f" ×{repeats}" if repeats > 1 and columns.url > 12 else ""
    cells.append((plain, fit_url(short_url(row.url), columns.url - len(times))))
    if times:
        cells.append((outcome, times))
    if columns.page:
        cells.append((quiet, " " + fit(short_origin(row.page), columns.page)))
    if columns.preflight:
        before, after = steps(row)
        cells.append((_STEPS.get(before, quiet), " " + before))
        cells.append((quiet, " → " if before and after else "   "))
        cells.append((_STEPS.get(after, quiet), fit(after, columns.preflight - len(before) - 3)))
    if columns.status:
        cells.append((quiet, " " + fit("" if row.status is None else str(row.status), columns.status)))
    if columns.reason:
        cells.append((_reason_class(row), " " + fit(printable(row.reason), columns.reason)))
    if columns.took:
        cells.append((quiet, " " + duration(row.took).rjust(columns.took)))
    if columns.clock:
        cells.append((quiet, " " + clock(row.started)))
    return cells


def steps(row: CallRow) -> tuple[str, str]:
    """A sign each for the preflight and for the request itself; both empty where CORS has no say.

    ✓ passed, ✗ failed, ↯ no answer, ◌ under way, ? unknown, c from the browser's cache, – not needed, · never sent.
    """
    if row.outcome == "not-cors" or not row.preflight:
        return "", ""
    before = "c" if row.preflight == "cache" else row.preflight
    if before == "◌":
        return before, ""
    if before == "✗" or row.slug == "no-actual-seen":
        return before, "·"
    return before, OUTCOMES[row.outcome].sign


def second_line(row: CallRow, columns: Columns, width: int) -> Cells:
    """The reason, under its row."""
    indent = columns.sign + (columns.mark + 1 if columns.mark else 0) + (columns.word + 1 if columns.word else 0)
    return [("", " " * indent), (_reason_class(row), fit("╰ " + printable(row.reason), max(0, width - indent)))]


def _reason_class(row: CallRow) -> str:
    return "list--reason" if row.outcome in ("blocked", "network-error") else "list--muted"


_STEPS = {"✗": "list--blocked", "✓": "list--allowed", "↯": "list--network-error"}
