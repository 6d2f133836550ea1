"""What one request is, told from its method, its URL's origin and its header lines: who sent it, in which mode, from
which page.

Pages make the same requests again and again, so equal ones are read once. Fetch standard, "main fetch" and "`Origin`
header"; Fetch Metadata. The signals and how far each can be trusted are in the docstrings of what they decide.
"""

from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from corsinspect.fetch.check import asked_names
from corsinspect.fetch.engines import ENGINES, HINTS
from corsinspect.fetch.headers import once_a_list
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.safelist import SAFELISTED_METHODS, media_type, unsafe_names
from corsinspect.fetch.url import origin_of
from corsinspect.model import ANY, EngineName, HeaderList

from .background import is_background_host, is_own_lookup
from .engine import always_sends_metadata, engine_of

TARGETS = 16
"""Servers that requests with the very same header list are remembered for."""

Mode = Literal["cors", "no-cors", "same-origin", "navigate", "websocket"]

_MODES: dict[str, Mode] = {mode: mode for mode in get_args(Mode)}

EXTENSIONS = ("chrome-extension:", "moz-extension:", "safari-web-extension:")
"""Schemes of pages that may have leave to read any host (Chromium's OriginAccessList, Gecko's add-on principals)."""

_REPORT_TYPES = frozenset({"application/csp-report", "text/ping"})
"""Content types that browsers send without a preflight although no page could."""

_READ = HINTS.union(
    """origin access-control-request-method access-control-request-headers
    access-control-request-private-network sec-fetch-mode sec-fetch-site sec-fetch-dest
    sec-fetch-storage-access user-agent sec-ch-ua cookie authorization referer accept upgrade-insecure-requests upgrade
    sec-websocket-key content-type cache-control pragma priority if-none-match if-modified-since""".split()
)

Fields = dict[str, str]
"""The headers that are read, by their lower-case names, the lines of one joined with ", "."""


class RequestSigns(NamedTuple):
    """What a request's head tells; None: it doesn't. Equal ones are one object, so that's what their hash goes by."""

    target: str
    """The origin of its URL."""
    agent: str | None
    engine: EngineName | None
    """None: not a browser."""
    engine_assumed: bool
    disguised: bool
    """Whether it may be a browser's all the same: something took the browser's signs away."""
    origin: str | None
    origin_withheld: bool
    page: str | None
    """The page's origin."""
    mode: Mode | None
    mode_known: bool
    """Whether the mode was seen, not guessed."""
    site: str | None
    dest: str | None
    preflight_method: str | None
    """The method that a preflight asks for; None: it's no preflight."""
    asked_names: tuple[str, ...]
    asks_private_network: bool
    """Whether a preflight asks for leave to reach a private network."""
    unsafe_names: tuple[str, ...]
    """The CORS-unsafe request-header names that the engine that sent it would have asked for."""
    cookie: bool
    authorization: bool
    storage_access: bool
    credentials_hint: Literal["omit"] | None
    """Which credentials mode an element's request has: a font's is always same-origin."""
    hints: bool
    priority: str | None
    bypasses_cache: bool
    conditional: bool
    background: bool
    """Whether it's the browser's own, which no page asked for."""


RequestSigns.__hash__ = object.__hash__  # type: ignore[method-assign]  # pyright: ignore


def request_signs(
    headers: HeaderList, method: str | None, target: str, withheld: tuple[str, ...], revalidated: bool
) -> RequestSigns:
    """What the head of a request to this origin tells.

    `withheld`: names of headers that the recording may lack (`Exchange.withheld`); `revalidated`: whether the answer
    was a 304, which shows that such a header was sent.
    """
    known, asked = _read_before(headers), (method, target, withheld, revalidated)
    found = known.get(asked)
    if found is None:
        if len(known) >= TARGETS:
            known.clear()
        found = known[asked] = _read(headers, *asked)
    return found


@once_a_list
def _read_before(headers: HeaderList) -> dict[tuple[str | None, str, tuple[str, ...], bool], RequestSigns]:
    """What was read of these lines, by the rest of the request's head."""
    return {}


