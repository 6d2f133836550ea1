"""Keyed redaction: secrets out, everything that a verdict needs kept.

- A secret becomes a token (see `token.py`); the key lives as long as the Redactor, so equal secrets of one session have
  equal tokens and nobody can find a secret by guessing and hashing.
- `header_rules` says which header is treated how, `secret_names` which name means a secret, `secret_shapes` which value
  looks like one.
- One rule for URLs wherever they stand (request, Location, Referer, Refresh): what pairs before pairs after.
- Redacting twice is redacting once: each rule is applied until nothing changes.
"""

import hmac
import os
import re
from collections.abc import Callable
from typing import Literal, TypeVar
from urllib.parse import unquote

import msgspec

from corsinspect.model import Exchange, Failure, HeaderList
from corsinspect.session.redaction.header_rules import Rule, request_rule, response_rule
from corsinspect.session.redaction.secret_names import SCHEMES, Standing, is_secret_word, path_standing, standing
from corsinspect.session.redaction.secret_shapes import (
    SHORTEST_SHAPE,
    STRONG,
    looks_plain,
    looks_random,
    replace_shapes,
)
from corsinspect.session.redaction.token import TOKEN, has_unsafe_byte, wire_length

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Lines = dict[tuple[str, str], tuple[str, str]]
_Lists = dict[int, tuple[HeaderList, HeaderList]]
Side = Literal["request", "response"]

_CACHED = 2048
"""Entries per cache; with values up to _CACHEABLE characters that is a few MB."""
_CACHEABLE = 1024
_LISTS_CACHED = 256
_LONGEST_LIST = 64
"""Lines of a list in the cache, each of them up to _CACHEABLE characters."""
MAX_PHRASE = 128
"""Characters of a reason phrase; real ones have fewer than 40."""

SHORTEST_LINK = 6
"""Characters of a secret in a path; shorter ones would be tried out in no time."""

_USERINFO = re.compile(
    r"^([\x00-\x20]*(?:(?:https?|wss?|ftp):[/\\\t]*|(?:[a-z][a-z0-9+.\t-]*:)?[/\\\t]{2,}))([^/\\]+)@", re.I
)
_NESTED_USERINFO = re.compile(
    r"""((?:://|%(?:25)*3A%(?:25)*2F%(?:25)*2F))((?:(?!%(?:25)*2F)[^/?#&\s"'<>])+)(@|%40)""", re.I
)
_AUTHORITY = re.compile(r"[\x00-\x20]*(?:[a-z][a-z0-9+.\t-]*:)?[/\\\t]{2,}[^/\\]*", re.I)
_RELATIVE = re.compile(r"(?![/\\?#\x00-\x20])(?![a-z][a-z0-9+.-]*:)", re.I)

