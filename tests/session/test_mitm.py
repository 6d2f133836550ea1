import io
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import connection, flow, http
from mitmproxy.io import FlowWriter, tnetstring
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

from corsinspect.session import Redactor, SessionError, SessionWriter, load
from corsinspect.session.formats import mitm, mitm_usual
from corsinspect.session.formats.tnetstring import HEADERS, SIZE, VALUE, Wanted, span


def request(url: str = "https://api.test:8443/a?b=%2f#c", method: str = "GET") -> http.Request:
    made = http.Request.make(method, url, b"body")
    made.timestamp_start = 10.0
    return made


def recorded(*flows: flow.Flow) -> bytes:
    file = io.BytesIO()
    for each in flows:
        FlowWriter(file).add(each)
    return file.getvalue()


def only(*flows: flow.Flow):
    (exchange,), problems = mitm.read(recorded(*flows))
    assert not problems
    return exchange


def three() -> list[http.HTTPFlow]:
    flows = []
    for number, name in enumerate(["one", "two", "three"]):
        made = tflow.tflow(resp=True)
        made.id, made.request.timestamp_start = name, 100.0 - number
        made.request.headers["X-Name"] = name
        flows.append(made)
    return flows


def test_an_exchange_holds_what_the_flow_holds():
    made = tflow.tflow(req=request(method="pAtCh"), resp=True)
    made.request.headers = http.Headers([(b"hOst", b"api.test"), (b"X-A", b"\xe9\x80"), (b"x-a", b"")])
    made.request.http_version = "HTTP/2.0"
    assert made.response
    made.response.data.reason = b"Fine \xe9"
    exchange = only(made)
    assert exchange.id == made.id
    assert exchange.method == "pAtCh"
    assert exchange.url == "https://api.test:8443/a?b=%2f#c"
    assert exchange.request_headers == (("hOst", "api.test"), ("X-A", "\xe9\x80"), ("x-a", ""))
    assert exchange.http_version == "HTTP/2.0"
    assert (exchange.status, exchange.reason_phrase) == (200, "Fine \xe9")
    assert exchange.response_headers == (("header-response", "svalue"), ("content-length", "7"))
    assert (exchange.request_size, exchange.response_size) == (4, 7)
    assert exchange.started == 10.0
    assert (exchange.answered, exchange.ended) == (made.response.timestamp_start, made.response.timestamp_end)
    assert exchange.connection == made.client_conn.id
    assert exchange.failure is None and not exchange.by_proxy


@pytest.mark.parametrize(
    "url",
    [
        "http://api.test/",
        "https://api.test/",
        "http://api.test:443/",
        "https://api.test:80/a//b/../c?d=e%20f&&g=%E9",
        "http://[::1]:3000/x",
        "https://[2001:db8::1]/",
        "http://127.0.0.1:8000/?",
    ],
)
def test_the_url_is_as_sent(url):
    made = request(url)
    if url.endswith("?"):
        made.data.path += b"?"  # which Request.make drops
    assert only(tflow.tflow(req=made)).url == url


def test_an_international_name_is_in_ascii_as_on_the_wire():
    made = request("http://a.test:3000/x")
    made.data.host = "b\xfccher.test"
    assert only(tflow.tflow(req=made)).url == "http://xn--bcher-kva.test:3000/x"


def test_behind_a_reverse_proxy_the_url_is_the_one_that_the_browser_asked_for():
    made = tflow.tflow(req=request("http://10.0.0.1:8080/x"))
    made.request.headers["Host"] = "app.test:443"
    made.client_conn.proxy_mode = ProxyMode.parse("reverse:http://10.0.0.1:8080")
    made.client_conn.tls = True
    assert only(made).url == "https://app.test/x"


def test_a_failed_request_has_its_failure():
    made = tflow.tflow(err=flow.Error("[Errno 111] Connect call failed ('127.0.0.1', 8000)", 12.5))
    exchange = only(made)
    assert exchange.status is None and exchange.answered is None
    assert exchange.failure and exchange.failure.kind == "refused"
    assert exchange.ended == 12.5


def test_a_streamed_body_has_no_known_size():
    made = tflow.tflow(resp=True)
    made.request.data.content = None
    assert only(made).request_size is None


