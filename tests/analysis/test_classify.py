"""What a request is, from the wire alone."""

import pytest

from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, SAFARI, exchange, only, preflight

PLAIN = "http://api.test/x"
NO_METADATA = {"Sec-Fetch-Mode": None, "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None}


@pytest.mark.parametrize(
    ("sent", "kind", "outcome"),
    [
        ({}, "simple", "blocked"),
        ({"Sec-Fetch-Site": "same-origin", "Origin": None}, "same-origin", "not-cors"),
        ({"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Site": "same-origin"}, "same-origin", "not-cors"),
        ({"Sec-Fetch-Mode": "navigate", "Origin": None}, "navigation", "not-cors"),
        ({"Sec-Fetch-Mode": "no-cors", "Origin": None}, "no-cors", "opaque"),
        ({"Sec-Fetch-Mode": "websocket", "Upgrade": "websocket"}, "websocket", "not-cors"),
        ({"Sec-WebSocket-Key": "x", "Upgrade": "websocket"}, "websocket", "not-cors"),
        ({"X-A": "1"}, "preflighted", "blocked"),
    ],
)
def test_kinds(sent: dict[str, str | None], kind: str, outcome: str) -> None:
    call = only(exchange(sent=sent))
    assert (call.kind, call.verdict.outcome) == (kind, outcome)


@pytest.mark.parametrize("agent", ["curl/8.5.0", "PostmanRuntime/7.36", "python-requests/2.31", None, "axios/1.6.0"])
def test_what_is_no_browser_knows_no_cors(agent: str | None) -> None:
    call = only(exchange(sent=NO_METADATA, agent=agent))
    assert (call.kind, call.verdict.outcome, call.engine) == ("non-browser", "not-cors", None)


def test_a_tool_in_a_browser_s_clothes_is_found_out() -> None:
    call = only(exchange(sent=NO_METADATA, agent=CHROMIUM))
    assert call.kind == "non-browser"


@pytest.mark.parametrize(
    ("version", "server", "engine"),
    [
        ("140.0", "http://localhost:8000", "firefox"),
        ("140.0", "http://127.0.0.1:8000", "firefox"),
        ("140.0", "https://localhost:8000", None),
        ("153.0", "http://localhost:8000", None),
    ],
)
def test_an_older_firefox_has_no_metadata_for_localhost_behind_a_proxy(
    version: str, server: str, engine: str | None
) -> None:
    agent = FIREFOX.replace("153.0", version)
    call = only(exchange(url=f"{server}/x", sent=NO_METADATA, agent=agent))
    assert (call.engine, call.verdict.outcome) == (engine, "blocked" if engine else "not-cors")


@pytest.mark.parametrize(
    ("agent", "engine"),
    [
        (CHROMIUM, "chromium"),
        (CHROMIUM.replace("Chrome", "HeadlessChrome"), "chromium"),
        (FIREFOX, "firefox"),
        (SAFARI, "webkit"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 CriOS/130.0 Mobile Safari/604.1", "webkit"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 FxiOS/130.0 Mobile", "webkit"),
    ],
)
def test_engines(agent: str, engine: str) -> None:
    call = only(exchange(agent=agent))
    assert (call.engine, call.engine_assumed) == (engine, False)


@pytest.mark.parametrize(
    ("agent", "hints", "engine"),
    [
        ("mine/1.0", None, "webkit"),
        (CHROMIUM, None, "webkit"),
        (SAFARI, None, "webkit"),
        (FIREFOX, None, "firefox"),
        (CHROMIUM, '"Chromium";v="156"', "chromium"),
    ],
)
def test_a_preflight_for_user_agent_is_webkit_s_unless_it_shows_another(
    agent: str, hints: str | None, engine: str
) -> None:
    """WebKit's preflight carries the User-Agent that the page set."""
    call = only(preflight("GET", "user-agent", got=OPEN, agent=agent, sent={"Sec-CH-UA": hints}))
    assert call.engine == engine
    assert (call.verdict.outcome, call.verdict.reason) == ("blocked", "header-not-allowed")


def test_a_page_s_user_agent_over_plain_http_hides_no_browser() -> None:
    sent = {**NO_METADATA, "Access-Control-Request-Headers": "user-agent"}
    got = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    asked = preflight("GET", "user-agent", PLAIN, got=got, agent="mine/1.0", sent=sent)
    call = only(asked, exchange("GET", PLAIN, 100.1, agent="mine/1.0", sent=NO_METADATA, got=got))
    assert (call.kind, call.engine, call.verdict.outcome) == ("preflighted", "webkit", "allowed")


def test_an_unknown_browser_is_taken_for_chromium_and_said_so() -> None:
    call = only(exchange(agent="SomethingElse/1.0"))
    assert (call.engine, call.engine_assumed, call.kind) == ("chromium", True, "simple")


def test_node_s_fetch_is_no_browser() -> None:
    sent = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": None, "Sec-Fetch-Dest": None, "Origin": None, "Referer": None}
    assert only(exchange(sent=sent, agent="node")).kind == "non-browser"


def test_an_extension_may_have_leave() -> None:
    call = only(exchange(sent={"Origin": "chrome-extension://abc", "Sec-Fetch-Site": "cross-site"}))
    assert (call.verdict.outcome, call.verdict.certainty) == ("blocked", "depends")
    assert [other.condition for other in call.verdict.alternatives] == [{"host-permission": "granted"}]


def test_a_preflight_made_by_hand_is_none() -> None:
    call = only(preflight(sent=NO_METADATA, agent="curl/8.5.0"))
    assert (call.kind, call.method) == ("non-browser", "OPTIONS")
    call = only(preflight(sent={"Cookie": "a=b"}))
    assert call.method == "OPTIONS"


class TestPlainHttp:
    """No Sec-Fetch-* there: the mode has to be told from the rest."""

    def test_get_with_an_origin_is_cors(self) -> None:
        call = only(exchange(url=PLAIN, sent=NO_METADATA))
        assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("simple", "blocked", "certain")

    def test_get_without_one_is_not(self) -> None:
        call = only(exchange(url=PLAIN, sent={**NO_METADATA, "Origin": None}))
        assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("no-cors", "opaque", "likely")

    def test_post_with_an_origin_may_be_either(self) -> None:
        call = only(exchange("POST", PLAIN, sent=NO_METADATA))
        assert (call.verdict.outcome, call.verdict.certainty) == ("blocked", "depends")
        assert [(other.condition, other.outcome) for other in call.verdict.alternatives] == [
            ({"mode": "no-cors"}, "opaque")
        ]

    def test_post_with_what_no_form_can_send_is_cors(self) -> None:
        call = only(exchange("POST", PLAIN, sent={**NO_METADATA, "Content-Type": "application/json"}))
        assert (call.kind, call.verdict.certainty) == ("preflighted", "certain")

    def test_a_report_is_not(self) -> None:
        call = only(exchange("POST", PLAIN, sent={**NO_METADATA, "Content-Type": "application/csp-report"}))
        assert call.kind == "no-cors"

    def test_a_page_load_is_told_by_what_it_accepts(self) -> None:
        for sent in ({"Accept": "text/html,*/*"}, {"Upgrade-Insecure-Requests": "1"}):
            assert only(exchange(url=PLAIN, sent={**NO_METADATA, "Origin": None, **sent})).kind == "navigation"

    def test_own_origin_by_the_referer(self) -> None:
        call = only(exchange(url=PLAIN, sent={**NO_METADATA, "Origin": None, "Referer": "http://api.test/page"}))
        assert (call.kind, call.page_origin) == ("same-origin", "http://api.test")


def test_the_page_is_known_from_origin_site_or_referer() -> None:
    assert only(exchange()).page_origin == PAGE
    assert only(exchange(sent={"Origin": "null", "Referer": f"{PAGE}/x"})).page_origin == PAGE
    assert only(exchange(sent={"Origin": "null", "Referer": None})).page_origin == "null"
    assert only(exchange(sent={"Origin": None, "Referer": None, "Sec-Fetch-Mode": "no-cors"})).page_origin is None


@pytest.mark.parametrize(
    ("url", "sent", "background"),
    [
        ("https://update.googleapis.com/x", {"Origin": None, "Referer": None}, True),
        ("http://detectportal.firefox.com/x", {"Origin": None, "Referer": None}, True),
        (API, {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "no-cors"}, True),
        (API, {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, False),
        ("https://update.googleapis.com/x", {}, False),
        (API, {}, False),
    ],
)
def test_the_browser_s_own_traffic(url: str, sent: dict[str, str | None], background: bool) -> None:
    assert only(exchange(url=url, sent=sent)).background is background


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refused", "refused"),
        ("dns", "dns"),
        ("tls", "tls"),
        ("closed", "closed"),
        ("aborted-by-page", "aborted-by-page"),
        ("other", "network-error"),
    ],
)
def test_no_answer_is_never_called_cors(kind: str, reason: str) -> None:
    for call in (
        only(exchange(failed=kind)),
        only(preflight(failed=kind)),
        only(exchange(None, "https://api.test:443/", failed=kind)),
        only(exchange(failed=kind, sent={"Sec-Fetch-Mode": "navigate"})),
        only(exchange(failed=kind, sent={"Sec-Fetch-Mode": "no-cors"})),
    ):
        assert (call.verdict.outcome, call.verdict.reason) == ("network-error", reason)


