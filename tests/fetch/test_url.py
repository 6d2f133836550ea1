import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.fetch.url import Url, origin_of, parse_url

BASE = parse_url("https://a.test:8443/x/y?z=1")

# what `new URL(text, base)` gives in Chromium and in Firefox, None where it throws
RESOLVED = [
    ("https://b.test/p", "https://b.test/p"),
    ("HTTPS://B.Test:443/p", "https://b.test/p"),
    ("https://b.test:8443", "https://b.test:8443/"),
    ("https://b.test?q", "https://b.test/?q"),
    ("//b.test?q", "https://b.test/?q"),
    ("https://b.test\\p", "https://b.test/p"),
    ("https://{host}/p", "https://{host}/p"),
    ("http://b.test:80/p", "http://b.test/p"),
    ("http://b.test:0080/p", "http://b.test/p"),
    ("//c.test/q", "https://c.test/q"),
    ("\\\\c.test\\q", "https://c.test/q"),
    ("https:/\\c.test/q", "https://c.test/q"),
    ("https:q", "https://a.test:8443/x/q"),
    ("https:/q", "https://a.test:8443/q"),
    ("http:q", "http://q/"),
    ("http:/q", "http://q/"),
    ("", "https://a.test:8443/x/y?z=1"),
    ("?q=2", "https://a.test:8443/x/y?q=2"),
    ("#part", "https://a.test:8443/x/y?z=1"),
    ("/p#part", "https://a.test:8443/p"),
    ("p", "https://a.test:8443/x/p"),
    ("./p", "https://a.test:8443/x/p"),
    ("../p", "https://a.test:8443/p"),
    ("../../../p", "https://a.test:8443/p"),
    ("p/..", "https://a.test:8443/x/"),
    ("p/.", "https://a.test:8443/x/p/"),
    ("/.", "https://a.test:8443/"),
    ("/..", "https://a.test:8443/"),
    ("/./", "https://a.test:8443/"),
    ("/../", "https://a.test:8443/"),
    ("/a/./b", "https://a.test:8443/a/b"),
    ("/a/../b", "https://a.test:8443/b"),
    ("/a/b/../../../c", "https://a.test:8443/c"),
    ("/a//../b", "https://a.test:8443/a/b"),
    ("/a//b", "https://a.test:8443/a//b"),
    ("...", "https://a.test:8443/x/..."),
    ("/a;b/../c", "https://a.test:8443/c"),
    ("/a/..;/c", "https://a.test:8443/a/..;/c"),
    ("?../y", "https://a.test:8443/x/y?../y"),
    ("x?../y", "https://a.test:8443/x/x?../y"),
    ("/a?b?c", "https://a.test:8443/a?b?c"),
    ("/a?b\\c", "https://a.test:8443/a?b\\c"),
    ("/a%zz", "https://a.test:8443/a%zz"),
    ("..%2f", "https://a.test:8443/x/..%2f"),
    ("//", None),
    ("///", None),
    ("////c.test/p", "https://c.test/p"),
    ("\\/c.test/q", "https://c.test/q"),
    ("/x:y", "https://a.test:8443/x:y"),
    ("./x:y", "https://a.test:8443/x/x:y"),
    (":80", "https://a.test:8443/x/:80"),
    (":", "https://a.test:8443/x/:"),
    ("@", "https://a.test:8443/x/@"),
    ("1a:b", "https://a.test:8443/x/1a:b"),
    ("a+b:c", "a+b:c"),
    ("A-B.C:d", "a-b.c:d"),
    ("x:", "x:"),
    ("https:", "https://a.test:8443/x/y?z=1"),
    ("https:?q", "https://a.test:8443/x/y?q"),
    ("https:#f", "https://a.test:8443/x/y?z=1"),
    ("http:", None),
    ("https:c.test", "https://a.test:8443/x/c.test"),
    ("https:///c.test", "https://c.test/"),
    ("https:////c.test", "https://c.test/"),
    ("https:\\\\c.test", "https://c.test/"),
    ("https://a.test:", "https://a.test/"),
    ("https://a.test:0/", "https://a.test:0/"),
    ("https://a.test:00000443/", "https://a.test/"),
    ("https://a.test:000000080/", "https://a.test:80/"),
    ("https://a.test:65535/", "https://a.test:65535/"),
    ("https://[::1]:/", "https://[::1]/"),
    ("https://[::1]:80", "https://[::1]:80/"),
    ("https://[ABCD::1]/", "https://[abcd::1]/"),
    ("https://a..b/", "https://a..b/"),
    ("https://a.test./", "https://a.test./"),
    ("https://-a_b.test/", "https://-a_b.test/"),
    ("https://A%41.test/", "https://aa.test/"),
    ("https://a%4B%4b.test/", "https://akk.test/"),
    ("https://a%=A.test/", None),
    ("https://Xa.test/", "https://xa.test/"),
    ("//Xa.test/", "https://xa.test/"),
    ("X/y", "https://a.test:8443/x/X/y"),
    ("/Xy", "https://a.test:8443/Xy"),
    ("!p", "https://a.test:8443/x/!p"),
    ("https://[abcd:ef::1]/", "https://[abcd:ef::1]/"),
    ("https://[G::1]/", None),
    ("https://[::1", None),
    ("https://a.test:²/", None),
    ("https://a.test:" + "9" * 5000, None),
    ("ftp://c.test:21/x", "ftp://c.test/x"),
    ("ws://c.test:80/x", "ws://c.test/x"),
    ("wss://c.test:443", "wss://c.test/"),
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("%2e%2E/p", "https://a.test:8443/p"),
    ("a.b/..c", "https://a.test:8443/x/a.b/..c"),
    ("  /p\t\n", "https://a.test:8443/p"),
    ("/p q?r s", "https://a.test:8443/p%20q?r%20s"),
    ("/é", "https://a.test:8443/%E9"),
    ("/{x}?{x}'", "https://a.test:8443/%7Bx%7D?{x}%27"),
    ("/a%20b", "https://a.test:8443/a%20b"),
    ("https://[::1]:3000/p", "https://[::1]:3000/p"),
    ("https://ex%41mple.test/", "https://example.test/"),
    ("https://b\u00c3\u00bccher.test/", "https://xn--bcher-kva.test/"),
    ("/p?t=‹redacted:5:ab12cd34›", "https://a.test:8443/p?t=‹redacted:5:ab12cd34›"),
    ("mailto:x@b.test", "mailto:x@b.test"),
    ("data:text/plain,x", "data:text/plain,x"),
    ("localhost:3000", "localhost:3000"),
]