def test_a_websocket_ends_with_its_connection():
    made = tflow.twebsocketflow()
    assert made.websocket
    exchange = only(made)
    assert exchange.status == 101 and exchange.ended == made.websocket.timestamp_end


def test_the_proxys_own_page_is_marked():
    made = tflow.tflow(resp=http.Response.make(502, b"", {"Server": "mitmproxy 11.0.2"}))
    assert only(made).by_proxy


def test_a_refused_connect_is_a_row_without_method_and_a_successful_one_is_none():
    made = tflow.tflow(req=tutils.treq(method=b"CONNECT", host="api.test", port=443), err=True)
    exchange = only(made)
    assert (exchange.method, exchange.url) == (None, "https://api.test:443/")
    tunnel = tflow.tflow(req=tutils.treq(method=b"CONNECT"), resp=tutils.tresp(status_code=200))
    assert mitm.read(recorded(tunnel)) == ([], [])


def test_other_protocols_are_passed_over():
    assert mitm.read(recorded(tflow.ttcpflow(), tflow.tudpflow(), tflow.tdnsflow())) == ([], [])


def test_a_flow_saved_twice_counts_once_and_a_replay_for_itself():
    pending, done, replay = tflow.tflow(), tflow.tflow(resp=True), tflow.tflow(resp=True)
    pending.id = done.id = replay.id = "f"
    replay.is_replay = "request"
    exchanges, _ = mitm.read(recorded(pending, done, replay, replay))
    assert [(each.id, each.status) for each in exchanges] == [("f", 200), ("f.2", 200), ("f.3", 200)]


def test_a_modified_flow_is_read_as_modified():
    made = tflow.tflow(resp=True)
    made.backup()
    made.request.path = "/changed"
    assert only(made).url.endswith("/changed")


def test_loading_sorts_by_start_and_redacts(tmp_path):
    flows = three()
    flows[0].request.headers["Authorization"] = "Bearer s3cret"
    (tmp_path / "f.mitm").write_bytes(recorded(*flows))
    loaded = load(tmp_path / "f.mitm")
    assert [each.id for each in loaded.exchanges] == ["three", "two", "one"]
    assert loaded.format == "mitm" and not loaded.problems
    assert b"s3cret" not in msgspec.json.encode(loaded.exchanges)


def test_flows_and_the_session_written_from_them_are_equal(tmp_path):
    flows = three()
    flows[1].request.headers["Cookie"] = "a=b"
    source, session = tmp_path / "f.mitm", tmp_path / "s.jsonl"
    source.write_bytes(recorded(*flows, tflow.tflow(err=True), tflow.twebsocketflow()))
    converted = load(source, redactor=Redactor(b"k")).exchanges
    writer = SessionWriter(session)
    for exchange in converted:
        writer.put(exchange)
    writer.close()
    assert load(session).exchanges == converted == load(source, redactor=Redactor(b"k")).exchanges


def test_a_file_cut_anywhere_gives_all_whole_flows(tmp_path):
    parts = [recorded(each) for each in three()]
    whole = b"".join(parts)
    for cut in range(0, len(whole), 7):
        exchanges, problems = mitm.read(whole[:cut])
        complete = sum(cut >= len(b"".join(parts[: count + 1])) for count in range(3))
        assert [each.id for each in exchanges] == ["one", "two", "three"][:complete]
        if problems:
            assert f"byte {sum(map(len, parts[:complete]))}" in problems[0].text


def test_damage_costs_only_the_flow_that_it_hit(tmp_path):
    parts = [recorded(each) for each in three()]
    whole = b"".join(parts)
    for position in range(len(parts[0]), len(parts[0]) + len(parts[1])):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        exchanges, problems = mitm.read(bytes(damaged))
        assert {"one", "three"} <= {each.id for each in exchanges}
        assert len(exchanges) == 3 or f"byte {len(parts[0])}" in problems[0].text


def test_the_first_byte_may_be_damaged(tmp_path):
    path: Path = tmp_path / "f.mitm"
    path.write_bytes(b"x" + recorded(*three())[1:])
    loaded = load(path)
    assert [each.id for each in loaded.exchanges] == ["three", "two"]
    assert "byte 0" in loaded.problems[0].text


