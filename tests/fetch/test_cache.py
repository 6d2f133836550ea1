import dataclasses

import pytest

from corsinspect.fetch.cache import covers, entry, is_remembered, max_age
from corsinspect.fetch.check import Asked
from corsinspect.fetch.engines import CHROMIUM, GECKO, WEBKIT, Engine
from corsinspect.fetch.headers import CorsHeaders

ORIGIN = "https://a.test"


@pytest.mark.parametrize(
    ("value", "chromium", "gecko", "webkit"),
    [
        (None, 5, 5, 5),
        ("", 5, 5, 5),
        ("0", 0, 0, 0),
        ("-1", 0, 0, 0),
        ("-99", 0, 0, 0),
        ("--1", 5, 0, 5),
        ("1", 1, 1, 1),
        ("60", 60, 60, 60),
        ("600", 600, 600, 600),
        ("601", 601, 601, 600),
        ("7200", 7200, 7200, 600),
        ("7201", 7200, 7201, 600),
        ("86400", 7200, 86400, 600),
        ("86401", 7200, 86400, 600),
        ("000000000000060", 60, 60, 60),
        ("000000000000000", 0, 0, 0),
        ("999999999999999", 7200, 86400, 600),
        ("soon", 5, 0, 5),
        ("60.5", 5, 0, 5),
        ("+60", 5, 0, 60),
        ("+", 5, 0, 5),
        ("9223372036854775807", 7200, 86400, 600),
        ("9223372036854775808", 5, 86400, 600),
        ("18446744073709551616", 5, 86400, 5),
        ("99999999999999999999", 5, 86400, 5),
        ("184467440737095516150", 5, 86400, 5),
        ("60, 60", 5, 0, 5),
        ("٣", 5, 0, 5),
    ],
)
def test_max_age(value: str | None, chromium: int, gecko: int, webkit: int) -> None:
    assert [max_age(value, engine) for engine in (CHROMIUM, GECKO, WEBKIT)] == [chromium, gecko, webkit]


def test_absent_is_not_empty() -> None:
    engine = dataclasses.replace(CHROMIUM, max_age_empty=0)
    assert (max_age(None, engine), max_age("", engine)) == (5, 0)


def grant(
    engine: Engine,
    methods: str | None = "PUT",
    names: str | None = "X-A",
    *,
    include: bool | None = False,
    age: str | None = "60",
):
    fields = CorsHeaders(ORIGIN, "true", methods, names, age)
    stored = entry(Asked(ORIGIN, "PUT", ("x-a",)), include, fields, 100.0, "p1", engine)
    assert stored is not None
    return stored


PUT = Asked(ORIGIN, "PUT", ("x-a",))


def test_what_is_not_kept_is_no_entry() -> None:
    fields = CorsHeaders(ORIGIN, None, "PUT", None, "0")
    assert entry(PUT, None, fields, 100.0, "p1", CHROMIUM) is None


def test_a_second_is_kept_for_a_second() -> None:
    stored = grant(CHROMIUM, age="1")
    assert (stored.stored, stored.expires) == (100.0, 101.0)


def test_lists_that_do_not_parse_grant_nothing_later() -> None:
    stored = grant(CHROMIUM, "P UT", "x a")
    assert (stored.methods, stored.names) == (frozenset(), frozenset())
    assert not covers(stored, PUT, False, 110, CHROMIUM)


@pytest.mark.parametrize("engine", [CHROMIUM, GECKO, WEBKIT], ids=lambda engine: engine.name)
def test_a_grant_holds_until_it_expires(engine: Engine) -> None:
    stored = grant(engine)
    assert (stored.stored, stored.expires, stored.exchange) == (100.0, 160.0, "p1")
    assert covers(stored, PUT, False, 100.0, engine)
    assert covers(stored, PUT, False, 159.9, engine)
    assert not covers(stored, PUT, False, 160.0, engine)
    assert not covers(stored, PUT, False, 99.9, engine)


