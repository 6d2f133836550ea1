"""Shapes of input that may grow, each with what is done to it: what takes n steps must not take n times n.

A row makes its input of a size and gives what is to be timed; the input isn't. Sizes are such that this takes some
milliseconds. Whatever remembers what it has seen gets a new Redactor, Tracker or Book each time.
"""

import json
import random
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from mitmproxy.io import tnetstring

from corsinspect.advice import comparison, explanation
from corsinspect.advice.causes import causes
from corsinspect.advice.compare.contrast import contrast
from corsinspect.advice.curl import curl
from corsinspect.advice.fix import fix
from corsinspect.advice.messages.console import decode_all, matching
from corsinspect.advice.prompt import prompt
from corsinspect.advice.recipes import needs_of
from corsinspect.advice.solution import solution
from corsinspect.analysis import Tracker, also_failing, judge_all, readable_headers, trace
from corsinspect.analysis.across.patterns import patterns
from corsinspect.analysis.across.policy import opens
from corsinspect.analysis.across.traits import traits
from corsinspect.analysis.engine import engine_of
from corsinspect.analysis.lint import Linter, LintFinding
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.detail.tabs import DRAWN, draw
from corsinspect.dashboard.filter.completion import completions
from corsinspect.dashboard.screens.matrix import matrix
from corsinspect.dashboard.screens.paste import captured
from corsinspect.dashboard.state.arrangement import Arrangement
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.dashboard.state.same_server import SameServer
from corsinspect.dashboard.timeline.player import Player, Position
from corsinspect.fetch import cache, check, csp, embedder, headers, origin, safelist, url
from corsinspect.fetch.engines import CHROMIUM as CHROMIUM_ENGINE
from corsinspect.fingerprints import error_page
from corsinspect.listing import query
from corsinspect.listing.terms import matcher
from corsinspect.model import Call, Changes, Exchange, HeaderList
from corsinspect.printable import printable
from corsinspect.report.formats import document
from corsinspect.session.border import paired
from corsinspect.session.failures import browser_failure, failure
from corsinspect.session.follower import Ahead, Follower
from corsinspect.session.formats import har, mitm
from corsinspect.session.lines import encode, read
from corsinspect.session.notes import Notes
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.writer import SessionWriter
from tests.analysis.build import API, FIREFOX, GRANT, OPEN, PAGE, exchange, preflight
from tests.proof.mutated import har_entry, mitm_flow
from tests.session.test_redact import BASE64, HEX, JWT

Work = Callable[[], object]


class Shape(NamedTuple):
    """What grows."""

    size: int
    prepare: Callable[[int], Work]
    """Makes the input of a size; what it gives is timed, and done anew each time."""


def _of(use: Callable[[Any], object], make: Callable[[int], Any]) -> Callable[[int], Work]:
    """What is done with an input that is made of a size."""
    return lambda size: partial(use, make(size))


