"""The filter language: what a text selects, and that every text is a filter or says where it isn't."""

from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corsinspect.analysis.across.traits import Traits
from corsinspect.listing.query import EVERYTHING, Problem, Query, parse, quoted
from corsinspect.listing.terms import FIELDS, STATES
from corsinspect.model import Reason


class Row(NamedTuple):
    outcome: str = "blocked"
    method: str = "PUT"
    url: str = "http://localhost:8000/api/tasks/7?page=2"
    page: str | None = "http://localhost:3000"
    preflight: str = "✗"
    slug: Reason | None = "origin-missing"
    status: int | None = 404
    took: float | None = 0.25
    confirmed: bool | None = None
    line: str = ""
    withheld: str = ""
    traits: Traits | None = None
    text: str = "put http://localhost:8000/api/tasks/7?page=2 from http://localhost:3000 blocked no allow-origin header"


ROW = Row()


def accepts(text: str, row: Row = ROW) -> bool:
    query = parse(text)
    assert isinstance(query, Query), query
    return query.accepts(row)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "blocked",
        "BLOCKED",
        "-allowed",
        "not allowed",
        "preflight",
        "method:put",
        "method:P*",
        "origin:localhost:3000",
        "origin:http://localhost:3000/",
        "origin=localhost:3000",
        "origin=http://localhost:3000",
        "host:local",
        "host=localhost",
        "host=localhost:8000",
        "path:/tasks",
        "path=/api/tasks/*",
        "path:api*7",
        "reason:origin-*",
        "status:404",
        "status:4xx",
        "slower:100ms",
        "slower:0.2s",
        "slower:249",
        "code:PreflightMissing*",
        "code:CORSMissingAllowOrigin2",
        "tasks",
        '"PUT http"',
        "localhost:3000",
        "http://localhost:8000/api",
        ":8000/api",
        "page=2",
        "allowed or blocked",
        "allowed or blocked method:PUT",
        "blocked and (allowed or -allowed)",
        "-(allowed or opaque)",
        "not not blocked",
        '"blocked no"',
        "tasks Header",
        'path:"/api/tasks"',
    ],
)
def test_selects(text: str) -> None:
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "allowed",
        "-blocked",
        "-preflight",
        "method:PU",
        "method:OPTIONS",
        "origin=localhost:300",
        "origin=http://localhost",
        "host=local",
        "host:localhost:3000",
        "path=/api/tasks",
        "path:page",
        "reason:origin",
        "reason:mismatch-*",
        "status:5xx",
        "status:200",
        "slower:250ms",
        "code:MissingAllowOriginHeader",
        "nowhere",
        '"put  http"',
        "allowed or opaque",
        "blocked allowed or pending",
        "blocked -tasks",
    ],
)
def test_leaves_out(text: str) -> None:
    assert not accepts(text)


def test_a_field_that_is_missing_matches_nothing_but_its_absence() -> None:
    bare = Row(page=None, slug=None, status=None, took=None, preflight="–", outcome="pending")
    for text in ("origin:localhost", "reason:*", "status:4xx", "slower:0ms", "code:*", "preflight"):
        assert not accepts(text, bare)
        assert accepts(f"-{text}", bare)


@pytest.mark.parametrize(
    ("text", "what", "part"),
    [
        ("metod:PUT", "did you mean method:?", "metod:"),
        ("blocked staging:x", "to search for the text", "staging:"),
        ("statsu:4", "did you mean status:?", "statsu:"),
        ("method:", "needs a value, for example method:PUT", "method:"),
        ("status:abc", "three digits", "abc"),
        ("tasks slower:soon", "like 500ms", "soon"),
        ("(blocked", "this ( has no matching )", "("),
        ("blocked)", "this ) has no matching (", ")"),
        ("blocked or", "missing after “or”", ""),
        ("or blocked", "is missing", "or"),
        ("not", "missing after “not”", ""),
        ("()", "missing after “(”", ")"),
        ("finding:preflight", "did you mean preflight-", "preflight"),
        ("@mine", "there is no saved filter mine", "@mine"),
        ("(" * 50 + "x" + ")" * 50, "nested too deep", "("),
        ("--" * 50 + "x", "nested too deep", "-"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, what: str, part: str) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem)
    assert what in problem.what
    assert text[problem.start : problem.end] == part


def test_a_saved_filter_is_used_by_its_name() -> None:
    saved = {"mine": "blocked method:PUT", "broken": "("}
    query = parse("@mine -status:500", saved)
    assert isinstance(query, Query) and query.accepts(ROW)
    assert not query.accepts(ROW._replace(method="GET"))
    assert "did you mean @mine" in str(parse("@min", saved))
    assert "saved filter broken is not valid" in str(parse("@broken", saved))


def test_a_quote_that_is_not_closed_yet_reaches_to_the_end() -> None:
    assert accepts('blocked "no allow-origin')


pieces = st.one_of(
    st.sampled_from([*(f"{key}:" for key in FIELDS), *STATES, *(key.example for key in FIELDS.values())]),
    st.sampled_from(
        ["(", ")", "-", "not", "and", "or", '"', "*", "@", "@a", "=", ":", " ", "4xx", "9" * 400, "/[", "²"]
    ),
    st.text(max_size=6),
)
RANDOM_ROW = st.builds(
    Row,
    url=st.text(max_size=20),
    page=st.none() | st.text(max_size=20),
    slug=st.none() | st.text(max_size=5),
    status=st.none() | st.integers(),
    text=st.text(max_size=20),
)


@given(parts=st.lists(pieces, max_size=12), glue=st.sampled_from(["", " "]), row=RANDOM_ROW)
@example(parts=["(" * 5000], glue="", row=ROW)
@example(parts=["not "] * 5000, glue="", row=ROW)
@example(parts=["path:" + "*a" * 200 + "b"], glue="", row=Row(url="http://x/" + "a" * 5000))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_filter_or_says_where_it_is_not(parts: list[str], glue: str, row: Row) -> None:
    text = glue.join(parts)
    result = parse(text, {"a": text})
    if isinstance(result, Problem):
        assert result.what
        assert 0 <= result.start <= result.end <= len(text)
    else:
        assert result.accepts(row) in (True, False)


@given(value=st.text(min_size=1, max_size=20).filter(lambda value: value.isprintable()))
def test_a_quoted_value_finds_itself(value: str) -> None:
    path = "/" + value.replace("?", "").replace("#", "")
    found = parse(f"path={quoted(path)}")
    assert isinstance(found, Query) and found.accepts(Row(url="http://x.test" + path))


def test_nothing_is_everything() -> None:
    assert parse("  ") is EVERYTHING
    assert parse("x ") == parse("x")
