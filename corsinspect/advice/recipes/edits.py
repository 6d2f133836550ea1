"""A recipe as a change to what is there: a list of edits as data, for screens, copies, prompts and machines alike."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from .loader import Existing, Recipe
from .present import Miss, Present
from .render import Rendered

Action = Literal["add", "replace", "move", "remove"]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One edit of one place. The texts hold only our own words and well-formed values."""

    do: Action
    """`move`: `before` goes, and `after` comes at `where`; `replace`: `after` comes in the place of `before`."""
    what: str
    """The edit in a sentence."""
    file: str
    where: str
    """Where `after` belongs."""
    before: str
    """How the code that is there looks, with … for what differs from app to app; "" where there is none yet."""
    after: str
    inside: tuple[str, ...] = ()
    """The beginnings of the blocks that `after` goes into, the outermost first; those that are missing are made."""
    unless_there: bool = False
    """Whether each line of `after` is to be left out where the file has it already."""


_ORDER: dict[Miss, str] = {
    "login": "The login answers preflights before your CORS code runs: move it above your authentication.",
    "request": "Your CORS code answers preflights but not every request: move it above your routes.",
    "error": "Your CORS code doesn't run for errors: move it outside of what answers them.",
}
"""What is wrong with the place of the code that is there, by what its answers lack."""


def edits(recipe: Recipe, rendered: Rendered, present: Present, proxy: Recipe | None = None) -> tuple[Edit, ...]:
    """What to do in a server's code or configuration so that it is as the recipe says, whatever is there now.

    `proxy`: the recipe of a proxy in front of the app that the recipe is for.
    """
    return tuple(_edits(recipe, rendered, present, proxy))


def diff(edit: Edit) -> list[tuple[str, str]]:
    """Its lines, each with `-`, `+`, or a blank for what is there around it."""
    before, after = edit.before.splitlines(), edit.after.splitlines()
    lines = [("-", line) for line in before]
    depth = len(edit.inside)
    lines += [(" ", "  " * level + opening) for level, opening in enumerate(edit.inside)]
    lines += [("+", "  " * depth + line if line else "") for line in after]
    return [*lines, *((" ", "  " * level + "},") for level in reversed(range(depth)))]


def code_only(changes: Sequence[Edit]) -> str:
    """What is to be pasted, and nothing else."""
    return "\n\n".join(edit.after for edit in changes if edit.after)


def in_words(edit: Edit) -> str:
    """What to do and where, on one line."""
    return f"{edit.what} {edit.file}: {edit.where}" if edit.after else edit.what


def _edits(recipe: Recipe, rendered: Rendered, present: Present, proxy: Recipe | None) -> Iterator[Edit]:
    existing = recipe.existing if present.runs else None
    changes = present.runs and recipe.kind != "alternative"
    if changes and present.twice:
        yield from _one_of_two(recipe, rendered, proxy)
    known = existing is not None and _by_package(existing, present)
    if rendered.head and not (known and rendered.head.count("\n") == 0):
        yield Edit(
            do="add",
            what="Add these lines, those alone that aren't there yet." if changes else "Add this.",
            file=rendered.file,
            where=rendered.head_where,
            before="",
            after=rendered.head,
            unless_there=changes,
        )
    moved = next((miss for miss in _ORDER if miss in present.misses), None) if changes else None
    yield Edit(
        do="move" if moved else "replace" if changes else "add",
        what=" ".join(_sentences(existing, known, present, moved) if changes else _add(rendered)),
        file=rendered.file,
        where=rendered.where,
        before=_before(existing, known, present) if existing is not None and changes else "",
        after=rendered.body,
        inside=rendered.inside,
    )


def _add(rendered: Rendered) -> Iterator[str]:
    yield "Add this."
    if rendered.inside:
        names = [f"`{opening.rstrip(' {[:=(')}`" for opening in rendered.inside]
        yield f"If your file has {' or '.join(names)} already, put the new lines into it and keep the others."


def _one_of_two(recipe: Recipe, rendered: Rendered, proxy: Recipe | None) -> Iterator[Edit]:
    if proxy is not None and proxy.existing is not None:
        yield Edit(
            do="remove",
            what=f"Two places add Access-Control-Allow-Origin, {proxy.title} and the app, and browsers refuse two "
            f"values. Remove the headers from {proxy.title} and leave them to the app.",
            file=proxy.file,
            where="",
            before=proxy.existing.code.strip("\n"),
            after="",
        )
    elif recipe.kind == "app" and recipe.existing is not None:
        yield Edit(
            do="remove",
            what="Two places in the app add Access-Control-Allow-Origin, and browsers refuse two values. Remove both; "
            "the code below takes their place.",
            file=rendered.file,
            where="",
            before=recipe.existing.by_hand or recipe.existing.code.strip("\n"),
            after="",
        )


def _by_package(existing: Existing, present: Present) -> bool:
    """Whether the answers show that the package made the headers, so that it is there."""
    lists = [text for text in present.method_lists if text]
    return bool(existing.methods and lists) and all(re.fullmatch(existing.methods, text) for text in lists)


def _before(existing: Existing, known: bool, present: Present) -> str:
    code = existing.code.strip("\n")
    if known or not existing.by_hand or present.twice:
        return code
    return f"{code}\n{existing.by_hand}"


def _sentences(existing: Existing | None, known: bool, present: Present, moved: Miss | None) -> Iterator[str]:
    if moved is not None:
        yield _ORDER[moved]
    if "routing" in present.misses:
        yield "It doesn't answer OPTIONS everywhere: it must stand before the routes, not within them."
    if present.slashed:
        origin = present.slashed[0]
        yield f"“{origin}/” ends with a slash, which no origin does: write “{origin}”."
    if present.joined:
        yield "One value names several origins, which browsers refuse: each must be an entry of its own."
    if existing is None:
        yield "Replace what sets the Access-Control-Allow-… headers now."
    elif known or not existing.by_hand:
        yield "Replace the CORS code that is there by this."
    else:
        yield "Replace the CORS code that is there by this, whether it is the package's or your own header lines."
    if present.origins:
        yield "Every origin that was seen to be allowed is kept."
