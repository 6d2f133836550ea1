"""Fills a recipe's templates with what a session needs. Only values that `needs.py` calls well-formed reach code.

A template contains `«name»` or `«name|format|…»`, and at the start of a line `«if name»`, `«unless name»` (the line
is dropped if the condition fails) or `«each origin»` (the line is repeated for each origin).

names    origins methods headers exposed (lists), origin (in an `each` line), api, host, prefix, mount, credentials
formats  none: literals of the language, separated by commas; `raw`: unchanged; `words`: joined with ", ";
         `csv`: joined with ","; `spaced`: joined with spaces; `lower`: in lower case; `pattern`: a regular expression
         that matches any of them; `each:TEXT`: TEXT for each, with its literal instead of `@`
"""

import re
from collections.abc import Callable

import msgspec

from .loader import Recipe
from .needs import (
    Needs,
    is_wellformed_header,
    is_wellformed_method,
    is_wellformed_origin,
    is_wellformed_prefix,
)

EXAMPLE_ORIGIN = "https://app.example.com"
EVERYONE = "*"
"""As an origin, only where it is allowed now and no login is involved."""
EXAMPLE_API = "https://api.example.com"

_SLOT = re.compile(r"«([a-z]+)((?:\|[^»|]+)*)»")
_CONDITION = re.compile(r"^(\s*)«(if|unless) ([a-z]+)»")
_EACH = re.compile(r"^(\s*)«each origin»")

_SINGLE_QUOTED = frozenset({"js", "ts", "php", "ruby"})
_CAPITAL_BOOLEANS = frozenset({"python"})

_NOTES = {
    "credentials": "No call in this session shows whether the page sends cookies or HTTP authentication. If it does "
    "(fetch with credentials: 'include', XHR with withCredentials), the server must allow credentials too. A token "
    "that the page puts into a header itself doesn't count.",
    "example": f"No origin is known from this session: replace {EXAMPLE_ORIGIN} with your page's origin.",
    "origins": "These are all the origins that called this server in this session: keep only your own.",
    "kept": "The list has every origin that the server was seen to allow now: if you have more in yours, keep them.",
    "starred": "Now `*` lets every page read answers that don't need a login. The list has those that called in this "
    "session: add the others that you know.",
    "mirrored": "The server may allow any request header now. The list has those that were seen: add what other pages "
    "send.",
    "fixed": "Only origins can be set here: methods, headers and credentials are as the product has them.",
    "local": "Origins on this machine (localhost) belong only in the development setup.",
}


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe filled with a session's values. Texts hold only its own words and safe values; `left_out` is raw."""

    id: str
    title: str
    kind: str
    language: str
    file: str
    install: str
    code: str
    """All that is to be pasted where there is nothing yet: `head`, `inside` and `body`."""
    head: str
    body: str
    replaces: str
    inside: tuple[str, ...]
    where: str
    restart: str
    traps: tuple[str, ...]
    measured: str
    environments: str
    """The code of the variant with an allowlist per environment; "" if there is none."""
    environments_how: str
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    """What was asked for but left out of the code, because it isn't well-formed (or is the origin `null`)."""


class _Safe(msgspec.Struct, frozen=True, kw_only=True):
    """The values that a template may use, all well-formed."""

    lists: dict[str, tuple[str, ...]]
    texts: dict[str, str]
    flags: dict[str, bool]


def render(recipe: Recipe, needs: Needs) -> Rendered:
    """The recipe filled in. Never raises for any `needs`: what isn't well-formed is left out and listed."""
    safe, left_out = _safe(recipe, needs)

    def fill(template: str) -> str:
        return _fill(template, safe, recipe.language)

    variant = recipe.environments
    head, body = fill(recipe.head).strip("\n"), fill(recipe.code).strip("\n")
    return Rendered(
        id=recipe.id,
        title=recipe.title,
        kind=recipe.kind,
        language=recipe.language,
        file=fill(recipe.file),
        install=fill(recipe.install),
        code="\n\n".join(part for part in (head, wrapped(body, recipe.inside)) if part),
        head=head,
        body=body,
        replaces=fill(recipe.replaces),
        inside=recipe.inside,
        where=fill(recipe.where),
        restart=recipe.restart,
        traps=tuple(fill(trap) for trap in recipe.traps),
        measured=recipe.measured,
        environments="" if variant is None else fill(variant.code),
        environments_how="" if variant is None else fill(variant.how),
        notes=_notes(recipe, needs, safe),
        left_out=left_out,
    )


def wrapped(code: str, inside: tuple[str, ...]) -> str:
    """The code within these blocks: `server: {` and the like."""
    for opening in reversed(inside):
        lines = [f"  {line}" if line else "" for line in code.splitlines()]
        code = "\n".join([opening, *lines, "},"])
    return code


