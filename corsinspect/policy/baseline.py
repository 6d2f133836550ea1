"""The problems that are known already, in a file: only new ones fail a check.

A problem is known by what it is (method, address without query, page, reason, step), not by when it was seen; so a
baseline holds for other recordings of the same pages.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from corsinspect.analysis import by_server
from corsinspect.model import Call
from corsinspect.policy.config import PolicyError

VERSION = 1
"""Goes up when problems are told apart in another way."""
DEFAULT = "corsinspect-baseline.json"
_REDACTED = re.compile(r"‹redacted:[^›]*›")


class Problem(msgspec.Struct, frozen=True, order=True):
    """What is the same of a problem from one recording to the next."""

    url: str
    method: str
    origin: str
    outcome: str
    reason: str
    stage: str


class _File(msgspec.Struct):
    version: int = msgspec.field(name="corsinspect-baseline")
    problems: list[dict[str, Any]] = []


def problem_of(call: Call) -> Problem:
    """What a baseline keeps of a call."""
    verdict = by_server(call).verdict
    return Problem(
        url=_steady(call.url.partition("?")[0]),
        method=call.method or "",
        origin=_steady(call.page_origin or ""),
        outcome=verdict.outcome,
        reason=verdict.reason or "",
        stage=verdict.stage or "",
    )


def _steady(text: str) -> str:
    """Without the tags of replaced secrets, which are others in each session."""
    return _REDACTED.sub("‹redacted›", text)


def read_baseline(path: Path) -> frozenset[Problem]:
    """The problems in this file. Raises PolicyError."""
    again = "Write a new one with --write-baseline."
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"The baseline {path} can't be read: {error.strerror}.", again) from error
    try:
        file = msgspec.json.decode(data, type=_File)
        if file.version == VERSION:
            return frozenset(msgspec.convert(file.problems, list[Problem]))
    except msgspec.DecodeError as error:
        raise PolicyError(f"{path} is no baseline: {error}.", again) from error
    what = f"The baseline {path} has version {file.version}, and this corsinspect reads version {VERSION}."
    raise PolicyError(what, again)


def write_baseline(path: Path, problems: Iterable[Problem]) -> int:
    """Writes the file whole, one problem a line and sorted, so that its changes can be reviewed; how many there are.
    Raises PolicyError."""
    found = sorted(set(problems))
    lines = ",\n".join(f"  {json.dumps(msgspec.to_builtins(each), ensure_ascii=False)}" for each in found)
    text = f'{{"corsinspect-baseline": {VERSION}, "problems": [\n{lines}\n]}}\n'
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        what = f"The baseline {path} can't be written: {error.strerror}."
        raise PolicyError(what, "Name another file with --baseline.") from error
    return len(found)
