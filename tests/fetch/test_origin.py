import pytest

from corsinspect.fetch.origin import (
    is_address,
    is_loopback,
    parse_origin,
    potentially_trustworthy,
    same_origin,
    same_site,
)


@pytest.mark.parametrize(
    "text",
    ["https://a.test", "http://localhost:3000", "http://127.0.0.1:8000", "https://[::1]:3000", "http://a.test:443"],
)
def test_an_origin_is_read_back(text: str) -> None:
    url = parse_origin(text)
    assert url is not None and url.origin == text


@pytest.mark.parametrize(
    "text",
    ["null", "", "*", "https://a.test/", "https://A.test", "https://a.test:443", "https://a.test/x", "a.test", "x:y"],
)
def test_what_is_not_exactly_an_origin_is_none(text: str) -> None:
    assert parse_origin(text) is None


def test_an_opaque_origin_is_the_same_as_no_other() -> None:
    assert same_origin("https://a.test", "https://a.test")
    assert not same_origin("https://a.test", "https://a.test:8443")
    assert not same_origin("null", "null")


DOMAINS = {"a.shop.test": "shop.test", "b.shop.test": "shop.test", "other.test": "other.test"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.shop.test", "https://b.shop.test", True),
        ("https://a.shop.test", "https://b.shop.test:8443", True),
        ("https://a.shop.test", "http://b.shop.test", False),
        ("https://a.shop.test", "https://other.test", False),
        ("http://localhost:3000", "http://localhost:8000", True),
        ("http://localhost:3000", "http://127.0.0.1:3000", False),
        ("http://127.0.0.1:3000", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:3000", "http://127.0.0.2:3000", False),
        ("https://unknown", "https://nowhere", False),
        ("null", "null", False),
        ("https://a.shop.test", "null", False),
        ("null", "https://a.shop.test", False),
    ],
)
def test_same_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other, DOMAINS.get) is same


def test_an_address_has_no_registrable_domain() -> None:
    pairs = [("127.0.0.1", "127.0.0.2"), ("127.0.0.1", "a.test"), ("a.test", "127.0.0.1"), ("[::1]", "[::2]")]
    for one, other in pairs:
        assert not same_site(f"https://{one}", f"https://{other}", lambda host: "same.test")


@pytest.mark.parametrize(
    ("host", "address", "loopback"),
    [
        ("localhost", False, True),
        ("app.localhost", False, True),
        ("notlocalhost", False, False),
        ("127.0.0.1", True, True),
        ("127.9.9.9", True, True),
        ("128.0.0.1", True, False),
        ("[::1]", True, True),
        ("[::2]", True, False),
        ("a.test", False, False),
    ],
)
def test_hosts(host: str, address: bool, loopback: bool) -> None:
    assert is_address(host) is address
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("origin", "trustworthy"),
    [
        ("https://a.test", True),
        ("wss://a.test", True),
        ("http://a.test", False),
        ("ws://a.test", False),
        ("http://localhost:3000", True),
        ("http://127.0.0.1", True),
        ("null", False),
        ("nonsense", False),
    ],
)
def test_potentially_trustworthy(origin: str, trustworthy: bool) -> None:
    assert potentially_trustworthy(origin) is trustworthy
