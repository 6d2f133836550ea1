"""Apps as templates: one file a framework, of which each variant takes its parts.

Parts stand between a comment `broken VARIANT, …:` or `only VARIANT, …:` and a comment `end`. `broken`: the CORS code of
that variant's app, which goes where an edit of the recipe says that it does; in the variant `none`, what the recipe
stands for in any case. `only`: in that variant's app before and
after. The comment `recipe` is where the recipe says that its code belongs, `recipe head` where its head does (the
file's top, where there is no such comment).
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from corsinspect.advice.recipes import Edit

APPS = Path(__file__).with_name("apps")

_BEGIN = re.compile(r"\s*(?:#|//) (broken|only) ([a-z, ]+):$")
_END = re.compile(r"\s*(?:#|//) end$")
_RECIPE = re.compile(r"\s*(?:#|//) recipe ?([a-z]*)$")


def app(template: str, variant: str, edits: Sequence[Edit], values: Mapping[str, object]) -> str:
    """The text of an app: as it is where there are no edits, else after them. `values` replace `@NAME@`."""
    main = next((edit for edit in edits if edit.after and edit.there == "no" and not _is_head(edit, edits)), None)
    gone = any(edit.do != "add" for edit in edits)
    in_place = (
        main is not None and main.do == "replace" and any(matches(main, part) for part in _parts(template, variant))
    )
    lines: list[str] = []
    shown: list[bool] = []
    part: list[str] | None = None
    placed = False
    depth = 0
    for line in template.splitlines():
        if begin := _BEGIN.match(line):
            names = begin[2].split(", ")
            wanted = variant in names
            goes = gone or (bool(edits) and "none" in names)
            if begin[1] == "broken" and wanted and all(shown) and goes and part is None:
                part, depth = [], len(shown)
            shown.append(wanted)
        elif _END.match(line):
            shown.pop()
            if part is not None and len(shown) == depth:
                if main is not None and in_place and not placed and matches(main, "\n".join(part)):
                    lines += _pasted(main, part[0] if part else "")
                    placed = True
                part = None
        elif place := _RECIPE.match(line):
            if place[1] == "head":
                lines += _heads(edits, app(template, variant, (), {}), line) if edits else []
            elif main is not None and not in_place:
                lines += _pasted(main, line)
        elif all(shown):
            (lines if part is None else part).append(line)
    if not re.search(r"^\s*(#|//) recipe head$", template, re.M):
        lines = [*_heads(edits, "\n".join(lines), ""), *lines]
    text = _within(main, "\n".join(lines) + "\n")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def matches(edit: Edit, text: str) -> bool:
    """Whether any line of `before` is there, whatever the blanks, … standing for anything."""
    bare = "".join(text.split())
    lines = ["".join(line.partition(" //")[0].split()) for line in edit.before.splitlines()]
    return any(re.search(re.escape(line).replace("…", ".*?"), bare) for line in lines if line)


def _parts(template: str, variant: str) -> list[str]:
    """The parts of a broken app."""
    parts = re.findall(r"(?ms)^\s*(?:#|//) broken ([a-z, ]+):\n(.*?)^\s*(?:#|//) end$", template)
    return [part for names, part in parts if variant in names.split(", ")]


def _is_head(edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether it is the first of two that add something."""
    adding = [each for each in edits if each.after]
    return len(adding) > 1 and edit is adding[0]


def _heads(edits: Sequence[Edit], there: str, place: str) -> list[str]:
    lines = {line.split(" //")[0].split("  #")[0].strip() for line in there.splitlines()}
    return [
        line
        for edit in edits
        if edit.after and _is_head(edit, edits)
        for line in _pasted(edit, place)
        if edit.there == "no" or line.split(" //")[0].split("  #")[0].strip() not in lines
    ]


def _pasted(edit: Edit, like: str) -> list[str]:
    """Its code, set in like a line."""
    if edit.inside:
        return []
    indent = like[: len(like) - len(like.lstrip())]
    return [indent + each if each else "" for each in edit.after.splitlines()]


def _within(edit: Edit | None, text: str) -> str:
    """The text with the code in the blocks that it belongs into; `recipe` marks where a missing first one is made."""
    if edit is None or not edit.inside:
        return text
    at, missing = 0, list(edit.inside)
    while missing and (start := text.find(missing[0], at)) >= 0:
        at = start + len(missing.pop(0))
    if at == 0:
        at = text.index("defineConfig({") + len("defineConfig({")
    code = "\n".join([*missing, edit.after, *("}," for _ in missing)])
    return f"{text[:at]}\n{code}\n{text[at:]}"
