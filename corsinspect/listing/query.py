"""The filter language: from the filter line's text to a predicate over rows, or to what is wrong with it, and where.

    filter := all ("or" all)*            all := one (["and"] one)*
    one    := "not" one | "-" one | "(" filter ")" | word
    word   := a state (`terms.STATES`) | key:value | key=value | @saved | free text, "quoted" where it has blanks

`:` looks for the value anywhere in the field, `=` takes the whole field only; `*` stands for anything in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from corsinspect.listing.terms import FIELDS, STATES, Predicate

DEEPEST = 40
"""Parentheses and negations in each other; more is no filter that a person means."""
_WORDS = ("and", "or", "not")


@dataclass(frozen=True)
class Query:
    """A filter that can be used. Two of the same text are equal."""

    text: str
    accepts: Predicate = field(compare=False, repr=False)


class Problem(NamedTuple):
    """Why a text is no filter yet, and the part of it, `start` to `end`, that is wrong."""

    what: str
    start: int
    end: int


EVERYTHING = Query("", lambda row: True)


class Token(NamedTuple):
    """A word or parenthesis of a filter. `text` is without quotes."""

    kind: str
    """`(`, `)`, `-`, `word`, or `end`."""
    text: str
    start: int
    end: int
    quote: int | None = None
    """Where in `text` its first quoted character is: from there on nothing has a meaning of its own."""


def parse(text: str, saved: Mapping[str, str] | None = None) -> Query | Problem:
    """The filter that `text` is. `saved`: what `@name` stands for."""
    try:
        accepts = _Parser(text, saved or {}).parse()
    except _Wrong as wrong:
        problem = wrong.problem
        end = max(0, min(problem.end, len(text)))
        return Problem(problem.what, max(0, min(problem.start, end)), end)
    return Query(text.strip(), accepts) if accepts is not None else EVERYTHING


def tokens(text: str) -> list[Token]:
    """The words of a filter; a quote that isn't closed yet reaches to the end."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
        elif character in "()":
            found.append(Token(character, character, at, at + 1))
            at += 1
        elif character == "-" and at + 1 < len(text) and not text[at + 1].isspace():
            found.append(Token("-", "-", at, at + 1))
            at += 1
        else:
            found.append(_word(text, at))
            at = found[-1].end
    return found


def quoted(value: str) -> str:
    """A value as it has to be written in a filter: with quotes where it needs them."""
    plain = value and not any(character.isspace() or character in '()"' for character in value)
    return value if plain else '"' + value.replace('"', "*") + '"'


def _word(text: str, start: int) -> Token:
    at, quote = start, None
    read: list[str] = []
    while at < len(text) and not (text[at].isspace() or text[at] in "()"):
        if text[at] == '"':
            end = text.find('"', at + 1)
            end = len(text) if end < 0 else end
            quote = len("".join(read)) if quote is None else quote
            read.append(text[at + 1 : end])
            at = min(end + 1, len(text))
        else:
            read.append(text[at])
            at += 1
    return Token("word", "".join(read), start, at, quote)


class _Wrong(Exception):
    def __init__(self, what: str, start: int, end: int) -> None:
        super().__init__(what)
        self.problem = Problem(what, start, end)


