"""Recipes as they lie in the data files beside this module: one TOML file each, its name the recipe's id."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

Kind = Literal["app", "proxy", "platform", "alternative"]
"""app: the API's own framework. proxy: what stands in front of it. platform: where it runs. alternative: a way to need
no CORS at all."""


class Environments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The variant with an allowlist for each environment (development, staging, production). Templates, both."""

    how: str
    code: str


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One framework's change. `code`, `file`, `install`, `where` and `traps` are templates (see render.py)."""

    title: str
    kind: Kind
    language: str
    """What the code is written in; it decides the quotes."""
    file: str
    code: str
    where: str
    """Where in that file it goes, the order of middleware above all."""
    restart: str
    traps: tuple[str, ...]
    id: str = ""
    frameworks: tuple[str, ...] = ()
    """The fingerprints' names that it's for, if other than its id."""
    install: str = ""
    measured: str = ""
    """The versions that it was seen to work with, in a real browser; "" where it wasn't tried."""
    environments: Environments | None = None


@cache
def recipes() -> dict[str, Recipe]:
    """All recipes by id, in order of their ids."""
    files = [file for file in resources.files("corsinspect.advice.recipes").iterdir() if file.name.endswith(".toml")]
    loaded = [_read(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in files]
    return {recipe.id: recipe for recipe in sorted(loaded, key=lambda recipe: recipe.id)}


def recipe(id: str) -> Recipe | None:
    """The recipe with this id, or None."""
    return recipes().get(id)


def _read(id: str, text: str) -> Recipe:
    read = msgspec.convert(tomllib.loads(text), Recipe)
    return msgspec.structs.replace(read, id=id, frameworks=read.frameworks or (id,))