def test_a_failure_after_the_headers_leaves_the_verdict() -> None:
    import msgspec

    from corsinspect.model import Failure

    whole = exchange(got=OPEN)
    torn = msgspec.structs.replace(whole, failure=Failure(kind="closed", text="closed"))
    assert only(torn).verdict.outcome == "allowed"


def test_patch_in_small_letters_is_another_method() -> None:
    grant = {**GRANT, "Access-Control-Allow-Methods": "PATCH"}
    call = only(preflight("patch", got=grant))
    assert (call.method, call.verdict.reason) == ("patch", "method-not-allowed")


@pytest.mark.parametrize(
    ("method", "url", "own"),
    [
        ("HEAD", "http://jnvqkfwmpl/", True),
        ("HEAD", "http://localhost/", False),
        ("GET", "http://jnvqkfwmpl/", False),
        ("HEAD", "http://jnvqkfwmpl:8080/", False),
        ("GET", "http://wpad/wpad.dat", True),
        (None, "https://www.google.com:443/", True),
        ("GET", "https://www.google.com/", False),
    ],
)
def test_chromiums_lookups_are_its_own(method: str | None, url: str, own: bool) -> None:
    bare: dict[str, str | None] = dict.fromkeys(
        ("Origin", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest")
    )
    assert only(exchange(method, url, sent=bare, failed="dns")).background is own


def test_what_a_page_asks_of_such_a_host_is_the_pages() -> None:
    assert not only(exchange("HEAD", "http://jnvqkfwmpl/", failed="dns")).background
