"""Reads a policy: `corsinspect.toml`, or `[tool.corsinspect]` in `pyproject.toml`.

What isn't known in it is an error with its line, never passed over: a rule that is misspelt would check nothing.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

import msgspec

from corsinspect.errors import CorsinspectError
from corsinspect.fetch.reasons import Reason
from corsinspect.policy.levels import FAIL_ON, FailOn
from corsinspect.policy.selector import Selector

OWN, SHARED = "corsinspect.toml", "pyproject.toml"
TABLE = "tool.corsinspect"
"""In the shared file."""
_REASONS = frozenset(get_args(Reason))


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
        if (shared := folder / SHARED).is_file() and f"[{TABLE}" in shared.read_text("utf-8", "replace"):
            return shared
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
    for name in filter(None, prefix.split(".")):
        document = document.get(name, {})
    return _Reading(text, path, prefix).policy(document)


class _Reading:
    """One file being read; knows where in it each key is."""

    def __init__(self, text: str, path: Path, prefix: str) -> None:
        self._lines = text.splitlines()
        self._path = path
        self._prefix = prefix

    def policy(self, table: Mapping[str, Any]) -> Policy:
        keys: dict[str, Callable[[str, Any], Any]] = {
            "fail-on": lambda key, value: self._choice(key, value, FAIL_ON),
            "baseline": lambda key, value: self._path.parent / self._text(key, value),
            "must-allow": self._must_allow,
            "expect": self._expect,
        }
        self._known(table, keys, "")
        return Policy(**{key.replace("-", "_"): keys[key](key, value) for key, value in table.items()})

    def _must_allow(self, key: str, value: Any) -> tuple[Rule, ...]:
        return tuple(self._rules(key, value, ("url", "origin", "method", "why")))

    def _expect(self, key: str, value: Any) -> tuple[Rule, ...]:
        return tuple(self._rules(key, value, ("url", "origin", "method", "reason", "why")))

    def _rules(self, key: str, value: Any, known: Sequence[str]) -> Iterator[Rule]:
        entries = cast("list[Any]", value) if isinstance(value, list) else [value]
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict):
                raise self._error(key, "", f"{key} has to be tables, as in [[{key}]]")
            table = cast("dict[str, Any]", entry)
            self._known(table, known, key, number)
            if "url" not in table:
                raise self._error("", key, f"{key} needs a url", number=number)
            method = table.get("method", [])
            methods = cast("list[Any]", method) if isinstance(method, list) else [method]
            reason = table.get("reason")
            if reason is not None:
                self._choice("reason", reason, sorted(_REASONS), key, number)
            calls = Selector(
                url=self._text("url", table["url"], key, number),
                origin=self._text("origin", table["origin"], key, number) if "origin" in table else None,
                methods=tuple(self._text("method", each, key, number) for each in methods),
                reason=reason,
            )
            yield Rule(calls, self._text("why", table.get("why", ""), key, number))

    def _known(self, table: Mapping[str, Any], known: Sequence[str] | Mapping[str, Any], inside: str, number: int = 0):
        for key in table:
            if key not in known:
                raise self._error(key, inside, f"unknown key {key!r}", _meant(key, [*known]), number)

    def _choice(self, key: str, value: Any, choices: Sequence[str], inside: str = "", number: int = 0) -> Any:
        if value in choices:
            return value
        raise self._error(key, inside, f"{key} = {value!r} isn't known", _meant(str(value), choices), number)

    def _text(self, key: str, value: Any, inside: str = "", number: int = 0) -> str:
        if isinstance(value, str):
            return value
        raise self._error(key, inside, f"{key} has to be a text in quotes", number=number)

    def _error(self, key: str, inside: str, what: str, hint: str = "", number: int = 0) -> PolicyError:
        line = self._line(key, inside, number)
        return PolicyError(f"{self._path}, line {line}: {what}.", hint or "Correct it there.")

    def _line(self, key: str, inside: str, number: int) -> int:
        """Where a key is; `number`: in the table of that name, from 0. Where tables are written in one line, the
        first line that has the key."""
        wanted = ".".join(filter(None, (self._prefix, inside)))
        table, seen, begins = "", -1, 1
        for at, line in enumerate(self._lines, 1):
            if heading := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
                table = heading[1].replace('"', "")
                seen += table == wanted
                begins = at if table == wanted and seen == number else begins
                if not inside and table == ".".join(filter(None, (self._prefix, key))):
                    return at
            named = re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)
            if named and key and named[1] == key and table == wanted and (seen == number or not inside):
                return at
        inline = re.compile(rf"""(?<![\w-])["']?{re.escape(key)}["']?\s*=""")
        return next((at for at, line in enumerate(self._lines, 1) if key and inline.search(line)), begins)


def _meant(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, 1)
    return f"Did you mean {close[0]!r}?" if close else f"Known are: {', '.join(known)}."