def _safe(recipe: Recipe, needs: Needs) -> tuple[_Safe, tuple[str, ...]]:
    left_out: list[str] = []

    def keep(values: tuple[str, ...], wellformed: Callable[[str], bool]) -> tuple[str, ...]:
        left_out.extend(value for value in values if not wellformed(value))
        return tuple(value for value in values if wellformed(value))

    origins = keep(needs.origins, is_wellformed_origin)
    api = keep((needs.api,) if needs.api else (), is_wellformed_origin)
    prefix = needs.prefix if is_wellformed_prefix(needs.prefix) else ""
    everyone = needs.everyone and recipe.everyone
    methods = keep(needs.methods, is_wellformed_method) or ("GET",)
    lists = {
        "origins": (EVERYONE,) if everyone else origins or (EXAMPLE_ORIGIN,),
        "methods": tuple(each for each in methods if not recipe.only_methods or each in recipe.only_methods),
        "headers": tuple(map(_usual_case, keep(needs.headers, is_wellformed_header))),
        "exposed": tuple(map(_usual_case, filter(is_wellformed_header, needs.exposed))),
    }
    address = api[0] if api else EXAMPLE_API
    texts = {"api": address, "host": address.partition("://")[2], "prefix": prefix, "mount": prefix or "/api"}
    if needs.present and recipe.kind == "app":
        texts["prefix"] = ""
    flags = {
        "credentials": needs.credentials == "include",
        "headers": bool(lists["headers"]) and not (needs.mirrored and recipe.mirrors),
        "exposed": bool(lists["exposed"]),
        "everyone": everyone,
        "present": needs.present,
        "root": not prefix,
        "refused": needs.refused,
        "errors": needs.errors,
        "example": not origins,
    }
    return _Safe(lists=lists, texts=texts, flags=flags), tuple(left_out)


def _usual_case(name: str) -> str:
    """`x-request-id` as people write it: `X-Request-Id`."""
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def _notes(recipe: Recipe, needs: Needs, safe: _Safe) -> tuple[str, ...]:
    origins = safe.lists["origins"]
    local = [origin for origin in origins if re.match(r"http://(localhost|127\.|\[::1\])", origin)]
    said = {
        "example": safe.flags["example"],
        "credentials": needs.credentials == "unknown",
        "origins": len(origins) > 1 and not needs.present,
        "kept": len(origins) > 1 and needs.present,
        "starred": needs.starred and not safe.flags["everyone"],
        "mirrored": needs.mirrored and safe.flags["headers"] and not recipe.mirrors,
        "fixed": recipe.origins_only,
        "local": bool(local) and len(local) < len(origins),
    }
    return tuple(_NOTES[name] for name, holds in said.items() if holds)


def _fill(template: str, safe: _Safe, language: str) -> str:
    lines: list[str] = []
    for line in template.strip("\n").split("\n"):
        condition = _CONDITION.match(line)
        if condition:
            if safe.flags[condition[3]] != (condition[2] == "if"):
                continue
            line = condition[1] + line[condition.end() :]
        each = _EACH.match(line)
        if each is None:
            lines.append(_fill_line(line, safe, language))
            continue
        line = each[1] + line[each.end() :]
        for origin in safe.lists["origins"]:
            one = msgspec.structs.replace(safe, lists={**safe.lists, "origin": (origin,)})
            lines.append(_fill_line(line, one, language))
    return "\n".join(lines)


def _fill_line(line: str, safe: _Safe, language: str) -> str:
    return _SLOT.sub(lambda slot: _slot(slot[1], slot[2].split("|")[1:], safe, language), line)


def _slot(name: str, formats: list[str], safe: _Safe, language: str) -> str:
    if name == "credentials":
        text = str(safe.flags["credentials"])
        return text if language in _CAPITAL_BOOLEANS else text.lower()
    values = safe.lists.get(name) or ((safe.texts[name],) if name in safe.texts else ())
    if formats[:1] == ["lower"]:
        values, formats = tuple(value.lower() for value in values), formats[1:]
    match formats:
        case []:
            return ", ".join(_literal(value, language) for value in values)
        case ["raw" | "csv"]:
            return ",".join(values)
        case ["words"]:
            return ", ".join(values)
        case ["spaced"]:
            return " ".join(values)
        case ["pattern"]:
            return "|".join(".*" if value == EVERYONE else re.escape(value).replace("\\-", "-") for value in values)
        case [each] if each.startswith("each:"):
            return ", ".join(each.removeprefix("each:").replace("@", _literal(value, language)) for value in values)
        case _:
            raise ValueError(f"a template has «{name}|{'|'.join(formats)}», and there is no such format")


def _literal(value: str, language: str) -> str:
    """A string literal. Well-formed values contain no quote, backslash, line break or `$`, so nothing needs escaping;
    any other value must not get further than here."""
    quote = "'" if language in _SINGLE_QUOTED else '"'
    if value == EVERYONE:
        return quote + value + quote
    if re.search(r"[^A-Za-z0-9\-._~:/+\[\]]", value):
        raise AssertionError("a value that isn't well-formed has reached the code")
    return quote + value + quote
