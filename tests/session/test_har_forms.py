"""HAR files that aren't quite HAR: read, or refused with the place and what it cost."""

import json
from pathlib import Path

import msgspec
import pytest

from corsinspect.model import ANY, Exchange
from corsinspect.session import load
from corsinspect.session.formats.har import read
from corsinspect.session.formats.har_headers import HeaderLines
from corsinspect.session.formats.producers import producer
from tests.session.test_har import entry, har

WHOLE = [{"name": "Sec-Fetch-Site", "value": "cross-site"}]


def one(data: bytes) -> Exchange:
    (exchange,), problems = read(data)
    assert problems == []
    return exchange


def asked(headers: object, **request) -> Exchange:
    return one(har(entry(request={"headers": headers, **request})))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([{"name": "X-A", "value": "1"}, {"name": "X-B", "value": "2"}], id="as it should be"),
        pytest.param([{"Name": "X-A", "Value": "1"}, {"NAME": "X-B", "VALUE": "2"}], id="capital keys"),
        pytest.param({"X-A": "1", "X-B": "2"}, id="an object"),
        pytest.param({"X-A": 1, "X-B": [2]}, id="an object of numbers and lists"),
        pytest.param([["X-A", "1"], ["X-B", 2]], id="pairs"),
        pytest.param([{"name": "X-A", "value": 1}, None, 5, {"name": None}, {"name": "X-B", "value": 2}], id="junk"),
    ],
)
def test_header_lists_may_have_any_form(headers: object) -> None:
    assert asked(headers).request_headers == (("X-A", "1"), ("X-B", "2"))


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"url": "HTTPS://API.Test/Path?Q=A"}, "https://api.test/Path?Q=A"),
        ({"url": "https://User:Pass@API.test/"}, "https://User:Pass@api.test/"),
        ({"url": "/a", "headers": [{"name": ":authority", "value": "api.test"}]}, "https://api.test/a"),
        (
            {"url": "/a", "httpVersion": "HTTP/1.1", "headers": {"Host": "api.test:80", ":scheme": "http"}},
            "http://api.test:80/a",
        ),
    ],
)
def test_urls_are_made_whole(fields: dict, wanted: str) -> None:
    assert one(har(entry(request=fields))).url == wanted


def test_a_url_that_cannot_be_made_whole_is_named() -> None:
    data = har(entry(), entry(request={"url": "/a", "httpVersion": "HTTP/1.1", "headers": {"Host": "api.test"}}))
    exchanges, (problem,) = read(data)
    assert len(exchanges) == 1
    assert "entry 1" in problem.text and "“/a”" in problem.text and "1 entry lost" in problem.text


@pytest.mark.parametrize(
    "odd",
    [
        {"_connectionId": 12},
        {"_connectionId": None, "connection": {}},
        {"time": "30.5", "timings": {"wait": "4", "send": None, "blocked": "", "dns": "x"}},
        {"time": None, "timings": None},
        {"time": [], "timings": []},
        {"cache": None, "pageref": 5},
        {"response": {"status": "200", "statusText": None, "bodySize": "x", "content": None}},
        {"response": {"status": 200.0, "headers": None, "_error": {}, "content": []}},
        {"request": {"bodySize": None, "httpVersion": 2, "headers": None}},
    ],
)
def test_odd_fields_cost_no_entry(odd: dict) -> None:
    exchange = one(har(entry(**odd)))
    assert (exchange.method, exchange.url, exchange.status) == ("GET", "https://api.test/a", 200)


@pytest.mark.parametrize("status", [0, -1, None, "", "0", 1000, 7])
def test_what_is_no_status_is_none(status: object) -> None:
    exchange = one(har(entry(response={"status": status})))
    assert exchange.status is None and exchange.failure is not None
    assert exchange.failure.kind == "failed-unexplained"


def test_a_sentence_is_understood_but_not_kept() -> None:
    """It quotes the origin, and may quote more: only a code is the browser's own."""
    said = "Origin http://a.test is not allowed by Access-Control-Allow-Origin."
    failure = one(har(entry(response={"status": 0, "_failureText": said}))).failure
    assert failure is not None and failure.kind == "failed-unexplained" and "a.test" not in failure.text


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"_error": "net::ERR_FAILED"}, "failed-unexplained"),
        ({"_failureText": "net::ERR_FAILED"}, "failed-unexplained"),
        ({"_failureText": "net::ERR_CONNECTION_REFUSED"}, "refused"),
        ({"_failureText": "NS_ERROR_DOM_BAD_URI"}, "failed-unexplained"),
        ({"_error": "net::ERR_FAILED_OTHERWISE"}, "other"),
    ],
)
def test_the_browsers_own_words_say_why(words: dict, kind: str) -> None:
    failure = one(har(entry(response={"status": 0, **words}))).failure
    assert failure is not None and failure.kind == kind and failure.text == next(iter(words.values()))


