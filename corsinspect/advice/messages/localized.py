"""Reads a console message in a language (or from a version) that the table of fragments doesn't cover.

Browsers translate their sentences, but never header names, quoted values and the status. Their order and quotation
marks distinguish most reasons.
"""

import re
from collections.abc import Iterator

import msgspec

from corsinspect.advice.messages.fragments import ANY, LONGEST, Role

_HEADER = re.compile(r"Access-Control-Allow-(?P<which>Origin|Credentials|Methods|Headers)", re.IGNORECASE)
_URL = re.compile(rf"https?://[^\s'\"‘’“”«»()]{{1,{LONGEST}}}")
_MARKS = "'\"‘’‚‛“”„«»"
_QUOTED = re.compile(rf"[{_MARKS}] ?(?P<value>[^{_MARKS}]{{1,400}}?) ?[{_MARKS}]")
_STATUS = re.compile(r": ?(?P<status>[0-9]{3})\b")
_ABOUT_CORS = re.compile(r"\bCORS\b|Cross-Origin", re.IGNORECASE)


class Localized(msgspec.Struct, frozen=True):
    """What could be read from a localized message."""

    words: str
    """The part of the message that says it."""
    slugs: tuple[str, ...]
    role: Role = "reason"
    meaning: str = ""
    url: str | None = None
    value: str | None = None
    status: str | None = None


def read(message: str, *, sure: bool) -> Localized | None:
    """What the message says; None if it isn't about CORS (`sure`: it is) or names nothing."""
    if not sure and not _ABOUT_CORS.search(message):
        return None
    url = _URL.search(message)
    status = _STATUS.search(message)
    header = _HEADER.search(message)
    found = Localized("", (), url=url[0].rstrip(".,;:") if url else None, status=status["status"] if status else None)
    if header is not None:
        which = header["which"].lower()
        quoted = [value for value in _quoted(message) if value != found.url]
        value = quoted[-1] if quoted and which != "credentials" else None
        slugs = _reasons(which, quoted, status is not None)
        return msgspec.structs.replace(found, words=header[0], slugs=slugs, value=value)
    if url is None:
        return None
    rest = message[url.end() :].strip(" .,;")[:200] or url[0]
    meaning = "It is about CORS; its other words are unknown."
    return msgspec.structs.replace(found, words=rest, slugs=ANY, role="aftermath", meaning=meaning)


def _quoted(message: str) -> Iterator[str]:
    """The values in quotes, except header names."""
    for match in _QUOTED.finditer(message):
        if not _HEADER.search(match["value"]):
            yield match["value"]


def _reasons(which: str, quoted: list[str], status: bool) -> tuple[str, ...]:
    """The reasons for which Firefox names this header."""
    if which == "credentials":
        return ("credentials-not-true",)
    if which == "methods":
        return ("allow-methods-invalid",) if quoted else ("method-not-allowed",)
    if which == "headers":
        return ("header-not-allowed", "allow-headers-invalid")
    if "*" in quoted:
        return ("origin-wildcard-with-credentials",)
    if quoted:
        return ("origin-mismatch", "origin-invalid", "origin-multiple")
    return ("origin-missing",) if status else ("origin-missing", "origin-multiple")