# A name, what separates it from its value, and the quotes around both; each plain, percent-encoded (perhaps more than
# once: a URL in a URL) or with backslashes (JSON in JSON).
_QUOTE = r"""(?:\\*["'`]|(?:%(?:25)*5C)*%(?:25)*2[27])"""
_SPACE = r"(?:[ \t+]|%(?:25)*(?:20|09|0A)){0,4}"
_PAIR = re.compile(
    rf"(?:(?<![A-Za-z0-9_.\[\]%-])|%(?:25)*[0-9A-F]{{2}})([A-Za-z0-9_.\[\]-]{{1,64}})"
    rf"{_QUOTE}?{_SPACE}(?:(=)>?|([:])|->|>|%(?:25)*3([AD])){_SPACE}(?=({_QUOTE})?)",
    re.I,
)
_SEPARATOR = re.compile("[=:%>]")
_ENCODED_BACKSLASH = re.compile(r"%(?:25)*5C\Z", re.I)
_DEEPEST_ESCAPE = 64
"""Characters of the longest of them: encoded thirty times."""
_TEXT_VALUE = re.compile(r"""[^&#;,\s"'<>})]*""")
_PARAMETER_VALUE = re.compile(r".*", re.S)
_SEGMENT_VALUE = re.compile(r"[^/\\;]*")
_ENCODED_VALUE = re.compile(r"""(?:(?!%(?:25)*(?:26|23|3B|2C|22|7D|20))[^&#;,\s"'<>})])*""", re.I)
_LISTED_VALUE = re.compile(r"\[[^\]]*\]?|%5B(?:(?!%5D).)*", re.I)
_CREDENTIALS = re.compile(r"""(?:[ \t+]+|%20)[^&#;,\s"'<>})]+""")
"""What follows a scheme, as in `Authorization: Bearer ...`."""
_NOTHING = re.compile(r"(?:true|false|null|none|undefined|nil)?", re.I)
"""What stands in a secret's place and is none."""
_NUMBER = re.compile("[0-9, ]{0,40}")
_CODE = re.compile("[A-Z]{2,3}|[0-9]{1,3}")
_COOKIE_PATH = re.compile(r"(?i)(;[ \t]*path=)([^;]*)")
_URL_IN_TEXT = re.compile(r"""(?:https?|wss?|ftp)://[^\s"'<>`{}|^]*[^\s"'<>`{}|^,;.)\]]|(?<=<)/[^\s"'<>]+(?=>)""", re.I)
_SEGMENTS = re.compile(r"([/\\;]|%(?:25)*(?:2F|3B|3F|26|23|20|2C))", re.I)
_RANDOM_IN_SEGMENT = re.compile(r"(?<![A-Za-z0-9+_%›-])(?:[A-Za-z0-9+_=-]|%2B|%3D){20,}", re.I)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")
_ASSET = re.compile(r"\.(?:m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|wasm|mp4|webm|chunk\.\w+)", re.I)

# What the URL parser percent-encodes in a query (URL, query percent-encode set), and what it drops.
_ENCODED_BY_BROWSERS = re.compile(r"""[\x00-\x20"'<>\x7f-\xff]""")
_DROPPED_BY_BROWSERS = re.compile(r"[\t\n\r]")
_SIMPLE = re.compile(r"[A-Za-z0-9_.,+-]*")
_URL_WORTH_A_LOOK = re.compile(r"[?#@=:%;]|[^/\\]{20}")
_REFRESH = re.compile(r"""([^;,]*[;,]\s*(?:url\s*=\s*)?["']?)(.*)""", re.I | re.S)
_NO_LISTS: tuple[HeaderList | None, HeaderList] = (None, ())
_PROTOCOL_WORD = re.compile(r"(?i)access|bearer|base64url|auth.*|apikey|key|ticket")


