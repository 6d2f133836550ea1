"""Keyed redaction: secrets out, everything that a verdict needs kept.

- A secret becomes a token (see `corsinspect.session.token`); the key lives as long as the Redactor, so equal secrets of
  one session have equal tokens and nobody can find a secret by guessing and hashing.
- One rule for URLs wherever they stand (request, Location, Referer, Refresh): what pairs before pairs after.
- Redacting twice is redacting once.
"""

import hmac
import os
import re
from typing import TypeVar
from urllib.parse import unquote

import msgspec

from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.secret_names import SCHEMES, header_rule, is_secret_parameter
from corsinspect.session.secret_shapes import STRONG, looks_random, replace_shapes
from corsinspect.session.token import TOKEN, has_unsafe_byte, wire_length

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_CACHED = 2048
"""Entries per cache; with values up to _CACHEABLE characters that is a few MB."""
_CACHEABLE = 1024

_USERINFO = re.compile(
    r"^([\x00-\x20]*(?:(?:https?|wss?|ftp):[/\\\t]*|(?:[a-z][a-z0-9+.\t-]*:)?[/\\\t]{2,}))([^/\\]+)@", re.I
)
_NESTED_USERINFO = re.compile(
    r"""((?:://|%(?:25)*3A%(?:25)*2F%(?:25)*2F))((?:(?!%(?:25)*2F)[^/?#&\s"'<>])+)(@|%40)""", re.I
)
# The beginning of name=value behind a separator, plain or percent-encoded, perhaps more than once (a URL in a URL).
_PAIR = re.compile(
    r"""(?:^|[?&#;,/!\s"'{<(\\]|%(?:25)*(?:3F|26|23|3B))([A-Za-z0-9_.\[\]-]{1,64})(?:(=)|%(?:25)*3D)""", re.I
)
_TEXT_VALUE = re.compile(r"""[^&#;,\s"'<>})]*""")
_PARAMETER_VALUE = re.compile(r".*", re.S)
_SEGMENT_VALUE = re.compile(r"[^/\\;]*")
_ENCODED_VALUE = re.compile(r"""(?:(?!%(?:25)*(?:26|23|3B))[^&#;,\s"'<>})])*""", re.I)
# What the URL parser percent-encodes in a query (URL, query percent-encode set), and what it drops.
_ENCODED_BY_BROWSERS = re.compile(r"""[\x00-\x20"'<>\x7f-\xff]""")
_DROPPED_BY_BROWSERS = re.compile(r"[\t\n\r]")
_URL_WORTH_A_LOOK = re.compile(r"[?#@=]")
_REFRESH = re.compile(r"""([^;,]*[;,]\s*(?:url\s*=\s*)?["']?)(.*)""", re.I | re.S)


