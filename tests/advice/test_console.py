"""Console messages decode to what the browser meant: over the corpus, by hand, and for any text at all."""

import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corsinspect.advice.hypothetical import explain_reason
from corsinspect.advice.messages.console import AFTER, EVERY_STAGE, Decoded, decode, decode_all, known, matching
from corsinspect.advice.messages.fragments import AFTERMATH, HINTS, REASON_MESSAGES, SETTINGS
from corsinspect.advice.messages.panels import PANEL, VAGUE
from corsinspect.advice.reasons import REASONS
from corsinspect.advice.topics import GUIDES
from corsinspect.analysis import judge_all
from corsinspect.model import Call
from corsinspect.session import load
from tests.corpus import COLLECTIONS, recording, truth
from tests.corpus.scoring import REASONS as SLUGS
from tests.corpus.scoring import Row

NAMES = [name for names in COLLECTIONS["oracle"].values() for name in names]

FETCH = (
    "Access to fetch at 'http://localhost:8000/api' from origin 'http://localhost:3000' has been blocked by "
    "CORS policy: "
)
FOX = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a.test/x. "


def one(text: str, call: Call | None = None) -> Decoded:
    decoded = decode(text, call)
    assert decoded is not None
    return decoded


@functools.cache
def calls_by_exchange(name: str) -> dict[str, Call]:
    return {exchange.id: call for call in judge_all(load(recording(name)).exchanges) for exchange in call.exchanges}


def told_of(row: Row) -> set[str]:
    """The slugs that the browser's code may stand for."""
    code = row["cors_error"] or ""
    if code == "CORSDidNotSucceed2":
        return set()
    return SLUGS.get(code) or SLUGS.get(code.removeprefix("Preflight")) or set()