def _repeated(unit: str, *, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: before + unit * size + after


def _counted(form: str, *, between: str = "", before: str = "", after: str = "") -> Callable[[int], str]:
    """The form with each number in the place of its `{}`."""
    return lambda size: before + between.join(form.format(number) for number in range(size)) + after


# redaction


def _redacted(name: str) -> Callable[[str], object]:
    return lambda value: Redactor().response_headers(((name, value),))


def _redacted_url(value: str) -> object:
    return Redactor().url(value)


def _redacted_text(value: str) -> object:
    return Redactor().text(value)


# traffic


def _many(make: Callable[[int], Exchange]) -> Callable[[int], list[Exchange]]:
    return lambda size: [make(number) for number in range(size)]


def _pairs(size: int) -> Iterator[Exchange]:
    for number in range(size):
        address = f"{API}/{number}"
        yield preflight(
            "PUT", "x-a", address, 100 + number, id=f"p{number}", got={**GRANT, "Access-Control-Allow-Headers": "x-a"}
        )
        yield exchange("PUT", address, 100.1 + number, sent={"X-A": "1"}, got=OPEN, id=f"a{number}")


def _redirects(size: int) -> list[Exchange]:
    """A chain, each hop at another address."""
    return [
        exchange(
            url=f"{API}/{number}",
            at=100 + number / 100,
            status=302,
            got={**OPEN, "Location": f"{API}/{number + 1}"},
            took=0.005,
        )
        for number in range(size)
    ]


def _self_redirects(size: int) -> list[Exchange]:
    return [
        exchange(at=100 + number / 100, status=302, got={**OPEN, "Location": API}, took=0.005) for number in range(size)
    ]


def _document(number: int) -> Exchange:
    sent = {"Origin": None, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
    got = {"Content-Type": "text/html", "Content-Security-Policy": f"connect-src 'self' https://{number}.test"}
    return exchange(url=f"{PAGE}/{number}", at=100 + number, sent=sent, got=got)


def _documents_and_calls(size: int) -> list[Exchange]:
    found = [_document(number) for number in range(size)]
    return found + [exchange(url=f"{API}/{number}", at=100.5 + number, got=OPEN) for number in range(size)]


def _states(size: int) -> list[Exchange]:
    """The states of one exchange after the other, all begun before any ended."""
    done = [exchange(url=f"{API}/{number}", at=100 + number / 1000, got=OPEN) for number in range(size)]
    begun = [
        msgspec.structs.replace(each, status=None, response_headers=(), answered=None, ended=None) for each in done
    ]
    return begun + done


def _sent(lines: HeaderList, **fields: Any) -> Exchange:
    made = exchange(**fields)
    return msgspec.structs.replace(made, request_headers=(*made.request_headers, *lines))


def _got(lines: HeaderList, **fields: Any) -> Exchange:
    made = exchange(**fields)
    return msgspec.structs.replace(made, response_headers=(*made.response_headers, *lines))


def _names(size: int) -> list[str]:
    return [f"x-{number}" for number in range(size)]


def _lines(size: int) -> HeaderList:
    return tuple((f"X-{number}", f"value {number}") for number in range(size))


def _long_preflight(size: int) -> list[Exchange]:
    """Asks for n names, and all but the last are granted."""
    names = _names(size)
    return [preflight("PUT", ",".join(names), got={**GRANT, "Access-Control-Allow-Headers": ", ".join(names[:-1])})]


def _long_call(size: int) -> list[Exchange]:
    names = _names(size)
    got = {**GRANT, "Access-Control-Allow-Headers": ", ".join(names)}
    return [
        preflight("PUT", ",".join(names), got=got),
        _sent(tuple((name, "1") for name in names), method="PUT", at=100.1, got=OPEN),
    ]


def _judged(exchanges: Sequence[Exchange]) -> object:
    return judge_all(exchanges)


def _fed(exchanges: Sequence[Exchange]) -> object:
    """As live: each state as it comes, time going on."""
    tracker = Tracker()
    for each in exchanges:
        tracker.advance(each.started)
        tracker.feed(each)
    return tracker.close()


def _judge(make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _of(_judged, make)


def _feed(make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _of(_fed, make)


# calls


def _call(exchanges: Sequence[Exchange]) -> Call:
    return judge_all(exchanges)[0]


def _calls(size: int) -> list[Call]:
    """Blocked, allowed and redirected ones, of many pages, servers and paths."""
    drawn = random.Random(1)
    made: list[Exchange] = []
    for number in range(size):
        page, api = f"https://app{drawn.randrange(20)}.test", f"https://api{drawn.randrange(20)}.test"
        got = drawn.choice([{}, OPEN, {"Access-Control-Allow-Origin": "*"}, {"Access-Control-Allow-Origin": page}])
        made.append(
            exchange(
                url=f"{api}/v1/{number % 50}",
                at=100 + number,
                status=drawn.choice([200, 404, 500]),
                sent={"Origin": page},
                got=got,
            )
        )
    return judge_all(made)


def _alike(size: int) -> list[Call]:
    return judge_all([exchange(url=f"{API}/{number}", at=100 + number) for number in range(size)])


def _with_call(use: Callable[[Call], object], make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _of(use, lambda size: _call(make(size)))


def _blocked_by_lines(size: int) -> list[Exchange]:
    return [_sent(_lines(size), got={"Access-Control-Allow-Origin": "https://other.test"})]


def _answered_with_lines(size: int) -> list[Exchange]:
    return [_got(_lines(size), got={**OPEN, "Access-Control-Expose-Headers": ", ".join(_names(size))})]


def _long_value(size: int) -> list[Exchange]:
    return [exchange(got={"Access-Control-Allow-Origin": "https://app.test, " * size, "X-Long": "a " * size})]


def _among(use: Callable[[Call, Sequence[Call]], object]) -> Callable[[int], Work]:
    """What is done with one of many calls and the others."""

    def prepare(size: int) -> Work:
        calls = _alike(size)
        return lambda: use(calls[0], calls)

    return prepare


def _drawn(make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _with_call(lambda call: [draw(tab, Subject(call), 100) for tab in range(len(DRAWN))], make)


# files


def _session(exchanges: Sequence[Exchange]) -> bytes:
    return b'{"corsinspect":1}\n' + b"".join(encode(each, None) for each in exchanges)


def _read_session(data: bytes) -> object:
    return read(data, Redactor())


def _har(entries: Sequence[dict[str, Any]], creator: str = "WebInspector") -> bytes:
    return json.dumps({"log": {"creator": {"name": creator}, "entries": entries}}).encode()


def _har_of(make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _of(har.read, lambda size: _har([har_entry(each) for each in make(size)]))


def _mitm_of(make: Callable[[int], Sequence[Exchange]]) -> Callable[[int], Work]:
    return _of(mitm.read, lambda size: b"".join(map(mitm_flow, make(size))))


def _damaged_flows(size: int) -> bytes:
    """Each flow says a byte more than it has."""
    flow = mitm_flow(exchange(got=OPEN))
    length, _, rest = flow.partition(b":")
    return (b"%d:%s" % (int(length) + 1, rest)) * size


def _broken_entries(size: int) -> bytes:
    """What is cut off in the middle of a string, again and again."""
    return b'{"log":{"entries":[' + b'{"request":{"url":"http://a.test/' * size


def _unended_entries(size: int) -> bytes:
    return b'{"log":{"entries":[' + b'{"request":' * size


def _in_file(
    use: Callable[[Path], object], make: Callable[[int], bytes], name: str = "session.jsonl"
) -> Callable[[int], Work]:
    def prepare(size: int) -> Work:
        folder = Path(tempfile.mkdtemp())
        path = folder / name
        path.write_bytes(make(size))

        def work() -> object:
            return use(path)

        weakref.finalize(work, shutil.rmtree, folder)
        return work

    return prepare


def _followed(path: Path) -> object:
    follower = Follower(path)
    try:
        return follower.poll()
    finally:
        follower.close()


def _followed_in_bits(path: Path) -> object:
    """As a file that grows by a line at a time."""
    follower = Follower(path)
    try:
        while follower.piece(2048):
            pass
    finally:
        follower.close()
    return follower


def _ahead(path: Path) -> object:
    ahead = Ahead(path, 0)
    size = path.stat().st_size
    for _ in range(size // (1 << 20) + 1):
        ahead.count()
    return ahead


def _noted(path: Path) -> object:
    return Notes(path.with_name("session.jsonl"))


def _written(exchanges: Sequence[Exchange]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        writer = SessionWriter(Path(folder) / "s.jsonl")
        for each in exchanges:
            writer.put(each, None)
        writer.flush()
        writer.close()
    return None


# the dashboard


def _book(calls: Sequence[Call], arrangement: Arrangement | None = None) -> Book:
    made = Book()
    if arrangement is not None:
        made.arrange(arrangement)
    for call in calls:
        made.apply(Changes([call], []))
    return made


def _with_book(use: Callable[[Book], object]) -> Callable[[int], Work]:
    return _of(use, lambda size: _book(_calls(size)))


def _filtered(text: str) -> Callable[[Book], object]:
    def use(book: Book) -> object:
        read = query.parse(text)
        assert isinstance(read, query.Query)
        book.show(Shown(query=read))
        lines = len(book.lines)
        book.show(Shown())
        return lines

    return use


def _arranged(**arrangement: Any) -> Callable[[int], Work]:
    return _of(lambda calls: _book(calls, Arrangement(**arrangement)), _calls)


def _rearranged(book: Book) -> object:
    for arrangement in (Arrangement(sort="host"), Arrangement(group="endpoint"), Arrangement()):
        book.arrange(arrangement)
        len(book.lines)
    return book


def _walked(book: Book) -> object:
    position, steps = book.problem(0, 1), 0
    while position is not None and steps < len(book.rows):
        position, steps = book.problem(position, 1), steps + 1
    return steps


def _withdrawn(calls: Sequence[Call]) -> object:
    book = _book(calls)
    for call in calls:
        book.apply(Changes([], [call.id]))
    return book


def _played(exchanges: Sequence[Exchange]) -> object:
    book = Book()

    def apply(changes: Changes) -> None:
        book.apply(changes)

    player = Player(exchanges, known=book.calls.get, apply=apply, clear=book.clear)
    for place in (Position(1, player.start), player.whole):
        for _ in player.go(place):
            pass
    return book


def _found(message: str) -> Callable[[Book], object]:
    (decoded,) = decode_all(message)
    return lambda book: captured(book, decoded)


def _linted(calls: Sequence[Call]) -> list[LintFinding]:
    linter = Linter()
    for call in calls:
        linter.add(call)
    return linter.findings()


def _table(calls: Sequence[Call]) -> Counter[Any]:
    return Counter(map(traits, calls))


ALLOWED = exchange(got=OPEN)
CONSOLE = (
    "Access to fetch at 'https://api.test/x/{}' from origin 'https://app.test' has been blocked by CORS policy: "
    "No 'Access-Control-Allow-Origin' header is present on the requested resource.\n"
)
LONE = r"\ud800"

PARSERS: dict[str, Shape] = {
    "URL: long path": Shape(20_000, _of(url.parse_url, _repeated("/a", before="https://a.test"))),
    "URL: steps back": Shape(20_000, _of(url.parse_url, _repeated("/a/..", before="https://a.test"))),
    "URL: only steps back": Shape(20_000, _of(url.parse_url, _repeated("/..", before="https://a.test"))),
    "URL: to be encoded": Shape(20_000, _of(url.parse_url, _repeated("é ", before="https://a.test/?"))),
    "URL: long host": Shape(20_000, _of(url.parse_url, _repeated("a.", before="https://"))),
    "URL: many @": Shape(20_000, _of(url.parse_url, _repeated("a:b@", before="https://"))),
    "origin": Shape(20_000, _of(origin.parse_origin, _repeated("a.", before="https://"))),
    "address: colons": Shape(20_000, _of(origin.is_address, _repeated("0:"))),
    "token list: names": Shape(20_000, _of(headers.token_list, _counted("x-{}", between=", "))),
    "token list: commas": Shape(100_000, _of(headers.token_list, _repeated(" ,"))),
    "first bad token": Shape(20_000, _of(headers.first_bad_token, _repeated("a, ", after="b c"))),
    "header lines of one name": Shape(
        10_000, _of(headers.cors_headers, lambda size: (("Access-Control-Allow-Methods", "PUT"),) * size)
    ),
    "media type: parameters": Shape(50_000, _of(safelist.media_type, _repeated("; a=b", before="text/plain"))),
    "range": Shape(200_000, _of(safelist.is_simple_range, _repeated("9", before="bytes=", after="-"))),
    "value size": Shape(50_000, _of(safelist.value_size, _repeated("a("))),
    "max age: digits": Shape(100_000, _of(lambda value: cache.max_age(value, CHROMIUM_ENGINE), _repeated("9"))),
    "user agent": Shape(50_000, _of(lambda value: engine_of(value, None, True), _repeated("Mozilla/5.0 ("))),
    "console: messages": Shape(40, _of(decode_all, _counted(CONSOLE))),
    "console: quotes": Shape(5_000, _of(decode_all, _repeated("'http://a.test' ", before="Access to fetch at "))),
    "console: words": Shape(5_000, _of(decode_all, _repeated("CORS policy blocked origin "))),
    "filter: words": Shape(2_000, _of(query.parse, _repeated("a "))),
    "filter: or": Shape(2_000, _of(query.parse, _repeated("a or ", after="a"))),
    "filter: brackets": Shape(200, _of(query.parse, lambda size: "(" * size + "a" + ")" * size)),
    "filter: not": Shape(200, _of(query.parse, _repeated("-", after="a"))),
    "filter: quotes": Shape(5_000, _of(query.tokens, _repeated('"'))),
    "filter: stars": Shape(20, _of(lambda form: matcher(form, False)("a" * 200), _repeated("a*", after="b"))),
    "printable": Shape(100_000, _of(printable, _repeated("\x1b["))),
    "proxy's failure": Shape(50_000, _of(failure, _repeated("connect call failed "))),
    "browser's failure": Shape(50_000, _of(browser_failure, _repeated("net::ERR_"))),
    "CSP: directives": Shape(5_000, _of(csp.parse_policies, _counted("d{} 'self'", between="; "))),
    "CSP: policies": Shape(10_000, _of(csp.parse_policies, _repeated("default-src 'self', "))),
    "embedder policy": Shape(50_000, _of(embedder.embedder_policy, _repeated("; a=b", before="require-corp"))),
    "error page: tags": Shape(50_000, _of(lambda data: error_page(data, "text/html"), lambda size: b"<h1>" * size)),
    "error page: title": Shape(
        50_000, _of(lambda data: error_page(data, "text/html"), lambda size: b"<title>" + b"Error " * size)
    ),
    "error page: deep JSON": Shape(
        50_000, _of(lambda data: error_page(data, "application/json"), lambda size: b'{"a":' * size)
    ),
    "lone surrogates": Shape(50_000, _of(paired, lambda size: (LONE * size).encode())),
    "backslashes": Shape(100_000, _of(paired, lambda size: b"\\" * size)),
}
REDACTION: dict[str, Shape] = {
    "parameters of a URL": Shape(1_000, _of(_redacted_url, _counted("k{}=v", between="&", before="https://a.test/?"))),
    "secrets of a URL": Shape(1_000, _of(_redacted_url, _counted("token{}=s3cret", between="&", before="/?"))),
    "segments of a path": Shape(5_000, _of(_redacted_url, _counted("/s{}", before="https://a.test"))),
    "secret segments": Shape(1_000, _of(_redacted_url, _counted(f"/reset/{HEX}{{}}", before="https://a.test"))),
    "one long parameter": Shape(20_000, _of(_redacted_url, _repeated("a", before="/?state="))),
    "a URL in a URL in a URL": Shape(
        200,
        _of(_redacted_url, lambda size: "/?u=http%3A%2F%2Fa" + "".join(f"%{'25' * 3}3Fu%3D{n}" for n in range(size))),
    ),
    "user infos": Shape(5_000, _of(_redacted_url, _repeated("://a:b@", before="/?u="))),
    "colons of user infos": Shape(5_000, _of(_redacted_text, _repeated("://a"))),
    "cookies": Shape(2_000, _of(_redacted("Cookie"), _counted("a{}=b", between="; "))),
    "attributes of a cookie": Shape(2_000, _of(_redacted("Set-Cookie"), _repeated("; Path=/a", before="a=b"))),
    "links": Shape(500, _of(_redacted("Link"), _counted("</a?token={}>; rel=next", between=", "))),
    "protocols": Shape(2_000, _of(_redacted("Sec-WebSocket-Protocol"), _counted("p{}", between=", "))),
    "pairs in a text": Shape(1_000, _of(_redacted_text, _counted("password: s3cret{} ", between=" "))),
    "names without values": Shape(5_000, _of(_redacted_text, _repeated("token="))),
    "JSON in a text": Shape(500, _of(_redacted_text, _counted('"password":"s{}"', between=","))),
    "quotes that don't close": Shape(2_000, _of(_redacted_text, _repeated('token:"'))),
    "encoded quotes that don't close": Shape(1_000, _of(_redacted_text, _repeated("token%3A%22"))),
    "backslashes before a quote": Shape(5_000, _of(_redacted_text, _repeated("\\", before='token:"', after='"'))),
    "encoded backslashes": Shape(2_000, _of(_redacted_text, _repeated("%5C%22", before="token%3A%22"))),
    "spaces after a name": Shape(20_000, _of(_redacted_text, _repeated(" ", before="token", after="=a"))),
    "percent signs": Shape(5_000, _of(_redacted_text, _repeated("%25"))),
    "brackets": Shape(5_000, _of(_redacted_text, _repeated("token=["))),
    "bearers": Shape(1_000, _of(_redacted_text, _repeated("Bearer abcdefgh1 "))),
    "keys": Shape(300, _of(_redacted_text, _repeated(f"{JWT} "))),
    "random runs": Shape(300, _of(_redacted_text, _repeated(f"{BASE64} "))),
    "one random run": Shape(2_000, _of(_redacted_text, _repeated("aB3/"))),
    "one long word": Shape(50_000, _of(_redacted_text, _repeated("a"))),
    "tokens of before": Shape(1_000, _of(_redacted_text, _repeated("‹redacted:3:0123456789ab›;"))),
    "a reason phrase": Shape(50_000, _of(lambda value: Redactor().phrase(value), _repeated("token=a "))),
    "header lines": Shape(1_000, _of(lambda lines: Redactor().response_headers(lines), _lines)),
    "secret header lines": Shape(
        1_000,
        _of(
            lambda lines: Redactor().request_headers(lines),
            lambda size: tuple(("X-Api-Key", f"k{n}") for n in range(size)),
        ),
    ),
}
READERS: dict[str, Shape] = {
    "session: exchanges": Shape(300, _of(_read_session, lambda size: _session(list(_pairs(size))))),
    "session: states": Shape(2_000, _of(_read_session, lambda size: _session([ALLOWED] * size))),
    "session: header lines": Shape(2_000, _of(_read_session, lambda size: _session([_got(_lines(size))]))),
    "session: a long value": Shape(50_000, _of(_read_session, lambda size: _session([_got((("X-A", "a b" * size),))]))),
    "session: junk": Shape(2_000, _of(_read_session, lambda size: b'{"corsinspect":1}\n' + b"{junk\n" * size)),
    "session: deep": Shape(50_000, _of(_read_session, lambda size: b'{"corsinspect":1}\n' + b'{"a":' * size + b"\n")),
    "session: surrogates": Shape(
        2_000, _of(_read_session, lambda size: b'{"id":"1","url":"' + LONE.encode() * size + b'","started":1}\n')
    ),
    "session: headers": Shape(5_000, _of(_read_session, lambda size: b'{"corsinspect":1}\n' * size)),
    "session: followed": Shape(300, _in_file(_followed, lambda size: _session(list(_pairs(size))))),
    "session: followed, bit by bit": Shape(300, _in_file(_followed_in_bits, lambda size: _session(list(_pairs(size))))),
    "session: counted ahead": Shape(1_000, _in_file(_ahead, lambda size: _session(list(_pairs(size))))),
    "session: written": Shape(500, _of(_written, lambda size: list(_pairs(size)))),
    "notes": Shape(
        2_000,
        _in_file(
            _noted,
            lambda size: b"".join(b'{"call":"%d","note":"a"}\n' % number for number in range(size)),
            "session.jsonl.notes.jsonl",
        ),
    ),
    "HAR: entries": Shape(200, _har_of(lambda size: list(_pairs(size)))),
    "HAR: preflights of one URL": Shape(
        300,
        _har_of(
            lambda size: [
                each
                for n in range(size)
                for each in (exchange("PUT", at=100 + n / 1000), preflight(at=100 + n / 1000 + 0.0005))
            ]
        ),
    ),
    "HAR: preflights without a request": Shape(300, _har_of(_many(lambda n: preflight(at=100 + n / 1000)))),
    "HAR: requests without a preflight": Shape(
        300,
        _har_of(
            lambda size: [
                *(exchange("PUT", at=100 + n / 1000, took=0.0001) for n in range(size)),
                *(preflight(at=130 + n / 1000) for n in range(size)),
            ]
        ),
    ),
    "HAR: header lines": Shape(2_000, _har_of(lambda size: [_sent(_lines(size), got=OPEN)])),
    "HAR: odd entries": Shape(
        500, _of(har.read, lambda size: _har([{"request": {"method": 1, "url": "http://a.test/"}}] * size))
    ),
    "HAR: junk entries": Shape(2_000, _of(har.read, lambda size: _har([{}] * size))),
    "HAR: an entry a line": Shape(
        300,
        _of(har.read, lambda size: b"\n".join(json.dumps(har_entry(each)).encode() for each in _pairs(size))),
    ),
    "HAR: cut off": Shape(200, _of(har.read, lambda size: _har([har_entry(each) for each in _pairs(size)])[:-20])),
    "HAR: strings that don't end": Shape(500, _of(har.read, _broken_entries)),
    "HAR: objects that don't end": Shape(200, _of(har.read, _unended_entries)),
    "HAR: deep": Shape(2_000, _of(har.read, lambda size: b'{"log":{"entries":[' + b"[" * size)),
    "HAR: begins with spaces": Shape(50_000, _of(har.begins, lambda size: b" " * size + b"{")),
    "HAR: begins with braces": Shape(50_000, _of(har.resembles, lambda size: b'{"request"' * size)),
    "flows": Shape(200, _mitm_of(lambda size: list(_pairs(size)))),
    "flows: header lines": Shape(2_000, _mitm_of(lambda size: [_sent(_lines(size), got=OPEN)])),
    "flows: damaged": Shape(200, _of(mitm.read, _damaged_flows)),
    "flows: beginnings": Shape(2_000, _of(mitm.read, lambda size: b"}9:1:a;" * size)),
    "flows: long frames": Shape(2_000, _of(mitm.read, lambda size: b"}999999:2:id;" * size + b"x" * 1_000_000)),
    "flows: deep": Shape(2_000, _of(mitm.read, lambda size: tnetstring.dumps(_deep(size)))),
}
JUDGING: dict[str, Shape] = {
    "calls": Shape(300, _judge(_many(lambda n: exchange(url=f"{API}/{n}", at=100 + n, got=OPEN)))),
    "calls to one URL": Shape(300, _judge(_many(lambda n: exchange(at=100 + n, got=OPEN)))),
    "calls at one time": Shape(300, _judge(_many(lambda n: exchange(got=OPEN)))),
    "calls, latest first": Shape(
        300, _feed(lambda size: [exchange(at=9_000 - n / 100, got=OPEN) for n in range(size)])
    ),
    "calls that wait": Shape(300, _feed(_many(lambda n: exchange(at=100 + n / 1000, status=None)))),
    "states": Shape(300, _feed(_states)),
    "pairs": Shape(200, _feed(lambda size: list(_pairs(size)))),
    "pairs at one time": Shape(
        200,
        _judge(
            lambda size: [
                *(preflight(id=f"p{n}") for n in range(size)),
                *(exchange("PUT", at=100.02, got=OPEN) for _ in range(size)),
            ]
        ),
    ),
    "preflight storm": Shape(300, _feed(_many(lambda n: preflight(at=100 + n / 1000)))),
    "preflight storm, one URL each": Shape(300, _feed(_many(lambda n: preflight(url=f"{API}/{n}", at=100 + n / 1000)))),
    "preflights refused": Shape(300, _feed(_many(lambda n: preflight(at=100 + n / 100, got={})))),
    "preflights without answer": Shape(300, _feed(_many(lambda n: preflight(at=100 + n / 1000, status=None)))),
    "requests without preflight": Shape(
        300, _feed(_many(lambda n: exchange("PUT", at=100 + n / 100, sent={"X-A": "1"}, got=OPEN)))
    ),
    "one cached preflight": Shape(
        300,
        _feed(
            lambda size: [
                preflight(got={**GRANT, "Access-Control-Max-Age": "600"}),
                *(exchange("PUT", at=101 + n / 100, got=OPEN) for n in range(size)),
            ]
        ),
    ),
    "redirects": Shape(40, _feed(_redirects)),
    "redirects to itself": Shape(40, _feed(_self_redirects)),
    "redirects, all to one": Shape(
        300,
        _feed(_many(lambda n: exchange(url=f"{API}/{n}", at=100 + n / 100, status=302, got={**OPEN, "Location": API}))),
    ),
    "documents": Shape(300, _feed(_many(_document))),
    "documents, then calls": Shape(200, _feed(_documents_and_calls)),
    "pages": Shape(
        300, _feed(_many(lambda n: exchange(at=100 + n, sent={"Origin": f"https://app{n}.test"}, got=OPEN)))
    ),
    "servers": Shape(300, _feed(_many(lambda n: exchange(url=f"https://api{n}.test/", at=100 + n, got=OPEN)))),
    "connections": Shape(
        300, _feed(_many(lambda n: msgspec.structs.replace(exchange(at=100 + n, got=OPEN), connection=str(n))))
    ),
    "calls with cookies": Shape(
        300, _feed(_many(lambda n: exchange(url=f"{API}/{n}", at=100 + n, sent={"Cookie": "a=b"}, got=OPEN)))
    ),
    "blocked calls of one page": Shape(300, _feed(_many(lambda n: exchange(url=f"{API}/{n}", at=100 + n)))),
    "not modified": Shape(
        300,
        _feed(
            lambda size: [
                exchange(got={**OPEN, "ETag": '"a"'}),
                *(exchange(at=101 + n, status=304, sent={"If-None-Match": '"a"'}) for n in range(size)),
            ]
        ),
    ),
    "failed connections": Shape(
        300, _feed(_many(lambda n: exchange(None, url="https://api.test:443/", at=100 + n, failed="refused")))
    ),
    "no-cors": Shape(
        300,
        _feed(_many(lambda n: exchange(at=100 + n, sent={"Origin": None, "Sec-Fetch-Mode": "no-cors"}))),
    ),
    "Firefox": Shape(300, _feed(_many(lambda n: exchange(url=f"{API}/{n}", at=100 + n, agent=FIREFOX, got=OPEN)))),
    "header lines of a request": Shape(1_000, _judge(_blocked_by_lines)),
    "header lines of an answer": Shape(1_000, _judge(_answered_with_lines)),
    "a long value": Shape(20_000, _judge(_long_value)),
    "names asked for": Shape(1_000, _judge(_long_preflight)),
    "names asked for and sent": Shape(500, _judge(_long_call)),
    "policies of a page": Shape(500, _judge(lambda size: [_csp_document(size), exchange(got=OPEN, at=200)])),
    "what a preflight grants": Shape(
        300, _of(lambda names: check.headers_check(names, False, ", ".join(names)), lambda size: tuple(_names(size)))
    ),
    "unsafe names": Shape(2_000, _of(lambda lines: safelist.unsafe_names(lines), _lines)),
}
ADVICE: dict[str, Shape] = {
    "steps": Shape(500, _with_call(trace, _long_call)),
    "steps of a blocked one": Shape(500, _with_call(trace, _long_preflight)),
    "what fails next": Shape(500, _with_call(also_failing, _long_preflight)),
    "readable names": Shape(250, _with_call(readable_headers, _answered_with_lines)),
    "explanation": Shape(200, _with_call(explanation, _long_preflight)),
    "explanation of a long value": Shape(2_000, _with_call(explanation, _long_value)),
    "comparison": Shape(200, _with_call(lambda call: comparison(call, trace(call)), _long_preflight)),
    "fix": Shape(500, _with_call(fix, _long_preflight)),
    "causes": Shape(500, _with_call(causes, _long_preflight)),
    "causes among neighbours": Shape(200, _among(lambda call, others: causes(call, others))),
    "solution": Shape(300, _among(lambda call, others: solution(call, others))),
    "needs of many": Shape(300, _of(needs_of, _alike)),
    "prompt": Shape(500, _with_call(lambda call: prompt(call, trace(call), solution(call, [call])), _long_call)),
    "curl": Shape(2_000, _with_call(curl, _long_call)),
    "contrast": Shape(
        500,
        _of(
            lambda calls: contrast(*calls),
            lambda size: [_call(_blocked_by_lines(size)), _call(_answered_with_lines(size))],
        ),
    ),
    "patterns": Shape(300, _of(lambda counts: patterns(counts), lambda size: _table(_calls(size)))),
    "patterns of many servers": Shape(
        200,
        _of(
            lambda counts: patterns(counts),
            lambda size: _table(judge_all([exchange(url=f"https://a{n}.test/", at=n) for n in range(size)])),
        ),
    ),
    "patterns of many pages": Shape(
        200,
        _of(
            lambda counts: patterns(counts),
            lambda size: _table(
                judge_all([exchange(at=n, sent={"Origin": f"https://p{n}.test"}) for n in range(size)])
            ),
        ),
    ),
    "lint": Shape(300, _of(_linted, _calls)),
    "lint of an echo to many pages": Shape(
        200,
        _of(
            _linted,
            lambda size: judge_all(
                [
                    exchange(
                        at=n,
                        sent={"Origin": f"https://p{n}.test"},
                        got={"Access-Control-Allow-Origin": f"https://p{n}.test"},
                    )
                    for n in range(size)
                ]
            ),
        ),
    ),
    "what is open": Shape(300, _among(lambda call, others: opens(call, others))),
    "report": Shape(100, _of(lambda calls: list(document("text", calls, colour=True)), _calls)),
    "report of alike": Shape(100, _of(lambda calls: list(document("text", calls)), _alike)),
    "report, a line a call": Shape(100, _of(lambda calls: list(document("jsonl", calls)), _calls)),
    "the call of a message": Shape(300, _of(lambda calls: matching(decode_all(CONSOLE.format(1))[0], calls), _alike)),
}
DASHBOARD: dict[str, Shape] = {
    "list": Shape(300, _of(_book, _calls)),
    "list by host": Shape(300, _arranged(group="host")),
    "list by endpoint": Shape(300, _arranged(group="endpoint")),
    "list by duration": Shape(300, _arranged(sort="duration")),
    "list by status": Shape(300, _arranged(sort="status")),
    "list, folded": Shape(300, _arranged(fold=True)),
    "list rearranged": Shape(300, _with_book(_rearranged)),
    "list, filtered": Shape(500, _with_book(_filtered("blocked host:api1 -v1/3"))),
    "list, filtered by a pattern": Shape(500, _with_book(_filtered("path:*v*1*9"))),
    "calls withdrawn": Shape(300, _of(_withdrawn, _calls)),
    "from problem to problem": Shape(300, _with_book(_walked)),
    "overview": Shape(500, _with_book(lambda book: matrix(book.tally.kinds))),
    "completion": Shape(500, _with_book(lambda book: completions("host:", book.tally.values, {}))),
    "calls to the same server": Shape(
        300, _of(lambda book: SameServer(book).of(book.call_at(0)), lambda size: _book(_alike(size)))
    ),
    "the call of a pasted message": Shape(300, _of(_found(CONSOLE.format(1)), lambda size: _book(_alike(size)))),
    "time line": Shape(100, _of(_played, lambda size: list(_pairs(size)))),
    "details: names": Shape(200, _drawn(_long_preflight)),
    "details: header lines": Shape(100, _drawn(_answered_with_lines)),
    "details: a long value": Shape(2_000, _drawn(_long_value)),
    "details: hops": Shape(20, _drawn(_redirects)),
}


def _deep(size: int) -> Any:
    value: Any = {"id": "x"}
    for _ in range(min(size, 400)):
        value = {"request": value}
    return {"type": "http", "id": "a" * size, "request": value}


def _csp_document(size: int) -> Exchange:
    policy = "connect-src " + " ".join(f"https://{number}.test" for number in range(size))
    return msgspec.structs.replace(_document(1), response_headers=(("Content-Security-Policy", policy),))


AREAS: dict[str, dict[str, Shape]] = {
    "parsers": PARSERS,
    "redaction": REDACTION,
    "readers": READERS,
    "judging": JUDGING,
    "advice": ADVICE,
    "dashboard": DASHBOARD,
}
SHAPES: dict[str, Shape] = {
    f"{area}, {name}": shape for area, shapes in AREAS.items() for name, shape in shapes.items()
}
