"""Files as people send them: what `check --format jsonl` says of each, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from corsinspect.advice.causes import causes
from corsinspect.analysis import judge_all
from corsinspect.session import load
from tests.test_cli import run

HERE = Path(__file__).parent

APP = "https://app.shop.example"
EXTENSION = "chrome-extension://gfnkjppnnkcicmmnfpmhmcjplpfdecfn"

EXPECTED: dict[str, tuple[int, list[dict[str, Any]]]] = {
    # Chrome's export leaves Authorization out: the preflight that asks for it belongs to the request without it
    "00-chrome-sanitised-export.har": (0, [{"outcome": "allowed", "roles": ["preflight:0", "actual:0"]}]),
    "00b-chrome-sanitised-named.har": (0, [{"outcome": "allowed", "roles": ["preflight:0", "actual:0"]}]),
    # a status of -1, provisional headers, and ERR_FAILED, which Chromium says of what CORS refused
    "01-playwright-blocked.har": (
        1,
        [{"outcome": "unknown", "certainty": "likely", "reason": "failed-unexplained", "page_origin": APP}] * 2,
    ),
    # header lines twice: what two events said of one request
    "02-chrome-har-lines-twice.har": (
        0,
        [{"outcome": "allowed", "method": "POST", "page_origin": APP, "roles": ["preflight:0", "actual:0"]}],
    ),
    # no Origin, though the mode is cors: the page is known from Referer
    "03-no-origin-in-export.har": (
        0,
        [
            {
                "outcome": "allowed",
                "certainty": "likely",
                "page_origin": "https://www.video.example",
                "roles": ["redirect:0", "actual:1"],
            }
        ],
    ),
    "04-err-failed-alone.har": (1, [{"outcome": "unknown", "certainty": "likely", "reason": "failed-unexplained"}]),
    # Chrome 53 sends no Sec-Fetch-*
    "05-old-chrome.har": (1, [{"outcome": "blocked", "reason": "origin-missing", "kind": "simple"}]),
    "17-private-network.har": (
        1,
        [{"outcome": "blocked", "certainty": "likely", "kind": "preflighted", "roles": ["preflight:0"]}],
    ),
    "19-capacitor.har": (
        1,
        [{"outcome": "blocked", "reason": "origin-mismatch", "page_origin": "capacitor://localhost"}],
    ),
    # names stand in `:authority`, addresses in the flow
    "20-h2-authority.mitm": (
        1,
        [
            {"url": "https://app.example/api/save2", "outcome": "not-cors", "kind": "same-origin"},
            {"url": "https://api.app.example/api/x", "outcome": "blocked", "reason": "origin-missing"},
            {"url": "https://app.example/api/save", "outcome": "not-cors", "kind": "same-origin"},
        ],
    ),
    "30-page-unknown.har": (0, [{"outcome": "unknown", "reason": "page-not-recorded", "page_origin": None}]),
    "31-chrome-extension-none.har": (1, [{"outcome": "blocked", "page_origin": EXTENSION, "kind": "preflighted"}]),
    # two clicks of five calls, and a restart of the server between them: what the page uses is known from the first
    "40-two-clicks-one-fix-between.jsonl": (
        1,
        [
            {"outcome": "network-error", "reason": "dns"},
            {"outcome": "not-cors"},
            *[{"outcome": "blocked", "reason": "origin-wildcard-with-credentials", "roles": ["preflight:0"]}] * 5,
            *[{"outcome": "blocked", "reason": "origin-wildcard-with-credentials"}] * 5,
        ],
    ),
    # a working API: requests are listed as begun before their preflights, and without Authorization
    "41-devtools-export-working-api.har": (0, [{"outcome": "allowed"}] * 5),
}


def check(path: Path) -> tuple[int, list[dict[str, Any]], str]:
    done = run("check", "--format", "jsonl", path)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_is_judged_as_it_was(name: str) -> None:
    wanted_status, wanted = EXPECTED[name]
    status, rows, _ = check(HERE / name)
    assert [{key: row[key] for key in like} for row, like in zip(rows, wanted, strict=True)] == wanted
    assert status == wanted_status


def test_failed_calls_that_cannot_be_judged_are_said() -> None:
    _, _, said = check(HERE / "01-playwright-blocked.har")
    assert "01-playwright-blocked.har: 2 calls failed in the browser" in said
    _, _, said = check(HERE / "00-chrome-sanitised-export.har")
    assert said == ""


def test_a_call_of_an_extension_is_listed() -> None:
    done = run("check", HERE / "31-chrome-extension-none.har")
    assert EXTENSION in done.stdout and "not shown" not in done.stdout


def test_an_app_that_the_list_lacks_is_named() -> None:
    (call,) = judge_all(load(HERE / "19-capacitor.har").exchanges)
    first = causes(call)[0]
    assert first.id == "app-not-in-list"
    assert "“http://localhost” (the same app on Android)" in first.seen
    assert "capacitor://localhost, that of a Capacitor app on iOS" in first.seen
    assert all(cause.id != "scheme-differs" for cause in causes(call))


ODD = {
    "status-strempty.har": ("unknown", "failed-unexplained"),
    "response-null.har": ("unknown", "no-response-seen"),
}


@pytest.mark.parametrize("path", sorted((HERE / "odd-forms").iterdir()), ids=lambda path: path.name)
def test_an_odd_form_is_read(path: Path) -> None:
    status, (row,), said = check(path)
    assert (row["url"], row["page_origin"]) == ("https://api.shop.example/x", APP)
    assert (row["outcome"], row["reason"]) == ODD.get(path.name, ("blocked", "origin-missing"))
    assert status == (0 if row["reason"] == "no-response-seen" else 1) and "lost" not in said


@pytest.mark.parametrize("path", sorted((HERE / "hostile").iterdir()), ids=lambda path: path.name)
def test_hostile_values_are_made_harmless(path: Path) -> None:
    status, rows, _ = check(path)
    assert rows and status in (0, 1)
    for exchange in load(path).exchanges:
        times = (exchange.started, exchange.answered, exchange.ended)
        assert all(time is None or 0 <= time <= 32_503_680_000 for time in times)
        texts = (exchange.connection, exchange.failure and exchange.failure.text, exchange.url, exchange.reason_phrase)
        for text in texts:
            (text or "").encode()
    assert run("check", path).returncode == status
