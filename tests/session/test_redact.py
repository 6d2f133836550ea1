import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.model import Failure
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.redaction.token import TOKEN, UNSAFE, has_unsafe_byte, wire_length
from tests.session.build import exchange

KEY = b"k" * 32
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
HEX = "9f86d081884c7d659a2feaa0c55ad015"
BASE64 = "q8Zk3VbN7xR1mT0yLwE5cJ2hD9sGfPaU4oIi6KtXnBM="


def secrets_of(excluded: str = "") -> st.SearchStrategy[str]:
    """Marked at both ends, so that also a part of it is found, and nothing else."""
    inside = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters=excluded), max_size=60)
    return inside.map(lambda text: f"zQ9~{text}~9Qz")


cookie_secrets = secrets_of(";")
header_secrets = secrets_of()
query_secrets = secrets_of("&#")
values = st.text(st.characters(max_codepoint=0xFF), max_size=80)
names = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=":"), min_size=1, max_size=20)


def value(name: str, text: str, key: bytes = KEY) -> str:
    return Redactor(key).response_headers(((name, text),))[0][1]


def token(secret: str) -> str:
    return Redactor(KEY).token(secret)


PLACES = {
    "bearer": (header_secrets, "Authorization", "Bearer {}"),
    "basic": (header_secrets, "authorization", "basic {}"),
    "no scheme": (header_secrets, "AUTHORIZATION", "{}"),
    "proxy": (header_secrets, "Proxy-Authorization", "Basic {}"),
    "cookie": (cookie_secrets, "Cookie", "a=1; sid={}; theme=dark"),
    "bare cookie": (cookie_secrets.filter(lambda s: "=" not in s), "cookie", "{}"),
    "set-cookie": (cookie_secrets, "Set-Cookie", "sid={}; Path=/; Secure; HttpOnly; SameSite=None"),
    "api key": (header_secrets, "X-API-Key", "{}"),
    "underscores": (header_secrets, "x_api_key", "{}"),
    "token by a word": (header_secrets, "X-Acme-Auth-Token", "{}"),
    "csrf": (header_secrets, "X-CSRFToken", "{}"),
    "location": (query_secrets, "Location", "https://api.test/cb?a=1&code={}&b=2"),
    "relative location": (query_secrets, "location", "/cb?state={}#top"),
    "fragment": (query_secrets, "Location", "https://app.test/#access_token={}&token_type=bearer"),
    "route in fragment": (query_secrets, "Location", "https://app.test/#/login?token={}"),
    "referer": (query_secrets, "Referer", "https://app.test/?session_id={}"),
    "refresh": (query_secrets, "Refresh", "5; url=https://app.test/?api_key={}"),
    "content-location": (query_secrets, "Content-Location", "/x?sig={}"),
    "signed URL": (query_secrets, "Location", "https://s3.test/f?X-Amz-Signature={}&X-Amz-Date=1"),
}


@pytest.mark.parametrize("place", PLACES)
@given(data=st.data())
def test_no_secret_survives_in_the_line(place, data):
    secrets, name, form = PLACES[place]
    secret = data.draw(secrets)
    planted = exchange(request_headers=((name, form.format(secret)),), response_headers=((name, form.format(secret)),))
    line = msgspec.json.encode(Redactor().exchange(planted))
    assert b"zQ9~" not in line and b"~9Qz" not in line


@given(query_secrets)
def test_no_secret_survives_in_the_url(secret):
    line = msgspec.json.encode(Redactor().exchange(exchange(url=f"http://api.test/a?x=1&access_token={secret}&y=2")))
    assert b"zQ9~" not in line and b"~9Qz" not in line


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        HEX,
        BASE64,
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "AKIAIOSFODNN7EXAMPLE",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOHcbrzqgy",
        "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
        "glpat-ZxY12abcDEF34ghi5678",
    ],
)
@pytest.mark.parametrize(
    "name, form",
    [
        ("X-Foo", "{}"),
        ("X-Foo", "a {} b"),
        ("X-Foo", "v={}; q=1"),
        ("Sec-WebSocket-Protocol", "chat, {}"),
        ("Accept", "x"),
    ],
)
def test_secrets_show_by_their_shape(secret, name, form):
    redactor = Redactor(KEY)
    found = redactor.exchange(
        exchange(
            url=f"http://api.test/f?x={secret}",
            response_headers=((name, form.format(secret)), ("Location", f"/f?x={secret}")),
            failure=Failure(kind="other", text=f"odd: {secret}"),
        )
    )
    assert secret not in msgspec.json.encode(found).decode()
    assert found.response_headers[0] == (name, form.format(token(secret)))


