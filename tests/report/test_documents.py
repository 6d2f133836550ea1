"""Each format is valid by its own schema or consumer, says what counts, and lets no hostile text out."""

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
import xmlschema
from markdown_it import MarkdownIt

from corsinspect.advice import REASONS
from corsinspect.report.formats import FORMATS
from tests.report.build import CALLER, CALLS, HOSTILE_CALLS, report

SCHEMAS = Path(__file__).with_name("schemas")
BOTH = pytest.mark.parametrize("calls", [CALLS, HOSTILE_CALLS, []], ids=["usual", "hostile", "none"])
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")


@pytest.mark.parametrize("format", FORMATS)
def test_no_control_character_gets_out(format: str) -> None:
    assert not CONTROLS.search(report(format, HOSTILE_CALLS))


# JUnit


@BOTH
def test_junit_is_valid(calls: list) -> None:
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(report("junit", calls))


def test_junit_counts_what_it_lists() -> None:
    (suite,) = ElementTree.fromstring(report("junit"))
    cases = suite.findall("testcase")
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "skipped")}
    assert counts == {
        "tests": len(cases),
        "failures": len(suite.findall("testcase/failure")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    assert counts == {"tests": 7, "failures": 2, "skipped": 4}
    failure = suite.find("testcase/failure")
    assert failure is not None and failure.attrib["type"] == "origin-missing"
    assert "Access-Control-Allow-Origin: https://app.test" in (failure.text or "")
    assert "api.js" in (failure.text or "")


# SARIF


def sarif(calls: list = CALLS) -> dict:
    log = json.loads(report("sarif", calls))
    jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())).validate(log)
    return log


@BOTH
def test_sarif_is_valid(calls: list) -> None:
    sarif(calls)


def test_every_result_of_sarif_has_its_rule() -> None:
    (run,) = sarif([*CALLS, *HOSTILE_CALLS])["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {*REASONS} < rules
    assert {result["ruleId"] for result in run["results"]} <= rules


def test_sarif_says_where() -> None:
    (run,) = sarif()["runs"]
    blocked, known, old, down = run["results"][:4]
    place = blocked["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "sessions/one two.jsonl"
    assert place["region"] == {"startLine": 3}
    caller = blocked["relatedLocations"][0]["physicalLocation"]
    assert caller["artifactLocation"]["uri"] == CALLER.url
    assert caller["region"] == {"startLine": 42, "startColumn": 7}
    assert down["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "log.entries[4]"}]
    assert [result["level"] for result in run["results"]] == ["error", "error", "error", "warning", "note", "error"]
    assert known["suppressions"][0]["justification"] == "in the baseline"
    assert old["suppressions"][0]["justification"] == "expected: retired"
    assert run["results"][-1]["ruleId"] == "must-allow"


# GitHub


def test_github_has_an_annotation_a_line() -> None:
    lines = report("github", [*CALLS, *HOSTILE_CALLS]).splitlines()
    assert all(re.match("::(error|warning|notice) [^:]*::", line) for line in lines)
    assert lines[0].startswith("::error file=sessions/one two.jsonl,line=3,title=Blocked%3A the page may not")
    assert "%0A    Access-Control-Allow-Origin: https://app.test%0A" in lines[0]
    # of a call: a property of a command can't be begun by what was captured
    properties = [line.split("::")[1].partition(" ")[2] for line in lines]
    assert all({part.partition("=")[0] for part in each.split(",")} <= {"file", "line", "title"} for each in properties)


# JSON


@BOTH
def test_json_is_one_document(calls: list) -> None:
    document = json.loads(report("json", calls))
    assert len(document["calls"]) == len(calls)


def test_json_says_what_the_policy_says() -> None:
    document = json.loads(report("json"))
    said = {call["id"]: (call["standing"], call["severity"], call["fails"]) for call in document["calls"]}
    assert said["b"] == ("new", "error", True) and said["k"] == ("known", "error", False)
    assert said["x"] == ("expected", "error", False) and said["a"] == ("ok", None, False)
    assert document["calls"][0]["source"] == {"file": "sessions/one two.jsonl", "line": 3, "entry": None}
    assert document["failed"] is True and document["unmet"][0]["fails"] is True


# Markdown


def test_markdown_renders_without_anything_of_the_traffic_s_own() -> None:
    text = report("markdown", HOSTILE_CALLS)
    rendered = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text)
    tags = {*re.findall(r"<([a-z0-9]+)", re.sub(r"<(pre|code)\b.*?</\1>", "", rendered, flags=re.DOTALL))}
    assert tags <= {*"h1 h2 h3 p strong table thead tbody tr th td details summary ol li pre code".split()}
    headings = re.findall("<h[12]>(.*?)</h[12]>", rendered)
    assert len(headings) == 1 + len(HOSTILE_CALLS)
    outside = re.sub(r"<code>.*?</code>", "", rendered, flags=re.DOTALL)
    assert "@somebody" not in text.replace("`", "") or "&#64;" in text
    assert "javascript:" not in re.sub(r"[^>]*(?=<)", "", outside)


def test_markdown_says_what_to_change() -> None:
    rendered = MarkdownIt("commonmark").enable("table").render(report("markdown"))
    assert "<td><code>Access-Control-Allow-Origin</code></td>" in rendered
    assert "The answer to your GET" in rendered and "api.js?v=1:42" in rendered


# HTML


class Page(HTMLParser):
    """What a browser would see: tags, their attributes, and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_has_only_our_own_elements() -> None:
    usual, hostile = Page(report("html")), Page(report("html", HOSTILE_CALLS))
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in usual.tags}
    known = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "type", "placeholder"}
    assert {name for _, attrs in hostile.tags for name in attrs} <= known | {"autocomplete", "spellcheck", "hidden"}
    assert [tag for tag, _ in hostile.tags].count("script") == 1
    assert all(str(attrs["href"]).startswith("#call-") for tag, attrs in hostile.tags if tag == "a")


def test_the_page_needs_no_network() -> None:
    assert not {"src", "srcset", "data"} & {name for _, attrs in Page(report("html")).tags for name in attrs}
    assert "url(" not in report("html") and "@import" not in report("html")


def test_every_call_of_the_page_has_an_address_of_its_own() -> None:
    ids = [attrs["id"] for tag, attrs in Page(report("html", HOSTILE_CALLS)).tags if tag == "details"]
    assert len(ids) == len({*ids}) == len(HOSTILE_CALLS)


def test_the_page_says_what_hostile_text_says() -> None:
    shown = report("html", HOSTILE_CALLS)
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown and "{{ 7 * 7 }}" in shown
