"""The corpus' plain calls of fetch(), as what a probe would be told and what was on the wire."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from corsinspect.fetch.safelist import is_forbidden
from corsinspect.model import Exchange, HeaderList
from corsinspect.probe import Ask, ask
from corsinspect.probe.ask import Engine
from corsinspect.session import load
from tests.corpus import NAMES, recording, truth

ENGINES: tuple[Engine, ...] = ("chromium", "firefox")

OPTIONS_OF_NO_PROBE = ("attrs", "cache", "redirect")
"""What a page can ask of fetch() and a probe can't be told."""

PAGES_WITH_A_SAY = ("modx-noref-", "modx-box-", "modx-uir-", "mod-csp-", "mod-coep-", "modx-coep-", "mod-swnew-")
"""Cases whose page has a Referrer-Policy, is in a sandbox, upgrades requests, forbids redirects by its
Content-Security-Policy, embeds only what says so, or has a service worker that adds a header."""


class Recorded(NamedTuple):
    row: dict[str, Any]
    wanted: Ask
    exchanges: tuple[Exchange, ...]


def recorded(engine: Engine) -> Iterator[Recorded]:
    """Each call that a probe can be told to make, with what the browser sent and got."""
    for name in NAMES:
        if not name.startswith(engine):
            continue
        exchanges = {exchange.id: exchange for exchange in load(recording(name)).exchanges}
        for row in truth(name):
            if row["browser"] == engine and row["flows"] and _is_plain(row):
                flows = tuple(exchanges[flow] for flow in row["flows"])
                yield Recorded(row, _wanted(row, flows[0].url, engine), flows)


def _is_plain(row: dict[str, Any]) -> bool:
    fetch = row["fetch"]
    if fetch["kind"] != "fetch" or row.get("exact") is False or row["case"].startswith(PAGES_WITH_A_SAY):
        return False
    if fetch["mode"] == "same-origin" or "-override-trace-" in row["case"]:
        return False
    return fetch["body_type"] != "blob" and not any(fetch.get(option) for option in OPTIONS_OF_NO_PROBE)


def _wanted(row: dict[str, Any], url: str, engine: Engine) -> Ask:
    fetch = row["fetch"]
    return ask(
        url,
        row["page_origin"],
        method=fetch["method"] or "GET",
        # those that no page can set were dropped
        headers=tuple((name, value) for name, value in fetch["headers"] or () if not is_forbidden(name.lower())),
        credentials=fetch["credentials"] == "include",
        send=True,
        engine=engine,
        mode="no-cors" if fetch["mode"] == "no-cors" else "cors",
    )


def is_preflight(exchange: Exchange) -> bool:
    return any(name == "Access-Control-Request-Method" for name, _ in exchange.request_headers)


def as_sent_directly(headers: HeaderList) -> HeaderList:
    """The lines as they are without the recording proxy, and of a browser with a window."""
    return tuple(
        ("Connection" if name == "Proxy-Connection" else name, value.replace("HeadlessChrome", "Chrome"))
        for name, value in headers
    )
