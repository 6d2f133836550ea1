import json

from corsinspect.report.jsonl import lines, row
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, only, preflight

KEYS = """id url method page_origin kind outcome certainty alternatives reason stage hop header expected found status
credentials preflight engines also_failing masked simulated exchanges roles readable_headers framework browser causes
fix recipe""".split()


def test_every_key_is_always_there() -> None:
    for call in (
        only(preflight()),
        only(exchange(got=OPEN)),
        only(exchange(sent={"Sec-Fetch-Mode": "navigate"})),
        only(exchange(None, "https://api.test:443/", failed="refused")),
    ):
        assert list(row(call)) == KEYS


def test_a_blocked_preflight_in_the_contract_s_words() -> None:
    got = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Headers": "content-type"}
    call = row(only(preflight("POST", "authorization", got=got, id="p")))
    assert call == {
        "id": "p",
        "url": API,
        "method": "POST",
        "page_origin": PAGE,
        "kind": "preflighted",
        "outcome": "blocked",
        "certainty": "certain",
        "alternatives": [{"if": {"credentials": "include"}, "outcome": "blocked", "reason": "credentials-not-true"}],
        "reason": "header-not-allowed",
        "stage": "preflight",
        "hop": 0,
        "header": "Access-Control-Allow-Headers",
        "expected": "authorization",
        "found": "content-type",
        "status": 204,
        "credentials": "unknown",
        "preflight": "sent",
        "engines": {
            "chromium": {
                "outcome": "blocked",
                "code": "HeaderDisallowedByPreflightResponse",
                "parameter": "authorization",
            },
            "firefox": {"outcome": "blocked", "code": "CORSMissingAllowHeaderFromPreflight2", "parameter": None},
            "webkit": {"outcome": "blocked", "code": None, "parameter": None},
        },
        "also_failing": [],
        "masked": None,
        "simulated": False,
        "exchanges": ["p"],
        "roles": ["preflight:0"],
        "readable_headers": [],
        "framework": None,
        "browser": None,
        "causes": [
            {
                "id": "header-not-listed",
                "what": "This header was never added to the list.",
                "seen": "Other headers are in the list, or there is none.",
                "change": "api.test: add authorization to the headers that the CORS code allows.",
            }
        ],
        "fix": {
            "preflight": {
                "status": None,
                "set": {"Access-Control-Allow-Headers": "authorization", "Vary": "Origin"},
                "remove": [],
            },
            "actual": {"set": {"Access-Control-Allow-Origin": PAGE, "Vary": "Origin"}, "remove": []},
        },
        "recipe": None,
    }


def test_an_allowed_call_with_its_preflight() -> None:
    got = {**OPEN, "Access-Control-Allow-Credentials": "true", "Content-Type": "x", "ETag": "y"}
    (line,) = lines([only(preflight(at=100, got=GRANT, id="p"), exchange("PUT", at=100.1, got=got, id="r"))])
    call = json.loads(line)
    assert line.endswith(b"}\n") and line.count(b"\n") == 1
    assert (call["id"], call["exchanges"], call["roles"]) == ("p", ["p", "r"], ["preflight:0", "actual:0"])
    assert (call["outcome"], call["reason"], call["preflight"]) == ("allowed", None, "sent")
    assert call["readable_headers"] == ["content-type"]


def test_where_cors_has_no_say_there_are_no_engines() -> None:
    call = row(only(exchange(sent={"Sec-Fetch-Mode": "navigate"})))
    assert (call["outcome"], call["engines"], call["reason"]) == ("not-cors", None, None)


def test_alternatives_say_what_decides() -> None:
    call = row(only(exchange(got={"Access-Control-Allow-Origin": "*"})))
    assert call["alternatives"] == [
        {"if": {"credentials": "include"}, "outcome": "blocked", "reason": "origin-wildcard-with-credentials"}
    ]


def test_checks_that_fail_next_follow() -> None:
    call = row(only(preflight("PUT", "x-a", status=404, got={})))
    assert [finding["reason"] for finding in call["also_failing"]] == [
        "preflight-status",
        "method-not-allowed",
        "header-not-allowed",
    ]
    assert call["also_failing"][1] == {
        "stage": "preflight",
        "hop": 0,
        "reason": "method-not-allowed",
        "header": "Access-Control-Allow-Methods",
        "expected": "PUT",
        "found": None,
    }


def test_nothing_from_the_network_is_a_command() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\u202e\x7f"
    (line,) = lines([only(exchange(url=f"https://api.test/{evil}", got={"Access-Control-Allow-Origin": evil}))])
    assert line.isascii() and not set(b"\x1b\x07\x7f") & set(line)
    call = json.loads(line)
    assert (call["url"], call["found"]) == (f"https://api.test/{evil}", evil)


def test_causes_are_what_people_see_with_the_session_as_evidence() -> None:
    failed = exchange(status=500, got={})
    other = exchange(url=f"{API}/other", at=50, got=OPEN)
    found = [json.loads(line) for line in lines([only(other), only(failed)])]
    assert found[0]["causes"] == []
    assert [list(cause) for cause in found[1]["causes"]] == [["id", "what", "seen", "change"]] * len(found[1]["causes"])
    first = found[1]["causes"][0]
    assert first["id"] == "errors-go-around" and "another answer from api.test has it" in first["seen"]
    alone = json.loads(next(iter(lines([only(failed)]))))
    assert alone["causes"][0]["id"] == "no-cors-code"


def test_a_header_that_script_needs_is_a_cause_of_an_allowed_call() -> None:
    got = {**OPEN, "X-Total-Count": "9"}
    (cause,) = row(only(exchange(url=f"{API}?page=2", got=got)))["causes"]
    assert cause["id"] == "wanted-header-not-exposed" and "x-total-count" in cause["change"]
