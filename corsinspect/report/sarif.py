"""SARIF 2.1.0 for code scanning: a rule per reason, a result per call that something is wrong with."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from corsinspect import __version__
from corsinspect.advice import REASONS
from corsinspect.advice.hypothetical import Known, brief, explain_reason
from corsinspect.advice.messages.browser_said import caller_of
from corsinspect.advice.topics import TOPICS
from corsinspect.model import Call
from corsinspect.policy.baseline import problem_of
from corsinspect.policy.judging import Judged, Source, Unmet
from corsinspect.printable import printable
from corsinspect.report.answer import Answers, plain
from corsinspect.report.jsonl import Writer as Rows
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MUST_ALLOW, UNDECIDED = "must-allow", "undecided"
_OWN = {
    MUST_ALLOW: "The policy asks for a call that wasn't recorded.",
    UNDECIDED: "The recording doesn't show what the browser did.",
}
"""Rules beside the reasons."""
_line = Rows.line


class Writer:
    """A result a line; the rules come first, all of them."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        del colour
        self._answers = Answers(session)
        self._tally = Tally()
        self._first = True

    def begin(self) -> Iterable[str]:
        rules = [*map(_rule, REASONS), *({"id": id, "shortDescription": {"text": text}} for id, text in _OWN.items())]
        driver = {"name": "corsinspect", "version": __version__, "rules": rules}
        yield f'{{"$schema":{_line(SCHEMA)},"version":"2.1.0","runs":[{{"tool":{_line({"driver": driver})},"results":['

    def call(self, judged: Judged) -> Iterable[str]:
        self._tally.add(judged.call)
        if judged.severity is not None:
            yield self._result(_result(judged, "\n".join(self._said(judged))))

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        for each in unmet:
            yield self._result(
                {"ruleId": MUST_ALLOW, "level": each.severity, "message": {"text": printable(each.what)}}
            )
        yield f'],"properties":{_line({"summary": self._tally.summary()})}}}]}}'

    def _said(self, judged: Judged) -> Iterable[str]:
        answer = self._answers.of(judged.call)
        yield f"{answer.name}: {answer.headline}"
        yield from [printable(judged.why)] if judged.why else []
        yield from plain(answer)

    def _result(self, result: dict[str, Any]) -> str:
        comma = "" if self._first else ","
        self._first = False
        return comma + _line(result)


def _rule(slug: str) -> dict[str, Any]:
    known = TOPICS[slug].example if slug in TOPICS else Known()
    said = explain_reason(slug, known)
    return {
        "id": slug,
        "shortDescription": {"text": brief(slug, known)},
        "fullDescription": {"text": f"{said.happened} {said.consequence}".strip()},
        "help": {"text": said.change or said.happened},
    }


def _result(judged: Judged, text: str) -> dict[str, Any]:
    call = judged.call
    problem = msgspec.json.encode(problem_of(call))
    result: dict[str, Any] = {
        "ruleId": call.verdict.reason or UNDECIDED,
        "level": judged.severity,
        "message": {"text": text},
        "locations": [_recorded(judged.source)] if judged.source is not None else [],
        "partialFingerprints": {"corsinspect/v1": hashlib.sha256(problem).hexdigest()},
    }
    if judged.standing in ("expected", "known"):
        result["suppressions"] = [{"kind": "external", "justification": printable(judged.why)}]
    return result | _caller(call)


def _recorded(source: Source) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(source.file)}}
    if source.line is not None:
        physical["region"] = {"startLine": source.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if source.entry is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(source.entry)}]
    return location


def _caller(call: Call) -> dict[str, Any]:
    """Where in the page's code the call was made, if the browser said so."""
    place = caller_of(call)
    if place is None:
        return {}
    region = {"startLine": max(1, place.line)} | ({"startColumn": max(1, place.column)} if place.column else {})
    uri = quote(printable(place.url), safe="%/:=&?~#+!$,;'@()*[]")
    where = {"artifactLocation": {"uri": uri}, "region": region}
    return {"relatedLocations": [{"id": 1, "physicalLocation": where, "message": {"text": "The call was made here."}}]}
