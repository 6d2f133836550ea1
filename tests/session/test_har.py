import json
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.model import Exchange
from corsinspect.session import Loaded, SessionError, load
from corsinspect.session.formats.har import pieces, read

RECORDED = Path(__file__).parent / "recorded"


def entry(url: str = "https://api.test/a", status: int = 200, **fields) -> dict:
    request = {"method": "GET", "url": url, "httpVersion": "h2", "headers": [], "bodySize": 0}
    response = {"status": status, "statusText": "", "headers": [], "content": {"size": 5}, "bodySize": 3}
    return {
        "startedDateTime": "2026-11-21T12:00:00.000Z",
        "time": 30.5,
        "timings": {"blocked": 5, "dns": -1, "connect": -1, "ssl": -1, "send": 1, "wait": 4, "receive": 20.5},
        "request": {**request, **fields.pop("request", {})},
        "response": {**response, **fields.pop("response", {})},
        **fields,
    }


def har(*entries, creator: str = "WebInspector") -> bytes:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": creator}, "pages": [], "entries": entries}}
    ).encode()


def only(*entries, creator: str = "WebInspector") -> Exchange:
    (exchange,), problems = read(har(*entries, creator=creator))
    assert not problems
    return exchange


def by_url(browser: str) -> tuple[Loaded, dict[tuple[str | None, str], Exchange]]:
    loaded = load(RECORDED / f"{browser}.har")
    assert loaded.format == "har" and not loaded.problems
    return loaded, {(each.method, each.url.rpartition("/")[2]): each for each in loaded.exchanges}


@pytest.mark.parametrize("browser", ["chromium-156", "firefox-153"])
def test_a_recorded_export_gives_what_was_on_the_wire(browser):
    loaded, exchanges = by_url(browser)
    assert [each.started for each in loaded.exchanges] == sorted(each.started for each in loaded.exchanges)
    blocked = exchanges["GET", "nohdr404"]
    assert (blocked.status, blocked.failure) == (404, None)
    assert ("Origin", "http://127.0.0.1:3900") in blocked.request_headers
    preflight, actual = exchanges["OPTIONS", "pre-ok"], exchanges["PUT", "pre-ok"]
    assert preflight.ended and preflight.ended < actual.started
    assert actual.request_size == 2 and actual.response_size == 2
    for never_sent in ("pre-bad", "pre-405", "refusedput"):
        assert ("OPTIONS", never_sent) in exchanges
        assert ("PUT", never_sent) not in exchanges and ("DELETE", never_sent) not in exchanges
    assert exchanges["PUT", "pre-ok-actual-bad"].status == 200
    for failed in ("refused", "slow", "close"):
        assert exchanges["GET", failed].failure and exchanges["GET", failed].status is None
    location = dict(exchanges["GET", "redirect"].response_headers)["Location"]
    assert location.startswith("/ok?code=‹redacted:3:")
    assert any(each.url.endswith(location) for each in loaded.exchanges)
    text = msgspec.json.encode(loaded.exchanges)
    assert b"s3cretvalue" not in text and b"topsecret" not in text


def test_chromium_says_why_a_request_failed():
    _, exchanges = by_url("chromium-156")
    kinds = {name: each.failure.kind for (_, name), each in exchanges.items() if each.failure}
    assert kinds == {"refused": "refused", "refusedput": "refused", "slow": "aborted-by-page", "close": "closed"}


def test_facts_are_taken_as_they_are():
    exchange = only(
        entry(
            request={
                "method": "pAtch",
                "url": "https://api.test/%2f?b=c#fragment",
                "headers": [{"name": ":path", "value": "/"}, {"name": "x-A", "value": "\xe9"}],
                "bodySize": -1,
            },
            response={"headers": [{"name": "set-cookie", "value": "a=1\nb=2"}, {"name": "x", "value": "日"}]},
            _connectionId="77",
        )
    )
    assert (exchange.id, exchange.method, exchange.url) == ("har:0", "pAtch", "https://api.test/%2f?b=c")
    assert exchange.request_headers == (("x-A", "\xe9"),)
    assert exchange.response_headers == (("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x", "\xe6\x97\xa5"))
    assert (exchange.http_version, exchange.connection) == ("HTTP/2.0", "77")
    assert (exchange.request_size, exchange.response_size) == (None, 3)
    assert exchange.answered == pytest.approx(exchange.started + 0.010)
    assert exchange.ended == pytest.approx(exchange.started + 0.0305)


