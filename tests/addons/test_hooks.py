"""The addon's hooks, fed with made-up flows: what ends up in the session, and that the flows go on untouched."""

import asyncio
import contextlib
import logging
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import http, tls
from mitmproxy.test import taddons, tflow, tutils

from corsinspect.addons.hooks import Capture
from corsinspect.analysis import Tracker
from corsinspect.session.errors import SessionError

from .flows import answer, fail, latest, lines, made, preflight

GRANT = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}


async def written(session: Path, condition: Callable[[list[dict[str, Any]]], object]) -> list[dict[str, Any]]:
    """The session's lines, once they are as expected."""
    async with asyncio.timeout(10):
        while not condition(lines(session)):
            await asyncio.sleep(0.005)
    return lines(session)


@contextlib.contextmanager
def no_more_room(path: Path) -> Iterator[None]:
    """As on a full disk: no file of this process can grow past the size of this one."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def exchange(capture: Capture, flow: http.HTTPFlow) -> None:
    """All of a flow's hooks, in order."""
    capture.requestheaders(flow)
    if flow.error is not None:
        capture.error(flow)
    else:
        capture.responseheaders(flow)
        capture.response(flow)


async def test_a_request_without_an_answer_is_written_as_facts_only(capture: Capture, session: Path) -> None:
    flow = made("GET")

    capture.requestheaders(flow)

    (line,) = await written(session, len)
    assert line["url"] == "http://api.test:8000/items"
    assert "status" not in line
    assert "annotation" not in line


async def test_the_verdict_comes_with_the_response_headers(capture: Capture, session: Path) -> None:
    flow = answer(made("GET"))

    capture.requestheaders(flow)
    capture.responseheaders(flow)

    (line,) = await written(session, len)
    assert line["annotation"]["outcome"] == "blocked"
    assert line["annotation"]["header"] == "Access-Control-Allow-Origin"
    assert "ended" not in line


async def test_what_is_done_within_the_buffer_is_one_line(capture: Capture, session: Path) -> None:
    exchange(capture, answer(made("GET"), body=b"12345"))

    (line,) = await written(session, len)
    assert (line["status"], line["response_size"]) == (200, 5)
    assert line["ended"] > line["answered"]


async def test_a_refused_preflight_is_blocked_at_once(capture: Capture, session: Path) -> None:
    exchange(capture, answer(preflight(), 204))

    (line,) = await written(session, len)
    assert line["annotation"]["outcome"] == "blocked"
    assert line["annotation"]["role"] == "preflight:0"


async def test_the_preflight_is_written_again_when_its_request_changes_the_call(
    capture: Capture, session: Path
) -> None:
    first = answer(preflight(), 204, GRANT)
    exchange(capture, first)
    (pending,) = await written(session, len)
    second = answer(made("PUT", at=0.05), 200, GRANT)
    exchange(capture, second)

    await written(session, lambda lines: len(lines) >= 3)

    ends = latest(session)
    assert pending["annotation"]["outcome"] == "pending"
    assert {ends[flow.id]["annotation"]["outcome"] for flow in (first, second)} == {"allowed"}
    assert {ends[flow.id]["annotation"]["call"] for flow in (first, second)} == {first.id}
    assert ends[second.id]["annotation"]["role"] == "actual:0"
    # the facts of the earlier line are all still there
    assert {**ends[first.id], "annotation": None} == {**pending, "annotation": None}


async def test_a_granted_preflight_without_a_request_gets_its_verdict_by_waiting(session: Path) -> None:
    capture = Capture(session, stream=True)
    flow = answer(preflight(at=-60), 204, GRANT)  # long ago by the wall clock, which the addon looks at
    exchange(capture, flow)

    await written(session, lambda lines: lines and lines[-1]["annotation"]["outcome"] != "pending")
    capture.done()


async def test_the_end_of_the_proxy_settles_what_waits(capture: Capture, session: Path) -> None:
    exchange(capture, answer(preflight(), 204, GRANT))

    capture.done()

    assert lines(session)[-1]["annotation"]["outcome"] != "pending"


