"""Loads the recipes from the data files next to this module: one TOML file each, named after the recipe's id."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

RecipeKind = Literal["app", "proxy", "platform", "alternative"]
"""app: the API's own framework. proxy: what is in front of it. platform: where it runs. alternative: a way to need no
CORS."""


class Environments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The variant with an allowlist per environment (development, staging, production). Both are templates."""

    how: str
    code: str


class Existing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How CORS code looks that an app has already, with … for what differs from app to app."""

    code: str
    """Of the package that the recipe uses, or of the configuration."""
    by_hand: str = ""
    """Without the package."""
    in_route: str = ""
    """Of the package, where it serves a single route."""
    methods: str = ""
    """A pattern of Access-Control-Allow-Methods as only the package writes it."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code for one framework. `code`, `head`, `replaces`, `file`, `install`, `where` and `traps` are templates (see
    render.py)."""

    title: str
    kind: RecipeKind
    language: str
    """The language of the code; it decides the quotes."""
    file: str
    code: str
    where: str
    """Where in the file it goes, above all the order of middleware."""
    head: str = ""
    """What goes elsewhere, such as imports; each line only where it isn't there yet."""
    head_where: str = ""
    """Where that is; "": they are imports."""
    replaces: str = ""
    """What is there in any case and what `code` replaces, with … for what differs; a template, too."""
    inside: tuple[str, ...] = ()
    """The beginnings of the blocks that `code` goes into, the outermost first; those that are missing are made."""
    existing: Existing | None = None
    everyone: bool = False
    """Whether the template can allow every origin."""
    mirrors: bool = False
    """Whether leaving the list of request headers out allows all that are asked for."""
    origins_only: bool = False
    """Whether origins are all that can be set: methods, headers and credentials are what the product grants."""
    address: str = ""
    """A pattern of the addresses (host, port and path) that show the product, where its answers don't."""
    only_methods: tuple[str, ...] = ()
    """The only methods that it may name, where there are others than HTTP's."""
    restart: str
    traps: tuple[str, ...]
    id: str = ""
    frameworks: tuple[str, ...] = ()
    """The names of the fingerprints that it is for, if different from its id."""
    install: str = ""
    measured: str = ""
    """The versions that it worked with in a real browser; "" if it wasn't tried."""
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