@pytest.mark.parametrize("engine", [CHROMIUM, GECKO, WEBKIT], ids=lambda engine: engine.name)
def test_a_grant_covers_what_it_lists(engine: Engine) -> None:
    stored = grant(engine, "PUT, DELETE", "X-A, x-b")
    assert covers(stored, Asked(ORIGIN, "DELETE", ("x-b",)), False, 110, engine)
    assert not covers(stored, Asked(ORIGIN, "PATCH", ()), False, 110, engine)
    assert not covers(stored, Asked(ORIGIN, "PUT", ("x-c",)), False, 110, engine)
    assert not covers(stored, Asked("https://b.test", "PUT", ()), False, 110, engine)
    assert covers(stored, Asked(ORIGIN, "GET", ("x-a",)), False, 110, engine)
    assert covers(stored, Asked(ORIGIN, "POST", ("x-a",)), False, 110, engine)


def test_gecko_wants_head_listed() -> None:
    asked = Asked(ORIGIN, "HEAD", ("x-a",))
    assert covers(grant(CHROMIUM), asked, False, 110, CHROMIUM)
    assert covers(grant(WEBKIT), asked, False, 110, WEBKIT)
    assert not covers(grant(GECKO), asked, False, 110, GECKO)


@pytest.mark.parametrize(
    ("engine", "method", "name", "authorization"),
    [(CHROMIUM, True, True, False), (GECKO, False, False, False), (WEBKIT, True, True, True)],
    ids=["chromium", "gecko", "webkit"],
)
def test_a_cached_wildcard(engine: Engine, method: bool, name: bool, authorization: bool) -> None:
    assert covers(grant(engine, "*"), Asked(ORIGIN, "PATCH", ()), False, 110, engine) is method
    assert covers(grant(engine, "PUT", "*"), Asked(ORIGIN, "PUT", ("x-z",)), False, 110, engine) is name
    asked = Asked(ORIGIN, "PUT", ("authorization",))
    assert covers(grant(engine, "PUT", "*"), asked, False, 110, engine) is authorization
    assert covers(grant(engine, "PUT", "*, Authorization"), asked, False, 110, engine)


@pytest.mark.parametrize("engine", [CHROMIUM, WEBKIT], ids=lambda engine: engine.name)
def test_a_wildcard_is_literal_with_credentials(engine: Engine) -> None:
    assert not covers(grant(engine, "*"), Asked(ORIGIN, "PATCH", ()), True, 110, engine)
    assert not covers(grant(engine, "*", include=True), Asked(ORIGIN, "PATCH", ()), True, 110, engine)
    # WebKit reads the `*` by the credentials of the request that asks now
    assert covers(grant(engine, "*", include=True), Asked(ORIGIN, "PATCH", ()), False, 110, engine) is (
        engine is WEBKIT
    )
    assert not covers(grant(engine, "*", include=None), Asked(ORIGIN, "PATCH", ()), True, 110, engine)
    assert not covers(grant(engine, "PUT", "*", include=None), Asked(ORIGIN, "PUT", ("x-z",)), True, 110, engine)


@pytest.mark.parametrize(
    ("engine", "stored_with", "asked_with", "covered"),
    [
        (CHROMIUM, True, True, True),
        (CHROMIUM, True, False, True),
        (CHROMIUM, False, True, False),
        (CHROMIUM, None, True, True),
        (CHROMIUM, False, None, True),
        (WEBKIT, True, False, True),
        (WEBKIT, False, True, False),
        (GECKO, True, False, False),
        (GECKO, False, True, False),
        (GECKO, True, True, True),
        (GECKO, None, False, True),
        (GECKO, True, None, True),
    ],
)
def test_credentials_modes(engine: Engine, stored_with: bool | None, asked_with: bool | None, covered: bool) -> None:
    stored = grant(engine, include=stored_with)
    assert covers(stored, PUT, asked_with, 110, engine) is covered


@pytest.mark.parametrize(
    ("failures", "webkit"),
    [
        ((), True),
        (("allow-methods",), True),
        (("allow-methods", "allow-headers"), True),
        (("allow-headers", "allow-origin"), False),
        (("status",), False),
        (("allow-methods-list",), False),
    ],
)
def test_webkit_remembers_what_a_refusal_grants(failures: tuple[str, ...], webkit: bool) -> None:
    assert is_remembered(failures, WEBKIT) is webkit
    assert is_remembered(failures, CHROMIUM) is is_remembered(failures, GECKO) is (not failures)