async def test_a_dead_server_is_a_network_error_and_not_cors(capture: Capture, session: Path) -> None:
    exchange(capture, fail(made("GET"), "[Errno 111] Connect call failed ('127.0.0.1', 8000)"))

    (line,) = await written(session, len)
    assert line["failure"]["kind"] == "refused"
    assert line["annotation"]["outcome"] == "network-error"
    assert line["annotation"]["reason"] == "refused"


async def test_an_untrusted_certificate_is_named(capture: Capture, session: Path) -> None:
    exchange(capture, fail(made("GET"), "Certificate verify failed: self-signed certificate"))

    (line,) = await written(session, len)
    assert line["untrusted_certificate"] == "self-signed certificate"
    assert line["failure"]["kind"] == "tls"


def unreached(host: str, why: str, waited: float = 0.0) -> http.HTTPFlow:
    """A CONNECT that the proxy gave up."""
    connect = tflow.tflow(req=tutils.treq(method=b"CONNECT", host=host, port=8443))
    connect.request.timestamp_start = time.time() - waited
    connect.response = http.Response.make(502, f"Cannot connect to {host}:8443: {why} If you plan to redirect requests")
    return connect


async def test_failed_connections_to_a_host_are_one_counted_exchange(capture: Capture, session: Path) -> None:
    for _ in range(3):
        capture.http_connect_error(unreached("api.test", "[Errno 111] Connect call failed."))

    (line,) = await written(session, lambda lines: lines and lines[-1].get("count") == 3)
    assert line["url"] == "https://api.test:8443/"
    assert "method" not in line
    assert line["failure"] == {
        "kind": "refused",
        "text": "Cannot connect to api.test:8443: [Errno 111] Connect call failed.",
    }


HUNG_UP = "The client disconnected during the handshake. If this happens consistently for api.test, …"


def handshake(host: str, error: str | None = None) -> tls.TlsData:
    client = tflow.tclient_conn()
    client.sni, client.error = host, error
    context: Any = SimpleNamespace(server=SimpleNamespace(address=("192.0.2.7", 8443)))
    return tls.TlsData(client, context)


async def test_a_client_that_distrusts_the_proxy_is_an_exchange(capture: Capture, session: Path) -> None:
    distrust = "The client does not trust the proxy's certificate for api.test (unknown ca)"
    capture.tls_failed_client(handshake("api.test", distrust))

    (line,) = await written(session, len)
    assert line["url"] == "https://api.test:8443/"
    assert line["failure"]["kind"] == "tls"


async def test_a_client_that_hangs_up_on_a_host_without_a_word_is_one_too(capture: Capture, session: Path) -> None:
    capture.tls_failed_client(handshake("api.test", HUNG_UP))

    (line,) = await written(session, len)
    assert line["failure"]["kind"] == "tls"


async def test_a_browser_that_needs_one_connection_of_several_has_not_failed(capture: Capture, session: Path) -> None:
    """Chromium opens six, and keeps one that speaks HTTP/2; which it hears of first is chance."""
    capture.tls_failed_client(handshake("api.test", HUNG_UP))
    capture.tls_established_client(handshake("api.test"))
    capture.tls_failed_client(handshake("api.test", "connection closed early"))
    capture.tls_failed_client(handshake("other.test", HUNG_UP))

    (line,) = await written(session, len)
    assert line["url"] == "https://other.test:8443/"


async def test_nor_has_one_that_hung_up_before_the_server_was_reached(capture: Capture, session: Path) -> None:
    capture.http_connect_error(unreached("api.test", "client disconnected"))
    capture.tls_established_client(handshake("api.test"))
    capture.http_connect_error(unreached("other.test", "client disconnected"))

    (line,) = await written(session, len)
    assert line["url"] == "https://other.test:8443/"


async def test_one_that_hung_up_after_a_long_wait_is_told_of(capture: Capture, session: Path) -> None:
    """The server hangs, though it was there before."""
    capture.tls_established_client(handshake("api.test"))
    capture.http_connect_error(unreached("api.test", "client disconnected", waited=20.0))

    (line,) = await written(session, len)
    assert line["url"] == "https://api.test:8443/"


async def test_a_replayed_flow_is_a_new_exchange_each_time(capture: Capture, session: Path) -> None:
    flow = answer(made("GET"))
    exchange(capture, flow)
    for _ in range(2):
        flow.is_replay = "request"
        exchange(capture, flow)

    await written(session, lambda lines: len(lines) == 3)
    assert list(latest(session)) == [flow.id, f"{flow.id}.2", f"{flow.id}.3"]


