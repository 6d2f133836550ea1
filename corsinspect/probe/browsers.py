"""The header lines that Chromium and Firefox send, in their order and case, as data.

Recorded of Chromium 156 and Firefox ESR 153 over HTTP/1.1: about 1,700 preflights and 4,500 requests. What can't be
theirs, and isn't sent by a probe: HTTP/2 and what its lines look like, the order of a page's own headers in Chromium
(a hash table's), and Firefox's Priority, which XMLHttpRequest leaves out.
"""

from collections.abc import Callable
from typing import NamedTuple

from corsinspect.analysis.site import is_same_site
from corsinspect.fetch.origin import OPAQUE, potentially_trustworthy
from corsinspect.fetch.url import Url
from corsinspect.model import HeaderList
from corsinspect.probe.ask import Engine, Mode


class Leg(NamedTuple):
    """One request of a call, before it has its lines."""

    url: Url
    method: str
    """What goes out; a preflight's is OPTIONS."""
    page: str
    origin: str | None
    """What its Origin says; None: it has none."""
    site: str
    """What Sec-Fetch-Site says: how far the whole chain has been."""
    include: bool
    mode: Mode
    headers: HeaderList = ()
    """The page's own; none on a preflight."""
    cookie: str | None = None
    asks_method: str | None = None
    """Of a preflight: the method that it asks for."""
    asks_names: tuple[str, ...] = ()
    redirected: bool = False

    @property
    def is_preflight(self) -> bool:
        return self.asks_method is not None


BROWSERS: dict[Engine, str] = {"chromium": "Chromium 156", "firefox": "Firefox 153"}
"""Whose lines these are."""

Value = Callable[[Leg], str | None]
"""What stands in a line; None: this leg doesn't have it."""
Template = tuple[tuple[str, Value], ...]
OWN = "*"
"""Where the page's own lines go."""
_CONDITIONAL = frozenset({"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"})
"""A page that sets one of these bypasses the cache. Fetch, "HTTP-network-or-cache fetch", step 8.14."""
_NO_SITE_OF_IPV6 = frozenset({"firefox"})
"""To these, two ports of one IPv6 address are two sites. Seen (modern group)."""
BODY = frozenset({"content-encoding", "content-language", "content-location", "content-type"})
"""Fetch, "request-body-header name": gone with the body, where a redirect makes a GET of the request."""


def lines(engine: Engine, leg: Leg) -> HeaderList:
    """All header lines of this request, as that browser sends them."""
    template = (_PREFLIGHTS if leg.is_preflight else _REQUESTS)[engine]
    own = {name.lower(): value for name, value in leg.headers}
    places = {name.lower() for name, _ in template}
    found: list[tuple[str, str]] = []
    for name, value in template:
        if name == OWN:
            found += [line for line in leg.headers if line[0].lower() not in places]
        elif (text := own.get(name.lower(), value(leg))) is not None:
            found.append((name, text))
    return tuple(found)


def site_between(engine: Engine, page: str, url: Url, before: str | None = None) -> str:
    """Sec-Fetch-Site for this URL; it only ever gets worse along a chain. Fetch Metadata, "set the Sec-Fetch-Site
    header"."""
    sites = page != OPAQUE and not (url.host.startswith("[") and engine in _NO_SITE_OF_IPV6)
    if page == url.origin:
        own = "same-origin"
    else:
        own = "same-site" if sites and is_same_site(page, url.origin) else "cross-site"
    order = ("same-origin", "same-site", "cross-site")
    return own if before is None else max(own, before, key=order.index)


def _fixed(text: str) -> Value:
    return lambda leg: text


def _trusted(value: Value) -> Value:
    """Only for what is potentially trustworthy: https, and this machine."""
    return lambda leg: value(leg) if potentially_trustworthy(leg.url.origin) else None


def _host(leg: Leg) -> str:
    return leg.url.host if leg.url.port is None else f"{leg.url.host}:{leg.url.port}"


def _referer(leg: Leg) -> str | None:
    """Referrer Policy's default, strict-origin-when-cross-origin; a preflight on a redirect has none (seen)."""
    downgraded = leg.page.startswith("https:") and leg.url.scheme == "http"
    if leg.page == OPAQUE or downgraded or (leg.is_preflight and leg.redirected):
        return None
    return f"{leg.page}/"


def _encodings(leg: Leg) -> str:
    return "gzip, deflate, br, zstd" if potentially_trustworthy(leg.url.origin) else "gzip, deflate"


def _length(leg: Leg) -> str | None:
    return "0" if leg.method in ("POST", "PUT") else None


def _storage_access(leg: Leg) -> str | None:
    credentialed = leg.include and leg.site == "cross-site" and potentially_trustworthy(leg.url.origin)
    return "none" if credentialed else None


