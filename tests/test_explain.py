"""`corsinspect explain` as a person runs it: topics, pasted messages, captured calls, and what it doesn't know."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corsinspect.advice.messages.lookup import NOT_SEEN, codes, find, names, reasons_by_code
from corsinspect.advice.reasons import REASONS
from corsinspect.advice.topics import GUIDES, TOPICS
from corsinspect.session import SessionWriter
from tests.analysis.build import exchange

MESSAGE = (
    "Access to fetch at 'https://api.test/x' from origin 'https://app.test' has been blocked by CORS policy: Response "
    "to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the "
    "requested resource. If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the "
    "resource with CORS disabled."
)


def explain(*arguments: str | Path, stdin: str | None = None, columns: int = 80) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "corsinspect", "explain", *map(str, arguments)],
        input=stdin or "",
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": str(columns)},
        timeout=60,
    )


def flat(text: str) -> str:
    """Wrapped lines as one."""
    return " ".join(text.split())


def test_every_reason_has_a_topic() -> None:
    assert {*REASONS} - {*TOPICS} == set()


BROWSERS_NAMES = {
    "origin-missing": "MissingAllowOriginHeader PreflightMissingAllowOriginHeader CORSMissingAllowOrigin2",
    "origin-wildcard-with-credentials": "WildcardOriginNotAllowed CORSNotSupportingCredentials",
    "origin-multiple": "MultipleAllowOriginValues CORSMultipleAllowOriginNotAllowed CORSAllowOriginNotMatchingOrigin",
    "origin-invalid": "InvalidAllowOriginValue CORSAllowOriginNotMatchingOrigin",
    "origin-mismatch": "AllowOriginMismatch CORSAllowOriginNotMatchingOrigin",
    "credentials-not-true": "InvalidAllowCredentials CORSMissingAllowCredentials",
    "preflight-network-error": "CORSDidNotSucceed2",
    "preflight-redirect": "PreflightDisallowedRedirect CORSExternalRedirectNotAllowed",
    "preflight-status": "PreflightInvalidStatus CORSPreflightDidNotSucceed3",
    "allow-methods-invalid": "InvalidAllowMethodsPreflightResponse CORSInvalidAllowMethod",
    "allow-headers-invalid": "InvalidAllowHeadersPreflightResponse CORSInvalidAllowHeader",
    "method-not-allowed": "MethodDisallowedByPreflightResponse CORSMethodNotFound",
    "header-not-allowed": "HeaderDisallowedByPreflightResponse CORSMissingAllowHeaderFromPreflight2",
    "authorization-not-listed": "CORSAllowHeaderFromPreflightDeprecation",
    "redirect-credentials": "RedirectContainsCredentials CORSDidNotSucceed2",
    "redirect-disallowed-scheme": "CorsDisabledScheme ERR_UNSAFE_REDIRECT",
    "redirect-limit": "ERR_TOO_MANY_REDIRECTS NS_ERROR_REDIRECT_LOOP",
    "redirect-mode-error": "CORSDidNotSucceed2",
    "redirect-invalid-location": "ERR_INVALID_REDIRECT",
    "redirect-stream-body": "CORSDidNotSucceed2",
    "mode-same-origin": "DisallowedByMode",
    "no-cors-redirect-mode": "NoCorsRedirectModeNotFollow",
    "scheme-not-cors": "CorsDisabledScheme CORSRequestNotHttp",
    "network-error": "InvalidResponse CORSDidNotSucceed2",
    "local-network-denied": "LocalNetworkAccessPermissionDenied PrivateNetworkAccessPermissionDenied",
    "local-network-insecure": "InsecureLocalNetwork InsecurePrivateNetwork",
    "local-network-mismatch": "InvalidLocalNetworkAccess InvalidPrivateNetworkAccess UnexpectedPrivateNetworkAccess",
    "private-network-header": "PreflightMissingAllowPrivateNetwork PreflightMissingAllowExternal",
    "cors-disabled-by-user": "CORSDisabled",
    "origin-header-not-added": "CORSOriginHeaderNotAdded",
}
"""What the browsers call the failures of the standard's algorithm, and their own."""


@pytest.mark.parametrize("slug", BROWSERS_NAMES)
def test_a_reason_comes_with_the_browsers_names_and_the_page_on_mdn(slug: str) -> None:
    told = {code for own in codes(slug).values() for code in own}
    assert slug in REASONS and {*BROWSERS_NAMES[slug].split()} <= told
    assert TOPICS[slug].mdn