@lru_cache(maxsize=2048)
def _read(
    headers: HeaderList, method: str | None, target: str, withheld: tuple[str, ...], revalidated: bool
) -> RequestSigns:
    fields = _fields(headers)
    get = fields.get
    origin, agent, site = get("origin"), get("user-agent"), get("sec-fetch-site")
    origin_withheld = origin is None and withheld != ()
    unseen = _lacks(withheld, "sec-fetch-mode")
    engine, assumed = _engine(fields, method, target, unseen)
    preflight_method: str | None = None
    names: tuple[str, ...] = ()
    if engine is not None and (asked := _asked(fields, method)) is not None:
        referer = get("referer")
        asker = origin_of(referer) if origin_withheld and referer is not None else origin
        if asker is not None:
            origin, preflight_method, names = asker, asked, asked_names(get("access-control-request-headers"))
    own = unsafe_names(headers, ENGINES[engine or "chromium"])
    mode, known = ("cors", True) if preflight_method is not None else _mode(fields, headers, method, engine, withheld)
    dest = get("sec-fetch-dest")
    return RequestSigns(
        target=target,
        agent=agent,
        engine=engine,
        engine_assumed=assumed,
        disguised=engine is None and (unseen or (agent or "").startswith("Mozilla/")),
        origin=origin,
        origin_withheld=origin_withheld,
        page=_page(origin, site, target, get("referer")),
        mode=mode,
        mode_known=known,
        site=site,
        dest=dest,
        preflight_method=preflight_method,
        asked_names=names,
        asks_private_network=get("access-control-request-private-network") == "true",
        unsafe_names=tuple([name for name in own if name not in ENGINES[engine or "chromium"].no_preflight_for]),
        cookie="cookie" in fields,
        authorization="authorization" in fields,
        storage_access="sec-fetch-storage-access" in fields,
        credentials_hint="omit" if dest == "font" else None,
        hints=not HINTS.isdisjoint(fields),
        priority=get("priority"),
        bypasses_cache=get("pragma") == "no-cache" or get("cache-control") in ("no-cache", "max-age=0"),
        conditional=(
            "if-none-match" in fields
            or "if-modified-since" in fields
            or (revalidated and _lacks(withheld, "if-none-match"))
        ),
        background=(
            origin is None
            and "referer" not in fields
            and (is_background_host(target) or is_own_lookup(method, target, engine == "chromium"))
        )
        or (
            site == "none"
            and mode in ("cors", "no-cors")
            and engine is not None
            and not (origin or "").startswith(EXTENSIONS)
        ),
    )


def _fields(headers: HeaderList) -> Fields:
    fields: Fields = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _READ:
            fields[lower] = f"{fields[lower]}, {value}" if lower in fields else value
    return fields


def _lacks(withheld: tuple[str, ...], name: str) -> bool:
    return name in withheld or ANY in withheld


def _engine(fields: Fields, method: str | None, target: str, unseen: bool) -> tuple[EngineName | None, bool]:
    """The engine, and whether it's only assumed; `unseen`: the recording may lack Sec-Fetch-*."""
    agent, metadata = fields.get("user-agent"), "sec-fetch-mode" in fields
    asks_agent = (
        method == "OPTIONS"
        and "access-control-request-method" in fields
        and "user-agent" in asked_names(fields.get("access-control-request-headers"))
    )
    engine, assumed = engine_of(agent, fields.get("sec-ch-ua"), metadata and "sec-fetch-site" in fields, asks_agent)
    if unseen:
        if engine is None and (agent is None or agent.startswith("Mozilla/")):
            return "chromium", True  # a browser's own recording
    elif not metadata and engine is not None and not assumed and always_sends_metadata(engine, agent, target):
        return None, assumed  # a tool in a browser's clothes
    return engine, assumed


def _asked(fields: Fields, method: str | None) -> str | None:
    """The method that a preflight asks for. A browser's never carries credentials: what does was made by hand."""
    if method != "OPTIONS" or "cookie" in fields or "authorization" in fields:
        return None
    return fields.get("access-control-request-method") or None


def _mode(
    fields: Fields, headers: HeaderList, method: str | None, engine: EngineName | None, withheld: tuple[str, ...]
) -> tuple[Mode | None, bool]:
    """The request mode, and whether it's known for certain. Sec-Fetch-Mode can't be forged by a page; without it (plain
    http) an Origin on GET or HEAD means CORS, on POST it may be a no-cors request or a form."""
    fetch_mode, origin = fields.get("sec-fetch-mode"), fields.get("origin")
    if "sec-websocket-key" in fields or fields.get("upgrade", "").lower() == "websocket":
        return "websocket", True
    if (told := _MODES.get(fetch_mode or "")) is not None:
        return told, True
    if "text/html" in fields.get("accept", "") or "upgrade-insecure-requests" in fields:
        return "navigate", False
    if origin is None:
        # what has to be asked for first can only be a CORS request
        asks_first = withheld != () and (method not in SAFELISTED_METHODS or unsafe_names(headers))
        return ("cors", True) if asks_first else ("no-cors", False)
    if method in ("GET", "HEAD"):
        # Chromium sends "null" with no-cors loads of opaque origins (sandboxed frames, data: and file: pages), too
        return "cors", origin != OPAQUE or engine != "chromium" or bool(unsafe_names(headers))
    if method != "POST":
        return "cors", True
    content_type, priority = fields.get("content-type"), fields.get("priority")
    if content_type is not None and media_type(content_type) in _REPORT_TYPES:
        return "no-cors", not _lacks(withheld, "sec-fetch-mode")
    names = unsafe_names(headers)
    # WebKit sends a Blob's type in mode no-cors as well (seen, nocors group)
    if names and (engine != "webkit" or names != ("content-type",)):
        return "cors", True
    if priority and priority == ENGINES[engine or "chromium"].beacon_priority:
        return "no-cors", False
    return "cors", False


def _page(origin: str | None, site: str | None, target: str, referer: str | None) -> str | None:
    """The page's origin; None where the wire doesn't show it."""
    if origin is not None and origin != OPAQUE:
        return origin
    if site == "same-origin":
        return target
    if referer is not None:
        return origin_of(referer)
    return origin
