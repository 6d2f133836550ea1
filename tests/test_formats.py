"""docs/formats.md names the keys that there are, no more and no fewer, and the values that they can have."""

import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from corsinspect import model
from corsinspect.advice.fix import Fix
from corsinspect.report.jsonl import row
from corsinspect.said import Place, Said, WithheldCookie
from corsinspect.session import sidecar
from corsinspect.session.lines import Header
from corsinspect.session.notes import SUFFIX, Entry
from tests.analysis.build import GRANT, OPEN, exchange, only, preflight

TEXT = (Path(__file__).parents[1] / "docs" / "formats.md").read_text("utf-8")

ROWS = [
    row(call)
    for call in (
        only(preflight("PUT", "x-a", status=404, got={})),
        only(preflight(at=100, got=GRANT, id="p"), exchange("PUT", at=100.1, got=OPEN, id="r")),
        only(exchange(got={"Access-Control-Allow-Origin": "*"})),
        only(exchange(None, "https://api.test:443/", failed="refused")),
        only(exchange(sent={"Sec-Fetch-Mode": "navigate"})),
    )
]


def table(heading: str) -> dict[str, str]:
    """The keys in the table under this heading, with their types."""
    section = re.split(r"^#+ ", TEXT.partition(f"### {heading}\n")[2], flags=re.M)[0]
    cells = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    return {key.strip(" `"): type.strip() for _, key, type, *_ in cells}


def described(hint: Any) -> str:
    """A field's type in the document's words."""
    absent = (NoneType, msgspec.UnsetType)
    (inner,) = (
        [part for part in get_args(hint) if part not in absent] if get_origin(hint) in (Union, UnionType) else [hint]
    )
    words = {str: "text", int: "number", float: "number", bool: "true, false", tuple[str, ...]: "list of text"}
    if get_origin(inner) is Literal:
        said = ", ".join(f"`{value}`" for value in get_args(inner))
    elif inner == model.HeaderList:
        said = "list of [name, value]"
    else:
        listed = get_origin(inner) is tuple and inner not in words
        said = f"list of {get_args(inner)[0].__name__}" if listed else words.get(inner) or inner.__name__
    return f"{said}, null" if NoneType in get_args(hint) else said


@pytest.mark.parametrize(
    ("heading", "record"),
    [
        ("Header", Header),
        ("Exchange", model.Exchange),
        ("Failure", model.Failure),
        ("Annotation", model.Annotation),
        ("Notes", Entry),
        ("Sidecar header", sidecar.Header),
        ("Said", Said),
        ("Place", Place),
        ("WithheldCookie", WithheldCookie),
    ],
)
def test_the_keys_of_a_session_s_lines_are_those_of_the_records(heading: str, record: type[msgspec.Struct]) -> None:
    hints = get_type_hints(record)
    assert table(heading) == {field.name: described(hints[field.name]) for field in msgspec.structs.fields(record)}


def test_the_name_of_the_notes_file_is_right() -> None:
    assert f"FILE.jsonl{SUFFIX}" in TEXT


def test_the_name_of_the_sidecar_is_right() -> None:
    assert f"FILE.jsonl{sidecar.SUFFIX}" in TEXT


def objects(key: str) -> list[dict[str, Any]]:
    """All objects that the rows have under this key, of lists and of engines too."""
    found = [value for each in ROWS if (value := each[key])]
    lists = [value if isinstance(value, list) else list(value.values()) for value in found]
    return [entry for entries in lists for entry in entries]


def test_the_keys_of_check_are_those_of_its_rows() -> None:
    assert [*table("Call")] == [*ROWS[0]]


@pytest.mark.parametrize(
    ("heading", "key"), [("Alternative", "alternatives"), ("Engine", "engines"), ("Finding", "also_failing")]
)
def test_the_keys_within_a_call_are_those_of_its_rows(heading: str, key: str) -> None:
    there = objects(key)
    assert there and all([*entry] == [*table(heading)] for entry in there)


def test_a_fix_has_the_keys_that_are_named() -> None:
    assert [*table("Fix")] == [field.name for field in msgspec.structs.fields(Fix)]
    fixes = [each["fix"] for each in ROWS if each["fix"]]
    assert {key for fix in fixes for part in fix.values() if part for key in part} == {"status", "set", "remove"}


@pytest.mark.parametrize("key", table("Call"))
def test_a_call_has_the_types_that_are_named(key: str) -> None:
    words = table("Call")[key]
    for value in (each[key] for each in ROWS):
        if value is None:
            assert words.endswith(", null")
        elif words.startswith("`"):
            assert f"`{value}`" in words
        else:
            kind = {"text": str, "number": int, "true": bool, "list": list, "object": dict, "Fix": dict}
            assert isinstance(value, kind[re.split(r"[ ,]", words)[0]])


def test_the_values_of_a_call_are_those_of_the_model() -> None:
    hints = get_type_hints(model.Call) | get_type_hints(model.Verdict)
    closed = {key: words for key, words in table("Call").items() if words.startswith("`")}
    assert closed == {key: described(hints[key]) for key in closed} and len(closed) >= 6