class Redactor:
    """Replaces the secrets of Exchanges. `key`: of the session; random when not given."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = os.urandom(32) if key is None else key
        self._tokens: dict[str, str] = {}
        self._urls: dict[tuple[str, bool], str] = {}
        self._phrases: dict[str, str] = {}
        self._lines: dict[Side, _Lines] = {"request": {}, "response": {}}
        self._lists: dict[Side, _Lists] = {"request": {}, "response": {}}
        self._directories: dict[str, bool] = {}

    def exchange(self, exchange: Exchange) -> Exchange:
        """The same facts without secrets; the very same object if it holds none. Never raises on odd bytes."""
        changed: dict[str, object] = {}
        if (url := self.url(exchange.url)) != exchange.url:
            changed["url"] = url
        if (request := self.request_headers(exchange.request_headers)) is not exchange.request_headers:
            changed["request_headers"] = request
        response = self.response_headers(exchange.response_headers, exchange.url)
        if response is not exchange.response_headers:
            changed["response_headers"] = response
        if exchange.server_headers is not None:
            changed["server_headers"] = self.response_headers(exchange.server_headers, exchange.url)
        if (phrase := self.phrase(exchange.reason_phrase)) != exchange.reason_phrase:
            changed["reason_phrase"] = phrase
        if exchange.failure is not None and (text := self.text(exchange.failure.text)) != exchange.failure.text:
            changed["failure"] = Failure(kind=exchange.failure.kind, text=text)
        return msgspec.structs.replace(exchange, **changed) if changed else exchange

    def request_headers(self, lines: HeaderList) -> HeaderList:
        """A request's lines without the values that aren't known to be harmless; the very same tuple if all are."""
        return self._headers(lines, "request", request_rule)

    def response_headers(self, lines: HeaderList, url: str = "") -> HeaderList:
        """A response's lines with secret values replaced; the very same tuple if there is none. `url`: of the request,
        to which a relative Location is relative."""
        return self._headers(lines, "response", response_rule, url)

    def url(self, url: str) -> str:
        """A URL, absolute or relative, without userinfo, secret parameters and secret links."""
        return self._cached_url(url, False)

    def text(self, text: str, *, random: bool = True) -> str:
        """Free text without `name=secret` pairs, URLs' secrets, and secret shapes (`random`: long random runs too)."""
        return _settled(text, lambda text: self._text(text, random))

    def phrase(self, phrase: str) -> str:
        """A reason phrase as free text, cut."""
        known = self._phrases.get(phrase)
        if known is None:
            known = _settled(phrase, lambda text: _cut(self._text(text[: 4 * MAX_PHRASE], True)))
            _remember(self._phrases, phrase, known, len(phrase))
        return known

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

    def _headers(self, lines: HeaderList, side: Side, rule_of: Callable[[str], Rule], url: str = "") -> HeaderList:
        """Readers share equal lists between exchanges: by its identity, a list is found in a tenth of the time."""
        lists = self._lists[side]
        before, redacted = lists.get(id(lines), _NO_LISTS)
        if before is not lines:
            redacted, is_known = self._each(lines, self._lines[side], rule_of, url)
            if is_known and len(lines) <= _LONGEST_LIST:
                if len(lists) >= _LISTS_CACHED:
                    lists.clear()
                lists[id(lines)] = lines, redacted  # held here, so that no other one can have its id
        return redacted

    def _each(
        self, lines: HeaderList, known: _Lines, rule_of: Callable[[str], Rule], url: str
    ) -> tuple[HeaderList, bool]:
        """The lines redacted, and whether they are the same every time: whether all are known now."""
        new: list[tuple[str, str]] | None = None
        all_known = True
        for index, line in enumerate(lines):
            redacted = known.get(line)
            if redacted is None:
                redacted = self._line(line, rule_of, url, known)
                all_known = all_known and line in known
            if redacted[1] != line[1]:
                new = list(lines) if new is None else new
                new[index] = redacted
        return lines if new is None else tuple(new), all_known

    def _line(self, line: tuple[str, str], rule_of: Callable[[str], Rule], url: str, known: _Lines) -> tuple[str, str]:
        name, value = line
        rule = rule_of(name)
        if rule == "url" and url and _RELATIVE.match(value):
            return name, self._cached_url(value, _leads_to_secrets(url))
        redacted = (name, self._value(rule, value))
        _remember(known, line, redacted, len(name) + len(value))
        return redacted

    def _value(self, rule: Rule, value: str) -> str:
        if rule == "authorization":
            return self._authorization(value)
        if rule == "cookie":
            return ";".join(self._cookie(pair) for pair in value.split(";"))
        if rule == "set-cookie":
            cookie, semicolon, attributes = value.partition(";")
            return self._cookie(cookie) + semicolon + (self._attributes(attributes) if semicolon else "")
        if rule == "never":
            return value
        if rule == "whole":
            return self.token(value)
        if rule == "plain":
            return value if looks_plain(value) else self.token(value)
        if rule == "number":
            return value if _NUMBER.fullmatch(value) else self.token(value)
        if rule == "url":
            return self.url(value)
        if rule == "protocols":
            return self._protocols(value)
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

    def _attributes(self, attributes: str) -> str:
        """What follows a cookie: the same again and again, so it's looked at once."""
        known = self._lines["response"]
        redacted = known.get(("", attributes))
        if redacted is None:
            redacted = ("", _settled(attributes, self._attributes_once))
            _remember(known, ("", attributes), redacted, len(attributes))
        return redacted[1]

    def _attributes_once(self, attributes: str) -> str:
        paths = _COOKIE_PATH.sub(lambda match: match[1] + self.url(match[2]), ";" + attributes)[1:]
        return self.text(paths, random=False)

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

    def _protocols(self, value: str) -> str:
        """Subprotocols: names stay, what follows a word such as `access_token` or isn't made of words doesn't."""
        parts: list[str] = []
        secret_next = False
        for part in value.split(","):
            item = part.strip(" \t")
            words = [word for word in re.split("[._-]", item.lower()) if word]
            telling = any(is_secret_word(word) or _PROTOCOL_WORD.fullmatch(word) for word in words)
            hidden = item and (secret_next or not looks_plain(item)) and not (telling and looks_plain(item))
            parts.append(part.replace(item, self.token(item)) if hidden else part)
            secret_next = telling
        return ",".join(parts)

    # URLs

    def _cached_url(self, url: str, secrets_follow: bool) -> str:
        redacted = self._urls.get((url, secrets_follow))
        if redacted is None:
            redacted = self._url(url, secrets_follow)
            if redacted != url:
                redacted = _settled(redacted, lambda url: self._url(url, secrets_follow))
            _remember(self._urls, (url, secrets_follow), redacted, len(url))
        return redacted

    def _url(self, url: str, secrets_follow: bool) -> str:
        if not _URL_WORTH_A_LOOK.search(url) and not secrets_follow and not _leads_to_secrets(url):
            return url
        before, hash_sign, fragment = url.partition("#")
        path, question_mark, query = before.partition("?")
        if secrets_follow or not self._is_harmless_path(path):
            path = self._whole_path(path, secrets_follow)
        return path + question_mark + self._query(query) + hash_sign + self._query(fragment)

    def _is_harmless_path(self, path: str) -> bool:
        """Whether nothing in it is to be replaced, as far as that shows at once: 2 µs less for most URLs.

        Most have a directory that came before, and a secret in the last segment shows there or by what stands before.
        """
        directory, _, last = path.rpartition("/")
        harmless = self._directories.get(directory)
        if harmless is None:
            harmless = self._is_harmless_directory(directory + "/")
            _remember(self._directories, directory, harmless, len(directory))
        return harmless and _SIMPLE.fullmatch(last) is not None and self._segment(last, "unknown") == last

    def _is_harmless_directory(self, path: str) -> bool:
        """Whether nothing in it is to be replaced, nor says anything of what stands behind it."""
        if _SEPARATOR.search(path, len(_host(path))) or _leads_to_secrets(path):
            return False
        return self._whole_path(path, False) == path

    def _whole_path(self, path: str, secrets_follow: bool) -> str:
        """A URL up to its query."""
        if "@" in path:
            path = _USERINFO.sub(self._userinfo, path)
        host = _host(path)
        # Segment by segment, so that a relative Location and the absolute URL that it leads to come out the same.
        return host + self._path(self._pairs(path[len(host) :], _SEGMENT_VALUE, self._url_token), secrets_follow)

    def _userinfo(self, match: re.Match[str]) -> str:
        userinfo = match[2]
        # Empty user name and password are no credentials (URL, "includes credentials"), and no secret.
        return match[1] + (userinfo if userinfo == ":" else self.token(userinfo)) + "@"

    def _path(self, path: str, secrets_follow: bool = False) -> str:
        """A path without the secrets in its segments: keys by their shape, and what a word before says is one."""
        pieces = _SEGMENTS.split(path)
        context = "unless-plain" if secrets_follow else "unknown"
        for index in range(0, len(pieces), 2):
            segment = pieces[index]
            said = path_standing(segment)
            if said != "unknown":
                context = said
            elif context == "unless-plain" and not _is_plain_segment(segment):
                pieces[index] = self._secret_segment(segment)
            else:
                pieces[index] = self._segment(segment, context)
        return "".join(pieces)

    def _secret_segment(self, segment: str) -> str:
        end = _EXTENSION.search(segment, max(0, len(segment) - 6))
        name = segment[: end.start()] if end and end.end() == len(segment) else segment
        return self._url_token(name) + segment[len(name) :]

    def _segment(self, segment: str, context: str) -> str:
        segment = STRONG.sub(lambda match: self._url_token(match[0]), segment)
        if context == "harmless" or len(segment) < 20 or _ASSET.search(segment):
            return segment
        return _RANDOM_IN_SEGMENT.sub(
            lambda match: self._url_token(match[0]) if looks_random(unquote(match[0], "latin-1")) else match[0], segment
        )

    def _query(self, query: str) -> str:
        return "&".join(self._parameter(part) for part in query.split("&")) if query else query

    def _parameter(self, part: str) -> str:
        name, equals, value = part.partition("=")
        if not equals:
            return self._within(part)
        said = standing(name)
        if said == "unknown" and len(part) < SHORTEST_SHAPE and _SIMPLE.fullmatch(value):
            return part  # most parameters: 15 µs less a URL
        if self._is_secret(said, value):
            return (
                self._shapes(self._pairs(name, _PARAMETER_VALUE, self._url_token), self._url_token)
                + equals
                + self._url_token(value)
            )
        if said == "unknown" and len(value) >= 20 and looks_random(unquote(value, "latin-1")):
            return self._within(name) + equals + self._url_token(value)
        return self._within(part, random=said != "harmless")

    def _within(self, part: str, *, random: bool = True) -> str:
        """What a parameter holds of pairs, links and shapes."""
        part = self._pairs(part, _PARAMETER_VALUE, self._url_token)
        if _SEGMENTS.search(part):
            name, equals, value = part.partition("=")
            part = name + equals + self._path(value) if equals else self._path(name)
        return self._shapes(part, self._url_token, random=random)

    # texts

    def _text(self, text: str, random: bool) -> str:
        if "://" in text or "</" in text:
            text = _URL_IN_TEXT.sub(lambda match: self.url(match[0]), text)
        return self._shapes(self._pairs(text, _TEXT_VALUE, self.token), self.token, random=random)

    def _pairs(self, text: str, plain_value: re.Pattern[str], token: Callable[[str], str]) -> str:
        """`text` with the value behind every secret name replaced by its `token`; `plain_value`: how far it goes after
        a plain `=`."""
        if not _SEPARATOR.search(text):
            return text
        done = 0
        pieces: list[str] = []
        for match in _PAIR.finditer(text):
            if match.start() < done:
                continue
            said = standing(match[1])
            if said in ("unknown", "harmless"):
                continue
            value = _value_of(match, plain_value)
            if self._is_secret(said, value):
                start = _value_start(match)
                pieces += text[done:start], token(value)
                done = start + len(value)
        return "".join(pieces) + text[done:]

    @staticmethod
    def _is_secret(said: Standing, value: str) -> bool:
        if said in ("unknown", "harmless") or _NOTHING.fullmatch(value):
            return False
        if said == "unless-code":
            return not _CODE.fullmatch(value)
        return said == "secret" or not looks_plain(unquote(value, "latin-1"))

    def _shapes(self, text: str, token: Callable[[str], str], *, random: bool = True) -> str:
        """`token`: of a user's name and password; what shows by its shape alone has nothing in it to be encoded."""
        if "@" in text or "%40" in text:
            text = _NESTED_USERINFO.sub(lambda match: match[1] + token(match[2]) + match[3], text)
        return replace_shapes(text, self.token, random=random)

    def _url_token(self, secret: str) -> str:
        """The token of a secret in a URL as a browser sends it, so that a Location equals the request it leads to."""
        if TOKEN.fullmatch(secret):
            return secret
        secret = _DROPPED_BY_BROWSERS.sub("", secret)
        return self.token(_ENCODED_BY_BROWSERS.sub(lambda match: f"%{ord(match[0]):02X}", secret))