class Redactor:
    """Replaces the secrets of Exchanges. `key`: of the session; random when not given."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = os.urandom(32) if key is None else key
        self._tokens: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._lines: dict[tuple[str, str], tuple[str, str]] = {}

    def exchange(self, exchange: Exchange) -> Exchange:
        """The same facts without secrets; the very same object if it holds none. Never raises on odd bytes."""
        changed: dict[str, object] = {}
        if (url := self.url(exchange.url)) != exchange.url:
            changed["url"] = url
        if (request := self.headers(exchange.request_headers)) is not exchange.request_headers:
            changed["request_headers"] = request
        if (response := self.headers(exchange.response_headers)) is not exchange.response_headers:
            changed["response_headers"] = response
        if exchange.server_headers is not None:
            changed["server_headers"] = self.headers(exchange.server_headers)
        if exchange.failure is not None and (text := self.text(exchange.failure.text)) != exchange.failure.text:
            changed["failure"] = Failure(kind=exchange.failure.kind, text=text)
        return msgspec.structs.replace(exchange, **changed) if changed else exchange

    def headers(self, lines: HeaderList) -> HeaderList:
        """The lines with secret values replaced; the very same tuple if there is none."""
        known = self._lines
        new: list[tuple[str, str]] | None = None
        for index, line in enumerate(lines):
            rule = header_rule(line[0])
            if rule == "never":
                continue
            redacted = known.get(line)
            if redacted is None:
                redacted = (line[0], self._value(rule, line[1]))
                _remember(known, line, redacted, len(line[0]) + len(line[1]))
            if redacted[1] != line[1]:
                new = list(lines) if new is None else new
                new[index] = redacted
        return lines if new is None else tuple(new)

    def url(self, url: str) -> str:
        """A URL, absolute or relative, without userinfo and secret parameters."""
        redacted = self._urls.get(url)
        if redacted is None:
            redacted = self._url(url)
            _remember(self._urls, url, redacted, len(url))
        return redacted

    def text(self, text: str, *, random: bool = True) -> str:
        """Free text without `name=secret` pairs, userinfo and secret shapes (`random`: long random runs too)."""
        return self._shapes(self._pairs(text, _TEXT_VALUE), random=random)

    def token(self, secret: str) -> str:
        """What stands for `secret`; itself if it is empty or a token already."""
        token = self._tokens.get(secret)
        if token is None:
            if not secret or TOKEN.fullmatch(secret):
                return secret
            try:
                data, length = secret.encode("latin-1"), len(secret)
            except UnicodeEncodeError:  # tokens within a larger secret
                data, length = secret.encode("utf-8", "surrogatepass"), wire_length(secret)
            tag = hmac.digest(self._key, data, "sha256").hex()[:12]
            token = f"‹redacted:{length}:{tag}{'!' if has_unsafe_byte(secret) else ''}›"
            _remember(self._tokens, secret, token, len(secret))
        return token

    def _value(self, rule: str, value: str) -> str:
        if rule == "authorization":
            return self._authorization(value)
        if rule == "cookie":
            return ";".join(self._cookie(pair) for pair in value.split(";"))
        if rule == "set-cookie":
            cookie, semicolon, attributes = value.partition(";")
            return self._cookie(cookie) + semicolon + attributes
        if rule == "whole":
            return self.token(value)
        if rule == "url":
            return self.url(value)
        if rule == "refresh":
            match = _REFRESH.fullmatch(value)
            return match[1] + self.url(match[2]) if match else value
        return self.text(value, random=rule == "text")

    def _authorization(self, value: str) -> str:
        scheme, space, credentials = value.partition(" ")
        if scheme.lower() not in SCHEMES:
            return self.token(value)
        bare = credentials.lstrip(" ")
        return value[: len(value) - len(bare)] + self.token(bare) if space else value

    def _cookie(self, pair: str) -> str:
        """One `name=value`; without a `=` all of it is the value (RFC 6265bis, section 5.6)."""
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", pair
        stripped = value.strip(" \t")
        if not stripped:
            return pair
        lead = value[: len(value) - len(value.lstrip(" \t"))]
        trail = value[len(value.rstrip(" \t")) :]
        return name + equals + lead + self.token(stripped) + trail

    def _url(self, url: str) -> str:
        if not _URL_WORTH_A_LOOK.search(url) and not STRONG.search(url):
            return url
        before, hash_sign, fragment = url.partition("#")
        path, question_mark, query = before.partition("?")
        if "@" in path:
            path = _USERINFO.sub(self._userinfo, path)
        # Segment by segment, so that a relative Location and the absolute URL that it leads to come out the same.
        path = STRONG.sub(lambda match: self.token(match[0]), self._pairs(path, _SEGMENT_VALUE))
        return path + question_mark + self._query(query) + hash_sign + self._query(fragment)

    def _userinfo(self, match: re.Match[str]) -> str:
        userinfo = match[2]
        # Empty user name and password are no credentials (URL, "includes credentials"), and no secret.
        return match[1] + (userinfo if userinfo == ":" else self.token(userinfo)) + "@"

    def _query(self, query: str) -> str:
        return "&".join(self._parameter(part) for part in query.split("&")) if query else query

    def _parameter(self, part: str) -> str:
        name, equals, value = part.partition("=")
        if equals and (is_secret_parameter(name) or (len(value) >= 32 and looks_random(unquote(value, "latin-1")))):
            return self._shapes(name) + equals + self._url_token(value)
        return self._shapes(self._pairs(part, _PARAMETER_VALUE))

    def _pairs(self, text: str, plain_value: re.Pattern[str]) -> str:
        """`text` with the value behind every secret name replaced; `plain_value`: how far it goes after a plain `=`."""
        if "=" not in text and "%" not in text:
            return text
        done = 0
        pieces: list[str] = []
        for match in _PAIR.finditer(text):
            if match.start() < done or not is_secret_parameter(match[1]):
                continue
            value = (plain_value if match[2] else _ENCODED_VALUE).match(text, match.end())
            if value is not None:
                pieces += text[done : match.end()], self._url_token(value[0])
                done = value.end()
        return "".join(pieces) + text[done:]

    def _shapes(self, text: str, *, random: bool = True) -> str:
        if "@" in text or "%40" in text:
            text = _NESTED_USERINFO.sub(lambda match: match[1] + self._url_token(match[2]) + match[3], text)
        return replace_shapes(text, self.token, random=random)

    def _url_token(self, secret: str) -> str:
        """The token of a secret in a URL as a browser sends it, so that a Location equals the request it leads to."""
        if TOKEN.fullmatch(secret):
            return secret
        secret = _DROPPED_BY_BROWSERS.sub("", secret)
        return self.token(_ENCODED_BY_BROWSERS.sub(lambda match: f"%{ord(match[0]):02X}", secret))


def _remember(cache: dict[_Key, _Value], key: _Key, value: _Value, size: int) -> None:
    if size > _CACHEABLE:
        return
    if len(cache) >= _CACHED:
        cache.clear()
    cache[key] = value
