"""What is to be asked, read from texts as a person or a program gives them.

Whatever a browser would refuse is refused here, and said: a probe that sends what no page can send proves nothing.
"""

from typing import Literal, NamedTuple

from corsinspect.fetch.headers import WHITESPACE, is_token
from corsinspect.fetch.origin import OPAQUE, parse_origin
from corsinspect.fetch.redirect import is_mixed_content
from corsinspect.fetch.safelist import is_forbidden
from corsinspect.fetch.url import Url, parse_url
from corsinspect.model import HeaderList
from corsinspect.probe.errors import NeverSent, ProbeError

Engine = Literal["chromium", "firefox"]
Mode = Literal["cors", "no-cors"]

_NORMALISED = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
"""Fetch, "normalize a method": these in any case, and no others (`patch` stays as it is, and isn't PATCH)."""
_FORBIDDEN_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
"""Fetch, "forbidden method"."""
_OVERRIDES = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
"""Fetch, "forbidden request-header", step 3: not with one of those methods."""
READS_ONLY = frozenset({"GET", "HEAD"})
"""Methods that are sent without being asked to: they change nothing on a server that keeps to HTTP."""
_NO_CORS_METHODS = frozenset({"GET", "HEAD", "POST"})


class Ask(NamedTuple):
    """One call of a page, to be made in a browser's stead. `parsed` is what `ask` makes."""

    url: Url
    origin: str
    """The page's, serialised; "null" for an opaque one."""
    method: str = "GET"
    headers: HeaderList = ()
    """What the page sets."""
    cookie: str | None = None
    """The Cookie line that goes with the request itself, never with a preflight."""
    credentials: bool = False
    """Whether the page's credentials mode is "include"."""
    send: bool = False
    """Whether a request that may change something (neither GET nor HEAD) is sent, too, not only its preflight."""
    engine: Engine = "chromium"
    mode: Mode = "cors"
    only_preflight: bool = False
    """Whether no request goes out but the preflight: of a recorded call, the values of its headers aren't known."""

    @property
    def crosses(self) -> bool:
        return self.origin == OPAQUE or self.url.origin != self.origin


def ask(
    url: str,
    origin: str,
    *,
    method: str = "GET",
    headers: HeaderList = (),
    credentials: bool = False,
    send: bool = False,
    engine: Engine = "chromium",
    mode: Mode = "cors",
) -> Ask:
    """What these texts ask for. Raises ProbeError where a part can't be read, or no page could ask that."""
    target, page = _url(url), _origin(origin)
    if is_mixed_content(page, target.origin):
        raise NeverSent(
            f"A page of {page} can't call {target.origin}: that is mixed content, and browsers send nothing.",
            "Serve the API over https, or name a page of plain http as the origin.",
        )
    lines, cookie = _headers(headers, credentials)
    asked = _method(method)
    if mode == "no-cors" and asked not in _NO_CORS_METHODS:
        raise NeverSent(f"No page can send {asked} with no-cors.", "GET, HEAD and POST are all that this mode has.")
    return Ask(target, page, asked, lines, cookie, credentials, send, engine, mode)


def _url(text: str) -> Url:
    text = text.strip()
    if "://" not in text:
        raise ProbeError(f"{_quoted(text)} is no URL.", "It begins with http:// or https://.")
    url = parse_url(_as_bytes(text))
    if url is None:
        raise ProbeError(f"{_quoted(text)} is no URL that a browser can read.", "Check its host and its port.")
    if url.scheme not in ("http", "https"):
        raise ProbeError(f"{url.scheme}: is no scheme that CORS is for.", "Ask a URL with http:// or https://.")
    if url.userinfo:
        raise NeverSent(
            "A page can't fetch a URL that has a user name in it: browsers send nothing.",
            "Leave it out; --header 'Authorization: …' is how a page would send it.",
        )
    return url


def _as_bytes(text: str) -> str:
    """Each byte as one character, as `parse_url` takes it."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _origin(text: str) -> str:
    text = text.strip()
    if text == OPAQUE:
        return text
    if parse_origin(text) is not None and text.startswith(("http://", "https://")):
        return text
    url = parse_url(_as_bytes(text)) if "://" in text else None
    if url is None or url.scheme not in ("http", "https"):
        raise ProbeError(
            f"{_quoted(text)} is no origin.", "An origin is a scheme, a host and perhaps a port: http://localhost:3000."
        )
    raise ProbeError(f"{_quoted(text)} isn't how a browser writes that origin.", f"It writes {url.origin}.")


def _method(text: str) -> str:
    method = text.upper() if text.upper() in _NORMALISED else text
    if not is_token(method):
        raise ProbeError(f"{_quoted(text)} is no method.", "GET, POST, PUT, PATCH and DELETE are some.")
    if method.upper() in _FORBIDDEN_METHODS:
        raise NeverSent(f"No page can send {method}.", "Browsers refuse it, whatever the server allows.")
    return method


def _headers(lines: HeaderList, credentials: bool) -> tuple[HeaderList, str | None]:
    """The lines that the page sets, and the Cookie, which it can't, but the browser has."""
    kept: list[tuple[str, str]] = []
    cookie = None
    for name, value in lines:
        value = value.strip(WHITESPACE)
        if not is_token(name) or any(ord(character) > 0xFF or character in "\0\r\n" for character in value):
            raise ProbeError(f"{_quoted(name)} can't be sent as a header.", "Give it as NAME: VALUE, in one line.")
        lower = name.lower()
        if lower == "cookie":
            if not credentials:
                raise NeverSent(
                    "A browser sends cookies with credentials only.", "Add --credentials, or leave the Cookie out."
                )
            cookie = value
        elif is_forbidden(lower) or (lower in _OVERRIDES and value.upper() in _FORBIDDEN_METHODS):
            raise NeverSent(f"No page can set {name}.", "The browser sets it itself; leave it out.")
        else:
            kept.append((name, value))
    return tuple(kept), cookie


def header_line(text: str) -> tuple[str, str]:
    """`NAME: VALUE` as a pair; raises ProbeError where there is no colon."""
    name, colon, value = text.partition(":")
    if not colon:
        raise ProbeError(f"{_quoted(text)} is no header.", "Give it as NAME: VALUE.")
    return name.strip(), value.strip()


def _quoted(text: str) -> str:
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"
