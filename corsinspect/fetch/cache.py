"""The preflight cache: what an answer allows later, and for how long. Fetch standard, "CORS-preflight cache"."""

import re
from collections.abc import Collection
from typing import NamedTuple

from .check import Asked
from .engines import Engine
from .headers import CorsHeaders, token_list

DEFAULT_AGE = 5
"""Seconds that a grant without Access-Control-Max-Age holds, in the standard and in every engine."""

_SECONDS = re.compile(r"[-+]?[0-9]+")
_STORED_WITH = frozenset({"allow-methods", "allow-headers"})
"""The checks that a preflight may fail and yet be remembered, where an engine remembers refusals."""


def max_age(value: str | None, engine: Engine) -> int:
    """Seconds for which the engine keeps a grant with this Access-Control-Max-Age; 0: not at all."""
    if value is None:
        return DEFAULT_AGE
    if not value:
        return engine.max_age_empty
    if not _SECONDS.fullmatch(value) or (value[0] == "+" and not engine.max_age_plus):
        return engine.max_age_invalid
    if value[0] == "-":
        return 0
    digits = value.lstrip("+0")[:21]  # one more than the largest has: the network may send any number of them
    seconds = int(digits or "0")
    if engine.max_age_largest is not None and seconds > engine.max_age_largest:
        return engine.max_age_invalid
    return min(seconds, engine.max_age_cap)


def is_remembered(failures: Collection[str], engine: Engine) -> bool:
    """Whether the engine stores the answer to a preflight that fails these checks (of `engines.CHECKS`)."""
    return not failures or (engine.remembers_refusals and _STORED_WITH.issuperset(failures))


class Entry(NamedTuple):
    """One answer, for one URL. Times are in seconds, on the clock of the exchanges."""

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
    """What the engine remembers of an answer that it stores (see `is_remembered`); None where it doesn't."""
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
    wildcard = engine.cached_wildcard and not include and (engine.wildcard_serves_omit or not entry.include)
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