class _Parser:
    def __init__(self, text: str, saved: Mapping[str, str]) -> None:
        self._tokens = tokens(text)
        self._end = Token("end", "", len(text), len(text))
        self._next = 0
        self._saved = saved

    def parse(self) -> Predicate | None:
        if not self._tokens:
            return None
        accepts = self._any(0)
        token = self._peek()
        if token.kind == ")":
            raise _Wrong("this ) has no matching (", token.start, token.end)
        return accepts

    def _peek(self) -> Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else self._end

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _any(self, depth: int) -> Predicate:
        parts = [self._all(depth)]
        while self._is("or"):
            self._take()
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else _or(parts)

    def _all(self, depth: int) -> Predicate:
        parts = [self._one(depth)]
        while True:
            if self._is("and"):
                self._take()
            elif self._is("or") or self._peek().kind in (")", "end"):
                return parts[0] if len(parts) == 1 else _and(parts)
            parts.append(self._one(depth))

    def _one(self, depth: int) -> Predicate:
        token = self._take()
        if depth > DEEPEST:
            raise _Wrong("the parentheses are nested too deep", token.start, token.end)
        if token.kind == "-" or self._means(token, "not"):
            return _not(self._one(depth + 1))
        if token.kind == "(":
            inside = self._any(depth + 1)
            if self._peek().kind != ")":
                raise _Wrong("this ( has no matching )", token.start, token.end)
            self._take()
            return inside
        if token.kind in (")", "end") or any(self._means(token, word) for word in ("and", "or")):
            before = self._tokens[self._next - 2] if self._next > 1 else None
            after = f" after “{before.text}”" if before is not None else ""
            raise _Wrong(f"a search term is missing{after}", token.start, token.end)
        return self._word(token)

    def _is(self, word: str) -> bool:
        return self._means(self._peek(), word)

    @staticmethod
    def _means(token: Token, word: str) -> bool:
        return token.kind == "word" and token.quote is None and token.text.lower() == word

    def _word(self, token: Token) -> Predicate:
        if token.quote == 0:
            return _text(token.text)
        if token.text.startswith("@") and len(token.text) > 1:
            return self._named(token)
        if token.quote is None and (state := STATES.get(token.text.lower())) is not None:
            return state.accepts
        return self._keyed(token) or _text(token.text)

    def _keyed(self, token: Token) -> Predicate | None:
        """The predicate of key:value; None for free text that only looks like it (a URL, host:port)."""
        key, sign, value = split(token)
        if not sign:
            return None
        known = FIELDS.get(key.lower())
        if known is None:
            if sign == "=" or not key.isalpha() or not value or value.startswith("//"):
                return None
            near = get_close_matches(key.lower(), FIELDS, n=1, cutoff=0.8 if value[0].isdigit() else 0.6)
            if value[0].isdigit() and not near:  # host:port
                return None
            meant = f"did you mean {near[0]}:?" if near else f'to search for the text: "{token.text}"'
            raise _Wrong(f"unknown key {key}:; {meant}", token.start, token.start + len(key) + 1)
        if not value:
            raise _Wrong(f"{key}{sign} needs a value, for example {known.example}", token.start, token.end)
        made = known.make(value, sign == "=")
        if isinstance(made, str):
            raise _Wrong(made, token.start + len(key) + 1, token.end)
        return made

    def _named(self, token: Token) -> Predicate:
        name = token.text[1:]
        if name not in self._saved:
            near = get_close_matches(name, self._saved, n=1)
            meant = f"; did you mean @{near[0]}?" if near else ""
            raise _Wrong(f"there is no saved filter {name}{meant}", token.start, token.end)
        held = parse(self._saved[name])
        if isinstance(held, Problem):
            raise _Wrong(f"the saved filter {name} is not valid: {held.what}", token.start, token.end)
        return held.accepts


def split(token: Token) -> tuple[str, str, str]:
    """Key, sign and value; no sign where the word has none outside its quotes."""
    head = token.text if token.quote is None else token.text[: token.quote]
    places = [place for place in map(head.find, ":=") if place > 0]
    if not places:
        return "", "", ""
    place = min(places)
    return token.text[:place], token.text[place], token.text[place + 1 :]


def _text(text: str) -> Predicate:
    wanted = text.lower()
    return lambda row: wanted in row.text


def _not(inner: Predicate) -> Predicate:
    return lambda row: not inner(row)


def _and(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:  # the usual case, at a third of the cost
        one, other = parts
        return lambda row: one(row) and other(row)
    return lambda row: all(part(row) for part in parts)


def _or(parts: list[Predicate]) -> Predicate:
    if len(parts) == 2:
        one, other = parts
        return lambda row: one(row) or other(row)
    return lambda row: any(part(row) for part in parts)
