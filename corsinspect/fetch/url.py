"""URLs as browsers read them: enough of the URL standard to resolve a Location and to name an origin.

Texts hold bytes as characters (ISO-8859-1), as header values do; what isn't ASCII is percent-encoded byte by byte.
Redacted secrets (`‹redacted:…›`) pass through untouched, so that equal ones stay equal.
"""

import re
from functools import lru_cache
from typing import NamedTuple

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The special schemes that have a host; `file` is special too but has none."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_FORBIDDEN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_PATH_UNSAFE = re.compile(r"[\x00-\x20\"<>`{}^\x7f-\xff]")
_QUERY_UNSAFE = re.compile(r"[\x00-\x20\"#<>'\x7f-\xff]")
_AUTHORITY_END = re.compile(r"[/?#\\]")
_CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
_TAB_OR_NEWLINE = re.compile(r"[\t\n\r]")
_DOT = {".", "%2e", "%2E"}
_DOT_DOT = {"..", ".%2e", ".%2E", "%2e.", "%2E.", "%2e%2e", "%2e%2E", "%2E%2e", "%2E%2E"}


class Url(NamedTuple):
    """A parsed URL. `host` is lower-case ASCII, `port` None where it's the scheme's own; `path` holds the query too.

    For schemes without a host (data:, mailto:) `host` is "" and `path` everything after the colon.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    userinfo: bool = False

    @property
    def origin(self) -> str:
        """The serialised origin; "null" for an opaque one. HTML, "ASCII serialization of an origin"."""
        if self.scheme not in DEFAULT_PORTS:
            return "null"
        return f"{self.scheme}://{self.host}" if self.port is None else f"{self.scheme}://{self.host}:{self.port}"

    @property
    def href(self) -> str:
        """The URL as it goes on the wire: no fragment, no userinfo."""
        return f"{self.scheme}:{self.path}" if self.origin == "null" else self.origin + self.path


# one call asks for the same few URLs many times; few are kept, as they may be long
@lru_cache(maxsize=256)
def parse_url(text: str, base: Url | None = None) -> Url | None:
    """Parses `text`, relative to `base` if it is, as the URL standard's basic URL parser does; None where that fails.

    Left out: domain to ASCII beyond IDNA 2003, and IPv4 numbers in short forms.
    """
    text = _TAB_OR_NEWLINE.sub("", text.strip(_CONTROLS_AND_SPACE)).partition("#")[0]
    if match := _SCHEME.match(text):
        scheme, rest = match.group(1).lower(), text[match.end() :]
        if scheme not in DEFAULT_PORTS:
            return Url(scheme, "", None, rest)
        # `https:path` is relative to a base of the same scheme; anything else has an authority, slashes or not
        if base is None or scheme != base.scheme or rest[:1] in ("/", "\\"):
            if base is not None and scheme == base.scheme and not _starts_authority(rest):
                return _resolve(rest, base)
            return _with_authority(scheme, rest.lstrip("/\\"))
        return _resolve(rest, base)
    if base is None or base.origin == "null":
        return None
    if _starts_authority(text):
        return _with_authority(base.scheme, text.lstrip("/\\"))
    return _resolve(text, base)


def _starts_authority(text: str) -> bool:
    return len(text) > 1 and text[0] in "/\\" and text[1] in "/\\"


def _with_authority(scheme: str, rest: str) -> Url | None:
    end = min((index for index in map(rest.find, "/\\?") if index >= 0), default=len(rest))
    authority, path = rest[:end], rest[end:]
    userinfo, _, hostport = authority.rpartition("@")
    host, port = _split_port(hostport)
    host = _host(host) if host is not None else None
    if not host or port is False:
        return None
    number = None if port == DEFAULT_PORTS[scheme] else port
    if path[:1] not in ("/", "\\"):
        path = "/" + path
    return Url(scheme, host, number, _path(path), bool(userinfo.strip(":")))


def _split_port(hostport: str) -> tuple[str | None, int | bool | None]:
    """Host and port; the port is False where it's none (letters, or over 65535)."""
    if hostport.startswith("["):
        host, bracket, rest = hostport.partition("]")
        host += bracket
        if not bracket or (rest and rest[0] != ":"):
            return None, False
        port = rest[1:]
    else:
        host, _, port = hostport.partition(":")
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit()) or len(port.lstrip("0")) > 5 or int(port) > 65535:
        return host, False
    return host, int(port)


def _host(host: str) -> str | None:
    if host.startswith("["):
        return host.lower() if re.fullmatch(r"\[[0-9A-Fa-f:.]+\]", host) else None
    host = re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match.group(1), 16)), host)
    if not host.isascii():
        try:
            host = host.encode("latin-1").decode("utf-8").encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return None if _FORBIDDEN_HOST.search(host) else host.lower()


def _resolve(text: str, base: Url) -> Url:
    base_path, _, _ = base.path.partition("?")
    if not text:
        return base._replace(userinfo=False)
    if text[0] == "?":
        return base._replace(path=base_path + _path(text), userinfo=False)
    if text[0] not in "/\\":
        text = base_path.rpartition("/")[0] + "/" + text
    return base._replace(path=_path(text), userinfo=False)


def _path(text: str) -> str:
    """Path and query, dot segments taken out, percent-encoded."""
    path, mark, query = text.partition("?")
    path = path.replace("\\", "/")
    if "." in path or "%2" in path:
        path = _without_dots(path)
    return _encode(_PATH_UNSAFE, path) + mark + _encode(_QUERY_UNSAFE, query)


def _without_dots(path: str) -> str:
    segments = path.split("/")[1:]
    kept: list[str] = []
    for number, segment in enumerate(segments):
        if segment in _DOT_DOT or segment in _DOT:
            if segment in _DOT_DOT and kept:
                kept.pop()
            if number == len(segments) - 1:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _encode(unsafe: re.Pattern[str], text: str) -> str:
    return unsafe.sub(lambda match: f"%{ord(match.group()):02X}", text)


@lru_cache(maxsize=8192)
def _origin_of_authority(scheme_and_authority: str) -> str:
    url = parse_url(scheme_and_authority)
    return "null" if url is None else url.origin


@lru_cache(maxsize=256)  # one exchange's is asked for again and again, until the next one comes
def origin_of(url: str) -> str:
    """The serialised origin of a URL's text; "null" where it's opaque or no URL."""
    start = url.find("://") + 3
    end = url.find("/", start)
    authority = url if end < 0 else url[:end]
    if "?" in authority or "#" in authority or "\\" in authority:  # hardly ever, and to look for all at once takes long
        found = _AUTHORITY_END.search(url, start)
        authority = url if found is None else url[: found.start()]
    return _origin_of_authority(authority)
