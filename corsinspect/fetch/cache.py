"""The preflight cache: what a grant allows later, and for how long. Fetch standard, "CORS-preflight cache"."""

import re
from typing import NamedTuple

from .check import Asked
from .engines import Engine
from .headers import CorsHeaders, token_list

DEFAULT_AGE = 5
"""Seconds that a grant without Access-Control-Max-Age holds, in the standard and in every engine."""

_SECONDS = re.compile(r"-?[0-9]+")


def max_age(value: str | None, engine: Engine) -> int:
    """Seconds for which the engine keeps a grant with this Access-Control-Max-Age; 0: not at all."""
    if value is None:
        return DEFAULT_AGE
    if not value:
        return engine.max_age_empty
    if not _SECONDS.fullmatch(value):
        return engine.max_age_invalid
    if value[0] == "-":
        return 0
    digits = value.lstrip("0")[:12]  # more can't be: every cap is far below
    return min(int(digits or "0"), engine.max_age_cap)


class Entry(NamedTuple):
    """One grant, for one URL. Times are in seconds, on the clock of the exchanges."""

    origin: str
    include: bool | None
    """The credentials mode it was stored for; None: not known."""
    methods: frozenset[str]
    names: frozenset[str]
    stored: float
    expires: float
    exchange: str
    """The id of the preflight that it came from."""


def entry(
    asked: Asked, include: bool | None, fields: CorsHeaders, answered: float, exchange: str, engine: Engine
) -> Entry | None:
    """What the engine remembers of a granted preflight; None where it doesn't."""
    age = max_age(fields.max_age, engine)
    if age <= 0:
        return None
    methods = frozenset(token_list(fields.allow_methods) or ())
    names = frozenset(name.lower() for name in token_list(fields.allow_headers) or ())
    return Entry(asked.origin, include, methods, names, answered, answered + age, exchange)


def covers(entry: Entry, asked: Asked, include: bool | None, now: float, engine: Engine) -> bool:
    """Whether the engine would send this request at `now` without asking again. An unknown credentials mode (None), on
    either side, is given the benefit of the doubt."""
    if not entry.stored <= now < entry.expires or entry.origin != asked.origin:
        return False
    crosses = entry.include is not None and include is not None and entry.include != include
    if crosses and (include or not engine.include_serves_omit):
        return False
    wildcard = engine.cached_wildcard and not entry.include and not include
    if (
        asked.method not in entry.methods
        and asked.method not in engine.cached_methods
        and not (wildcard and "*" in entry.methods)
    ):
        return False
    missing = [name for name in asked.names if name not in entry.names]
    if not missing:
        return True
    if not (wildcard and "*" in entry.names):
        return False
    return engine.cached_wildcard_authorization or "authorization" not in missing
