"""Each lint slug fires where it should, and doesn't where the same header is right."""

from collections.abc import Iterable, Sequence

import pytest

from corsinspect.advice.lint.words import LINT_WORDS, SIGNS, audience_words, lint_words
from corsinspect.analysis.lint import RULES, Linter
from corsinspect.analysis.lint.answers import SIGNS as SIGN_NAMES
from corsinspect.analysis.lint.rules import TRICKS, tricks
from corsinspect.model import Call
from tests.analysis.lint.sample import API, CREDENTIALS, PAGE, STAR, call, named, unknown

LOGIN = (("Authorization", "Bearer x"),)
COOKIE = (("Cookie", "sid=1"),)
GRANT = (("Access-Control-Allow-Headers", "authorization, x-a"), ("Access-Control-Allow-Methods", "GET, PUT"))
STRANGER = "https://nobody.example"
SITES = ("https://one.example", "https://two.example", "https://three.example")
X = (("X-A", "1"),)
ANY_HEADER = ("Access-Control-Allow-Headers", "*")


def plain(origin: str = PAGE, *more: tuple[str, str], url: str = f"{API}/items", credentials: bool = False) -> Call:
    """A call that is let in as it should be."""
    return call(named(origin, *more), page=origin, url=url, credentials=credentials)


def private(*more: tuple[str, str]) -> Call:
    """A call that shows that its server has answers for one person only, answered with these lines besides."""
    return call(named(PAGE, *GRANT, ("Cache-Control", "private"), *more), headers=X)


def busy(max_age: str | None) -> list[Call]:
    aged = (("Access-Control-Max-Age", max_age),) if max_age is not None else ()
    return [call(named(PAGE, *GRANT, *aged), headers=X, started=10.0 * number) for number in range(8)]


def tricked(slug: str) -> list[Call]:
    """What a probe finds on a server that falls for this trick, and for no other."""
    return [plain(), plain(tricks(PAGE)[slug]), call((), page=STRANGER)]


FIRING: dict[str, Sequence[Call]] = {
    "reflected-credentials": [plain(site, CREDENTIALS, credentials=True) for site in SITES],
    "null-credentials": [call(named("null", CREDENTIALS), page="null", credentials=True)],
    **{slug: tricked(slug) for slug in TRICKS},
    "wildcard-private": [call((STAR, *GRANT), headers=LOGIN)],
    "reflected-private": [call(named(site, ("Set-Cookie", "sid=1")), page=site) for site in SITES],
    "null-allowed": [call(named("null"), page="null")],
    "plain-http-origin": [plain("http://shop.test")],
    "internal-open": [call((STAR,), url="http://127.0.0.1:8000/", page="http://localhost:3000")],
    "vary-missing": [call((("Access-Control-Allow-Origin", page),), page=page) for page in SITES[:2]],
    "wildcard-credentials": [call((STAR, CREDENTIALS))],
    "methods-wide": [call(named(PAGE, *GRANT, ("Access-Control-Allow-Methods", "TRACE, PUT")), headers=X)],
    "headers-wide": [private(("Access-Control-Allow-Headers", "*"))],
    "exposed-wide": [plain(PAGE, ("Access-Control-Expose-Headers", "X-Total, Authorization"))],
    "request-header-answered": [plain(PAGE, ("Access-Control-Request-Headers", "authorization"))],
    "max-age-missing": busy(None),
    "timing-open": [private(("Timing-Allow-Origin", "*"))],
    "credentials-unused": [plain(PAGE, CREDENTIALS, url=f"{API}/{number}") for number in range(3)],
}

