"""Apps as templates: one file a framework, of which each variant takes its parts.

Parts stand between a comment `broken VARIANT, …:` or `only VARIANT, …:` and a comment `end`. `broken`: in that
variant's app until the recipe is in. `only`: in that variant's app before and after. The comment `recipe` (or `recipe
NAME`, where a recipe goes to several places) is where it is pasted.
"""

import re
from collections.abc import Mapping
from pathlib import Path

APPS = Path(__file__).with_name("apps")

_BEGIN = re.compile(r"\s*(?:#|//) (broken|only) ([a-z, ]+):$")
_END = re.compile(r"\s*(?:#|//) end$")
_RECIPE = re.compile(r"\s*(?:#|//) recipe ?([a-z]*)$")


def app(template: str, variant: str, pieces: Mapping[str, str] | None, values: Mapping[str, object]) -> str:
    """The text of an app: broken where `pieces` is None, else with these pieces of the recipe by the name of their
    place. `values` replace `@NAME@`."""
    lines: list[str] = []
    shown: list[bool] = []
    for line in template.splitlines():
        if begin := _BEGIN.match(line):
            wanted = variant in begin[2].split(", ")
            shown.append(wanted and (pieces is None or begin[1] == "only"))
        elif _END.match(line):
            shown.pop()
        elif place := _RECIPE.match(line):
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + each if each else "" for each in (pieces or {}).get(place[1], "").splitlines()]
        elif all(shown):
            lines.append(line)
    text = "\n".join(lines) + "\n"
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text
