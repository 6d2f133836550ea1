"""One JSON line per Call: the machine contract of `check --format jsonl`."""

import codecs
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from corsinspect.advice.causes import Cause, causes
from corsinspect.advice.fix import fix
from corsinspect.advice.messages.browser_said import place
from corsinspect.advice.recipes import Edit, framework
from corsinspect.advice.solution import RecipeChange
from corsinspect.analysis import also_failing, by_server, readable_headers
from corsinspect.fetch.engines import EngineName
from corsinspect.model import Alternative, Call, EngineVerdict, Finding, Word
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.recipes import Recipes

Engines = tuple[tuple[EngineName, EngineVerdict], ...]
"""What each engine does with a call, in their order."""

_encode = msgspec.json.Encoder().encode


def row(call: Call, others: Collection[Call] = ()) -> dict[str, Any]:
    """The contract's object for one Call: every key is always there, null if unknown or not applicable. `others`: calls
    of the session, as evidence for its causes; the recipe is made as if it were all there is of its session.

    If a fix was simulated, the object describes the server's own answers."""
    recipes = Recipes(Neighbours([call]))

    def recipe(own: Call) -> object:
        return _recipe(recipes.of(own))

    return _row(call, others, _Parts(recipe, _cause, _finding, _engines))


class _Parts(NamedTuple):
    """How those parts of a row are given that are alike in many calls."""

    recipe: Callable[[Call], object]
    cause: Callable[[Cause], object]
    finding: Callable[[Finding], object]
    engines: Callable[[Engines], object]


def _row(call: Call, others: Collection[Call], parts: _Parts) -> dict[str, Any]:
    simulated = call.simulated
    if simulated:
        call = by_server(call)
    verdict = call.verdict
    roles = call.roles()
    engines = verdict.engines
    return {
        "id": call.id,
        "url": call.url,
        "method": call.method,
        "page_origin": call.page_origin,
        "kind": call.kind,
        "outcome": verdict.outcome,
        "certainty": verdict.certainty,
        "alternatives": [_alternative(alternative) for alternative in verdict.alternatives],
        "reason": verdict.reason,
        "stage": verdict.stage,
        "hop": verdict.hop,
        "header": verdict.header,
        "expected": verdict.expected,
        "found": verdict.found,
        "status": verdict.status,
        "credentials": call.credentials,
        "preflight": call.preflight,
        "engines": None if engines is None else parts.engines(tuple(engines.items())),
        "also_failing": [parts.finding(finding) for finding in also_failing(call)],
        "masked": call.masked,
        "simulated": simulated,
        "exchanges": [exchange.id for _, exchange in roles],
        "roles": [role for role, _ in roles],
        "readable_headers": readable_headers(call),
        "framework": framework(call),
        "browser": _browser(call.browser),
        "causes": [parts.cause(cause) for cause in causes(call, others)],
        "fix": msgspec.to_builtins(fix(call)),
        "recipe": parts.recipe(call),
    }


class Writer:
    """The Calls as lines of JSON, in which there are no colours."""

    def __init__(self, session: Neighbours, *, colour: bool = False) -> None:
        del colour
        self._session = session
        self._recipes = Recipes(session)
        self._parts = _Parts(self._recipe, _written_cause, _written_finding, _written_engines)
        self._written: dict[int, msgspec.Raw] = {}
        """Recipes as JSON, by identity: there is one for all calls that a server needs it for."""

    def begin(self) -> Iterable[str]:
        return ()

    def call(self, judged: Judged) -> Iterable[str]:
        yield self.line(self.row(judged.call))

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        del unmet
        return ()

    def row(self, call: Call) -> dict[str, Any]:
        """One Call by the evidence of its session."""
        return _row(call, self._session.beside(call), self._parts)

    def _recipe(self, call: Call) -> msgspec.Raw:
        found = self._recipes.of(call)
        written = self._written.get(id(found))
        if written is None:
            written = self._written[id(found)] = _written(_recipe(found))
        return written

    @staticmethod
    def line(value: object) -> str:
        """A value as JSON in one line, all of it plain ASCII."""
        return _harmless(_encode(value)).decode("ascii")


def lines(calls: Sequence[Call]) -> Iterable[bytes]:
    """The Calls as JSON lines, in their order; each ends with a line break and has no other."""
    writer = Writer(Neighbours(calls))
    return (f"{writer.line(writer.row(call))}\n".encode("ascii") for call in calls)


def _written(value: object) -> msgspec.Raw:
    return msgspec.Raw(_harmless(_encode(value)))


@lru_cache(maxsize=256)  # with the findings, a tenth of the time of a refused preflight's line
def _written_cause(cause: Cause) -> msgspec.Raw:
    return _written(_cause(cause))


@lru_cache(maxsize=256)  # a twentieth of the time of an allowed call's line
def _written_engines(engines: Engines) -> msgspec.Raw:
    return _written(_engines(engines))


@lru_cache(maxsize=256)
def _written_finding(finding: Finding) -> msgspec.Raw:
    return _written(_finding(finding))


def _harmless(line: bytes) -> bytes:
    """The same JSON without bytes that a terminal could take for a command: all but plain ASCII is escaped."""
    if line.isascii() and b"\x7f" not in line:
        return line
    return line.decode().replace("\x7f", "\\u007f").encode("ascii", _ESCAPING)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that aren't ASCII. JSON has two escapes for one beyond the first 65,536, those of its
    surrogates in UTF-16."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_escape, error.object[error.start : error.end])), error.end


@lru_cache(maxsize=256)  # mostly the quotation marks and ellipses of our own sentences
def _escape(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


_ESCAPING = "corsinspect.json"
codecs.register_error(_ESCAPING, _escaped)


def _browser(word: Word | None) -> dict[str, Any] | None:
    if word is None:
        return None
    caller = word.caller
    return {
        "confirmed": word.confirmed,
        "match": word.match,
        "code": None if word.failing is None else word.failing.code,
        "credentials": next((said.credentials for said in word.said if said.credentials is not None), None),
        "initiator": None if caller is None else place(caller),
        "cookies_withheld": [{"name": each.name, "reasons": list(each.reasons)} for each in word.withheld],
        "console": word.console,
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {"if": alternative.condition, "outcome": alternative.outcome, "reason": alternative.reason}


def _engines(engines: Engines) -> dict[str, Any]:
    return {
        name: {"outcome": engine.outcome, "code": engine.code, "parameter": engine.parameter}
        for name, engine in engines
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {"id": cause.id, "what": cause.what, "seen": cause.seen, "change": cause.change}


def _recipe(found: RecipeChange | None) -> dict[str, Any] | None:
    if found is None or found.recognised is None:
        return None
    return {
        "id": found.rendered.id,
        "framework": found.recognised.name,
        "confidence": found.recognised.confidence,
        "steps": [_step(edit) for edit in found.edits],
        "notes": list(found.rendered.notes),
    }


def _step(edit: Edit) -> dict[str, Any]:
    return {
        "do": edit.do,
        "what": edit.what,
        "file": edit.file,
        "where": edit.where,
        "before": edit.before,
        "after": edit.after,
        "inside": list(edit.inside),
        "there": edit.there,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "stage": finding.stage,
        "hop": finding.hop,
        "reason": finding.reason,
        "header": finding.header,
        "expected": finding.expected,
        "found": finding.found,
    }