@given(data=st.data())
def test_no_damage_raises_anything_but_a_session_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "f.mitm"
    damaged = bytearray(recorded(*three()))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, 5000)) % len(damaged)
        length = data.draw(st.integers(1, 20))
        damaged[position : position + length] = data.draw(st.binary(max_size=20))
    path.write_bytes(damaged)
    with suppress(SessionError):
        loaded = load(path)
        assert all("byte" in problem.text for problem in loaded.problems)
        msgspec.json.encode(loaded.exchanges)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_time_that_is_none_is_unknown(value):
    made = tflow.tflow(resp=True)
    assert made.response
    made.response.timestamp_end = value
    made.request.timestamp_start = value
    exchange = only(made)
    assert exchange.ended is None and exchange.started == 0.0


def test_bodies_and_connections_are_skipped_whatever_is_in_them():
    made = tflow.tflow(resp=True)
    made.response = http.Response.make(200, recorded(*three()))
    made.server_conn = connection.Server(address=("a", 1))
    assert only(made).response_size == len(recorded(*three()))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.binary(max_size=9) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex("[a-z_]{1,9}", fullmatch=True), inner),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from(["a", "bb", "ccc"]), values))
def test_scalars_are_read_as_mitmproxy_writes_them(state):
    data = tnetstring.dumps(state)
    start, end, kind = span(data, 0)
    assert kind == ord("}") and end == len(data) - 1
    scalars = {name: value for name, value in state.items() if not isinstance(value, list | dict)}
    found = Wanted({name.encode(): VALUE for name in scalars}).read(data, start, end)
    expected = {n.encode(): v.decode("latin-1") if isinstance(v, bytes) else v for n, v in scalars.items()}
    assert found == expected


IGNORED = b"8:trailers;0:~6:backup;0:~7:comment;0:;8:metadata;0:}6:marked;0:;11:intercepted;5:false!"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"2:id;1:x;", {b"id": "x"}),
        (b"02:id;1:x;", {b"id": "x"}),
        (IGNORED + b"2:id;1:x;" + IGNORED, {b"id": "x"}),
        (b"8:trailers;1:~,2:id;1:x;7:comment;9:2:id;1:y;;", {b"id": "x"}),
        (b"3:id;1:x;", None),
        (b"2:id;1:x;9:trailers;0:~", None),
        (b"8:trailers;0:", None),
        (IGNORED + b"8:trailer;0:~", None),
        (b"2:id;2:x;", None),
    ],
)
def test_a_key_that_nobody_wants_is_passed_over_only_if_it_is_whole(content, found):
    wanted = Wanted({b"id": VALUE})
    if found is None:
        with pytest.raises(ValueError):
            wanted.read(content, 0, len(content))
    else:
        assert wanted.read(content, 0, len(content)) == found


SCALARS = "path authority scheme method port host reason status_code timestamp_start timestamp_end http_version"
KEYS = {name.encode(): VALUE for name in SCALARS.split()}
USUAL = {"request": Wanted(KEYS, mitm_usual.request), "response": Wanted(KEYS, mitm_usual.response)}


def message(side: str, method: str = "GET") -> bytes:
    """The content of a message as mitmproxy writes it."""
    made = tflow.tflow(
        req=request("https://api.test:8443/a?b=c", method), resp=http.Response.make(404, b"", {"A": "b"})
    )
    assert made.response
    for each in (made.request, made.response):
        each.timestamp_start, each.timestamp_end = 1795253217.7164152, 1795253217.717
    data = tnetstring.dumps(made.get_state()[side])
    start, end, _ = span(data, 0)
    return data[start:end]


@pytest.mark.parametrize("side", USUAL)
def test_a_message_as_mitmproxy_writes_it_is_read_in_one_match(side):
    content = message(side)
    found, position = getattr(mitm_usual, side)(content, 0, len(content))
    assert content[position:].startswith(b"8:trailers;")
    assert found.items() <= Wanted(KEYS).read(content, 0, len(content)).items() and len(found) >= 4


