"""What calls have in common: each pattern from exchanges made by hand, and what must not be told."""

from collections import Counter
from collections.abc import Iterable

import pytest

from corsinspect.advice import PATTERN_WORDS, pattern_words
from corsinspect.analysis import judge_all
from corsinspect.analysis.across.patterns import BY_SLUG, RULES, Pattern, patterns
from corsinspect.analysis.across.traits import LONGEST, traits
from corsinspect.model import Call, Exchange
from corsinspect.session.reader import load
from tests.analysis.build import API, FIREFOX, GRANT, OPEN, PAGE, exchange, only, preflight
from tests.corpus import NAMES, recording

SERVER = "https://api.test"
OTHER = "https://staging.test"
CREDENTIALS = {"Access-Control-Allow-Credentials": "true"}


def among(calls: Iterable[Call]) -> list[Pattern]:
    return patterns(Counter(traits(call) for call in calls))


def found(*exchanges: Exchange) -> dict[str, Pattern]:
    several = among(judge_all(exchanges))
    assert len({(pattern.slug, pattern.api, pattern.page) for pattern in several}) == len(several)
    return {pattern.slug: pattern for pattern in several}


def gets(number: int, got: dict[str, str], *, first: int = 0, status: int = 200, page: str = PAGE) -> list[Exchange]:
    return [
        exchange(url=f"{API}/{index}", at=100.0 + index, status=status, got=got, sent={"Origin": page}, id=f"g{index}")
        for index in range(first, first + number)
    ]


def test_all_calls_to_a_server_failing_for_one_reason_are_one_finding() -> None:
    pattern = found(*gets(3, {}))["one-cause"]
    assert (pattern.severity, pattern.api, pattern.page, pattern.count) == ("error", SERVER, PAGE, 3)
    assert pattern.values == {"reason": "origin-missing"}


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param(gets(2, {}), id="two may be a coincidence"),
        pytest.param([*gets(3, {}), *gets(1, OPEN, first=3)], id="one passed"),
        pytest.param([*gets(3, {}), *gets(1, {"Access-Control-Allow-Origin": OTHER}, first=3)], id="two reasons"),
    ],
)
def test_no_one_cause_where_there_is_none(exchanges: list[Exchange]) -> None:
    assert "one-cause" not in found(*exchanges)


def test_a_server_that_is_down_is_one_cause_too() -> None:
    refused = [exchange(url=f"{API}/{n}", at=100.0 + n, failed="refused") for n in range(4)]
    assert found(*refused)["one-cause"].values == {"reason": "refused"}


def test_the_same_failure_many_times_beside_calls_that_pass() -> None:
    pattern = found(*gets(12, {}), *gets(5, OPEN, first=20))["repeated-failure"]
    assert (pattern.count, pattern.values["reason"]) == (12, "origin-missing")
    assert pattern.count == 12
    assert "repeated-failure" not in found(*gets(9, {}), *gets(5, OPEN, first=20))


@pytest.mark.parametrize(
    ("status", "slug"),
    [(401, "preflight-login"), (403, "preflight-login"), (404, "preflight-unrouted"), (405, "preflight-unrouted")],
)
@pytest.mark.parametrize("got", [{}, GRANT], ids=["bare", "with headers"])
def test_a_preflight_refused_by_its_status(status: int, slug: str, got: dict[str, str]) -> None:
    pattern = found(preflight(status=status, got=got))[slug]
    assert pattern.values == {"status": str(status)}


def test_a_preflight_that_passes_is_no_login_trouble() -> None:
    assert not {"preflight-login", "preflight-unrouted"} & found(preflight(), exchange("PUT", got=OPEN)).keys()


@pytest.mark.parametrize(
    ("url", "location", "slug"),
    [
        ("https://api.test/x", "/x/", "preflight-slash"),
        ("https://api.test/x/?a=1", "https://api.test/x?a=1", "preflight-slash"),
        ("http://api.test/x", "https://api.test/x", "preflight-https"),
        ("https://api.test/x", "https://login.test/", None),
        ("https://api.test/x", "/other", None),
    ],
)
def test_where_a_preflight_is_redirected_to(url: str, location: str, slug: str | None) -> None:
    made = found(preflight(url=url, status=301, got={**GRANT, "Location": location}))
    assert made.keys() & {"preflight-slash", "preflight-https"} == ({slug} if slug else set())


def test_headers_on_good_answers_only() -> None:
    assert found(*gets(1, OPEN), *gets(1, {}, first=1, status=500))["errors-without-headers"].count == 1
    assert "errors-without-headers" not in found(*gets(2, {}, status=500))
    assert "errors-without-headers" not in found(*gets(1, OPEN), *gets(1, OPEN, first=1, status=500))


def test_a_value_given_twice() -> None:
    assert found(*gets(1, {"Access-Control-Allow-Origin": f"{PAGE}, {PAGE}"}))["header-twice"].count == 1


@pytest.mark.parametrize(
    ("allowed", "slug"),
    [
        (OTHER, "other-environment"),
        (f"{PAGE}:8443", "other-environment"),
        (f"{PAGE}/", None),
        (SERVER, None),
        ("null", None),
        ("https://*.test", None),
    ],
)
def test_another_environments_origin(allowed: str, slug: str | None) -> None:
    made = found(*gets(1, {"Access-Control-Allow-Origin": allowed}))
    assert ("other-environment" in made) == (slug is not None)
    if slug:
        assert made[slug].values == {"found": allowed} and made[slug].page == PAGE