async def test_a_websocket_ends_when_its_connection_does(capture: Capture, session: Path) -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    messages, flow.websocket.messages = flow.websocket.messages, []
    flow.websocket.timestamp_end = None
    capture.requestheaders(flow)
    capture.responseheaders(flow)
    capture.response(flow)
    (line,) = await written(session, len)
    assert line["status"] == 101
    assert "ended" not in line

    for message in messages:
        flow.websocket.messages.append(message)
        capture.websocket_message(flow)
    flow.websocket.timestamp_end = 1_795_000_009.0
    capture.websocket_end(flow)

    assert flow.websocket.messages == []
    await written(session, lambda lines: lines[-1].get("ended") == 1_795_000_009.0)


async def test_bodies_are_streamed_in_our_own_proxy_and_left_alone_in_a_persons(tmp_path: Path) -> None:
    for stream in (True, False):
        capture = Capture(tmp_path / f"{stream}.jsonl", stream=stream)
        flow = answer(made("GET"))
        capture.requestheaders(flow)
        capture.responseheaders(flow)
        capture.done()
        assert flow.response is not None
        assert callable(flow.request.stream) is stream
        assert callable(flow.response.stream) is stream


async def test_a_flow_that_began_before_the_addon_is_recorded(capture: Capture, session: Path) -> None:
    flow = answer(made("GET"))

    capture.responseheaders(flow)

    (line,) = await written(session, len)
    assert line["method"] == "GET"
    assert line["status"] == 200


async def test_exceptions_of_ours_are_counted_and_logged_once(session: Path, caplog: pytest.LogCaptureFixture) -> None:
    capture = Capture(session, stream=True)
    flow = answer(made("GET"))
    flow.request.data.method = None  # type: ignore[assignment]
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            exchange(capture, flow)
    capture.done()

    assert flow.response is not None
    assert callable(flow.response.stream)
    assert capture.troubles == {f"{hook}: AttributeError": 3 for hook in ("requestheaders", "responseheaders")}
    assert len([record for record in caplog.records if record.name == "corsinspect"]) == 2


async def test_exceptions_outside_of_hooks_are_counted_too(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a fault")

    capture = Capture(session, stream=True)
    exchange(capture, answer(made("GET")))
    monkeypatch.setattr(Tracker, "advance", broken)
    monkeypatch.setattr(Tracker, "close", broken)
    async with asyncio.timeout(10):
        while capture.troubles["clock: KeyError"] < 2:  # and it goes on
            await asyncio.sleep(0.01)
    capture.done()

    assert capture.troubles["close: KeyError"] == 1
    assert len(lines(session)) == 1


async def test_a_file_that_takes_no_more_stops_the_recording_loudly(session: Path) -> None:
    told: list[SessionError] = []
    capture = Capture(session, stream=True, broken=told.append)
    flow = answer(made("GET"))
    with no_more_room(session):
        exchange(capture, flow)
        async with asyncio.timeout(10):
            while not told:
                await asyncio.sleep(0.005)
        exchange(capture, answer(made("GET")))
        capture.done()

    assert len(told) == 1
    assert capture.troubles == {}
    assert flow.response is not None


async def test_flows_let_go_of_are_bounded(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsinspect.session.recorder.HELD", 5)
    capture = Capture(session, stream=True)
    endless = made("GET", "/events")
    capture.requestheaders(endless)
    for number in range(30):
        exchange(capture, answer(made("GET", f"/{number}")))
    capture.responseheaders(answer(endless))
    capture.done()

    assert capture.troubles == {}
    assert latest(session)[endless.id]["status"] == 200
    assert latest(session)[endless.id]["url"].endswith("/events")


async def test_in_a_persons_mitmproxy_the_options_say_where_to(session: Path) -> None:
    capture = Capture(mark=True)
    with taddons.context(capture) as context:
        context.configure(capture, cors_session=str(session))
        capture.running()
        exchange(capture, answer(made("GET")))
        capture.done()

    assert [line["status"] for line in lines(session)] == [200]