@pytest.mark.parametrize(("text", "expected"), RESOLVED)
def test_resolves_as_browsers_do(text: str, expected: str | None) -> None:
    url = parse_url(text, BASE)
    assert (url and url.href) == expected


def test_dot_segments_in_all_their_spellings() -> None:
    dots = [".", "%2e", "%2E"]
    for one in dots:
        assert href(f"https://a.test/x/{one}/y") == "https://a.test/x/y"
        for two in dots:
            assert href(f"https://a.test/x/{one}{two}/y") == "https://a.test/y"
            assert href(f"https://a.test/x/{one}{two}.") == f"https://a.test/x/{one}{two}."


C0 = set(map(chr, range(0x20)))
REMOVED = set("\t\n\r")


def href(text: str) -> str | None:
    url = parse_url(text)
    return url and url.href


def test_the_bytes_of_hosts() -> None:
    good = {chr(number) for number in range(128) if href(f"https://x{chr(number)}y.test/")}
    assert good - REMOVED - set("/\\?#@") == set(map(chr, range(128))) - C0 - set(" #%/:<>?@[\\]^|\x7f")
    decoded = {chr(number) for number in range(128) if href(f"https://x%{number:02x}y.test/")}
    assert decoded == set(map(chr, range(128))) - C0 - set(" #%/:<>?@[\\]^|\x7f")


def test_the_bytes_of_paths() -> None:
    encoded = C0 - REMOVED | set(' "<>^`{}\x7f') | set(map(chr, range(128, 256)))
    for byte in set(map(chr, range(256))) - set("\\?#"):
        kept = f"%{ord(byte):02X}" if byte in encoded else "" if byte in REMOVED else byte
        assert href(f"https://a.test/x{byte}y") == f"https://a.test/x{kept}y"


def test_the_bytes_of_queries() -> None:
    encoded = C0 - REMOVED | set(" \"<>'\x7f") | set(map(chr, range(128, 256)))
    for byte in set(map(chr, range(256))) - set("#"):
        kept = f"%{ord(byte):02X}" if byte in encoded else "" if byte in REMOVED else byte
        assert href(f"https://a.test/?x{byte}y") == f"https://a.test/?x{kept}y"


