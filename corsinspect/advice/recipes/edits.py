"""A recipe as a change to what is there: a list of edits as data, for screens, copies, prompts and machines alike."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from .loader import Existing, Recipe
from .present import Miss, Present
from .render import Rendered

Action = Literal["add", "replace", "move", "remove"]
There = Literal["no", "maybe", "likely"]


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
    there: There = "no"
    """Whether the file has `after` already: unless "no", each line of it is to be added only where it isn't there."""


_ORDER: dict[Miss, str] = {
    "login": "The login answers preflights before your CORS code runs: move it above your authentication.",
    "request": "Your CORS code answers preflights but not every request: move it above your routes.",
    "error": "Your CORS code doesn't run for errors: move it outside of what answers them.",
}
"""What is wrong with the place of the code that is there, by what its answers lack."""


_HEAD: dict[There, str] = {
    "no": "Add this.",
    "maybe": "Add these lines, those alone that aren't there yet.",
    "likely": "This is most likely there already: add it only if it isn't.",
}


def edits(recipe: Recipe, rendered: Rendered, present: Present, proxy: Recipe | None = None) -> tuple[Edit, ...]:
    """What to do in a server's code or configuration so that it is as the recipe says, whatever is there now.

    `proxy`: the recipe of a proxy in front of the app that the recipe is for.
    """
    return tuple(_edits(recipe, rendered, present, proxy))


def diff(edit: Edit) -> list[tuple[str, str]]:
    """Its lines, each with `-`, `+`, or a blank for what is there and stays."""
    before, after = edit.before.splitlines(), edit.after.splitlines()
    lines = [("-", line) for line in before]
    depth = len(edit.inside)
    lines += [(" ", "  " * level + opening) for level, opening in enumerate(edit.inside)]
    sign = " " if edit.there == "likely" else "+"
    lines += [(sign, "  " * depth + line if line else "") for line in after]
    return [*lines, *((" ", "  " * level + "},") for level in reversed(range(depth)))]


def code_only(changes: Sequence[Edit]) -> str:
    """What is to be pasted, and nothing else: no import that is most likely there."""
    return "\n\n".join(edit.after for edit in changes if edit.after and edit.there != "likely")


def in_words(edit: Edit) -> str:
    """What to do and where, a line for each."""
    places = [f"File: {edit.file}", *([f"Where: {edit.where}"] if edit.where else [])]
    return "\n".join([edit.what, *places])


def _edits(recipe: Recipe, rendered: Rendered, present: Present, proxy: Recipe | None) -> Iterator[Edit]:
    existing = recipe.existing if present.runs else None
    changes = present.runs and recipe.kind != "alternative"
    known = existing is not None and _by_package(existing, present)
    if changes:
        yield from _removals(recipe, known, present, proxy)
    if rendered.head:
        imports = not recipe.head_where
        there: There = "no" if not (imports and changes) else "likely" if known else "maybe"
        yield Edit(
            do="add",
            # CORS code that never runs isn't seen, and brings its imports all the same
            what=_HEAD["maybe" if imports and there == "no" else there],
            file=rendered.file,
            where=recipe.head_where or "At the top of the file",
            before="",
            after=rendered.head,
            there=there,
        )
    moved: Miss | None = next((miss for miss in _ORDER if miss in present.misses), None) if changes else None
    yield Edit(
        do="move" if moved else "replace" if changes or rendered.replaces else "add",
        what=" ".join(_sentences(existing, known, present, moved) if changes else _add(recipe, rendered)),
        file=rendered.file,
        where=rendered.where,
        before=rendered.replaces or (existing.code.strip("\n") if existing is not None and changes else ""),
        after=rendered.body,
        inside=rendered.inside,
    )


def _add(recipe: Recipe, rendered: Rendered) -> Iterator[str]:
    yield "Replace this and keep its other lines." if rendered.replaces else "Add this."
    if rendered.inside:
        names = [f"`{opening.rstrip(' {[:=(')}`" for opening in rendered.inside]
        yield f"If your file has {' or '.join(names)} already, put the new lines into it and keep the others."
    if recipe.kind == "app" and recipe.existing is not None:
        yield "If there is CORS code already that sends nothing, this takes its place."


def _removals(recipe: Recipe, known: bool, present: Present, proxy: Recipe | None) -> Iterator[Edit]:
    """Of header lines that the recipe's code would come beside, or has come beside."""
    by_hand = recipe.existing.by_hand.strip("\n") if recipe.existing is not None else ""
    what, file, before = "", recipe.file, by_hand
    if present.twice and proxy is not None and proxy.existing is not None:
        what = (
            f"Two places add Access-Control-Allow-Origin, {proxy.title} and the app, and browsers refuse two values. "
        )
        what += f"Remove the headers from {proxy.title} and leave them to the app."
        file, before = proxy.file, proxy.existing.code.strip("\n")
    elif present.twice and recipe.kind == "app" and recipe.existing is not None:
        what = "Two places in the app add Access-Control-Allow-Origin, and browsers refuse two values. Remove "
        what += "your own header lines and leave them to the package." if by_hand else "both: the new code is enough."
        before = by_hand or recipe.existing.code.strip("\n")
    elif by_hand and not known:
        what = "Remove your own lines that set Access-Control-Allow-… headers, where there are any."
    if what:
        yield Edit(do="remove", what=what, file=file, where="", before=before, after="")
    if recipe.existing is not None and recipe.existing.in_route and {"routing", "request"} & {*present.misses}:
        what = (
            "Take it out of single routes, which stay as they are: one place answers for all of them, OPTIONS included."
        )
        yield Edit(do="remove", what=what, file=recipe.file, where="", before=recipe.existing.in_route, after="")


def _by_package(existing: Existing, present: Present) -> bool:
    """Whether the answers show that the package made the headers, so that it is there."""
    lists = present.method_lists
    return bool(existing.methods and lists) and all(re.fullmatch(existing.methods, text) for text in lists)


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
        yield "Replace what sets the Access-Control-Allow-… headers now by this."
    elif known or not existing.by_hand:
        yield "Replace the CORS code that is there by this."
    else:
        yield "Replace the CORS code that is there by this; where there is none but your own lines, add it."
    if present.origins:
        yield "Every origin that was seen to be allowed is kept."
