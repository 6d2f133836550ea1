"""The demo's servers do exactly what the table says, also the things that servers shouldn't."""

import asyncio
import http.client
import json
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from corsinspect.demo.cases import CASES, Case
from corsinspect.demo.servers import Demo, start_demo


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    running = await start_demo()
    yield running
    await running.stop()


def exchange(method: str, url: str, body: bytes | None = None) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    if parts.scheme == "https":
        untrusting = ssl.create_default_context()
        untrusting.check_hostname = False
        untrusting.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=untrusting)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("case", [case for case in CASES if case.answer], ids=lambda case: case.id)
async def test_calls_are_answered_as_listed(demo: Demo, case: Case) -> None:
    assert case.answer is not None
    response, body = await asyncio.to_thread(exchange, case.fetch.method, demo.url(case))
    assert (response.status, body.decode()) == (case.answer.status, case.answer.body)
    lines = [(name, value) for name, value in response.getheaders() if name.lower().startswith("access-control-")]
    port = str(urlsplit(demo.origin).port)
    listed = [(name, value) for name, value in case.answer.headers if name.startswith("Access-Control-")]
    listed = [(name, value.replace("{page}", demo.origin).replace("{port}", port)) for name, value in listed]
    assert [(name.lower(), value) for name, value in lines] == [(name.lower(), value) for name, value in listed]


@pytest.mark.parametrize("case", [case for case in CASES if case.preflight], ids=lambda case: case.id)
async def test_preflights_are_answered_as_listed(demo: Demo, case: Case) -> None:
    assert case.preflight is not None
    response, _ = await asyncio.to_thread(exchange, "OPTIONS", demo.url(case))
    assert response.status == case.preflight.status
    assert {name.lower() for name, _ in case.preflight.headers} <= {name.lower() for name in response.headers}


async def test_a_server_that_is_down_refuses_and_one_that_hangs_up_says_nothing(demo: Demo) -> None:
    by_id = {case.id: case for case in CASES}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(exchange, "GET", demo.url(by_id["server-down"]))
    with pytest.raises(http.client.RemoteDisconnected):
        await asyncio.to_thread(exchange, "GET", demo.url(by_id["hang-up"]))


async def test_the_page_lists_every_call_and_sets_the_cookie(demo: Demo) -> None:
    response, body = await asyncio.to_thread(exchange, "GET", demo.run_all_url)
    assert response.getheader("Set-Cookie", "").startswith("corsinspect_demo=1;")
    text = body.decode()
    assert "{{" not in text
    data = text.partition('id="cases">')[2].partition("</script>")[0]
    listed = [call["url"] for pair in json.loads(data) for call in (pair["broken"], pair["fixed"])]
    assert sorted(listed) == sorted(demo.url(case) for case in CASES)


async def test_done_is_reported_by_the_page(demo: Demo) -> None:
    said = {"missing-header": "blocked", "no-such-case": "x"}
    await asyncio.to_thread(exchange, "POST", f"{demo.origin}/done", json.dumps(said).encode())
    assert await demo.wait_done() == {"missing-header": "blocked"}


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /done HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /done HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /done HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 100_000,
        b"POST /done HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
    ],
)
async def test_odd_requests_are_hung_up_on_and_others_still_served(demo: Demo, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(demo.origin).port)
    writer.write(sent)
    writer.write_eof()
    assert await closed_without_a_word(reader)
    writer.close()
    response, _ = await asyncio.to_thread(exchange, "GET", demo.page_url)
    assert response.status == 200


async def closed_without_a_word(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"'])
async def test_a_strange_done_report_is_no_report(demo: Demo, body: bytes) -> None:
    await asyncio.to_thread(exchange, "POST", f"{demo.origin}/done", body)
    assert demo.results == {}


async def test_stopping_closes_ports_and_open_connections() -> None:
    demo = await start_demo()
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(demo.origin).port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await demo.stop()
    await demo.stop()
    await reader.read()
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(exchange, "GET", demo.page_url)
