"""Every format of `check` is a row and a module that prints."""

import pytest

from corsinspect.report.formats import FORMATS, document
from tests.analysis.build import OPEN, exchange, only

CALLS = [only(exchange(id="b")), only(exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}, id="a"))]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_prints_all_calls_and_says_whom_it_is_for(name: str) -> None:
    assert FORMATS[name].purpose
    text = "\n".join(document(name, CALLS))
    assert "origin-missing" in text and "allowed" in text
    assert "\x1b" not in text


def test_colours_are_for_people_only() -> None:
    assert [name for name in FORMATS if "\x1b" in "".join(document(name, CALLS, colour=True))] == ["text"]