def test_the_bytes_of_schemes() -> None:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    inside = {byte for byte in map(chr, range(256)) if href(f"x{byte}y:z") == f"x{byte.lower()}y:z"}
    assert inside - {":"} == set(letters + "+-.")
    first = {byte for byte in map(chr, range(33, 256)) if href(f"{byte}y:z") == f"{byte.lower()}y:z"}
    assert first == set(letters) - set("0123456789")


def test_controls_and_spaces_around_a_url_are_no_part_of_it() -> None:
    for byte in C0 | {" "}:
        assert href(f"{byte}https://a.test/p{byte}") == "https://a.test/p"


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https:///",
        "https://a.test:99999/",
        "https://a.test:65536/",
        "https://a.test:x/",
        "https://a.test:8 0/",
        "https://a b.test/",
        "https://a%20b.test/",
        "https://a<b.test/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[zz]/",
        "https://[]/",
        "https://a.test:-1/",
        "https://a.test:100000/",
        "https://a%zz.test/",
        "https://a%2/",
        "https://a%/",
        "https://%5B::1%5D/",
        "https://\xff\xfe.test/",
    ],
)
def test_refuses_what_is_no_url(text: str) -> None:
    assert parse_url(text, BASE) is None


@pytest.mark.parametrize("text", ["", "/p", "?q", "p", "*.b.test", "null", "b.test", "//b.test/p"])
def test_a_relative_url_needs_a_base(text: str) -> None:
    assert parse_url(text) is None


def test_a_relative_url_needs_a_base_with_a_host() -> None:
    assert parse_url("p", parse_url("mailto:x")) is None


def test_a_scheme_without_a_host_has_an_empty_one() -> None:
    assert parse_url("data:text/plain,x") == Url("data", "", None, "text/plain,x")


@pytest.mark.parametrize(
    ("text", "userinfo"),
    [
        ("https://u:p@b.test/", True),
        ("https://X@b.test/", True),
        ("https://u@b.test/", True),
        ("https://:p@b.test/", True),
        ("https://@b.test/", False),
        ("https://:@b.test/", False),
        ("https://b.test/u@p", False),
        ("https://u@x:p@b.test/", True),
    ],
)
def test_sees_userinfo(text: str, userinfo: bool) -> None:
    url = parse_url(text, BASE)
    assert url is not None
    assert (url.userinfo, url.host) == (userinfo, "b.test")


def test_userinfo_of_the_base_is_not_inherited() -> None:
    base = parse_url("https://u:p@b.test/x")
    for text in ("", "?q", "/p"):
        url = parse_url(text, base)
        assert url is not None and not url.userinfo


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://B.test:443/p", "https://b.test"),
        ("http://localhost:3000?x", "http://localhost:3000"),
        ("http://localhost:3000#x", "http://localhost:3000"),
        ("http://localhost:80", "http://localhost"),
        ("https://[::1]:8443/p", "https://[::1]:8443"),
        ("wss://b.test/p", "wss://b.test"),
        ("file:///etc/hosts", "null"),
        ("data:text/plain,x", "null"),
        ("nonsense", "null"),
        ("https://a.test:x/", "null"),
        ("", "null"),
    ],
)
def test_serialises_the_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_a_default_port_belongs_to_its_scheme() -> None:
    assert parse_url("https://b.test:80/") == Url("https", "b.test", 80, "/")
    assert parse_url("http://b.test:443/") == Url("http", "b.test", 443, "/")
    assert parse_url("ws://b.test:80/") == Url("ws", "b.test", None, "/")


@given(st.text(max_size=40), st.booleans())
def test_never_raises_and_is_stable(text: str, with_base: bool) -> None:
    url = parse_url(text, BASE if with_base else None)
    if url is not None and url.origin != "null":
        again = parse_url(url.href)
        assert again is not None
        assert again.href == url.href
        assert origin_of(url.href) == url.origin


@given(st.text(alphabet=" ./\\?#:@%2eE[]*a1\x00\t", max_size=30))
def test_never_raises_on_the_characters_that_matter(text: str) -> None:
    for base in (BASE, None):
        url = parse_url(text, base)
        assert url is None or isinstance(url.href, str)
    assert isinstance(origin_of("http://" + text), str)
