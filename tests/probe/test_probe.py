"""A probe over real sockets: what goes out, what comes of it, and that nothing a server does is an exception."""

import socket

import pytest

from corsinspect.demo.cases import CASES, Case
from corsinspect.demo.servers import start_demo
from corsinspect.probe import AddressRefused, Patience, Probed, ask, probe
from corsinspect.probe.addresses import Address, usable
from corsinspect.probe.ask import Engine
from tests.probe.recorded import ENGINES
from tests.probe.serving import OK, Server, serving

PAGE = "http://localhost:3000"
GRANTED = b"Access-Control-Allow-Origin: http://localhost:3000\r\n"


async def asked(server: Server, method: str = "GET", *, send: bool = False, within: float = 10.0) -> Probed:
    return await probe(ask(server.url, PAGE, method=method, send=send), patience=Patience(within))


@pytest.mark.parametrize("engine", ENGINES)
async def test_the_demos_cases_come_out_as_the_page_says(engine: Engine) -> None:
    demo = await start_demo()
    try:
        for case in CASES:
            found = await probe(as_asked(case, demo.url(case), demo.origin, engine))
            assert found.call is not None
            verdict, expected = found.call.verdict, case.expected
            assert (verdict.outcome, verdict.stage, verdict.reason) == (
                expected.outcome,
                expected.stage,
                expected.reason,
            ), case.id
    finally:
        await demo.stop()


def as_asked(case: Case, url: str, origin: str, engine: Engine):
    fetch = case.fetch
    return ask(
        url,
        origin,
        method=fetch.method,
        headers=fetch.headers,
        credentials=fetch.credentials == "include",
        send=True,
        engine=engine,
        mode=fetch.mode,
    )


async def test_the_lines_go_out_in_the_browsers_order_and_case() -> None:
    async with serving(OK + GRANTED + b"Access-Control-Allow-Methods: PUT\r\n\r\n") as server:
        await asked(server, "PUT")
    (head,) = server.heads
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n")[:-2]]
    assert names == [
        "OPTIONS /x HTTP/1.1",
        "Host",
        "Connection",
        "Accept",
        "Access-Control-Request-Method",
        "Origin",
        "User-Agent",
        "Sec-Fetch-Mode",
        "Sec-Fetch-Site",
        "Sec-Fetch-Dest",
        "Referer",
        "Accept-Encoding",
        "Accept-Language",
    ]


async def test_a_write_is_sent_only_when_asked_to() -> None:
    grants = OK + GRANTED + b"Access-Control-Allow-Methods: DELETE\r\n\r\n"
    async with serving(grants) as server:
        found = await asked(server, "DELETE")
        assert found.passes
        assert found.unsent is not None
        assert [head.split()[0] for head in server.heads] == [b"OPTIONS"]
        found = await asked(server, "DELETE", send=True)
        assert found.call is not None
        assert found.call.verdict.outcome == "allowed"
        assert [head.split()[0] for head in server.heads] == [b"OPTIONS", b"OPTIONS", b"DELETE"]


async def test_a_simple_post_is_not_sent_unasked() -> None:
    async with serving(OK + GRANTED + b"\r\n") as server:
        found = await asked(server, "POST")
    assert (found.call, server.heads) == (None, [])
    assert found.unsent is not None


async def test_secrets_are_replaced_in_what_is_found() -> None:
    grants = OK + GRANTED + b"Access-Control-Allow-Headers: authorization\r\nSet-Cookie: a=verysecret\r\n\r\n"
    async with serving(grants) as server:
        found = await probe(ask(server.url, PAGE, headers=(("Authorization", "Bearer verysecret"),)))
    assert b"Bearer verysecret" in server.heads[1]
    assert "verysecret" not in repr(found.call)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(b"\x00\x01garbage\r\n\r\n", "other", id="garbage"),
        pytest.param(b"HTTP/1.1 two hundred\r\n\r\n", "other", id="a status that is none"),
        pytest.param(b"", "closed", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n", "closed", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 10_000_000 + b"\r\n\r\n", "other", id="10 MB of headers"),
    ],
)
async def test_what_can_not_be_read_is_a_network_error(answer: bytes, kind: str) -> None:
    async with serving(answer) as server:
        found = await asked(server)
    assert found.call is not None
    assert found.call.verdict.outcome == "network-error"
    (exchange,) = found.call.exchanges
    assert exchange.failure is not None
    assert exchange.failure.kind == kind


async def test_a_silent_server_is_not_waited_for() -> None:
    async with serving() as server:
        found = await asked(server, within=0.05)
    assert found.call is not None
    assert found.call.exchanges[0].failure is not None
    assert "no answer within" in found.call.exchanges[0].failure.text


async def test_no_such_host() -> None:
    async def resolves_not(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    found = await probe(ask("http://no.such.test/", PAGE), resolve=resolves_not)
    assert found.call is not None
    assert found.call.verdict.reason == "dns"


async def test_an_untrusted_certificate_is_taken_on_this_machine_only() -> None:
    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    demo = await start_demo()
    try:
        url = next(demo.url(case) for case in CASES if case.id == "http-https-fixed")
        elsewhere = url.replace("localhost", "api.test")
        refused = await probe(ask(elsewhere, demo.origin), resolve=here)
        insecure = await probe(ask(elsewhere, demo.origin), resolve=here, patience=Patience(insecure=True))
    finally:
        await demo.stop()
    assert refused.call is not None
    assert refused.call.verdict.reason == "tls"
    assert insecure.call is not None
    assert insecure.call.verdict.outcome == "allowed"
    assert insecure.call.exchanges[0].untrusted_certificate


async def test_tls_where_there_is_none_is_a_network_error() -> None:
    async with serving(OK + b"\r\n", until=b"\x16") as server:
        found = await probe(ask(server.url.replace("http:", "https:"), PAGE))
    assert found.call is not None
    assert found.call.verdict.reason == "tls"


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"])
async def test_link_local_addresses_are_never_asked(host: str) -> None:
    with pytest.raises(AddressRefused):
        await probe(ask(f"http://{host}/latest", PAGE))


async def test_a_redirect_to_a_link_local_address_is_not_followed() -> None:
    there = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://169.254.169.254/\r\n" + GRANTED + b"\r\n"
    async with serving(there) as server:
        found = await asked(server)
    assert found.unsent is not None
    assert not found.passes
    assert found.call is not None
    assert [exchange.status for exchange in found.call.exchanges] == [302]


@pytest.mark.parametrize(
    "private", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fc00::1", "0.0.0.0", "::ffff:10.0.0.1"]
)
def test_a_public_server_does_not_choose_what_is_asked_in_a_private_network(private: str) -> None:
    with pytest.raises(AddressRefused):
        usable("intranet", [private], before=Address("1.1.1.1", public=True))
    assert usable("intranet", [private, "1.1.1.1"], before=Address("1.1.1.1", public=True)) == [
        Address("1.1.1.1", True)
    ]
    assert usable("intranet", [private], before=Address("10.0.0.2", public=False)) == [Address(private, False)]