def test_a_bearer_token_of_no_known_shape_shows_by_its_scheme():
    assert value("X-Foo", "Bearer abcd-efgh-1234") == "Bearer " + token("abcd-efgh-1234")


def test_a_jwt_in_a_path_is_a_secret_in_url_and_location():
    redactor = Redactor()
    url = redactor.url(f"https://api.test/verify/{JWT}/now")
    assert JWT not in url
    assert redactor.response_headers((("Location", f"/verify/{JWT}/now"),))[0][1] == url.removeprefix(
        "https://api.test"
    )


@pytest.mark.parametrize(
    "name, text",
    [
        ("Origin", f"https://{HEX}.test"),
        ("Content-Type", f"text/plain; boundary={JWT}"),
        ("Access-Control-Allow-Headers", "x-token, authorization"),
        ("access-control-allow-origin", f"https://user:pw@{HEX}.test?token=abc"),
        ("Access-Control-Request-Headers", "authorization,x-api-key"),
        ("Accept-Language", HEX),
        ("ETag", f'"{HEX}"'),
        ("User-Agent", f"bot {BASE64}"),
        ("X-Request-Id", HEX),
        ("X-Ratelimit-Remaining-Tokens", "12"),
        ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"'),
        ("X-Trace", "7f3d2c1b-5c44-4f0e-8a55-0d9f6a1b2c3d"),
        ("Cookie", ""),
        ("Cookie", "a=;"),
        ("Authorization", "Bearer"),
        ("Authorization", "Bearer "),
        ("Location", "https://app.test/@scope/pkg?case=trailing-slash&page=2#top"),
        ("Location", "https://@app.test/"),
        ("X-Key-Count", "3"),
    ],
)
def test_what_is_no_secret_stays(name, text):
    assert value(name, text) == text


def test_what_surrounds_a_secret_stays():
    assert value("Authorization", "Bearer  s3cret") == "Bearer  " + token("s3cret")
    assert value("Cookie", "a=1;  b = 2 ; c") == f"a={token('1')};  b = {token('2')} ; {token('c')}"
    assert value("Set-Cookie", "a=b=c; Domain=x.test; Secure") == f"a={token('b=c')}; Domain=x.test; Secure"
    assert value("Refresh", "0;url=/a?token=b") == f"0;url=/a?token={token('b')}"
    assert value("Location", "?token=b&c=d") == f"?token={token('b')}&c=d"
    assert value("Location", "/a;jsessionid=b/c?d") == f"/a;jsessionid={token('b')}/c?d"
    assert value("Link", "</a?token=b>; rel=next") == f"</a?token={token('b')}>; rel=next"
    assert value("Location", "//u:p@h.test/") == f"//{token('u:p')}@h.test/"
    assert value("Location", "https:\\\\u@h.test") == f"https:\\\\{token('u')}@h.test"
    nested = "/login?next=https%3A%2F%2Fapp.test%2F%3Ftoken%3D{}%26page%3D2"
    assert value("Location", nested.format("abc")) == nested.format(token("abc"))


def test_equal_secrets_have_equal_tokens_wherever_they_stand():
    redactor = Redactor()
    tokens = {
        redactor.response_headers((("Authorization", "Bearer s3cret"),))[0][1].removeprefix("Bearer "),
        redactor.response_headers((("X-Api-Key", "s3cret"),))[0][1],
        redactor.response_headers((("Cookie", "x=s3cret"),))[0][1].removeprefix("x="),
        redactor.url("/?token=s3cret").removeprefix("/?token="),
    }
    assert len(tokens) == 1


@given(header_secrets, header_secrets)
def test_different_secrets_have_different_tokens(one, other):
    redactor = Redactor()
    assert (redactor.token(one) == redactor.token(other)) is (one == other)


@given(header_secrets)
def test_the_key_decides_the_tag(secret):
    assert value("X-Api-Key", secret) == value("X-Api-Key", secret)
    assert value("X-Api-Key", secret) != value("X-Api-Key", secret, b"another")


segments = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="/?#\\&"), max_size=20)


@given(st.lists(segments, max_size=4), st.lists(segments, max_size=4), st.sampled_from(["token", "code", "x", "next"]))
def test_a_relative_location_comes_out_as_the_url_that_it_leads_to(path, values, name):
    redactor = Redactor()
    relative = "./" + "/".join(path) + "?" + "&".join(f"{name}={each}" for each in values)
    absolute = redactor.url("https://api.test/dir/" + relative)
    assert absolute == "https://api.test/dir/" + redactor.url(relative)