def speaking(name: str) -> list[tuple[Row, Call | None]]:
    """The rows whose browser named an error, with the Call that holds their exchanges."""
    calls = calls_by_exchange(name)
    rows = [row for row in truth(name) if row["console"] and row["cors_error"]]
    return [(row, next((calls[flow] for flow in row["flows"] if flow in calls), None)) for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_browser_said_decodes_to_its_reason(name: str) -> None:
    for row, call in speaking(name):
        if not (wanted := told_of(row)):
            continue
        found = one(row["console"])
        assert len(found.candidates) == 1 and found.candidates[0] in wanted, row["case"]
        if call is not None and call.verdict.reason in wanted:
            assert found.candidates == (call.verdict.reason,), row["case"]
            assert one(row["console"], call).candidates == found.candidates, row["case"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_message_leaves_open_is_among_the_candidates_and_the_call_decides(name: str) -> None:
    for row, call in speaking(name):
        if row["cors_error"] != "CORSDidNotSucceed2" or call is None:
            continue
        reason = call.verdict.reason
        assert reason is not None and reason in one(row["console"]).candidates, row["case"]
        assert one(row["console"], call).candidates == (reason,), row["case"]


@pytest.mark.parametrize("name", NAMES)
def test_browser_url_origin_stage_parameter_and_code_are_the_rows(name: str) -> None:
    for row, call in speaking(name):
        found, case = one(row["console"], call), row["case"]
        urls = {row["url"]} | ({exchange.url for exchange in call.exchanges} if call else set())
        assert found.browser == row["browser"], case
        assert {found.url, found.redirected_from} & urls, case
        if found.origin is not None:
            # a sandboxed frame's origin isn't that of the page that holds it
            assert found.origin == ("null" if "sandbox" in case else row["page_origin"]), case
        elif row["browser"] == "chromium":
            assert row["cors_error"] == "NoCorsRedirectModeNotFollow", case
        if row["blocked_at"]:
            assert row["blocked_at"] in one(row["console"]).stages, case
            if call is not None and len(urls) < 3:
                same = call.verdict.reason in found.candidates
                assert not same or found.stage == row["blocked_at"], case
        if row["cors_error"] not in ("CORS(one of several)", None):
            assert found.code == row["cors_error"], case
        if row["browser"] == "chromium":
            wanted = row["failed_parameter"]
            assert (found.value or None) in (wanted if isinstance(wanted, list) else [wanted]), case


@pytest.mark.parametrize("name", NAMES)
def test_the_captured_call_of_a_message_is_found(name: str) -> None:
    calls = calls_by_exchange(name)
    for row, call in speaking(name):
        if call is not None and row["exact"] and row["outcome"] == "blocked":
            found = matching(one(row["console"]), calls.values())
            assert found is not None and found.url.partition("?")[0] == call.url.partition("?")[0], row["case"]
            assert len(one(row["console"], found).candidates) == 1, row["case"]


@pytest.mark.parametrize("name", [name for name in NAMES if "concurrency" in name])
def test_repeated_messages_are_told_once_and_counted(name: str) -> None:
    for row, _ in speaking(name):
        heads = row["console"].count("Access to ") or row["console"].count("(Reason: ")
        messages = decode_all(row["console"])
        assert 1 <= len(messages) <= heads, row["case"]
        assert sum(message.count for message in messages) <= heads, row["case"]
        assert len({(message.url, message.candidates, message.value) for message in messages}) == len(messages)


def test_a_paste_with_wrapped_lines_prefixes_and_followers_is_one_message() -> None:
    found = decode_all(
        """app.js:12 Access to fetch at 'http://localhost:8000/api/ta
sks' from origin
 'http://localhost:3000' has been blocked by CORS policy: Response to preflight request doesn't
pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. If an
opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.
app.js:12  PUT http://localhost:8000/api/tasks net::ERR_FAILED 401 (Unauthorized)
app.js:15 Uncaught (in promise) TypeError: Failed to fetch
    at save (app.js:12:9)"""
    )
    assert len(found) == 1
    message = found[0]
    assert (message.browser, message.candidates, message.stage) == ("chromium", ("origin-missing",), "preflight")
    assert (message.url, message.origin) == ("http://localhost:8000/api/tasks", "http://localhost:3000")
    assert (message.code, message.status) == ("PreflightMissingAllowOriginHeader", 401)
    assert [piece.says[:2] for piece in message.ignore] == ["If"]
    says = [piece.says for piece in message.pieces]
    assert says[-1] == "TypeError: Failed to fetch" and "net::ERR_FAILED" in says
    assert all(piece.means for piece in message.pieces)


def test_the_older_hint_is_half_right() -> None:
    found = one(
        FETCH + "The 'Access-Control-Allow-Origin' header has a value 'http://localhost:3001' that is not equal to the "
        "supplied origin. Have the server send the header with a valid value, or, if an opaque response serves your "
        "needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled."
    )
    assert (found.candidates, found.value) == (("origin-mismatch",), "http://localhost:3001")
    assert found.stages == AFTER
    assert len(found.ignore) == 1 and "first half is right" in found.ignore[0].means


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ("https://b.test", "origin-mismatch"),
        ("b.test", "origin-invalid"),
        ("", "origin-invalid"),
        ("https://a.test, https://b.test", "origin-multiple"),
    ],
)
def test_firefox_says_no_match_of_three_reasons_and_the_value_decides(value: str, slug: str) -> None:
    found = one(f"{FOX}(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’).")
    assert (found.candidates, found.value, found.code) == ((slug,), value, "CORSAllowOriginNotMatchingOrigin")


SAFARI_LOAD = "[Error] Fetch API cannot load https://a.test/x due to access control checks.\n"


@pytest.mark.parametrize(
    ("text", "candidates", "stage"),
    [
        (
            "Origin http://localhost:3000 is not allowed by Access-Control-Allow-Origin. Status code: 200",
            ("origin-missing", "origin-mismatch", "origin-invalid"),
            None,
        ),
        ("Preflight response is not successful. Status code: 404", ("preflight-status",), "preflight"),
        ("Preflight response is not successful. Status code: 301", ("preflight-redirect",), "preflight"),
        (
            "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
            ("origin-wildcard-with-credentials",),
            None,
        ),
        ("Access-Control-Allow-Origin cannot contain more than one origin.", ("origin-multiple",), None),
        (
            'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
            ("credentials-not-true",),
            None,
        ),
        ("Method PUT is not allowed by Access-Control-Allow-Methods.", ("method-not-allowed",), "preflight"),
        (
            "Request header field x-token is not allowed by Access-Control-Allow-Headers.",
            ("header-not-allowed",),
            "preflight",
        ),
    ],
)
def test_safari_says_the_reason_first(text: str, candidates: tuple[str, ...], stage: str | None) -> None:
    found = decode_all(f"[Error] {text}\n{SAFARI_LOAD}[Error] Failed to load resource: {text} (x, line 0)\n")
    assert [(message.browser, message.candidates, message.stage) for message in found] == [
        ("webkit", candidates, stage)
    ]
    assert found[0].url == "https://a.test/x"


