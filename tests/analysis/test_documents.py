"""What a page's own documents declared decides on its calls: COEP, CSP, upgrades."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.analysis import Tracker, judge_all
from corsinspect.analysis.classify import Facts
from corsinspect.analysis.learnt.documents import DOCUMENTS, ORIGINS, Documents
from corsinspect.analysis.tracing import trace
from corsinspect.model import Call, Exchange
from tests.analysis.build import API, CHROMIUM, FIREFOX, GRANT, OPEN, PAGE, SAFARI, exchange, preflight
from tests.analysis.test_tracker import Calls, interleaved

REQUIRE = {"Cross-Origin-Embedder-Policy": "require-corp"}
CREDENTIALLESS = {"Cross-Origin-Embedder-Policy": "credentialless"}
CROSS = {"Cross-Origin-Resource-Policy": "cross-origin"}
CSP = "connect-src 'self' https://api.test; img-src 'self'"
UPGRADE = {"Content-Security-Policy": "upgrade-insecure-requests"}
IMAGE = {"Origin": None, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}

AWAY = {**OPEN, "Access-Control-Allow-Credentials": "true", "Location": "https://cdn.test/y"}
TO_HTTP = {**OPEN, "Location": "http://cdn.test/y"}
TAINTED = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
ASKS = {"Access-Control-Request-Private-Network": "true"}
FULL_GRANT = {**GRANT, "Access-Control-Allow-Credentials": "true"}


def page(got: dict[str, str] | None = None, at: float = 90.0, *, url: str = f"{PAGE}/", dest: str = "document", **more):
    sent = {"Origin": None, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": dest, "Sec-Fetch-Site": "none"}
    sent |= {"Referer": None} | more.pop("sent", {})
    return exchange(url=url, at=at, got={"Content-Type": "text/html", **(got or {})}, sent=sent, **more)


def image(got: dict[str, str] | None = None, at: float = 100.0, *, url: str = API, **more) -> Exchange:
    sent = IMAGE | more.pop("sent", {})
    return exchange(url=url, at=at, got={"Content-Type": "image/gif", **(got or {})}, sent=sent, **more)


def frame(got: dict[str, str] | None = None, at: float = 100.0, *, url: str = API, **more) -> Exchange:
    sent = {"Sec-Fetch-Site": "cross-site", "Referer": f"{PAGE}/"} | more.pop("sent", {})
    return page(got, at, url=url, dest="iframe", sent=sent, **more)


def last(*exchanges: Exchange) -> Call:
    """The Call that began last."""
    return judge_all(exchanges)[-1]


def verdict(*exchanges: Exchange) -> tuple[str, str | None, str]:
    found = last(*exchanges).verdict
    return found.outcome, found.reason, found.certainty


class TestEmbedderPolicy:
    @pytest.mark.parametrize("agent", [CHROMIUM, FIREFOX, SAFARI])
    def test_what_has_no_resource_policy_is_refused(self, agent: str) -> None:
        call = last(page(REQUIRE, agent=agent), image(agent=agent))
        found = call.verdict
        assert (found.outcome, found.reason, found.certainty, found.stage) == ("blocked", "corp", "certain", "actual")
        assert (found.header, found.expected, found.found) == ("Cross-Origin-Resource-Policy", "cross-origin", None)
        assert [step.reason for step in trace(call) if step.state == "failed"] == ["corp"]

    @pytest.mark.parametrize(
        ("got", "url", "outcome"),
        [
            (CROSS, API, "opaque"),
            ({"Cross-Origin-Resource-Policy": "same-site"}, "https://api.app.test/x", "opaque"),
            ({}, "https://api.app.test/x", "blocked"),
            ({"Cross-Origin-Resource-Policy": "junk"}, API, "blocked"),
        ],
    )
    def test_the_resource_policy_decides(self, got: dict[str, str], url: str, outcome: str) -> None:
        assert verdict(page(REQUIRE), image(got, url=url))[::2] == (outcome, "certain")

    def test_credentialless_loads_without_credentials_instead(self) -> None:
        assert verdict(page(CREDENTIALLESS), image()) == ("opaque", None, "certain")

    def test_cors_is_asked_as_ever(self) -> None:
        got = {"Access-Control-Allow-Origin": "*"}
        assert last(page(REQUIRE), exchange(got=got)).verdict.outcome == "allowed"

    def test_a_page_on_plain_http_has_none(self) -> None:
        sent = {"Referer": "http://plain.test/"}
        bare = dict.fromkeys(("Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Fetch-Site"))
        html = {**bare, "Accept": "text/html"}
        found = verdict(page(REQUIRE, url="http://plain.test/", sent=html), image(sent=sent))
        assert found == ("opaque", None, "certain")

    def test_a_page_on_loopback_has_one(self) -> None:
        sent = {"Referer": "http://localhost:3000/"}
        assert verdict(page(REQUIRE, url="http://localhost:3000/"), image(sent=sent)) == ("blocked", "corp", "certain")

    def test_without_a_document_it_is_likely(self) -> None:
        assert verdict(image()) == ("opaque", None, "likely")
        assert verdict(image(CROSS)) == ("opaque", None, "certain")
        assert verdict(page(REQUIRE, url="https://other.test/"), image()) == ("opaque", None, "likely")
        assert verdict(page(REQUIRE, agent=FIREFOX), image()) == ("opaque", None, "likely")

    def test_a_document_loaded_later_says_nothing(self) -> None:
        assert verdict(image(), page(REQUIRE, at=200))[1] is None
        first, _ = judge_all([image(), page(REQUIRE, at=200)])
        assert (first.verdict.outcome, first.verdict.certainty) == ("opaque", "likely")

    def test_documents_that_differ_make_it_likely(self) -> None:
        assert verdict(page(REQUIRE, at=80), page(at=90), image()) == ("opaque", None, "likely")
        assert verdict(page(at=80), page(REQUIRE, at=90), image()) == ("blocked", "corp", "likely")

    @pytest.mark.parametrize(
        "other",
        [
            {"status": 302, "got": {"Location": "/login"}},
            {"status": 204},
            {"status": 304},
            {"got": {"Content-Type": "application/json"}},
            {"got": {"Content-Disposition": "attachment; filename=x"}},
            {"failed": "refused"},
        ],
    )
    def test_what_shows_no_page_is_no_document(self, other) -> None:
        assert verdict(page(REQUIRE, at=80), page(at=90, **other), image()) == ("blocked", "corp", "certain")

    def test_an_error_page_is_a_document(self) -> None:
        assert verdict(page(REQUIRE, at=90, status=500), image()) == ("blocked", "corp", "certain")

    def test_a_worker_may_have_a_policy_of_its_own(self) -> None:
        sent = {"Origin": None, "Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "worker"}
        worker = exchange(url=f"{PAGE}/w.js", at=95, sent={**sent, "Sec-Fetch-Site": "same-origin"}, got=REQUIRE)
        assert verdict(page(), worker, image())[2] == "likely"

    def test_each_redirect_counts(self) -> None:
        away = {"Location": "https://cdn.test/y"}
        bare = image(away, status=302)
        assert last(page(REQUIRE), bare).verdict.stage == "redirect"
        assert verdict(page(REQUIRE), bare) == ("blocked", "corp", "certain")
        call = last(page(REQUIRE), image({**away, **CROSS}, status=302), image(at=100.1, url="https://cdn.test/y"))
        assert (call.verdict.reason, call.verdict.stage, call.verdict.hop, len(call.hops)) == ("corp", "actual", 1, 2)

    def test_what_was_followed_was_not_refused(self) -> None:
        away = {"Location": "https://cdn.test/y", "Cross-Origin-Resource-Policy": "same-origin"}
        assert verdict(page(), image(away, status=302), image(at=100.1, url="https://cdn.test/y"))[0] == "opaque"
        assert last(page(), image(away, status=302)).verdict.stage == "redirect"


class TestFrames:
    @pytest.mark.parametrize("policy", [REQUIRE, CREDENTIALLESS])
    def test_a_framed_document_needs_a_policy_too(self, policy: dict[str, str]) -> None:
        call = last(page(policy), frame())
        assert (call.verdict.outcome, call.verdict.reason, call.verdict.header) == (
            "blocked",
            "coep",
            "Cross-Origin-Embedder-Policy",
        )
        assert [step.reason for step in trace(call) if step.state == "failed"] == ["coep"]

    def test_from_another_origin_it_needs_a_resource_policy_as_well(self) -> None:
        assert verdict(page(REQUIRE), frame(REQUIRE))[:2] == ("blocked", "corp")
        assert verdict(page(REQUIRE), frame({**REQUIRE, **CROSS}))[0] == "not-cors"
        own = {"Sec-Fetch-Site": "same-origin"}
        assert verdict(page(REQUIRE), frame(REQUIRE, url=f"{PAGE}/frame", sent=own))[0] == "not-cors"
        assert verdict(page(REQUIRE), frame(url=f"{PAGE}/frame", sent=own))[:2] == ("blocked", "coep")

    def test_how_sure_it_is(self) -> None:
        assert verdict(page(REQUIRE, agent=FIREFOX), frame(agent=FIREFOX))[2] == "certain"
        # it may be an <iframe credentialless>
        assert verdict(page(REQUIRE), frame())[2] == "likely"
        assert verdict(page(REQUIRE), frame(sent={"Cookie": "a=1"}))[2] == "certain"
        # the page is in a frame itself: who holds the new frame isn't told
        inner = page({**REQUIRE, **CROSS}, dest="iframe", agent=FIREFOX, sent={"Sec-Fetch-Site": "cross-site"})
        assert verdict(inner, frame(agent=FIREFOX))[2] == "likely"

    def test_safari_knows_no_credentialless(self) -> None:
        engines = last(page(CREDENTIALLESS), frame()).verdict.engines
        assert engines is not None and engines["webkit"].outcome == "not-cors"

    def test_other_pages_show_what_they_like(self) -> None:
        assert verdict(page(), frame())[::2] == ("not-cors", "certain")
        assert verdict(page(REQUIRE), page(at=100, url=API, sent={"Referer": f"{PAGE}/"}))[0] == "not-cors"
        assert verdict(page(REQUIRE), frame(status=302, got={"Location": "/y"}))[0] == "not-cors"


class TestContentSecurityPolicy:
    def test_a_redirect_that_the_page_forbids(self) -> None:
        call = last(page({"Content-Security-Policy": CSP}), exchange(status=302, got=AWAY))
        found = call.verdict
        assert (found.outcome, found.reason, found.certainty, found.stage) == (
            "network-error",
            "redirect-csp",
            "likely",
            "redirect",
        )
        assert (found.expected, found.found) == ("connect-src 'self' https://api.test", "https://cdn.test/y")
        assert [step.reason for step in trace(call) if step.state == "failed"] == ["redirect-csp"]

    def test_cors_is_checked_first(self) -> None:
        got = {"Location": "https://cdn.test/y"}
        assert verdict(page({"Content-Security-Policy": CSP}), exchange(status=302, got=got))[1] == "origin-missing"

    def test_a_redirect_that_was_followed_was_allowed(self) -> None:
        sent = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
        hop = exchange(url="https://cdn.test/y", at=100.1, sent=sent, got={"Access-Control-Allow-Origin": "*"})
        call = last(page({"Content-Security-Policy": CSP}), exchange(status=302, got=AWAY), hop)
        assert (call.verdict.outcome, len(call.hops)) == ("allowed", 2)

    @pytest.mark.parametrize("policy", ["connect-src *", "img-src 'none'", "connect-src https://cdn.test"])
    def test_a_redirect_that_the_page_allows_stopped_for_another_reason(self, policy: str) -> None:
        found = verdict(page({"Content-Security-Policy": policy}), exchange(status=302, got=AWAY))
        assert found == ("network-error", "redirect-mode-error", "depends")

    def test_report_only_forbids_nothing(self) -> None:
        policy = {"Content-Security-Policy-Report-Only": CSP}
        assert verdict(page(policy), exchange(status=302, got=AWAY))[1] == "redirect-mode-error"

    def test_an_image_is_judged_by_its_own_directive(self) -> None:
        away = {"Location": "https://cdn.test/y", **CROSS}
        found = verdict(page({"Content-Security-Policy": CSP}), image(away, status=302))
        assert found == ("network-error", "redirect-csp", "likely")

    def test_an_own_redirect_that_leads_away(self) -> None:
        own = {"Origin": None, "Sec-Fetch-Site": "same-origin"}
        away = exchange(url=f"{PAGE}/go", status=302, sent=own, got={"Location": "https://cdn.test/y"})
        assert verdict(page({"Content-Security-Policy": CSP}), away) == ("network-error", "redirect-csp", "likely")
        assert verdict(page(), away) == ("not-cors", None, "likely")
        loaded = exchange(url=f"{PAGE}/go", status=302, sent={**IMAGE, **own}, got={"Location": "https://cdn.test/y"})
        assert verdict(page(), loaded) == ("network-error", "redirect-not-followed", "likely")
        mixed = exchange(url=f"{PAGE}/go", status=302, sent=own, got={"Location": "http://cdn.test/y"})
        assert verdict(page(), mixed)[:2] == ("network-error", "mixed-content")
        home = exchange(url=f"{PAGE}/go", status=302, sent=own, got={"Location": "/y"})
        assert verdict(page(), home)[0] == "not-cors"


def test_an_image_whose_redirect_nothing_follows_is_not_opaque() -> None:
    away = image({"Location": "https://cdn.test/y"}, status=302)
    call = last(page(), away)
    assert (call.verdict.outcome, call.verdict.reason, call.verdict.certainty) == (
        "network-error",
        "redirect-not-followed",
        "likely",
    )
    assert call.verdict.stage == "redirect"
    tracker = Tracker()
    tracker.feed(page())
    (waiting,) = tracker.feed(away).changed
    assert waiting.verdict.outcome == "pending"


class TestUpgrades:
    def test_a_redirect_to_http_that_is_asked_by_https_is_one_call(self) -> None:
        hop = exchange(url="https://cdn.test/y", at=101, sent=TAINTED, got={"Access-Control-Allow-Origin": "*"})
        (call,) = [call for call in judge_all([exchange(status=302, got=TO_HTTP), hop]) if call.kind == "simple"]
        assert (call.verdict.outcome, call.verdict.stage, len(call.hops)) == ("allowed", "actual", 2)

    def test_what_the_page_calls_itself_later_is_another(self) -> None:
        calls = judge_all([exchange(status=302, got=TO_HTTP), exchange(url="https://cdn.test/y", at=101, got=OPEN)])
        assert [call.verdict.outcome for call in calls] == ["network-error", "allowed"]

    def test_the_redirect_that_names_the_very_url_is_preferred(self) -> None:
        exact = exchange(id="exact", status=302, got={**OPEN, "Location": "https://cdn.test/y"})
        upgraded = exchange(id="upgraded", at=100.2, status=302, got=TO_HTTP)
        hop = exchange(url="https://cdn.test/y", at=100.3, sent=TAINTED, id="hop")
        calls = {call.id: len(call.hops) for call in judge_all([exact, upgraded, hop])}
        assert calls == {"exact": 2, "upgraded": 1}

    def test_a_page_that_upgrades_has_no_mixed_content(self) -> None:
        away = exchange(status=302, got=TO_HTTP)
        assert verdict(page(), away)[1] == "mixed-content"
        assert verdict(page(UPGRADE), away)[1] == "redirect-mode-error"

    def test_a_preflight_belongs_to_its_own_scheme(self) -> None:
        local, plain = "https://api.test/x", "http://api.test/x"
        sent = {"Origin": "http://app.test", "Referer": "http://app.test/"}
        got = {**GRANT, "Access-Control-Allow-Origin": "http://app.test"}
        calls = judge_all(
            [
                preflight(url=local, sent=sent, got=got, id="p"),
                exchange("PUT", plain, 100.1, sent=sent, got=got, id="r"),
            ]
        )
        assert {call.id: call.preflight for call in calls} == {"p": "sent", "r": "missing"}


class TestPrivateNetwork:
    def test_its_absence_is_named_where_nothing_followed(self) -> None:
        call = last(preflight(sent=ASKS, got=FULL_GRANT))
        found = call.verdict
        assert (found.outcome, found.reason, found.certainty, found.stage) == (
            "blocked",
            "private-network-header",
            "likely",
            "preflight",
        )
        assert (found.header, found.expected, found.found) == ("Access-Control-Allow-Private-Network", "true", None)
        assert found.engines is not None and found.engines["firefox"].outcome == "unknown"
        assert [step.reason for step in trace(call) if step.state == "failed"] == ["private-network-header"]

    def test_credentials_are_the_other_candidate(self) -> None:
        found = last(preflight(sent=ASKS)).verdict
        assert (found.reason, [other.reason for other in found.alternatives]) == (
            "private-network-header",
            ["credentials-not-true"],
        )

    def test_where_the_request_failed_without_a_word(self) -> None:
        found = verdict(preflight(sent=ASKS, got=FULL_GRANT), exchange("PUT", at=100.1, failed="other"))
        assert found == ("blocked", "private-network-header", "likely")
        found = verdict(preflight(sent=ASKS, got=FULL_GRANT), exchange("PUT", at=100.1, failed="refused"))
        assert found[1] == "refused"

    def test_never_against_a_request_that_followed(self) -> None:
        call = last(preflight(sent=ASKS, got=FULL_GRANT), exchange("PUT", at=100.1, got=OPEN))
        assert (call.verdict.outcome, call.verdict.reason) == ("allowed", None)

    @pytest.mark.parametrize(
        ("sent", "got", "reason"),
        [
            ({}, {}, "no-actual-seen"),
            (ASKS, {"Access-Control-Allow-Private-Network": "true"}, "no-actual-seen"),
            (ASKS, {"Access-Control-Allow-Methods": "GET"}, "method-not-allowed"),
        ],
    )
    def test_only_where_nothing_else_explains_it(self, sent, got: dict[str, str], reason: str) -> None:
        assert last(preflight(sent=sent, got={**FULL_GRANT, **got})).verdict.reason == reason


@settings(max_examples=80, deadline=None)
@given(st.integers(), st.integers(0, 2**32))
def test_any_interleaving_with_documents_ends_the_same(seed: int, drawn: int) -> None:
    draw = random.Random(drawn)
    made: list[Exchange] = []
    for number in range(draw.randint(2, 12)):
        at = 100 + draw.random() * 2
        match draw.randrange(5):
            case 0:
                made.append(page(draw.choice([{}, REQUIRE, CREDENTIALLESS, UPGRADE]), at, id=f"d{number}"))
            case 1:
                made.append(image(draw.choice([{}, CROSS]), at, id=f"i{number}"))
            case 2:
                made.append(frame(draw.choice([{}, REQUIRE]), at, id=f"f{number}"))
            case 3:
                scheme = draw.choice(["http", "https"])
                got = {**OPEN, "Location": f"{scheme}://cdn.test/y"}
                made.append(exchange(at=at, status=302, got=got, id=f"l{number}"))
            case _:
                url = draw.choice(["http", "https"]) + "://cdn.test/y"
                sent = {"Origin": draw.choice(["null", PAGE]), "Sec-Fetch-Site": "cross-site"}
                made.append(exchange(url=url, at=at, sent=sent, got=OPEN, id=f"h{number}"))
    made.sort(key=lambda item: (item.started, item.id))
    expected = {call.id: call for call in judge_all(made)}
    calls = Calls()
    for state in interleaved(made, seed):
        calls.feed(state)
    calls.take(calls.tracker.close())
    assert calls.now == expected


def test_memory_is_bounded() -> None:
    documents = Documents()
    for number in range(ORIGINS + 10):
        documents.take(Facts(page(REQUIRE, url=f"https://app{number}.test/")))
    late = Facts(image())
    assert documents.before("https://app0.test", late) is None
    assert documents.before(f"https://app{ORIGINS}.test", late) is not None
    for number in range(DOCUMENTS + 10):
        documents.take(Facts(page(REQUIRE if number else {}, at=10.0 + number)))
    assert documents.before(PAGE, Facts(image(at=15.0))) is None
    found = documents.before(PAGE, late)
    assert found is not None and not found.agreed  # the first is forgotten, not what followed from it