def test_only_chromium_s_own_connections_are_named() -> None:
    assert only(entry(_connectionId="77")).connection == "77"
    assert only(entry(_connectionId="77"), creator="Firefox").connection is None
    assert only(entry(_connectionId="77"), creator="some proxy").connection is None
    assert only(entry(connection="443")).connection is None  # the server's port


@pytest.mark.parametrize("how", ["memory", "disk"])
def test_what_came_from_a_cache_went_over_no_connection(how: str) -> None:
    assert only(entry(_connectionId="77", _fromCache=how)).connection is None
    assert only(entry(_connectionId="0")).connection is None


@pytest.mark.parametrize("time", ["2026-11-21T13:00:00.000+01:00", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00"])
def test_times_are_read_with_their_zone(time):
    assert only(entry(startedDateTime=time)).started == 1795262400.0


def test_what_is_unknown_stays_unknown():
    exchange = only({**entry(time=-1, timings={}), "response": {"status": 204, "bodySize": -152}})
    assert (exchange.answered, exchange.ended, exchange.response_size) == (None, None, None)
    assert exchange.connection is None and exchange.failure is None


def test_sizes_that_firefox_counts_otherwise_are_not_taken():
    assert only(entry(), creator="Firefox").response_size == 5
    zipped = entry(response={"headers": [{"name": "Content-Encoding", "value": "gzip"}]})
    assert only(zipped, creator="Firefox").response_size is None


def test_a_response_cut_short_is_a_failure_and_a_blocked_one_is_not():
    cut = only(entry(response={"_error": "net::ERR_CONTENT_LENGTH_MISMATCH"}))
    assert cut.status == 200 and cut.failure and cut.failure.kind == "closed"
    assert only(entry(response={"_error": "net::ERR_FAILED"})).failure is None
    assert only(entry(response={"_error": "net::ERR_BLOCKED_BY_RESPONSE"})).failure is None


def test_what_was_not_on_the_wire_is_left_out():
    assert read(har(entry("data:text/plain,x"), entry("blob:https://a/1"), entry("chrome-extension://x/y"))) == ([], [])
    assert read(har(entry(response={"_fetchedViaServiceWorker": True}))) == ([], [])


def test_each_request_waits_for_its_own_preflight():
    def at(second: float, method: str = "PUT", **fields) -> dict:
        asks = [{"name": "Access-Control-Request-Method", "value": "PUT"}] if method == "OPTIONS" else []
        time = f"2026-11-21T12:00:{second:06.3f}Z"
        return entry(request={"method": method, "headers": asks}, startedDateTime=time, **fields)

    exchanges, _ = read(
        har(
            at(1, time=20),  # its preflight was cached
            at(5, time=900),
            at(5.1, "OPTIONS", time=100),
            at(9, time=900),
            at(9.3, "OPTIONS", time=100),
            at(12, time=10),
        )
    )
    begun = {each.id: each.started - 1795262400 for each in exchanges}
    assert begun == pytest.approx({"har:0": 1, "har:1": 5.2, "har:2": 5.1, "har:3": 9.4, "har:4": 9.3, "har:5": 12})


def test_a_bad_entry_is_skipped_and_named():
    data = har(entry(), {"request": 5}, entry(startedDateTime="yesterday"), entry())
    exchanges, problems = read(data)
    assert [each.id for each in exchanges] == ["har:0", "har:3"]
    assert ["entry 1" in problems[0].text, "entry 2" in problems[1].text] == [True, True]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_cut_anywhere_gives_the_entries_before(indent):
    entries = [entry(f"https://api.test/{name}", _priority="High") for name in "abc"]
    whole = json.dumps({"log": {"creator": {"name": "Firefox"}, "entries": entries}}, indent=indent)
    ends = [whole.index(f"/{name}") for name in "abc"]
    for cut in range(60, len(whole.rstrip("}]\n ")), 11):
        exchanges, problems = read(whole[:cut].encode())
        assert len(exchanges) <= sum(cut > end for end in ends) and problems
        assert len(exchanges) >= sum(cut > end for end in ends) - 1
        assert all(each.response_size == 5 for each in exchanges)


def test_damage_costs_only_the_entry_that_it_hit(tmp_path):
    data = har(*(entry(f"https://api.test/{name}") for name in "abc"))
    at = data.index(b"/b")
    for damage in (b"\x00", b'"', b"\xff", b"{", b"]"):
        (tmp_path / "d.har").write_bytes(data[:at] + damage + data[at + 1 :])
        loaded = load(tmp_path / "d.har")
        assert {"https://api.test/a", "https://api.test/c"} <= {each.url for each in loaded.exchanges}
        assert loaded.problems or len(loaded.exchanges) == 3


def test_bodies_may_hold_what_is_no_text():
    content = '{"size": 5, "text": "\\ud800"}'
    data = har(entry()).replace(b'{"size": 5}', content.encode())
    assert [len(part) for part in read(data)] == [1, 0]
    assert [len(part) for part in read(b"\xef\xbb\xbf" + har(entry()))] == [1, 0]


@pytest.mark.parametrize(
    "content", ['{"log": {}}', '{"log": {"entries": {}}}', '{"log": {"entr', '{"log":{"entries":[1]}}']
)
def test_a_har_without_anything_readable_is_a_clear_error(tmp_path, content):
    (tmp_path / "x.har").write_text(content)
    with pytest.raises(SessionError, match="nothing that can be read"):
        load(tmp_path / "x.har")


def test_an_empty_har_is_no_error(tmp_path):
    (tmp_path / "x.har").write_bytes(har())
    assert load(tmp_path / "x.har").exchanges == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "value", "size", "status"]), inner)
    ),
    max_leaves=4,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"startedDateTime": st.just("2026-11-21T12:00:00Z") | anything},
            optional={
                "request": anything
                | st.fixed_dictionaries({"method": anything, "url": st.just("http://a/") | anything}),
                "response": anything | st.fixed_dictionaries({}, optional={"status": anything, "headers": anything}),
                "time": anything,
                "timings": anything,
            },
        ),
        max_size=3,
    )
)
def test_no_content_raises_anything_but_a_session_error(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("any") / "x.har"
    path.write_bytes(har(*entries))
    with suppress(SessionError):
        for exchange in load(path).exchanges:
            msgspec.json.decode(msgspec.json.encode(exchange), type=Exchange)


@pytest.mark.parametrize(
    ("status", "content", "page"),
    [
        (404, {"text": '{"detail":"Not Found"}', "mimeType": "application/json"}, "fastapi"),
        (403, {"text": "SW52YWxpZCBPcmlnaW4gaGVhZGVy", "encoding": "base64"}, "mcp-origin"),
        (502, {"text": "<center>nginx</center>" + "x" * 9000, "mimeType": "text/html"}, "nginx"),
        (200, {"text": '{"detail":"Not Found"}', "mimeType": "application/json"}, None),
        (404, {"text": 7, "mimeType": "application/json"}, None),
        (404, {"text": "/w==", "encoding": "base64"}, None),
        (404, {"size": 3}, None),
    ],
)
def test_whose_error_page_it_was_is_kept_and_nothing_else_of_it(status, content, page):
    made = entry(status=status)
    made["response"]["content"] = content
    exchange = only(made)
    assert exchange.error_page == page
    assert "Not Found" not in str(exchange)


def test_what_no_preflight_asked_for_need_not_wait_for_the_rest():
    asks = {"name": "Access-Control-Request-Method", "value": "PUT"}
    plain = [entry(url=f"https://api.test/{number}") for number in range(100)]
    put = entry(url="https://api.test/p", request={"method": "PUT"}, time=900)
    preflight = entry(url="https://api.test/p", request={"method": "OPTIONS", "headers": [asks]})
    found = list(pieces(har(put, *plain, preflight), []))
    assert [each.id for each in found[0].exchanges] == [f"har:{number}" for number in range(1, 32)]
    assert [each.id for each in found[-1].exchanges[-2:]] == ["har:0", "har:101"]
    assert 0 < found[0].done < found[1].done < found[-1].done == 1.0
    put, preflight = found[-1].exchanges[-2:]
    assert preflight.ended is not None and put.started > preflight.ended


def test_a_preflight_is_found_however_its_header_is_written():
    put = entry(url="https://api.test/p", request={"method": "PUT"}, time=900)
    asks = {"name": "ACCESS-control-request-method", "value": "PUT"}
    preflight = entry(url="https://api.test/p", request={"method": "OPTIONS", "headers": [asks]})
    for written in (har(put, preflight), har(put, preflight).replace(b"ACCESS-", b"\\u0041ccess\\u002D")):
        exchanges, _ = read(written)
        assert exchanges[0].started > exchanges[1].started