def test_localhost_against_its_number() -> None:
    page, allowed = "http://localhost:3000", "http://127.0.0.1:3000"
    made = found(*gets(1, {"Access-Control-Allow-Origin": allowed}, page=page))
    assert made["loopback-names"].values == {"found": allowed}
    assert "other-environment" not in made
    assert "loopback-names" not in found(*gets(1, {"Access-Control-Allow-Origin": "http://127.0.0.1:4"}, page=page))


def echoed(number: int, vary: dict[str, str]) -> list[Exchange]:
    pages = [f"https://page{n}.test" for n in range(number)]
    made = [gets(1, {"Access-Control-Allow-Origin": page, **vary}, first=n, page=page) for n, page in enumerate(pages)]
    return [one for few in made for one in few]


def test_vary_missing_while_the_answer_varies() -> None:
    assert found(*echoed(2, {}))["vary-missing"].count == 2
    assert "vary-missing" not in found(*echoed(1, {}))
    assert "vary-missing" not in found(*echoed(2, {"Vary": "Accept-Encoding, Origin"}))
    assert "vary-missing" not in found(*gets(3, {"Access-Control-Allow-Origin": "*"}))


def test_any_origin_with_credentials() -> None:
    assert found(*echoed(3, CREDENTIALS))["any-origin"].values == {"pages": "3"}
    assert "any-origin" not in found(*echoed(3, {}))
    assert "any-origin" not in found(*echoed(3, CREDENTIALS), *gets(1, {}, first=9))


def test_null_is_allowed() -> None:
    assert "null-allowed" in found(*gets(1, {"Access-Control-Allow-Origin": "null"}))
    assert "null-allowed" not in found(*gets(1, OPEN))


@pytest.mark.parametrize(("listed", "told"), [("*", True), ("*, authorization", False), ("Authorization", False)])
def test_authorization_by_a_wildcard(listed: str, told: bool) -> None:
    asked = preflight(names="authorization", got={**GRANT, "Access-Control-Allow-Headers": listed}, at=100)
    actual = exchange("PUT", got=OPEN, sent={"Authorization": "Bearer x"}, at=100.5)
    assert ("authorization-by-wildcard" in found(asked, actual)) == told


def granted(number: int, age: str | None, agent: str) -> list[Exchange]:
    ages = {} if age is None else {"Access-Control-Max-Age": age}
    got = {name: value for name, value in GRANT.items() if name != "Access-Control-Max-Age"} | ages
    made: list[Exchange] = []
    for n in range(number):
        made.append(preflight(url=f"{API}/{n}", got=got, at=100.0 + n, agent=agent))
        made.append(exchange("PUT", f"{API}/{n}", got=OPEN, at=100.5 + n, agent=agent))
    return made


def test_how_long_grants_hold() -> None:
    chromium = exchange().request_headers[0][1]
    assert found(*granted(2, None, chromium))["no-max-age"].severity == "note"
    assert "no-max-age" not in found(*granted(1, None, chromium))
    assert not {"no-max-age", "max-age-above-cap"} & found(*granted(2, "7200", chromium)).keys()
    assert found(*granted(2, "86400", chromium))["max-age-above-cap"].values == {"found": "86400", "cap": "7200"}
    assert "max-age-above-cap" not in found(*granted(2, "86400", FIREFOX))
    assert found(*granted(1, "9" * 5000, chromium))["max-age-above-cap"].values["cap"] == "7200"


def test_errors_come_first_and_then_what_concerns_most_calls() -> None:
    other = {"Origin": "https://page0.test"}
    several = among(judge_all([*echoed(2, {}), *gets(4, {}, first=10), preflight(status=401, at=200, sent=other)]))
    assert [pattern.severity for pattern in several] == ["error"] * (len(several) - 1) + ["warning"]
    counts = [pattern.count for pattern in several if pattern.severity == "error"]
    assert len(counts) > 1 and counts == sorted(counts, reverse=True)


def test_traits_hold_no_long_text() -> None:
    kind = traits(only(exchange(got={"Access-Control-Allow-Origin": "x" * 1_000_000})))
    assert kind.answer is not None and len(kind.answer.allow_origin or "") == LONGEST


def test_every_pattern_has_words_and_every_words_a_pattern() -> None:
    assert PATTERN_WORDS.keys() == BY_SLUG.keys()
    assert len(BY_SLUG) == len(RULES)


@pytest.mark.parametrize("name", NAMES)
def test_findings_over_recorded_traffic_are_whole(name: str) -> None:
    calls = judge_all(load(recording(name)).exchanges)
    for pattern in among(calls):
        assert 0 < pattern.count <= len(calls)
        words = pattern_words(
            pattern.slug, api=pattern.api, page=pattern.page, count=pattern.count, values=pattern.values
        )
        assert words.short and words.happened and words.change
        assert "{" not in " ".join((words.short, words.happened, words.change))


def element(got: dict[str, str], number: int = 0) -> Exchange:
    sent = {"Origin": None, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    return exchange(url=f"{API}/{number}.png", at=90.0 + number, got={"Content-Type": "image/png", **got}, sent=sent)


def test_answers_without_cors_headers_that_browsers_keep() -> None:
    fresh = {"Cache-Control": "max-age=600"}
    pattern = found(element(fresh), element(fresh, 1), *gets(1, OPEN))["kept-without-cors"]
    assert (pattern.severity, pattern.api, pattern.page, pattern.count) == ("warning", SERVER, None, 2)
    for exchanges in (
        [element(fresh)],  # nothing shows that the server has CORS headers at all
        [element(fresh), *gets(1, {})],
        [element({}), *gets(1, OPEN)],
        [element({**fresh, "Vary": "Origin"}), *gets(1, OPEN)],
        [element({**fresh, "Access-Control-Allow-Origin": "*"}), *gets(1, OPEN)],
    ):
        assert "kept-without-cors" not in found(*exchanges)