def test_safari_redirect() -> None:
    found = one(
        "[Error] Cross-origin redirection to https://b.test/y denied by Cross-Origin Resource Sharing policy: "
        "Origin null is not allowed by Access-Control-Allow-Origin. Status code: 301"
    )
    assert (found.url, found.origin, found.stage, found.status) == ("https://b.test/y", "null", "redirect", 301)


def test_safari_access_control_checks_alone_prove_nothing() -> None:
    found = one(SAFARI_LOAD)
    assert {"aborted-by-page", "origin-missing", "refused"} <= set(found.candidates)
    assert found.stages == EVERY_STAGE


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("GET http://localhost:8000/x net::ERR_CONNECTION_REFUSED", "refused"),
        ("GET https://a.test/ads.js net::ERR_BLOCKED_BY_CLIENT", "ad-blocker"),
        ("Failed to load resource: net::ERR_CERT_AUTHORITY_INVALID", "tls"),
        (
            FETCH + "Permission was denied for this request to access the `loopback` address space.",
            "local-network-denied",
        ),
        (
            "Refused to connect to 'https://a.test/x' because it violates the following Content Security Policy "
            "directive: \"connect-src 'self'\".",
            "csp",
        ),
        ("Blocked loading mixed active content “http://a.test/x”", "mixed-content"),
        (
            "Mixed Content: The page at 'https://a.test/' was loaded over HTTPS, but requested an insecure resource "
            "'http://b.test/x'. This request has been blocked; the content must be served over HTTPS.",
            "mixed-content",
        ),
    ],
)
def test_what_is_not_cors_is_told_as_such(text: str, candidate: str) -> None:
    assert one(text).candidates == (candidate,)


@pytest.mark.parametrize(
    ("text", "candidates", "value"),
    [
        (
            "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der "
            "externen Ressource auf https://a.test/x. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). "
            "Statuscode: 200.",
            ("origin-missing",),
            None,
        ),
        (
            "Blocage d’une requête multiorigine (Cross-Origin Request) : la politique « Same Origin » ne permet pas de "
            "consulter la ressource distante située sur https://a.test/x. Raison : l’en-tête CORS « "
            "Access-Control-Allow-Origin » ne correspond pas à « https://b.test ».",
            ("origin-mismatch",),
            "https://b.test",
        ),
        (
            "Solicitud desde otro origen bloqueada: https://a.test/x. (Razón: se esperaba 'true' en el encabezado CORS "
            "'Access-Control-Allow-Credentials').",
            ("credentials-not-true",),
            None,
        ),
    ],
    ids=["german", "french", "spanish"],
)
def test_a_translated_message_is_known_by_its_header(text: str, candidates: tuple[str, ...], value: str | None) -> None:
    found = one(text)
    assert (found.candidates, found.value, found.url) == (candidates, value, "https://a.test/x")


def test_a_message_cut_off_says_so() -> None:
    whole = FETCH + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
    for end in range(len("Access to fetch at '"), len(whole) + 1):
        found = one(whole[:end])
        assert "method-not-allowed" in found.candidates
    assert one(whole).candidates == ("method-not-allowed",)


@pytest.mark.parametrize(
    "text", ["", " \n", "hello", "404", "https://a.test/x", "\x1b[31mred", "TypeError: x is undefined"]
)
def test_what_is_no_message_is_not_decoded(text: str) -> None:
    assert decode(text) is None