@given(query_secrets)
def test_a_location_comes_out_as_the_browser_requests_it(secret):
    sent = "".join(c if c not in "\"'<>" and " " < c < "\x7f" else f"%{ord(c):02X}" for c in secret)
    redactor = Redactor()
    assert redactor.url(f"/cb?code={secret}") == redactor.url(f"/cb?code={sent}")


class Remembering(Redactor):
    """Knows what each token stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[str, str] = {}

    def token(self, secret: str) -> str:
        token = super().token(secret)
        self.secrets.setdefault(token, secret)
        return token

    def restored(self, text: str) -> str:
        while TOKEN.search(text):  # a secret may hold another
            text = TOKEN.sub(lambda match: self.secrets[match[0]], text)
        return text


pieces = st.lists(
    st.sampled_from(
        ["token=", "code=", "x=", "a", "%3Dtoken%3D", "?", "&", "#", ";", "/", "@", "://", "Bearer ", "Basic "]
    )
    | st.sampled_from([JWT, HEX, BASE64, "sid", "=", ":", ",", "s3cret", "https://", "url=", "%26"]),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    "name", ["Authorization", "Cookie", "Set-Cookie", "X-Token", "X-Foo", "Location", "Refresh", "Link"]
)
@given(text=pieces)
def test_nothing_but_secrets_changes(name, text):
    text = text.replace(" ", "%20") if name in ("X-Foo", "Location", "Refresh", "Link") else text  # as browsers send it
    redactor = Remembering()
    redacted = redactor.response_headers(((name, text),))[0][1]
    assert redactor.restored(redacted) == text
    assert wire_length(redacted) == len(text)
    assert Redactor().response_headers(((name, redacted),))[0][1] == redacted


def test_a_name_that_says_nothing_leaves_the_next_its_quote():
    text = f"blocked by policy: %22password%22%3A%22{HEX}%22"
    assert Redactor(KEY).text(text) == text.replace(HEX, token(HEX))


def test_a_secret_in_a_text_is_counted_as_it_stands_there():
    assert value("Set-Cookie", "a=;token=Bearer token=") == f"a=;token={token('Bearer token=')}"
    assert wire_length(value("X-Foo", "token=Bearer \xe9\x00")) == len("token=Bearer \xe9\x00")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Set-Cookie", ";Path=\\token:\thttps://}"),
        ("Link", "https://Bearer token=token=/@"),
    ],
)
def test_what_is_found_by_one_rule_is_none_for_the_next(name, text):
    once = value(name, text)
    assert Redactor().response_headers(((name, once),)) == ((name, once),)


@given(values, values, st.lists(st.tuples(names, values), max_size=5))
def test_redacting_twice_is_redacting_once(path, text, lines):
    redactor = Redactor()
    once = redactor.exchange(
        exchange(url=path, request_headers=tuple(lines), failure=Failure(kind="other", text=text), server_headers=())
    )
    assert Redactor().exchange(once) == once


@pytest.mark.parametrize(
    "name", ["Authorization", "Cookie", "Set-Cookie", "X-Foo", "Location", "Refresh", "Link", "Accept"]
)
@given(text=values)
def test_length_and_unsafe_bytes_can_be_told_afterwards(name, text):
    redacted = value(name, text)
    assert (
        has_unsafe_byte(redacted) is (UNSAFE.search(text) is not None) or "%" in text or name in ("Location", "Refresh")
    )
    if "‹" in redacted and name in ("Authorization", "Cookie", "Set-Cookie"):
        assert wire_length(redacted) == len(text)
    assert redacted == value(name, redacted)


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Foo", "Location", "Set-Cookie", "X-Token", "Refresh"])
@pytest.mark.parametrize(
    "text", ["\ud800", "‹redacted:3:abc›", "日本語=" + JWT, "‹", "%", "%%%=", "=" * 99, "?" * 99, "&=;"]
)
def test_odd_text_is_no_error(name, text):
    assert isinstance(value(name, text), str)


def test_an_exchange_without_secrets_is_the_same_object():
    plain = exchange(request_headers=(("Accept", "*/*"),), response_headers=(("Vary", "Origin"),))
    assert Redactor().exchange(plain) is plain


def test_the_servers_own_headers_are_redacted_too():
    redacted = Redactor(KEY).exchange(exchange(server_headers=(("Set-Cookie", "a=b"),)))
    assert redacted.server_headers == (("Set-Cookie", f"a={token('b')}"),)


def test_a_token_tells_length_and_an_unsafe_byte():
    plain, unsafe = TOKEN.fullmatch(token("abc")), TOKEN.fullmatch(token("a:\xe9"))
    assert plain and plain[1] == "3" and not plain[3]
    assert unsafe and unsafe[1] == "3" and unsafe[3] == "!"


def test_what_is_remembered_is_bounded():
    redactor = Redactor(KEY)
    for number in range(9000):
        redactor.url(f"/a{number}/?token={number}")
        redactor.response_headers((("X-Number", str(number)),))
    assert redactor.url("/?token=1") == f"/?token={token('1')}"
    assert max(len(redactor._urls), len(redactor._tokens), len(redactor._directories)) <= 2048
    assert max(map(len, redactor._lists.values())) <= 256
    assert redactor.response_headers((("X-Number", "1"),) * 65) and redactor.response_headers((("X-A", "b" * 2000),))
    kept = [lines for lists in redactor._lists.values() for lines, _ in lists.values()]
    assert all(len(lines) == 1 and len(lines[0][1]) < 2000 for lines in kept)


def test_a_list_that_two_exchanges_share_is_redacted_by_the_url_of_each():
    redactor, lines = Redactor(KEY), (("Location", "x7Kq2mZp"), ("Server", "nginx"))
    for _ in range(2):
        assert redactor.response_headers(lines, "https://api.test/users/1") is lines
        secret = redactor.response_headers(lines, "https://api.test/reset/1")
        assert secret == (("Location", token("x7Kq2mZp")), lines[1])


def test_a_list_is_redacted_by_its_side_and_by_what_is_in_it():
    redactor = Redactor(KEY)
    for number in range(2000):  # short-lived, so that many have the id of another one before
        lines = (("X-Api-Key", f"s{number}"), ("X-Anything", f"n{number}"))
        assert redactor.request_headers(lines) == tuple((name, token(text)) for name, text in lines)
        assert redactor.response_headers(lines) == (("X-Api-Key", token(f"s{number}")), lines[1])


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("users/{}", "sk_live_0123456789"),
        ("users/{}", HEX),
        ("users/{}", "eyJabcdef.x"),
        ("reset/{}", "x7Kq2mZp"),
        ("reset/v2/{}", "x7Kq2mZp"),
        ("users/key={}", "x7Kq2mZp"),
        ("users/{};v=1", HEX),
        ("key%3D{}", "/x7Kq2mZp"),
        ("sk_live_0123456789/{}", HEX),
    ],
)
def test_a_directory_that_is_known_hides_no_secret(path, secret):
    redactor, start = Redactor(KEY), "https://api.test/"
    harmless = path.rpartition("/")[0] + "/1"
    redactor.url(start + harmless)
    redactor.url(start + path.format("/1"))
    assert secret not in redactor.url(start + path.format(secret))
    assert redactor.url(start + path.format(secret)) == Redactor(KEY).url(start + path.format(secret))


SEGMENTS = [
    "reset",
    "static",
    "v2",
    "x7Kq2mZp",
    "sk_live_0123456789",
    HEX,
    JWT,
    "key:",
    "key=x7Kq2mZp",
    "u@",
    ";",
    "",
    "é",
]


@given(st.sampled_from(["https://api.test/", "https://u:p@api.test/", "//", "/", "", "https:", "https://"]), st.data())
def test_what_is_known_of_a_directory_changes_no_url(start, data):
    warm = Redactor(KEY)
    parts = st.lists(st.sampled_from(SEGMENTS), max_size=4).map("/".join)
    for path in data.draw(st.lists(parts, min_size=2, max_size=6)):
        fresh = Redactor(KEY)
        fresh._is_harmless_path = lambda path: False
        assert warm.url(start + path) == fresh.url(start + path)


@pytest.mark.parametrize(
    "unit", ["a", "=", "?a=b", "://", "://a:", "%3A%2F%2F", "eyJ", "eyJaaaaaa.", "aA1/", "; a=", "@", "Bearer "]
)
def test_long_hostile_values_take_no_longer_than_their_length(unit):
    """No assertion on time: quadratic work on a value of 1 MB would take minutes."""
    text = unit * (1_000_000 // len(unit))
    redactor = Redactor()
    for name in ("X-Foo", "Location", "Cookie", "Refresh", "Link"):
        redactor.response_headers(((name, text),))