class KeptValues(Redactor):
    """Lets everything be as it was sent, for people who want all; whoever reads such a session redacts it then."""

    def request_headers(self, lines: HeaderList) -> HeaderList:
        return lines

    def response_headers(self, lines: HeaderList, url: str = "") -> HeaderList:
        return lines

    def url(self, url: str) -> str:
        return url

    def text(self, text: str, *, random: bool = True) -> str:
        return text

    def phrase(self, phrase: str) -> str:
        return _cut(phrase)


def _value_of(match: re.Match[str], plain_value: re.Pattern[str]) -> str:
    """The value that a pair's name and separator are followed by."""
    text, start, quote = match.string, _value_start(match), match[5]
    if quote:
        return _quoted(text, start, quote)
    if (listed := _LISTED_VALUE.match(text, start)) is not None:
        return listed[0]
    if match[2]:
        value = plain_value.match(text, start)
    elif match[3] and plain_value is not _SEGMENT_VALUE:
        value = _TEXT_VALUE.match(text, start) if plain_value is _TEXT_VALUE else _ENCODED_VALUE.match(text, start)
    else:
        value = (_ENCODED_VALUE if match[4] else plain_value).match(text, start)
    if value is not None and value[0].lower() in SCHEMES and (credentials := _CREDENTIALS.match(text, value.end())):
        return value[0] + credentials[0]
    return value[0] if value is not None else ""