def test_a_call_that_contradicts_the_message_does_not_overrule_it() -> None:
    row, call = next(
        (row, call)
        for row, call in speaking("chromium-basic")
        if call is not None and row["cors_error"].startswith("Miss")
    )
    other = FETCH + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
    assert one(other, call).candidates == ("method-not-allowed",)
    assert one(row["console"], call).candidates == ("origin-missing",)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("XHRGET https://a.test/x CORS Missing Allow Origin", ("origin-missing",)),
        ("XHROPTIONS https://a.test/x CORS Preflight Did Not Succeed", ("preflight-status",)),
        ("PUT https://a.test/x CORS Missing Allow Header", ("header-not-allowed",)),
        ("GET https://a.test/x NS_ERROR_CONNECTION_REFUSED", ("refused",)),
        ("x.json (blocked:mixed-content) fetch", ("mixed-content",)),
        ("x.js (blocked:csp) script", ("csp",)),
        ("(blocked:NotSameOriginAfterDefaultedToSameOriginByCoep)", ("corp",)),
        ("(failed)net::ERR_CONNECTION_REFUSED", ("refused",)),
        (
            "Cookie “sid” has been rejected because it is in a cross-site context and its “SameSite” is “Lax”.",
            ("cookies",),
        ),
        ('Uncaught SecurityError: Blocked a frame with origin "http://a.test" from accessing', ("other-frame",)),
        ("SecurityError: The canvas has been tainted by cross-origin data.", ("no-cors",)),
        ("A resource is blocked by OpaqueResponseBlocking, please check browser console for details.", ("orb",)),
    ],
)
def test_the_network_panel_s_words_are_known(text: str, candidates: tuple[str, ...]) -> None:
    found = one(text)
    assert found.candidates == candidates
    assert found.url in (None, "https://a.test/x")
    assert not any("“" in piece.means and candidates[0] in piece.means for piece in found.pieces)


def test_the_panel_s_vague_words_leave_open_what_they_leave_open() -> None:
    found = one("x.json CORS error fetch Referrer Policy strict-origin-when-cross-origin")
    assert "origin-missing" in found.candidates and not {"refused", "csp"} & {*found.candidates}
    assert [piece.says for piece in found.ignore] == ["strict-origin-when-cross-origin"]
    assert "refused" in one("GET https://a.test/x CORS Failed").candidates


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("Http failure response for https://a.test/x: 0 Unknown Error", "origin-missing", ""),
        ("Error: Network Error", "origin-missing", ""),
        ("TypeError: Network request failed", "refused", ""),
        ("TypeError: fetch failed", "refused", "origin-missing"),
        ("GET https://a.test/x net::ERR_TIMED_OUT", "network-error", "origin-missing"),
        ("Response to preflight request doesn't pass access control check", "preflight-status", "refused"),
    ],
)
def test_words_of_libraries_leave_open_what_they_leave_open(text: str, inside: str, outside: str) -> None:
    found = one(text)
    assert inside in found.candidates and outside not in found.candidates
    assert found.url in (None, "https://a.test/x")


def test_a_status_behind_a_network_failure_rules_out_what_had_no_answer() -> None:
    found = one("POST https://a.test/x net::ERR_FAILED 401 (Unauthorized)")
    assert found.status == 401 and "origin-missing" in found.candidates
    assert not {"refused", "preflight-status", "csp"} & {*found.candidates}
    assert any(piece.says == "401 (Unauthorized)" and "error page" in piece.means for piece in found.pieces)
    assert "refused" in one("POST https://a.test/x net::ERR_FAILED").candidates


def test_an_address_without_http_is_pointed_out() -> None:
    schemes = "Cross origin requests are only supported for protocol schemes: http, https."
    found = one(FETCH.replace("http://localhost:8000/api", "localhost:5000/api") + schemes)
    assert found.candidates == ("scheme-not-cors",)
    assert any("lacks http://" in piece.means for piece in found.pieces)


def test_every_candidate_has_words() -> None:
    slugs = {slug for fragment in (*REASON_MESSAGES, *PANEL, *AFTERMATH, *VAGUE) for slug in fragment.slugs}
    assert slugs - {*REASONS, *GUIDES} == set()


_SAID = [fragment.says for fragment in (*SETTINGS, *REASON_MESSAGES, *PANEL, *AFTERMATH, *VAGUE, *HINTS)]
_texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(_SAID), st.text(max_size=20), st.sampled_from([FETCH, FOX])), max_size=8).map(
        "".join
    ),
)


@given(_texts)
@example(FETCH + "Redirect location '' contains a username and password")
@example("(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘" + "x" * 9000)
@example("Access to fetch at '" * 2000)
@example("Origin " * 5000)
@settings(max_examples=500, deadline=None)
def test_any_text_is_decoded_or_not_and_never_raises(text: str) -> None:
    for message in decode_all(text):
        assert message.candidates and message.stages and message.pieces
        for piece in message.pieces:
            assert piece.means
        for slug in message.candidates:
            explain_reason(slug, known(message))
