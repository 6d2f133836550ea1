"""What an Exchange says of a flow."""

import pytest
from mitmproxy.proxy.mode_specs import ProxyMode

from corsinspect.addons import facts
from corsinspect.session.redaction.redact import Redactor

from .flows import answer, fail, made


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(b"key")


def test_the_method_is_as_sent(redactor: Redactor) -> None:
    flow = made("patch")

    assert facts.request_facts(flow, "1", redactor).method == "patch"


def test_headers_keep_order_case_and_duplicates(redactor: Redactor) -> None:
    flow = answer(made("GET"))
    assert flow.response is not None
    flow.response.headers.fields = ((b"X-B", b"1"), (b"x-a", b"\xe9\xff"), (b"X-B", b"1"))

    exchange = facts.with_response(facts.request_facts(flow, "1", redactor), flow.response, redactor)

    assert exchange.response_headers == (("X-B", "1"), ("x-a", "\xe9\xff"), ("X-B", "1"))


@pytest.mark.parametrize(
    ("scheme", "host", "port", "path", "url"),
    [
        ("http", "api.test", 80, b"/a?b", "http://api.test/a?b"),
        ("http", "api.test", 443, b"/", "http://api.test:443/"),
        ("https", "api.test", 443, b"/", "https://api.test/"),
        ("https", "api.test", 8443, b"/", "https://api.test:8443/"),
        ("http", "::1", 80, b"/", "http://[::1]/"),
        ("http", "bücher.test", 80, b"/", "http://xn--bcher-kva.test/"),
        ("http", "api.test", 80, b"*", "http://api.test/*"),
        ("http", "api.test", 80, b"/\xff", "http://api.test/\xff"),
    ],
)
def test_the_url_is_the_one_asked_for(scheme: str, host: str, port: int, path: bytes, url: str) -> None:
    flow = made("GET")
    flow.request.data.scheme = scheme.encode()
    flow.request.data.host, flow.request.data.port, flow.request.data.path = host, port, path

    assert facts.url_of(flow) == url


def test_a_transparent_proxy_knows_the_host_by_its_header() -> None:
    flow = made("GET", Host="api.test:8000")
    flow.client_conn.proxy_mode = ProxyMode.parse("transparent")
    flow.request.data.host = "192.0.2.7"

    assert facts.url_of(flow) == "http://api.test:8000/items"


def test_secrets_do_not_get_into_an_exchange(redactor: Redactor) -> None:
    flow = answer(
        made("GET", "/items?access_token=hunter2hunter2", Authorization="Bearer hunter2hunter2"),
        200,
        {"Set-Cookie": "sid=hunter2hunter2; Path=/"},
    )
    assert flow.response is not None

    exchange = facts.with_response(facts.request_facts(flow, "1", redactor), flow.response, redactor)

    assert "hunter2" not in repr(exchange)
    assert dict(exchange.request_headers)["Authorization"].startswith("Bearer ‹redacted:14:")


def test_a_failure_keeps_what_was_answered_before(redactor: Redactor) -> None:
    flow = answer(made("GET"), 206)
    assert flow.response is not None
    exchange = facts.with_response(facts.request_facts(flow, "1", redactor), flow.response, redactor)

    failed = facts.with_failure(exchange, fail(flow, "server closed connection"), None)

    assert failed.status == 206
    assert failed.failure is not None
    assert failed.failure.kind == "closed"
    assert failed.ended == flow.error.timestamp  # pyright: ignore[reportOptionalMemberAccess]