def test_times_that_are_missing_follow_the_order_of_the_file() -> None:
    untimed = [{**entry(f"https://api.test/{name}"), "startedDateTime": None} for name in "abc"]
    del untimed[1]["startedDateTime"]
    exchanges, problems = read(har(*untimed))
    assert problems == []
    assert sorted(exchanges, key=lambda each: each.started) == exchanges
    ends = [each.ended for each in exchanges]
    assert all(end is not None and end < later.started for end, later in zip(ends, exchanges[1:], strict=False))


@pytest.mark.parametrize("moment", [1795262400000, 1795262400, "1795262400000", 1795262400.0])
def test_times_may_be_numbers(moment: object) -> None:
    assert one(har(entry(startedDateTime=moment))).started == 1795262400.0


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda entries: json.dumps(entries), id="a list"),
        pytest.param(lambda entries: json.dumps({"entries": entries}), id="a log alone"),
        pytest.param(lambda entries: "\n".join(map(json.dumps, entries)), id="an entry a line"),
        pytest.param(lambda entries: "\n\n".join(map(json.dumps, entries)) + "\n", id="with empty lines"),
        pytest.param(lambda entries: f"cb({json.dumps({'log': {'entries': entries}})});\n", id="a function's call"),
    ],
)
def test_what_is_around_the_entries_may_differ(wrap, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(wrap([entry("https://api.test/a"), entry("https://api.test/b")]))
    loaded = load(path)
    assert (loaded.format, loaded.problems) == ("har", [])
    assert [each.url for each in loaded.exchanges] == ["https://api.test/a", "https://api.test/b"]


def test_a_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(f"{json.dumps(entry())}\n{{broken\n{json.dumps(entry())}\n")
    loaded = load(path)
    assert len(loaded.exchanges) == 2
    assert "line 2 can't be read" in loaded.problems[0].text and "1 entry lost" in loaded.problems[0].text


@pytest.mark.parametrize(
    ("creator", "headers", "wanted"),
    [
        ("WebInspector", WHOLE, ("authorization", "cookie")),
        ("WebInspector", [], (ANY,)),
        ("Playwright", [{"name": "Host", "value": "api.test"}], (ANY,)),
        ("a maker of its own", WHOLE, ("authorization", "cookie")),
        ("Firefox", WHOLE, ()),
        ("Firefox", [], (ANY,)),
        ("mitmproxy", [], ()),
        ("Charles Proxy", [], ()),
        ("Fiddler", [], ()),
    ],
)
def test_a_maker_is_known_by_what_it_leaves_out(creator: str, headers: list, wanted: tuple) -> None:
    exchange = one(har(entry(request={"headers": headers}), creator=creator))
    assert exchange.withheld == wanted
    assert exchange.answer_withheld is (creator not in ("mitmproxy", "Charles Proxy", "Fiddler"))


def test_lines_that_a_maker_doubles_count_once() -> None:
    twice = [{"name": "Origin", "value": "a"}, {"name": "Accept", "value": "*"}, {"name": "origin", "value": "a"}]
    differing = [{"name": "X", "value": "1"}, {"name": "X", "value": "2"}]
    assert asked(twice).request_headers == (("Origin", "a"), ("Accept", "*"))
    assert asked(differing).request_headers == (("X", "1"), ("X", "2"))
    assert len(one(har(entry(request={"headers": twice}), creator="mitmproxy")).request_headers) == 3


def test_an_own_proxys_har_says_what_the_proxy_saw() -> None:
    failed = entry(response={"status": 0, "_error": "[Errno 111] Connect call failed"})
    assert one(har(failed, creator="mitmproxy")).failure is not None
    assert one(har(failed, creator="mitmproxy")).failure.kind == "refused"  # type: ignore[union-attr]
    assert one(har(entry(response={"status": 0}), creator="mitmproxy")).failure is None
    tunnel = entry("https://api.test:443/", request={"method": "CONNECT"})
    assert read(har(tunnel, creator="mitmproxy")) == ([], [])


def test_every_second_entry_may_be_damaged() -> None:
    whole = json.dumps(entry()).encode()
    damaged = whole.replace(b'"method": "GET"', b'"method": GET')
    data = b'{"log": {"entries": [' + b",".join([whole, damaged] * 1_500) + b"]}}"
    exchanges, problems = read(data)
    assert len(exchanges) == 1_500
    assert not any("too damaged" in problem.text for problem in problems)


def test_a_long_entry_behind_a_damaged_one_is_read() -> None:
    long = entry(response={"content": {"size": 5, "text": 'a"\\ \n' * 100_000}})
    data = b'{"log": {"entries": [{"request": x}, ' + json.dumps(long).encode() + b"]}}"
    exchanges, _ = read(data)
    assert [exchange.url for exchange in exchanges] == ["https://api.test/a"]


def test_what_is_damaged_all_over_is_given_up() -> None:
    exchanges, problems = read(b'{"log":{"entries":[' + b'{"request":' * 5_000)
    assert exchanges == []
    assert "too damaged" in problems[-1].text


def test_an_odd_entry_changes_nothing_about_the_others() -> None:
    """A file that is all as the format has it is decoded at once, any other entry by entry."""
    plain = [entry(f"https://api.test/{number}", request={"headers": WHOLE}) for number in range(40)]
    odd = entry("https://api.test/odd", response={"status": "200", "headers": {"X-A": 1}, "content": 5})
    together, problems = read(har(*plain[:20], odd, *plain[20:]))
    alone, no_problems = read(har(*plain))
    assert [each.url for each in together if each.url.endswith("odd")] == ["https://api.test/odd"]
    assert [without_id(each) for each in together if not each.url.endswith("odd")] == [*map(without_id, alone)]
    assert problems == no_problems == []


def without_id(exchange: Exchange) -> Exchange:
    return msgspec.structs.replace(exchange, id="")


def test_a_header_list_that_is_odd_costs_no_entry_though_the_rest_is_as_it_should_be() -> None:
    lists = [WHOLE, [{"name": "X-A", "value": 1}], WHOLE, [{"name": "X-\ud800", "value": "\ud800"}], WHOLE]
    data = har(*[entry(request={"headers": each}, response={"headers": each}) for each in lists])
    data = data.replace(b"cross-site", b"cross-\xff", 1)
    exchanges, problems = read(data)
    replaced = "cross-\ufffd".encode().decode("latin-1")
    surrogate = "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")
    assert [each.id for each in exchanges] == [f"har:{number}" for number in range(5)] and problems == []
    assert exchanges[0].request_headers == (("Sec-Fetch-Site", replaced),)
    assert exchanges[0].response_headers == exchanges[2].request_headers == (("Sec-Fetch-Site", "cross-site"),)
    assert exchanges[1].request_headers == exchanges[1].response_headers == (("X-A", "1"),)
    assert exchanges[3].request_headers == (("X-" + surrogate, surrogate),)


