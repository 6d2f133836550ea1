"""Several files as one: ids are unique only within a file, so its number goes before them."""

from collections.abc import Callable, Sequence

import msgspec

from corsinspect.model import Exchange
from corsinspect.said import Said


def of_file(exchange: Exchange, number: int) -> Exchange:
    """The exchange with its file's number."""
    return msgspec.structs.replace(exchange, id=f"{number}:{exchange.id}")


def said_of_file(said: Said, number: int) -> Said:
    """What a browser said with the number of the file beside which it stands."""
    preflight_of = None if said.preflight_of is None else f"{number}:{said.preflight_of}"
    return msgspec.structs.replace(said, id=f"{number}:{said.id}", preflight_of=preflight_of)


def saying_of_file(said: Callable[[], Sequence[Said]], number: int) -> Callable[[], Sequence[Said]]:
    """The same for what is read piece by piece: `said` gives the next Saids."""
    return lambda: [said_of_file(each, number) for each in said()]
