"""The browser's own word without secrets: the same rules, and the same tokens, as for the exchanges."""

import re

import msgspec

from corsinspect.said import Place, Said
from corsinspect.session.redaction.redact import Redactor

_CONTENT = re.compile(r"\s*(data|javascript|blob):", re.I)
"""Schemes whose URLs are content, or lead to it, instead of naming a place."""


def redacted_said(said: Said, redactor: Redactor) -> Said:
    """The same facts, URLs, headers, texts and places of code redacted."""
    changed: dict[str, object] = {"url": _url(said.url, redactor)}
    if said.request_headers is not None:
        changed["request_headers"] = redactor.request_headers(said.request_headers)
    if said.response_headers is not None:
        changed["response_headers"] = redactor.response_headers(said.response_headers, said.url)
    if said.page is not None:
        changed["page"] = _url(said.page, redactor)
    if said.caller is not None:
        changed["caller"] = _place(said.caller, redactor)
    if said.stack:
        changed["stack"] = tuple(_place(place, redactor) for place in said.stack)
    for name in ("parameter", "directive", "console"):
        if (text := getattr(said, name)) is not None:
            changed[name] = redactor.text(text)
    return msgspec.structs.replace(said, **changed)


def _place(place: Place, redactor: Redactor) -> Place:
    function = redactor.text(place.function) if place.function else ""
    return Place(url=_url(place.url, redactor), line=place.line, column=place.column, function=function)


def _url(url: str, redactor: Redactor) -> str:
    content = _CONTENT.match(url)
    return redactor.url(url) if content is None else f"{content[1].lower()}:"
