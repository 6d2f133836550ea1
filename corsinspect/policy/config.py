"""Reads a policy: `corsinspect.toml`, or `[tool.corsinspect]` in `pyproject.toml`.

What isn't known in it is an error with its line, never passed over: a rule that is misspelt would check nothing.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import msgspec

from corsinspect.errors import CorsinspectError
from corsinspect.fetch.reasons import Reason
from corsinspect.policy.levels import FAIL_ON, FailOn
from corsinspect.policy.selector import Selector

OWN, SHARED = "corsinspect.toml", "pyproject.toml"
TABLE = "tool.corsinspect"
"""In the shared file."""
REASONS: tuple[str, ...] = get_args(Reason)


class PolicyError(CorsinspectError):
    """A policy or a baseline can't be used as it is."""


class Rule(msgspec.Struct, frozen=True):
    """A selection of calls, and why it is in the policy."""

    calls: Selector
    why: str = ""


class Policy(msgspec.Struct, frozen=True):
    """What a project asks of its calls."""

    fail_on: FailOn = "error"
    baseline: Path | None = None
    must_allow: tuple[Rule, ...] = ()
    expect: tuple[Rule, ...] = ()
    """Failures that are meant to be."""


def find_policy(start: Path) -> Path | None:
    """The file with the policy for this folder: in it, or in the nearest folder above that has one."""
    for folder in (start, *start.parents):
        if (own := folder / OWN).is_file():
            return own
        with suppress(OSError):  # there is none, or it's not for us to read
            if f"[{TABLE}" in (folder / SHARED).read_text("utf-8", "replace"):
                return folder / SHARED
    return None


def read_policy(path: Path) -> Policy:
    """The policy in this file; paths in it are relative to it. Raises PolicyError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't UTF-8"
        raise PolicyError(f"{path} can't be read: {reason}.", "Name a file with --config.") from error
    return parse_policy(text, path)


def parse_policy(text: str, path: Path) -> Policy:
    """The same of a text; `path` is for the messages, and for the paths in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path} isn't TOML: {error}.", "Correct it there.") from error
    prefix = TABLE if path.name == SHARED else ""
    table: Any = document
    for name in filter(None, prefix.split(".")):
        table = cast("dict[str, Any]", table).get(name, {}) if isinstance(table, dict) else table
    reading = _Reading(text, path, prefix)
    return reading.policy(reading.table(table, _At(), prefix))


class _At(NamedTuple):
    """A table: its name, and which of that name, from 0; the policy itself is ""."""

    table: str = ""
    number: int = 0


class _Reading:
    """One file being read; knows where in it each key is."""

    def __init__(self, text: str, path: Path, prefix: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._prefix = prefix

    def policy(self, table: Mapping[str, Any]) -> Policy:
        keys: dict[str, Callable[[str, Any], Any]] = {
            "fail-on": lambda key, value: self._choice(key, value, FAIL_ON, _At()),
            "baseline": lambda key, value: self._path.parent / self._text(key, value, _At()),
            "must-allow": lambda key, value: tuple(self._rules(key, value, ("url", "origin", "method", "why"))),
            "expect": lambda key, value: tuple(self._rules(key, value, ("url", "origin", "method", "reason", "why"))),
        }
        self._known(table, [*keys], _At())
        return Policy(**{key.replace("-", "_"): keys[key](key, value) for key, value in table.items()})

    def table(self, value: Any, at: _At, name: str) -> dict[str, Any]:
        """This value, which has to be a table."""
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        raise self._error(name.rpartition(".")[2], at, f"{name} has to be a table")

    def _rules(self, key: str, value: Any, known: Sequence[str]) -> Iterator[Rule]:
        entries = cast("list[Any]", value) if isinstance(value, list) else [value]
        for number, entry in enumerate(entries):
            table, at = self.table(entry, _At(), key), _At(key, number)
            self._known(table, known, at)
            if "url" not in table:
                raise self._error("", at, f"{key} needs a url")
            method = table.get("method", [])
            methods = cast("list[Any]", method) if isinstance(method, list) else [method]
            calls = Selector(
                url=self._text("url", table["url"], at),
                origin=self._text("origin", table["origin"], at) if "origin" in table else None,
                methods=tuple(self._text("method", each, at) for each in methods),
                reason=self._choice("reason", table["reason"], REASONS, at) if "reason" in table else None,
            )
            yield Rule(calls, self._text("why", table.get("why", ""), at))

    def _known(self, table: Mapping[str, Any], known: Sequence[str], at: _At) -> None:
        for key in table:
            if key not in known:
                raise self._error(key, at, f"unknown key {key!r}", _meant(key, known))

    def _choice(self, key: str, value: Any, choices: Sequence[str], at: _At) -> Any:
        if value in choices:
            return value
        raise self._error(key, at, f"{key} = {value!r} isn't known", _meant(str(value), choices))

    def _text(self, key: str, value: Any, at: _At) -> str:
        if isinstance(value, str):
            return value
        raise self._error(key, at, f"{key} has to be a text in quotes")

    def _error(self, key: str, at: _At, what: str, hint: str = "Correct it there.") -> PolicyError:
        return PolicyError(f"{self._path}, line {self._line(key, at)}: {what}.", hint)

    def _line(self, key: str, at: _At) -> int:
        """Where a key is, or for "" where its table begins. Of tables in one line, the first line with the key."""
        wanted, heading_of_key = self._full(at.table), self._full(key)
        table, seen, begins = "", -1, 1
        for number, line in enumerate(self._lines, 1):
            if heading := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
                table = heading[1].replace('"', "")
                seen += table == wanted
                begins = number if table == wanted and seen == at.number else begins
                if not at.table and table == heading_of_key:
                    return number
            named = re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)
            if named and named[1] == key and table == wanted and (seen == at.number or not at.table):
                return number
        inline = re.compile(rf"""(?<![\w-])["']?{re.escape(key)}["']?\s*=""")
        return next((number for number, line in enumerate(self._lines, 1) if key and inline.search(line)), begins)

    def _full(self, name: str) -> str:
        return ".".join(filter(None, (self._prefix, name)))


def _meant(word: str, known: Sequence[str]) -> str:
    if close := get_close_matches(word, known, 1):
        return f"Did you mean {close[0]!r}?"
    return f"Known are: {', '.join(known)}." if known is not REASONS else "`corsinspect explain` lists them all."
