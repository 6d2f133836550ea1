"""A simulated fix, on made-up flows: what is delivered, what is recorded, and whom it leaves alone."""

from pathlib import Path

import pytest
from mitmproxy import http

from corsinspect.addons.hooks import Capture
from corsinspect.addons.simulate import Simulation
from corsinspect.analysis import by_server, judge_all
from corsinspect.session import load

from .flows import answer, latest, made, preflight

API = "http://api.test:8000"
PAGE = "http://app.test:3000"
GRANT = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "PUT", "Access-Control-Max-Age": "600"}


@pytest.fixture
def simulation() -> Simulation:
    simulation = Simulation()
    simulation.simulate(API, PAGE, False)
    return simulation


def delivered(simulation: Simulation, flow: http.HTTPFlow, *, capture: Capture | None = None) -> http.Response:
    """What the browser gets; recorded if there is somebody to record."""
    addons = [simulation, capture] if capture is not None else [simulation]
    for addon in addons:
        addon.requestheaders(flow)
    for addon in addons:
        addon.responseheaders(flow)
    if capture is not None:
        capture.response(flow)
    assert flow.response is not None
    return flow.response


def lines(response: http.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


def test_an_answer_names_the_page_and_is_not_stored(simulation: Simulation) -> None:
    flow = answer(made("GET"), 200, {"ETag": "x", "Cache-Control": "max-age=3600", "Access-Control-Allow-Origin": "*"})

    response = delivered(simulation, flow)

    assert response.status_code == 200
    assert lines(response) == {"ETag": "x", "Access-Control-Allow-Origin": PAGE, "Cache-Control": "no-store"}


@pytest.mark.parametrize("status", [400, 401, 404, 405, 500, 302, 304])
def test_a_refused_preflight_is_granted_for_no_time(simulation: Simulation, status: int) -> None:
    flow = answer(preflight(), status, {"Content-Type": "text/html", "Access-Control-Max-Age": "600", "Server": "x"})
    flow.request.headers["Access-Control-Request-Headers"] = "authorization,x-a"

    response = delivered(simulation, flow)

    assert response.status_code == 204
    assert lines(response) == {
        "Server": "x",
        "Access-Control-Allow-Origin": PAGE,
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "authorization,x-a",
        "Access-Control-Max-Age": "0",
        "Cache-Control": "no-store",
    }


def test_a_good_status_of_a_preflight_stays(simulation: Simulation) -> None:
    flow = answer(preflight(), 200, {"Access-Control-Allow-Headers": "x; y"})

    response = delivered(simulation, flow)

    assert response.status_code == 200
    assert "Access-Control-Allow-Headers" not in response.headers


def test_a_redirected_preflight_stays_one(simulation: Simulation) -> None:
    response = delivered(simulation, answer(preflight(), 307, {"Location": "/items/"}))

    assert (response.status_code, response.headers["Location"]) == (307, "/items/")


def test_several_lines_of_one_header_become_one(simulation: Simulation) -> None:
    flow = answer(made("GET"))
    assert flow.response is not None
    flow.response.headers.add("Access-Control-Allow-Origin", "*")
    flow.response.headers.add("access-control-allow-origin", PAGE)

    assert delivered(simulation, flow).headers.get_all("Access-Control-Allow-Origin") == [PAGE]


def test_credentials_are_granted_only_when_asked_for(simulation: Simulation) -> None:
    assert "Access-Control-Allow-Credentials" not in delivered(simulation, answer(made("GET"))).headers

    simulation.simulate(API, PAGE, True)

    for flow in (made("GET"), preflight()):
        assert delivered(simulation, answer(flow)).headers["Access-Control-Allow-Credentials"] == "true"


def test_nothing_is_asked_of_the_server_under_a_condition(simulation: Simulation) -> None:
    flow = made("GET", If_None_Match='"x"', If_Modified_Since="Sat, 21 Nov 2026 15:00:00 GMT", Accept_Language="de")

    delivered(simulation, answer(flow))

    assert {"if-none-match", "if-modified-since"}.isdisjoint(name.lower() for name in flow.request.headers)
    assert flow.request.headers["Accept-Language"] == "de"


@pytest.mark.parametrize(
    ("headers", "port"),
    [
        ({"Origin": "http://app.test:3001"}, 8000),
        ({"Origin": "null"}, 8000),
        ({"Origin": PAGE + "/"}, 8000),
        ({}, 8001),
        ({"Sec_Fetch_Mode": "no-cors"}, 8000),
        ({"Sec_Fetch_Mode": "navigate"}, 8000),
        ({"Sec_WebSocket_Key": "x"}, 8000),
    ],
    ids=str,
)
def test_all_else_passes_as_it_is(simulation: Simulation, headers: dict[str, str], port: int) -> None:
    flow = answer(made("GET", If_None_Match='"x"'))
    for name, value in headers.items():
        flow.request.headers[name.replace("_", "-")] = value
    flow.request.data.port = port
    before = flow.copy()

    delivered(simulation, flow)

    assert flow.response is not None and before.response is not None
    assert flow.response.data == before.response.data
    assert flow.request.data == before.request.data


def test_a_request_without_an_origin_passes_as_it_is(simulation: Simulation) -> None:
    flow = made("GET")
    del flow.request.headers["Origin"]

    assert "Access-Control-Allow-Origin" not in delivered(simulation, answer(flow)).headers


def test_off_is_off_at_once(simulation: Simulation) -> None:
    under_way = made("GET")
    simulation.requestheaders(under_way)
    simulation.off()

    for flow in (answer(under_way), answer(made("GET")), answer(preflight(), 404)):
        simulation.responseheaders(flow)
        assert flow.response is not None
        assert "Access-Control-Allow-Origin" not in flow.response.headers


def test_a_request_from_before_is_left_alone(simulation: Simulation) -> None:
    # it may have carried a condition, and a 304 would put our headers on what the browser has stored
    flow = answer(made("GET"), 304)

    simulation.responseheaders(flow)

    assert flow.response is not None
    assert "Access-Control-Allow-Origin" not in flow.response.headers


async def test_the_session_keeps_what_the_server_said(simulation: Simulation, capture: Capture, session: Path) -> None:
    asked = answer(preflight(), 404, {"Content-Type": "text/html", "Set-Cookie": "sid=hunter2hunter2"}, body=b"gone")
    delivered(simulation, asked, capture=capture)
    delivered(simulation, answer(made("PUT", at=0.05), 201, {"X": "1"}), capture=capture)
    capture.done()

    first, second = load(session).exchanges
    assert (first.status, first.server_status, first.by_proxy) == (204, 404, True)
    assert first.server_headers is not None
    assert ("Content-Type", "text/html") in first.server_headers
    assert (second.status, second.server_status, second.by_proxy) == (201, 201, False)
    assert second.server_headers == (("X", "1"),)
    written = latest(session)
    assert {line["annotation"]["outcome"] for line in written.values()} == {"simulated"}
    assert "hunter2" not in repr(written)
    assert asked.response is not None and callable(asked.response.stream)
    assert asked.response.stream(b"gone") == b""

    (call,) = judge_all([first, second])
    assert (call.verdict.outcome, call.simulated) == ("simulated", True)
    own = by_server(call)
    assert (own.verdict.outcome, own.verdict.reason, own.verdict.status) == ("blocked", "origin-missing", 404)