QUIET: dict[str, Sequence[Call]] = {
    # two sites of a list, and one that is refused
    "reflected-credentials": [
        *(plain(site, CREDENTIALS, credentials=True) for site in SITES),
        call((), page="https://four.example"),
    ],
    "null-credentials": [call((), page="null", credentials=True)],
    **{slug: [plain(), *(call((), page=origin) for origin in tricks(PAGE).values())] for slug in TRICKS},
    # a public API: * is right, also behind a load balancer that sets a cookie
    "wildcard-private": [call((STAR, ("Set-Cookie", "AWSALB=x; Path=/")))],
    "reflected-private": [call(named(site), page=site) for site in SITES],
    "null-allowed": [call((STAR,), page="null")],
    "plain-http-origin": [plain("http://localhost:3000"), plain("https://shop.test")],
    "internal-open": [
        call(named("http://localhost:3000"), url="http://127.0.0.1:8000/", page="http://localhost:3000"),
        call((STAR,)),
    ],
    # one origin, always the same
    "vary-missing": [call((("Access-Control-Allow-Origin", PAGE),), url=f"{API}/{number}") for number in range(5)],
    "wildcard-credentials": [call((STAR,)), plain(PAGE, CREDENTIALS)],
    "methods-wide": [call((STAR, ("Access-Control-Allow-Methods", "*"), ANY_HEADER), headers=X)],
    "headers-wide": [call((STAR, ANY_HEADER), headers=X)],
    "exposed-wide": [plain(PAGE, ("Access-Control-Expose-Headers", "X-Total-Count, ETag"))],
    "request-header-answered": [plain(PAGE, ("Vary", "Access-Control-Request-Headers"))],
    "max-age-missing": busy("7200"),
    "timing-open": [call((STAR, ("Timing-Allow-Origin", "*")))],
    "credentials-unused": unknown(plain(PAGE, CREDENTIALS, url=f"{API}/{number}") for number in range(3)),
}

MADE_UP = {STRANGER, *tricks(PAGE).values()}


def slugs(calls: Iterable[Call], made_up: Iterable[str] = MADE_UP) -> set[str]:
    linter = Linter(made_up)
    for each in calls:
        linter.add(each)
    return {finding.slug for finding in linter.findings()}


def test_every_rule_has_both_tests_and_words() -> None:
    named_rules = [rule.slug for rule in RULES]
    assert len(named_rules) == len(set(named_rules))
    assert set(named_rules) == set(FIRING) == set(QUIET) == set(LINT_WORDS)
    assert set(SIGN_NAMES) == set(SIGNS)


@pytest.mark.parametrize("slug", FIRING)
def test_it_fires(slug: str) -> None:
    assert slug in slugs(FIRING[slug])


@pytest.mark.parametrize("slug", QUIET)
def test_it_does_not_fire(slug: str) -> None:
    assert slug not in slugs(QUIET[slug])


@pytest.mark.parametrize("slug", FIRING)
def test_its_words_are_filled_in_and_it_names_its_evidence(slug: str) -> None:
    linter = Linter(MADE_UP)
    for each in FIRING[slug]:
        linter.add(each)
    (finding,) = [finding for finding in linter.findings() if finding.slug == slug]
    evidence = [exchange for each in FIRING[slug] for exchange in each.exchanges if exchange.id == finding.exchange]
    assert [exchange.url for exchange in evidence] == [finding.url]
    words = lint_words(slug, api=finding.api, page=finding.page, found=finding.found, values=finding.values)
    assert "{" not in "".join([words.what, words.attack, words.safe, *words.lines])
    assert all(text.count(". ") == 0 and text.endswith(".") for text in (words.attack,))


def test_reflection_is_sure_once_an_origin_that_was_made_up_gets_in() -> None:
    calls = [plain(STRANGER, CREDENTIALS, credentials=True)]
    assert "reflected-credentials" in slugs(calls)
    assert "reflected-credentials" not in slugs(calls, made_up=())


def test_a_trick_is_not_blamed_where_everyone_gets_in() -> None:
    calls = [plain(origin, CREDENTIALS, credentials=True) for origin in (PAGE, *MADE_UP)]
    assert slugs(calls) & {*TRICKS, "reflected-credentials"} == {"reflected-credentials"}


def test_what_max_age_costs_is_said() -> None:
    linter = Linter()
    for each in busy("0"):
        linter.add(each)
    (finding,) = linter.findings()
    assert finding.values == {"spared": "7", "ms": "700"}


def test_public_and_private_apis_are_told_apart() -> None:
    linter = Linter()
    for each in (call((STAR,)), call((STAR, *GRANT), headers=LOGIN, url="https://me.shop.test/")):
        linter.add(each)
    public, own = linter.audiences()
    assert (public.is_public, own.is_public) == (True, False)
    assert audience_words(public.api, public.signs).startswith("* is right")
    assert audience_words(own.api, own.signs).startswith("* is wrong")
