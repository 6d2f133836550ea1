"""The whole solution for a call: the fix (header lines), and the recipe (code) for the framework of its server.

The fix tab, the copied text and the prompt are all made from it.
"""

from collections.abc import Iterable, Sequence

import msgspec

from corsinspect.advice.fix import Fix, cautions, fix
from corsinspect.advice.recipes import Recipe, Rendered, needs_of, recipe, render, suggestions
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import Match
from corsinspect.model import Call

CAUTIONS = {
    "null-origin": "Every sandboxed frame and local file has the origin “null”, so almost any page could read this.",
    "credentials-unknown": "If the page makes this call with cookies or a login (credentials: 'include'), the server "
    "must also add “Access-Control-Allow-Credentials: true”.",
}


class Part(msgspec.Struct, frozen=True):
    """What one answer must send instead."""

    answer: str
    """Which one: "the answer to OPTIONS"."""
    status: int | None
    """None: keep its own."""
    lines: tuple[str, ...]
    """Header lines to send, each once."""
    remove: tuple[str, ...]


class Remedy(msgspec.Struct, frozen=True):
    """The fix and the recipe for one call."""

    server: str
    parts: tuple[Part, ...]
    """Empty if nothing needs a fix, or headers can't fix it."""
    cautions: tuple[str, ...]
    rendered: Rendered | None
    """The recipe, filled with all that this session's calls need; None if none is known or useful."""
    recognised: Match | None
    """How the framework was recognised; None if the person chose it."""
    calls: int
    """How many calls the recipe was filled from."""


def server_of(call: Call) -> str:
    """The origin of the server whose answer decided the call: the one that must change."""
    exchange = call.stopped_at
    return origin_of(exchange.url if exchange is not None else call.url)


def remedy(call: Call, others: Sequence[Call], chosen: str | None = None) -> Remedy:
    """`others`: the session's calls to that server; `chosen`: the id of a recipe to use instead."""
    server = server_of(call)
    change = fix(call)
    picked, match = _recipe(server, others, chosen)
    rendered = None
    if picked is not None and (change is not None or call.verdict.outcome == "blocked"):
        needs = needs_of(others).get(server)
        rendered = render(picked, needs) if needs is not None else None
    return Remedy(
        server=server,
        parts=_parts(call, change) if change is not None else (),
        cautions=tuple(CAUTIONS[slug] for slug in cautions(call, change)) if change is not None else (),
        rendered=rendered,
        recognised=match,
        calls=sum(other.kind in ("simple", "preflighted") for other in others),
    )


def text(remedy: Remedy) -> str:
    """The same as plain text, ready to paste: header lines first, then the code."""
    blocks: list[str] = []
    for part in remedy.parts:
        status = [f"  status {part.status}"] if part.status is not None else []
        removed = [f"  remove {name}" for name in part.remove]
        blocks.append("\n".join([f"{part.answer}:", *status, *(f"  {line}" for line in part.lines), *removed]))
    blocks += [f"Note: {caution}" for caution in remedy.cautions]
    if (rendered := remedy.rendered) is not None:
        headings = [rendered.title, f"File: {rendered.file}", f"Where: {rendered.where}"]
        headings += [f"Install: {rendered.install}"] if rendered.install else []
        blocks += ["\n".join(headings), rendered.code.strip("\n"), f"Then: {rendered.restart}"]
        blocks += [f"Note: {note}" for note in rendered.notes]
    return "\n\n".join(blocks)


def _recipe(server: str, others: Sequence[Call], chosen: str | None) -> tuple[Recipe | None, Match | None]:
    if chosen is not None and (picked := recipe(chosen)) is not None:
        return picked, None
    exchanges = [each for other in others for each in other.exchanges if origin_of(each.url) == server]
    found = suggestions(exchanges)
    return found[0] if found else (None, None)


def _parts(call: Call, change: Fix) -> tuple[Part, ...]:
    method = call.method or "request"
    parts: list[Part] = []
    if change.preflight is not None:
        lines = _lines(change.preflight.set.items())
        parts.append(
            Part(
                "The answer to OPTIONS (the preflight)", change.preflight.status, lines, tuple(change.preflight.remove)
            )
        )
    if change.actual is not None:
        where = "The redirect" if call.verdict.stage == "redirect" else f"The answer to your {method}"
        parts.append(Part(where, None, _lines(change.actual.set.items()), tuple(change.actual.remove)))
    return tuple(parts)


def _lines(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in pairs)