def _value_start(match: re.Match[str]) -> int:
    """Behind the quote, which isn't part of the match: it may begin the next name, where this one says nothing."""
    return match.end() + len(match[5] or "")


def _quoted(text: str, start: int, quote: str) -> str:
    """From `start` to the quote that closes; a quote with a backslash before it doesn't, unless they all have one."""
    if quote in ('"', "'", "`"):
        value = re.compile(rf"(?:\\.|[^{quote}\\])*", re.S).match(text, start)
        return value[0] if value is not None else ""
    end = text.find(quote, start)
    escapes = not quote.upper().startswith("%5C")
    while escapes and end > start and _ENCODED_BACKSLASH.search(text, max(start, end - _DEEPEST_ESCAPE), end):
        end = text.find(quote, end + 1)
    return text[start:] if end < 0 else text[start:end]


def _host(url: str) -> str:
    """The URL up to its path."""
    authority = _AUTHORITY.match(url)
    return authority[0] if authority is not None else ""


def _is_plain_segment(segment: str) -> bool:
    """Whether a segment behind a word such as `reset` is no key: words, numbers, a token already."""
    if len(segment) < SHORTEST_LINK:
        return True
    return looks_plain(unquote(segment, "latin-1")) or TOKEN.sub("", segment, 1)[:1] in ("", ".")


def _leads_to_secrets(url: str) -> bool:
    """Whether what stands beside this URL's last segment is a secret unless it's plain."""
    path = url.partition("#")[0].partition("?")[0]
    said = [standing for part in _SEGMENTS.split(path)[:-1:2] if (standing := path_standing(part)) != "unknown"]
    return bool(said) and said[-1] == "unless-plain"


def _settled(text: str, step: Callable[[str], str]) -> str:
    """`step` done until it changes nothing: each time less is left outside of tokens."""
    while (after := step(text)) != text:
        text = after
    return text


def _cut(text: str) -> str:
    """The first characters, no torn token among them."""
    if len(text) <= MAX_PHRASE:
        return text
    text = text[:MAX_PHRASE]
    return text[: text.rindex("‹")] if text.rfind("‹") > text.rfind("›") else text


def _remember(cache: dict[_Key, _Value], key: _Key, value: _Value, size: int) -> None:
    if size > _CACHEABLE:
        return
    if len(cache) >= _CACHED:
        cache.clear()
    cache[key] = value
