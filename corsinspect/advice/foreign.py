"""Reads a console message in a language (or of a version) that the table of fragments doesn't hold.

Browsers translate their sentences, and never the headers' names, the values in quotes and the status: in what order
and with what quotation marks they stand tells most reasons apart.
"""

import re
from collections.abc import Iterator

import msgspec

from corsinspect.advice.fragments import ANY, LONGEST, Role

_HEADER = re.compile(r"Access-Control-Allow-(?P<which>Origin|Credentials|Methods|Headers)", re.IGNORECASE)
_URL = re.compile(rf"https?://[^\s'\"‘’“”«»()]{{1,{LONGEST}}}")
_MARKS = "'\"‘’‚‛“”„«»"
_QUOTED = re.compile(rf"[{_MARKS}] ?(?P<value>[^{_MARKS}]{{1,400}}?) ?[{_MARKS}]")
_STATUS = re.compile(r": ?(?P<status>[0-9]{3})\b")
_ABOUT_CORS = re.compile(r"\bCORS\b|Cross-Origin", re.IGNORECASE)


class Foreign(msgspec.Struct, frozen=True):
    """What could be read."""

    words: str
    """The part of the message that told it."""
    slugs: tuple[str, ...]
    role: Role = "reason"
    meaning: str = ""
    url: str | None = None
    value: str | None = None
    status: str | None = None


def read(message: str, *, sure: bool) -> Foreign | None:
    """What the message tells; None where it isn't about CORS (`sure`: it is) or names nothing."""
    if not sure and not _ABOUT_CORS.search(message):
        return None
    url = _URL.search(message)
    status = _STATUS.search(message)
    header = _HEADER.search(message)
    found = Foreign("", (), url=url[0].rstrip(".,;:") if url else None, status=status["status"] if status else None)
    if header is not None:
        which = header["which"].lower()
        quoted = [value for value in _quoted(message) if value != found.url]
        value = quoted[-1] if quoted and which != "credentials" else None
        slugs = _reasons(which, quoted, status is not None)
        return msgspec.structs.replace(found, words=header[0], slugs=slugs, value=value)
    if url is None:
        return None
    rest = message[url.end() :].strip(" .,;")[:200] or url[0]
    meaning = "It is about CORS, and its other words are not known here."
    return msgspec.structs.replace(found, words=rest, slugs=ANY, role="aftermath", meaning=meaning)


def _quoted(message: str) -> Iterator[str]:
    """The values in quotes, but for the headers' names."""
    for match in _QUOTED.finditer(message):
        if not _HEADER.search(match["value"]):
            yield match["value"]


def _reasons(which: str, quoted: list[str], status: bool) -> tuple[str, ...]:
    """What Firefox can have said of a header."""
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
