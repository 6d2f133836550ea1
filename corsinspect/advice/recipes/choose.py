"""Chooses the recipes for a server by its answers."""

import re
from collections.abc import Iterable

from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import Match, answered_by, maker_of, recognise, recognise_all
from corsinspect.model import Call, Exchange

from .loader import Recipe, recipes


def framework(call: Call) -> str | None:
    """The name of what made the answer where this Call stopped, judging by the Call's own answers; None for guesses.

    For an app behind a proxy it is the app, unless the proxy made the answer."""
    stopped = _stopped_at(call)
    if stopped is None:
        return None
    exchanges = call.exchanges
    if len(exchanges) == 1:  # most: then it's the same for all answers that look so
        return maker_of(stopped.response_headers, stopped.status, stopped.error_page)
    maker = answered_by(stopped.response_headers, stopped.status, stopped.error_page)
    if maker is not None:
        return maker.name
    server = origin_of(stopped.url)
    found = matches(each for each in exchanges if origin_of(each.url) == server)
    return next((match.name for match in found if _is_sure(match)), None)


def matches(exchanges: Iterable[Exchange]) -> list[Match]:
    """What can be recognised in these answers from one server, taken together."""
    return recognise_all(
        recognise(each.response_headers, each.status, each.error_page)
        for each in exchanges
        if each.status is not None and not each.by_proxy
    )


def suggestions(exchanges: Iterable[Exchange]) -> list[tuple[Recipe, Match]]:
    """The recipes for what is recognised in one server's answers: a product's that its addresses show, the app's, then
    its proxies', the surest first.

    Guesses are included as such, after all that is sure; matches without a recipe are not."""
    exchanges = list(exchanges)
    by_name = {name: recipe for recipe in recipes().values() for name in recipe.frameworks}
    found = [(by_name[match.name], match) for match in matches(exchanges) if match.name in by_name]
    found.sort(key=lambda one: not _is_sure(one[1]))
    # what a product is written in looks like any app of that framework
    found = [*_by_address(exchanges), *found]
    return list({recipe.id: (recipe, match) for recipe, match in reversed(found)}.values())[::-1]


def _by_address(exchanges: Iterable[Exchange]) -> list[tuple[Recipe, Match]]:
    called = [each.url.partition("://")[2] for each in exchanges if each.status is not None and not each.by_proxy]
    return [
        (recipe, Match(recipe.id, "likely", "server"))
        for recipe in recipes().values()
        if recipe.address and any(re.search(recipe.address, address) for address in called)
    ]


def _stopped_at(call: Call) -> Exchange | None:
    exchange = call.stopped_at
    return None if exchange is None or exchange.status is None or exchange.by_proxy else exchange


def _is_sure(match: Match) -> bool:
    return match.confidence != "guess"
