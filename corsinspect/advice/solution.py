"""The whole solution for a call: the fix (header lines), and the recipe (code) for the framework of its server.

The fix tab, the copied text and the prompt are all made from it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from corsinspect.advice.evidence.login import upgraded
from corsinspect.advice.fix import Fix, beyond_headers, cautions, fix
from corsinspect.advice.recipes import (
    Edit,
    Recipe,
    Rendered,
    code_only,
    diff,
    edits,
    in_words,
    matches,
    needs_of,
    present_of,
    recipe,
    recipes,
    render,
    suggestions,
    with_present,
)
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import Match
from corsinspect.model import Call

CAUTIONS = {
    "null-origin": "Every sandboxed frame and local file has the origin “null”, so almost any page could read this.",
    "credentials-unknown": "If the page makes this call with cookies or HTTP authentication (credentials: 'include'; "
    "a token in a header that the page sets isn't meant), the server must also add “Access-Control-Allow-Credentials: "
    "true”.",
}


class FixLines(msgspec.Struct, frozen=True):
    """What one answer must send instead."""

    answer: str
    """Which one: "the answer to OPTIONS"."""
    status: int | None
    """None: keep its own."""
    lines: tuple[str, ...]
    """Header lines to send, each once."""
    remove: tuple[str, ...]


class Solution(msgspec.Struct, frozen=True):
    """The fix and the recipe for one call."""

    server: str
    fix: tuple[FixLines, ...]
    """Empty if nothing needs a fix, or headers can't fix it."""
    cautions: tuple[str, ...]
    rendered: Rendered | None
    """The recipe, filled with all that this session's calls need and all that the server allows now; None if none is
    known or useful."""
    recognised: Match | None
    """How the framework was recognised; None if the person chose it."""
    calls: int
    """How many calls the recipe was filled from."""
    edits: tuple[Edit, ...] = ()
    """The recipe as a change to what is there; empty where there is none."""
    around: bool = False
    """Whether the person chose a recipe that leaves this server as it is: no header has to change then."""


def server_of(call: Call) -> str:
    """The origin of the server whose answer decided the call: the one that must change."""
    exchange = call.stopped_at
    return origin_of(exchange.url if exchange is not None else call.url)


def solution(call: Call, others: Sequence[Call], chosen: str | None = None) -> Solution:
    """`others`: the session's calls to that server; `chosen`: the id of a recipe to use instead."""
    server = server_of(call)
    found = fix(call)
    found_change = recipe_change(server, others, chosen) if is_useful(call) else None
    rendered, edited, match = (None, (), None) if found_change is None else found_change
    around = rendered is not None and rendered.kind == "alternative"
    if around:
        found = None
    return Solution(
        server=server,
        fix=_fix_lines(call, found) if found is not None else (),
        cautions=tuple(CAUTIONS[slug] for slug in cautions(call, found)) if found is not None else (),
        rendered=rendered,
        recognised=match,
        calls=sum(other.kind in ("simple", "preflighted") for other in others),
        edits=edited,
        around=around,
    )


class RecipeChange(NamedTuple):
    """The recipe for a server."""

    rendered: Rendered
    edits: tuple[Edit, ...]
    recognised: Match | None
    """None if the person chose it."""


def is_useful(call: Call) -> bool:
    """Whether a recipe can help this call: it is blocked, and for something that CORS code changes."""
    if call.verdict.outcome != "blocked" or beyond_headers(call) or is_beside_cors(call):
        return False
    return upgraded(call) is None  # a redirect to https comes before any CORS code


def is_beside_cors(call: Call) -> bool:
    """Whether a header is missing that CORS code knows nothing of."""
    return call.verdict.reason == "private-network-header"


def recipe_change(server: str, calls: Sequence[Call], chosen: str | None = None) -> RecipeChange | None:
    """The recipe for what a server (an origin) is recognised as, or for the chosen one, from the calls to it."""
    picked, match = _recipe(server, calls, chosen)
    made = change(picked, server, calls) if picked is not None else None
    return RecipeChange(*made, match) if made is not None else None


def change(picked: Recipe, server: str, calls: Sequence[Call]) -> tuple[Rendered, tuple[Edit, ...]] | None:
    """A recipe for a server (an origin), filled from the calls to it, and as edits; None: nothing was asked of it."""
    needs = needs_of(calls).get(server)
    if needs is None:
        return None
    present = present_of(calls, server)
    rendered = render(picked, with_present(needs, present))
    return rendered, edits(picked, rendered, present, _proxy(picked, server, calls))


def text(solution: Solution) -> str:
    """The same as plain text, ready to paste: header lines first, then the code."""
    blocks = [around_words(solution)] if solution.around else list[str]()
    for each in solution.fix:
        status = [f"  status {each.status}"] if each.status is not None else []
        removed = [f"  remove {name}" for name in each.remove]
        blocks.append("\n".join([f"{each.answer}:", *status, *(f"  {line}" for line in each.lines), *removed]))
    blocks += [f"Note: {caution}" for caution in solution.cautions]
    if (rendered := solution.rendered) is not None:
        blocks.append(rendered.title)
        blocks += [f"Install, if it isn't there yet: {rendered.install}"] if rendered.install else []
        for number, edit in enumerate(solution.edits, 1):
            blocks.append(f"{number}. {in_words(edit)}")
            blocks.append("\n".join(f"{sign} {line}".rstrip() for sign, line in diff(edit)))
        blocks.append(f"Then: {rendered.restart}")
        blocks += [f"Note: {note}" for note in rendered.notes]
    return "\n\n".join(blocks)


def around_words(solution: Solution) -> str:
    """What the chosen recipe means for the server that it goes around."""
    return f"{solution.server.partition('://')[2]} stays as it is: the page no longer calls it."


def code(solution: Solution) -> str:
    """The code to paste, and nothing else; the header lines where no framework is known; "" where nothing helps."""
    if solution.edits:
        return code_only(solution.edits)
    return "\n".join(line for each in solution.fix for line in each.lines)


def _recipe(server: str, others: Sequence[Call], chosen: str | None) -> tuple[Recipe | None, Match | None]:
    if chosen is not None and (picked := recipe(chosen)) is not None:
        return picked, None
    exchanges = [each for other in others for each in other.exchanges if origin_of(each.url) == server]
    found = suggestions(exchanges)
    return found[0] if found else (None, None)


def _proxy(picked: Recipe, server: str, others: Sequence[Call]) -> Recipe | None:
    """The recipe of a proxy that is certainly in front of the app that a recipe is for."""
    if picked.kind != "app":
        return None
    found = matches(each for other in others for each in other.exchanges if origin_of(each.url) == server)
    certain = {match.name for match in found if match.layer == "proxy" and match.confidence == "certain"}
    return next((each for each in recipes().values() if each.kind == "proxy" and certain & {*each.frameworks}), None)


def _fix_lines(call: Call, found: Fix) -> tuple[FixLines, ...]:
    answers: list[FixLines] = []
    if (preflight := found.preflight) is not None:
        lines = _lines(preflight.set.items())
        which = "The answer to OPTIONS (the preflight)"
        answers.append(FixLines(which, preflight.status, lines, tuple(preflight.remove)))
    if (actual := found.actual) is not None:
        which = "The redirect" if call.verdict.stage == "redirect" else f"The answer to your {call.method or 'request'}"
        answers.append(FixLines(which, None, _lines(actual.set.items()), tuple(actual.remove)))
    return tuple(answers)


def _lines(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in pairs)
