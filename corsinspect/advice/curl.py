"""A Call as curl commands, ready to paste into a shell: its preflight and its requests, in wire order.

- Captured text can't escape its quotes: it is in single quotes (`shlex.quote`) without control characters, and names
  that aren't HTTP tokens are left out, because curl would read `@file` as a header.
- A redacted secret becomes a variable that the person sets: $AUTHORIZATION, $COOKIE, $SECRET_…; equal ones share it.
- Bodies are never recorded: if there was one, it is $BODY.
"""

import re
import shlex
from urllib.parse import quote

from corsinspect.fetch.headers import is_token
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable

_SECRET = re.compile(r"‹redacted:\d+:([0-9a-f]{12})!?›")
"""See `model.HeaderList`."""
_NAMED = {"authorization": "AUTHORIZATION", "cookie": "COOKIE"}
_LONGEST_NAME = 32
_CURLS_OWN = frozenset("accept-encoding connection content-length host proxy-connection te transfer-encoding".split())
"""Headers that curl sends itself, or that would only make its output unreadable."""
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]|{}<>^`\"\\ "


def curl(call: Call) -> str:
    """The commands, one per line; "" for a Call without an http request."""
    secrets: dict[str, str] = {}
    return "\n".join(filter(None, (_command(exchange, secrets) for exchange in call.exchanges)))


def variables(command: str) -> list[str]:
    """The variables that a person must set before running the command, in order."""
    return list(dict.fromkeys(re.findall(r'"\$([A-Z0-9_]+)"', command)))


def _command(exchange: Exchange, secrets: dict[str, str]) -> str:
    if exchange.method is None or not exchange.url.lower().startswith(("http://", "https://")):
        return ""
    # --globoff: curl would read brackets in a URL as a pattern; -i: the headers are what this is about
    parts = ["curl -i --globoff"]
    if exchange.method == "HEAD":
        parts.append("--head")
    elif exchange.method != "GET":
        parts.append("-X " + _quoted(exchange.method, "METHOD", secrets))
    parts.append("--url " + _quoted(_encoded(exchange.url), "SECRET_URL", secrets))
    for name, value in exchange.request_headers:
        if is_token(name) and name.lower() not in _CURLS_OWN:
            line = f"{name}: {value}" if value.strip() else f"{name};"  # curl would drop `Name:`
            parts.append("-H " + _quoted(line, _variable(name), secrets))
    if exchange.request_size:
        parts.append('--data-raw "$BODY"')
    return " \\\n  ".join(parts)


def _quoted(text: str, variable: str, secrets: dict[str, str]) -> str:
    """One shell word: the text in quotes, each secret in it as a variable."""
    pieces: list[str] = []
    end = 0
    for match in _SECRET.finditer(text):
        if match.start() > end:
            pieces.append(shlex.quote(printable(text[end : match.start()])))
        pieces.append(f'"${_name(match[1], variable, secrets)}"')
        end = match.end()
    if end < len(text) or not pieces:
        pieces.append(shlex.quote(printable(text[end:])))
    return "".join(pieces)


def _name(tag: str, variable: str, secrets: dict[str, str]) -> str:
    if tag not in secrets:
        taken = set(secrets.values())
        number = 1
        while (name := variable if number == 1 else f"{variable}_{number}") in taken:
            number += 1
        secrets[tag] = name
    return secrets[tag]


def _variable(header: str) -> str:
    """A variable for a header's secret; never one that the shell already uses, such as PATH."""
    own = re.sub(r"[^A-Z0-9]", "_", header.upper())[:_LONGEST_NAME]
    return _NAMED.get(header.lower(), f"SECRET_{own}")


def _encoded(url: str) -> str:
    """The URL with all but printable ASCII percent-encoded (captured characters are bytes), except secrets."""
    pieces: list[str] = []
    end = 0
    for match in _SECRET.finditer(url):
        pieces += [_encode(url[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*pieces, _encode(url[end:])])


def _encode(text: str) -> str:
    try:
        return quote(text.encode("latin-1"), safe=_URL_SAFE)
    except UnicodeEncodeError:
        return quote(text, safe=_URL_SAFE, errors="replace")