def outcome(wanted: Wanted, content: bytes) -> object:
    try:
        found = wanted.read(content, 0, len(content))
    except (ValueError, EOFError):
        return "damaged"
    return {name: (type(value), value) for name, value in found.items()}


@pytest.mark.parametrize("side", USUAL)
@given(method=st.sampled_from(["GET", "OPTIONS", "get", "PROPFIND"]), data=st.data())
def test_what_is_read_in_one_match_is_what_is_read_key_by_key(side, method, data):
    content = bytearray(message(side, method))
    for _ in range(data.draw(st.integers(0, 3))):
        position = data.draw(st.integers(0, 220))
        length = data.draw(st.integers(0, 2))
        content[position : position + length] = data.draw(
            st.sampled_from([b"", b"0", b"9", b".", b",", b";", b":", b"a"])
        )
    assert outcome(USUAL[side], bytes(content)) == outcome(Wanted(KEYS), bytes(content))


@pytest.mark.parametrize(
    ("side", "before", "after"),
    [
        ("request", b"4:path;6:/a?b=c,", b"4:path;5:/a?b=c,"),
        ("request", b"4:path;6:/a?b=c,", b"4:path;6:/a,b=c,"),
        ("request", b"4:path;6:/a?b=c,", b"4:path;22:/a,9:authority;3:x:1,,,"),
        ("request", b"4:host;8:api.test;", b"4:host;7:api.test;"),
        ("request", b"4:port;4:8443#", b"4:port;4:84.3#"),
        ("request", b"4:port;4:8443#", b"4:port;4:8443^"),
        ("request", b"6:method;3:GET,", b"6:method;4:GETS,"),
        ("response", b"6:reason;9:Not Found,", b"6:reason;8:Not Found,"),
        ("response", b"11:status_code;3:404#", b"11:status_code;3:404,"),
        ("response", b"18:1795253217.7164152^", b"18:1795253217.7164.52^"),
        ("response", b"18:1795253217.7164152^", b"17:1795253217.7164152^"),
    ],
)
def test_what_is_otherwise_than_usual_is_read_key_by_key(side, before, after):
    content = message(side)
    assert before in content
    content = content.replace(before, after)
    assert outcome(USUAL[side], content) == outcome(Wanted(KEYS), content)


@given(st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9))))
def test_headers_are_read_as_mitmproxy_writes_them(lines):
    data = tnetstring.dumps({"h": lines, "b": b"12345"})
    found = Wanted({b"h": HEADERS, b"b": SIZE}).read(data, *span(data, 0)[:2])
    assert [(n.encode("latin-1"), v.encode("latin-1")) for n, v in found[b"h"]] == lines
    assert found[b"b"] == 5


@pytest.mark.parametrize(
    ("status", "headers", "body", "page"),
    [
        (404, {"Content-Type": "application/json"}, b'{"detail":"Not Found"}', "fastapi"),
        (502, {"Content-Type": "text/html"}, b"<center>nginx</center>" + b"x" * 9000, "nginx"),
        (200, {"Content-Type": "application/json"}, b'{"detail":"Not Found"}', None),
        (404, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, b'{"detail":"Not Found"}', None),
        (404, {}, b"", None),
    ],
)
def test_whose_error_page_it_was_is_kept_and_nothing_else_of_it(status, headers, body, page):
    response = http.Response.make(status, b"", headers)
    response.raw_content = body
    made = tflow.tflow(resp=response)
    exchange = only(made)
    assert (exchange.error_page, exchange.response_size) == (page, len(body))


def test_flows_come_in_pieces_and_a_later_state_replaces_an_earlier_one(tmp_path):
    flows = [tflow.tflow(resp=number % 2 == 0) for number in range(80)]
    again = tflow.tflow(resp=True)
    again.id = flows[1].id
    data = recorded(*flows, again)
    found = list(mitm.pieces(data, []))
    assert [len(piece.exchanges) for piece in found] == [32, 32, 17]
    assert 0 < found[0].done < found[1].done < found[2].done == 1.0
    (tmp_path / "f.mitm").write_bytes(data)
    exchanges = load(tmp_path / "f.mitm").exchanges
    assert len(exchanges) == 80
    assert next(each for each in exchanges if each.id == again.id).status == 200