def _uncached(text: str) -> Value:
    def value(leg: Leg) -> str | None:
        names = {*leg.asks_names, *(name.lower() for name, _ in leg.headers)}
        return None if _CONDITIONAL.isdisjoint(names) else text

    return value


_ANY: Value = _fixed("*/*")
_LANGUAGES: Value = _fixed("en-US,en;q=0.9")
_KEEP: Value = _fixed("keep-alive")
_MODE: Value = lambda leg: leg.mode  # noqa: E731
_SITE: Value = _trusted(lambda leg: leg.site)
_DEST: Value = _trusted(_fixed("empty"))
_ORIGIN: Value = lambda leg: leg.origin  # noqa: E731
_COOKIE: Value = lambda leg: leg.cookie  # noqa: E731
_ASKS_METHOD: Value = lambda leg: leg.asks_method  # noqa: E731
_ASKS_NAMES: Value = lambda leg: ",".join(leg.asks_names) or None  # noqa: E731

_CHROMIUM_AGENT = _fixed(
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
_FIREFOX_AGENT = _fixed("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0")

_PREFLIGHTS: dict[Engine, Template] = {
    "chromium": (
        ("Host", _host),
        ("Connection", _KEEP),
        ("Cache-Control", _uncached("max-age=0")),
        ("Accept", _ANY),
        ("Access-Control-Request-Method", _ASKS_METHOD),
        ("Access-Control-Request-Headers", _ASKS_NAMES),
        ("Origin", _ORIGIN),
        ("User-Agent", _CHROMIUM_AGENT),
        ("Sec-Fetch-Mode", _MODE),  # to whatever URL: the preflight's builder sets it by itself
        ("Sec-Fetch-Site", _SITE),
        ("Sec-Fetch-Dest", _DEST),
        ("Referer", _referer),
        ("Accept-Encoding", _encodings),
        ("Accept-Language", _LANGUAGES),
    ),
    "firefox": (
        ("Host", _host),
        ("User-Agent", _FIREFOX_AGENT),
        ("Accept", _ANY),
        ("Accept-Language", _LANGUAGES),
        ("Accept-Encoding", _encodings),
        ("Access-Control-Request-Method", _ASKS_METHOD),
        ("Access-Control-Request-Headers", _ASKS_NAMES),
        ("Referer", _referer),
        ("Origin", _ORIGIN),
        ("Sec-Fetch-Storage-Access", _storage_access),
        ("Connection", _KEEP),
        ("Sec-Fetch-Dest", _DEST),
        ("Sec-Fetch-Mode", _trusted(_MODE)),
        ("Sec-Fetch-Site", _SITE),
        ("Priority", _fixed("u=4")),
        ("Pragma", _uncached("no-cache")),
        ("Cache-Control", _uncached("no-cache")),
    ),
}

_REQUESTS: dict[Engine, Template] = {
    "chromium": (
        ("Host", _host),
        ("Connection", _KEEP),
        ("Content-Length", _length),
        ("Cache-Control", _uncached("max-age=0")),
        ("sec-ch-ua-platform", _trusted(_fixed('"Linux"'))),
        (OWN, _ANY),
        ("User-Agent", _CHROMIUM_AGENT),
        ("sec-ch-ua", _trusted(_fixed('"Not:A-Brand";v="8", "Chromium";v="156"'))),
        ("sec-ch-ua-mobile", _trusted(_fixed("?0"))),
        ("Accept", _ANY),
        ("Origin", _ORIGIN),
        ("Sec-Fetch-Site", _SITE),
        ("Sec-Fetch-Mode", _trusted(_MODE)),
        ("Sec-Fetch-Dest", _DEST),
        ("Sec-Fetch-Storage-Access", _storage_access),
        ("Referer", _referer),
        ("Accept-Encoding", _encodings),
        ("Accept-Language", _LANGUAGES),
        ("Cookie", _COOKIE),
    ),
    "firefox": (
        ("Host", _host),
        ("User-Agent", _FIREFOX_AGENT),
        ("Accept", _ANY),
        ("Accept-Language", _LANGUAGES),
        ("Accept-Encoding", _encodings),
        ("Referer", _referer),
        (OWN, _ANY),
        ("Origin", _ORIGIN),
        ("Sec-Fetch-Storage-Access", _storage_access),
        ("Connection", _KEEP),
        ("Cookie", _COOKIE),
        ("Sec-Fetch-Dest", _DEST),
        ("Sec-Fetch-Mode", _trusted(_MODE)),
        ("Sec-Fetch-Site", _SITE),
        ("Priority", _fixed("u=4")),
        ("Pragma", _uncached("no-cache")),
        ("Cache-Control", _uncached("no-cache")),
        ("Content-Length", _length),
    ),
}
