"""What became of a call over time: from exchanges made by hand, each pattern and what must not be told."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest

from corsinspect.advice import pattern_words
from corsinspect.analysis import judge_all
from corsinspect.analysis.across.history import REMEMBERED, Histories, history
from corsinspect.analysis.across.kinship import kinship
from corsinspect.analysis.across.patterns import Pattern, patterns
from corsinspect.analysis.across.served import NOWHERE, Served, served
from corsinspect.analysis.across.traits import traits
from corsinspect.model import Call, Exchange
from corsinspect.report.text import in_common
from corsinspect.said import WithheldCookie
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, only, preflight
from tests.said import said_of

SERVER = "https://api.test"
HIT, MISS = {"X-Cache": "HIT from edge", "Age": "31"}, {"X-Cache": "MISS from edge", "Age": "0"}


def gets(*answers: Mapping[str, str], url: str = API) -> list[Exchange]:
    """The same call again and again, answered with these headers."""
    return [exchange(url=url, at=100.0 + 60 * number, got=got) for number, got in enumerate(answers)]


def found(exchanges: Iterable[Exchange]) -> dict[str, Pattern]:
    return {pattern.slug: pattern for pattern in history(judge_all(exchanges))}


def words(pattern: Pattern) -> str:
    return pattern_words(
        pattern.slug, api=pattern.api, page=pattern.page, count=pattern.count, values=pattern.values
    ).short


def test_it_worked_and_fails_since_the_header_changed() -> None:
    other = {"Access-Control-Allow-Origin": "https://new.test"}
    pattern = found(gets(OPEN, OPEN, other, other))["worked-before"]
    assert (pattern.severity, pattern.api, pattern.page, pattern.count) == ("error", SERVER, PAGE, 2)
    assert pattern.values == {
        "header": "Access-Control-Allow-Origin",
        "before": PAGE,
        "now": "https://new.test",
        "since": "220.0",
    }
    assert f"Access-Control-Allow-Origin was {PAGE} and is https://new.test" in words(pattern)


def test_a_header_that_is_gone_is_said() -> None:
    assert "is absent" in words(found(gets(OPEN, {}))["worked-before"])


def test_several_addresses_that_broke_alike_are_one_finding() -> None:
    both = [*gets(OPEN, {}), *gets(OPEN, {}, url=f"{API}/2")]
    (pattern,) = history(judge_all(both))
    assert (pattern.slug, pattern.count, pattern.values["since"]) == ("worked-before", 2, "160.0")


def test_a_list_of_the_preflight_that_changed() -> None:
    asked = [preflight("PUT", at=100), exchange("PUT", at=100.1, got=OPEN)]
    later = preflight("PUT", at=200, got={**GRANT, "Access-Control-Allow-Methods": "PATCH"})
    pattern = found([*asked, later])["worked-before"]
    assert (pattern.values["header"], pattern.values["before"], pattern.values["now"]) == (
        "Access-Control-Allow-Methods",
        "PUT",
        "PATCH",
    )


STEADY = {
    "always fails": gets({}, {}, {}),
    "always passes": gets(OPEN, OPEN),
    "works again": gets(OPEN, {}, OPEN),
    "another address": [*gets(OPEN), *gets({}, url=f"{API}/other")],
    "another method": [*gets(OPEN), exchange("POST", at=900, got={})],
    "another page": [*gets(OPEN), exchange(at=900, got={}, sent={"Origin": "https://b.test"})],
    "the page asks for more": [
        *(preflight("PUT", at=100), exchange("PUT", at=100.1, got=OPEN)),
        preflight("PUT", names="x-new", at=200),
    ],
    "the page sends cookies now": [
        exchange(got={"Access-Control-Allow-Origin": "*"}, sent={"Cookie": None}),
        exchange(at=200, got={"Access-Control-Allow-Origin": "*"}, sent={"Cookie": "sid=1"}),
    ],
    "the server is down": [*gets(OPEN), exchange(at=900, failed="refused")],
}


@pytest.mark.parametrize("exchanges", STEADY.values(), ids=STEADY)
def test_what_did_not_change_is_not_told(exchanges: list[Exchange]) -> None:
    assert found(exchanges) == {}


def test_a_cache_that_answers_with_another_pages_headers() -> None:
    other = {"Access-Control-Allow-Origin": "https://b.test", **HIT}
    pattern = found(gets({**OPEN, **MISS}, other, {**OPEN, **MISS}))["intermittent-cache"]
    assert (pattern.count, pattern.page) == (1, PAGE)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([{**OPEN, **HIT}, HIT], id="cached answers pass as well"),
        pytest.param([OPEN, MISS], id="the failing one came from the server"),
        pytest.param([{**OPEN, **MISS}, {**OPEN, **HIT}], id="all pass"),
    ],
)
def test_no_cache_is_blamed_without_evidence(answers: list[Mapping[str, str]]) -> None:
    assert "intermittent-cache" not in found(gets(*answers))


def test_one_of_several_servers_that_lacks_the_headers() -> None:
    a, b = {"X-Served-By": "web-a"}, {"X-Served-By": "web-b"}
    pattern = found(gets({**OPEN, **a}, b, {**OPEN, **a}, b))["intermittent-instance"]
    assert (pattern.count, pattern.values) == (2, {"found": "web-b"})
    assert "web-b" in words(pattern)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([{**OPEN, "X-Served-By": "a"}, {"X-Served-By": "b"}], id="a deployment looks like that"),
        pytest.param(
            [{**OPEN, "X-Served-By": "a"}, {"X-Served-By": "a"}, {**OPEN, "X-Served-By": "a"}], id="the same server"
        ),
        pytest.param(
            [{"X-Served-By": f"request-{number}", **(OPEN if number % 2 else {})} for number in range(60)],
            id="each answer has a name of its own",
        ),
    ],
)
def test_no_server_is_blamed_without_evidence(answers: list[Mapping[str, str]]) -> None:
    assert "intermittent-instance" not in found(gets(*answers))


def test_passing_and_failing_in_turn_is_chance() -> None:
    assert found(gets(OPEN, {}, OPEN, {}))["intermittent"].count == 2
    assert "intermittent" not in found(gets(OPEN, {}, OPEN, OPEN))


def test_only_so_many_addresses_are_remembered() -> None:
    histories, kind = Histories(), traits(only(exchange(got=OPEN)))
    for number in range(REMEMBERED + 10):
        histories.add(kind, f"{API}/{number}", float(number), NOWHERE)
    assert len(histories._courses) == REMEMBERED


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (HIT, Served(True)),
        (MISS, NOWHERE),
        ({"Age": "12"}, Served(True)),
        ({"Age": "0"}, NOWHERE),
        ({"Age": "soon"}, NOWHERE),
        ({"CF-Cache-Status": "HIT", "Fly-Machine-Id": "m1"}, Served(True, "m1")),
        ({"Via": "1.1 proxy"}, NOWHERE),
        ({"X-Served-By": "w" * 500}, Served(False, "w" * 60)),
    ],
)
def test_where_an_answer_came_from(got: dict[str, str], expected: Served) -> None:
    assert served(only(exchange(got=got))) == expected


def test_an_answer_that_never_came_is_from_nowhere() -> None:
    assert served(only(exchange(failed="dns"))) == NOWHERE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("http://shop.test", "https://shop.test", "scheme"),
        ("https://www.shop.test", "https://shop.test", "www"),
        ("http://localhost:3000", "http://127.0.0.1:3000", "loopback"),
        ("http://localhost:3000", "http://localhost:5173", "port"),
        ("https://staging.example.com", "https://app.example.com", "subdomain"),
        ("https://example.com", "https://example.org", None),
        ("https://a.github.io", "https://b.github.io", None),
        ("https://shop.test", "https://shop.test", None),
        ("null", "https://shop.test", None),
    ],
)
def test_how_two_origins_differ(one: str, other: str, expected: str | None) -> None:
    assert kinship(one, other) == kinship(other, one) == expected


def among(calls: Iterable[Call]) -> dict[str, Pattern]:
    return {pattern.slug: pattern for pattern in patterns(Counter(traits(call) for call in calls))}


def of_pages(answers: Mapping[str, Mapping[str, str]]) -> dict[str, Pattern]:
    """Each page calls once, and gets these headers."""
    return among(
        judge_all(
            [
                exchange(at=100.0 + number, sent={"Origin": page, "Referer": f"{page}/"}, got=got)
                for number, (page, got) in enumerate(answers.items())
            ]
        )
    )


def allow(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin}


def test_one_origin_works_and_its_twin_does_not() -> None:
    pattern = of_pages({"https://shop.test": allow("https://shop.test"), "https://www.shop.test": {}})["origin-differs"]
    assert (pattern.page, pattern.count) == ("https://www.shop.test", 1)
    assert pattern.values == {"refused": "https://www.shop.test", "allowed": "https://shop.test", "how": "www"}
    assert words(pattern) == "api.test allows https://shop.test, but not https://www.shop.test"


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"https://shop.test": allow("https://shop.test"), "https://evil.test": {}}, id="a stranger"),
        pytest.param({"https://shop.test": {}, "https://www.shop.test": {}}, id="both fail"),
        pytest.param(
            {page: allow(page) for page in ("https://shop.test", "https://www.shop.test")}, id="both are allowed"
        ),
    ],
)
def test_a_refusal_that_is_meant_is_not_told(answers: Mapping[str, Mapping[str, str]]) -> None:
    assert "origin-differs" not in of_pages(answers)


def test_reading_works_and_writing_does_not() -> None:
    pattern = among(judge_all([exchange(got=OPEN), preflight("PUT", at=101, got={}), preflight("DELETE", at=102)]))
    assert pattern["writes-blocked"].values == {"methods": "DELETE, PUT"}


@pytest.mark.parametrize(
    "exchanges",
    [
        pytest.param([exchange(got={}), preflight("PUT", at=101, got={})], id="reading fails as well"),
        pytest.param([exchange(got=OPEN), exchange("POST", at=101, got=OPEN)], id="writing works"),
        pytest.param(
            [exchange(got=OPEN), exchange("POST", at=101, got=OPEN), exchange("POST", url=f"{API}/2", at=102)],
            id="writing works elsewhere",
        ),
    ],
)
def test_no_difference_between_reading_and_writing(exchanges: list[Exchange]) -> None:
    assert "writes-blocked" not in among(judge_all(exchanges))


def heard(status: int, *, reasons: tuple[str, ...] = ("SameSiteLax",)) -> dict[str, Pattern]:
    asked = exchange(status=status, got={**OPEN, "Access-Control-Allow-Credentials": "true"})
    cookies = (WithheldCookie(name="sid", reasons=reasons),) if reasons else ()
    return among(judge_all([asked], [said_of(asked, "1:r", credentials="include", cookies_withheld=cookies)]))


def test_cookies_that_the_browser_keeps_are_why_the_server_wants_a_login() -> None:
    pattern = heard(401)["cookies-withheld"]
    assert (pattern.page, pattern.values) == (PAGE, {"withheld": "SameSiteLax"})
    assert "(SameSite=Lax)" in words(pattern)


def test_cookies_that_nobody_misses_are_not_told() -> None:
    assert "cookies-withheld" not in heard(200) and "cookies-withheld" not in heard(401, reasons=())


def test_check_prints_what_calls_show_over_time() -> None:
    (line,) = [line for line in in_common(judge_all(gets(OPEN, {}))) if "since" in line]
    assert line.startswith("! calls from https://app.test to api.test fail since ")