def test_equal_lists_are_read_by_the_side_on_which_they_stand() -> None:
    twice = [*WHOLE, {"name": "Via", "value": "a"}, {"name": "via", "value": "a"}]
    data = har(*[entry(request={"headers": twice}, response={"headers": twice}) for _ in range(2)])
    for exchange in read(data)[0]:
        assert [name for name, _ in exchange.request_headers] == ["Sec-Fetch-Site", "Via"]
        assert [name for name, _ in exchange.response_headers] == ["Sec-Fetch-Site", "Via", "via"]


def test_the_lists_that_are_remembered_are_bounded() -> None:
    lines = HeaderLines(producer(""))
    for number in range(5000):
        lines.sent(listed(str(number)))
        lines.received(listed(str(number)))
    lines.sent(listed("x" * 5000))
    for known in (lines._sent, lines._received):
        assert 0 < len(known) <= 256 and all(len(content) <= 4096 for content in known)


def listed(value: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode([{"name": "X-A", "value": value}]))


@pytest.mark.parametrize("method", ["OPTIONS", "OPT\\u0049ONS"])
@pytest.mark.parametrize("odd", [{}, {"time": "soon"}], ids=["as it should be", "odd"])
def test_a_preflight_is_found_wherever_it_stands_and_however_it_is_written(method: str, odd: dict) -> None:
    moment = {"startedDateTime": "2026-11-21T12:00:00.010Z", "time": 2}
    asks = [*WHOLE, {"name": "Access-Control-Request-Method", "value": "PUT"}]
    put = entry(request={"method": "PUT", "headers": WHOLE})
    preflight = entry(request={"method": "OPTIONS", "headers": asks}, **{**moment, **odd})
    data = har(put, *[entry(f"https://api.test/{number}") for number in range(70)], preflight)
    exchanges, _ = read(data.replace(b"OPTIONS", method.encode()))
    sent = next(each for each in exchanges if each.method == "PUT")
    assert sent.started > next(each for each in exchanges if each.method == "OPTIONS").started