def test_a_header_names_the_reasons_about_it() -> None:
    done = explain("Access-Control-Allow-Methods")
    assert done.returncode == 1
    assert "these are about it: allow-methods-invalid, method-not-allowed." in flat(done.stderr)


def test_without_text_the_topics_are_listed() -> None:
    done = explain()
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert listed == [*REASONS, NOT_SEEN, *GUIDES]


@pytest.mark.parametrize("name", names())
def test_each_topic_says_what_happened_and_leaves_no_place_open(name: str, capsys, monkeypatch) -> None:
    from corsinspect.commands.explain import explain as run

    monkeypatch.setenv("COLUMNS", "80")
    assert run(name) == 0
    shown = capsys.readouterr().out
    assert name in shown.splitlines()[0]
    assert "What happen" in shown
    assert "{" not in shown.replace("{mode:", "").replace("{redirect:", "")
    assert "unknown" not in shown and "“…”" not in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    if name in TOPICS:
        assert "The browser wanted" in shown
        assert bool(TOPICS[name].wrong) == bool(TOPICS[name].right)
        for line in (*TOPICS[name].wrong, *TOPICS[name].right):
            assert flat(line) in flat(shown)
        for own in codes(name).values():
            assert all(code in shown for code in own)


@pytest.mark.parametrize("unseen", [*(name for name, guide in GUIDES.items() if guide.unseen), "mixed-content"])
def test_what_a_proxy_cannot_see_is_listed_with_the_way_to_check_it(unseen: str) -> None:
    shown = explain("not-seen").stdout
    part = shown.partition(f"\n{unseen}:")[2].partition("\n\n")[0]
    assert "To check" in part


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        ("CORSMissingAllowOrigin2", "origin-missing"),
        ("CORSMissingAllowOrigin", "origin-missing"),
        ("PreflightMissingAllowOriginHeader", "origin-missing"),
        ("CORSAllowOriginNotMatchingOrigin", "origin-mismatch"),
        ("preflightinvalidstatus", "preflight-status"),
        ("Origin Missing", "origin-missing"),
        ("CORS Missing Allow Origin", "origin-missing"),
        ("Cross-Origin Resource Sharing error: PreflightInvalidStatus", "preflight-status"),
        ("ERR_CONNECTION_REFUSED", "refused"),
        ("strict-origin-when-cross-origin", "referrer-policy"),
    ],
)
def test_a_browsers_code_names_the_reason(code: str, slug: str) -> None:
    assert find(code) == slug


def test_no_code_is_unknown() -> None:
    assert {code for slug in TOPICS for own in codes(slug).values() for code in own if find(code) is None} == {
        "CORSDidNotSucceed2"
    }
    assert set(reasons_by_code().values()) <= set(TOPICS)


def test_a_code_that_stands_for_no_one_reason_lists_the_causes() -> None:
    shown = explain("CORSDidNotSucceed2").stdout
    assert "It can be:" in shown and "\n  refused " in shown and "\n  ad-blocker " in shown


@pytest.mark.parametrize("given", ["argument", "words", "stdin"])
def test_a_message_is_told_in_two_columns(given: str) -> None:
    if given == "stdin":
        done = explain(stdin=MESSAGE.replace(" from ", "\n from ").replace("preflight request", "preflight\nrequest"))
    else:
        done = explain(*([MESSAGE] if given == "argument" else MESSAGE.split(" ")))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Chrome, at the preflight: origin-missing"
    assert all(len(line) <= 80 for line in lines)
    table = [line.split(" │ ") for line in lines if " │ " in line]
    assert table[0][0].strip() == "What the message says" and table[0][1] == "What it means"
    ignored = flat(" ".join(row[1] for row in table[1:] if len(row) == 2))
    assert "Ignore this. With no-cors" in ignored
    assert any(row[0].startswith("✗ If an opaque") for row in table)
    assert "api.test must add “Access-Control-Allow-Origin: https://app.test”" in flat(done.stdout)
    assert "PreflightMissingAllowOriginHeader" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("columns", [20, 80, 300])
def test_columns_fit_the_terminal(columns: int) -> None:
    widest = max(len(line) for line in explain(MESSAGE, columns=columns).stdout.splitlines())
    assert widest <= max(60, min(columns, 100))


def test_hostile_text_is_shown_harmless() -> None:
    hostile = MESSAGE.replace("app.test", "app\x1b]52;c;aGk=\x07\x9b31m[bold]\u202e.test")
    done = explain(stdin=hostile)
    assert done.returncode == 0
    assert not set("\x1b\x07\x9b\u202e") & set(done.stdout + done.stderr)
    done = explain(stdin="nothing \x1b]0;known\x07 here")
    assert done.returncode == 1 and not set("\x1b\x07") & set(done.stderr)


def test_bytes_that_are_no_text_are_unknown() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corsinspect", "explain"], input=bytes(range(256)) * 99, capture_output=True, timeout=60
    )
    assert done.returncode == 1 and b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "near"),
    [("origin-mising", "origin-missing"), ("MissingAllowOriginHeadr", "origin-missing"), ("cache", "http-cache")],
)
def test_what_is_not_known_is_said_with_near_matches(text: str, near: str) -> None:
    done = explain(text)
    assert (done.returncode, done.stdout) == (1, "")
    assert text in done.stderr and near in done.stderr


def test_usage_is_status_64() -> None:
    assert explain("--what").returncode == 64


def test_help_has_examples() -> None:
    done = explain("--help")
    assert done.returncode == 0 and "Examples:" in done.stdout


def test_a_session_that_cannot_be_read_is_status_2(tmp_path: Path) -> None:
    done = explain("--session", tmp_path / "none.jsonl", MESSAGE)
    assert done.returncode == 2 and "doesn't exist" in done.stderr


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A call whose Access-Control-Allow-Origin names the server instead of the page."""
    path = tmp_path / "session.jsonl"
    writer = SessionWriter(path)
    writer.put(exchange(id="1", got={"Access-Control-Allow-Origin": "https://other.test"}))
    writer.flush()
    writer.close()
    return path


def test_a_captured_call_decides_what_the_message_leaves_open(session: Path) -> None:
    made = exchange(id="1")
    page = dict(made.request_headers)["Origin"]
    message = (
        f"[Error] Origin {page} is not allowed by Access-Control-Allow-Origin. Status code: 200\n"
        f"[Error] Fetch API cannot load {made.url} due to access control checks."
    )
    alone, captured = explain(stdin=message), explain("--session", session, stdin=message)
    assert alone.stdout.splitlines()[0] == "Safari: several causes are possible"
    assert captured.stdout.splitlines()[0] == "Safari, at the answer itself: origin-mismatch"
    assert f"Captured            GET {made.url}: blocked" in captured.stdout
    other = explain("--session", session, stdin=message.replace(made.url, "https://elsewhere.test/"))
    assert "no call in the session matches" in flat(other.stdout)


def test_what_left_nothing_on_the_wire_is_explained_by_what_the_browser_kept(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    image = {"Origin": None, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    writer = SessionWriter(path)
    writer.put(exchange(id="1", url="https://api.test/a.png?v=1", sent=image, got={"Cache-Control": "max-age=600"}))
    writer.put(exchange(id="2", got={"Access-Control-Allow-Origin": "https://app.test"}))
    writer.put(exchange(id="3", url="https://hsts.test/x", got={"Strict-Transport-Security": "max-age=600"}))
    writer.flush()
    writer.close()
    failed = "Access to fetch at '{}' from origin 'https://app.test' has been blocked by CORS policy: "
    missing = failed + "No 'Access-Control-Allow-Origin' header is present on the requested resource."
    kept = explain("--session", path, stdin=missing.format("https://api.test/a.png?v=1"))
    assert "no call in the session matches" in flat(kept.stdout)
    assert "may answer a later fetch() of this address with this cached answer" in flat(kept.stdout)
    assert "cached answer" not in explain("--session", path, stdin=missing.format("https://api.test/b.png")).stdout
    redirected = failed + (
        "Response to preflight request doesn't pass access control check: "
        "Redirect is not allowed for a preflight request."
    )
    upgraded = explain("--session", path, stdin=redirected.format("http://hsts.test/y"))
    assert "no preflight survives it" in flat(upgraded.stdout)
    assert "survives" not in explain("--session", path, stdin=redirected.format("http://api.test/y")).stdout


@pytest.mark.parametrize(
    ("question", "guide"),
    [
        ("why does it work in Postman?", "curl-works"),
        ("is CORS a security feature that protects my API", "firewall"),
        ("my cookie isn't there", "cookies"),
        ("login with JWT", "authentication"),
        ("connect-src", "content-security-policy"),
        ("does it stop an attack on my users", "csrf"),
    ],
)
def test_a_question_in_ordinary_words_finds_its_guide(question: str, guide: str) -> None:
    done = explain(*question.split())
    assert done.returncode == 0 and done.stdout.startswith(f"{guide}: ")


def test_a_question_without_such_a_word_is_unknown() -> None:
    done = explain("where", "is", "my", "cheese")
    assert done.returncode == 1 and "neither a topic" in done.stderr
