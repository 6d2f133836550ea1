"""Large sessions, made up: one page's day against four APIs, annotated and in several states as the proxy writes them.

python -m tests.bench.sessions COUNT FILE [--own] [--said]

--own: each answer has a date, a length, an id and an ETag of its own, as most servers' have.
--said: with what a launched browser would have said of it, too.
"""

import sys
from collections.abc import Iterable, Iterator
from email.utils import formatdate
from pathlib import Path

import msgspec

from corsinspect.model import Call, Exchange, HeaderList, annotation
from corsinspect.said import Place, Said
from corsinspect.session.lines import FORMAT_VERSION, Header, encode, encode_header
from corsinspect.session.sidecar import SidecarWriter
from tests.said import said_of

PAGE = "http://localhost:3000"
HOSTS = ("https://api.shop.test", "http://localhost:8000", "https://auth.shop.test:8443", "https://cdn.shop.test")
BROWSER: HeaderList = (
    ("Host", "api.shop.test"),
    ("Connection", "keep-alive"),
    ("sec-ch-ua-platform", '"Linux"'),
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537",
    ),
    ("Accept", "*/*"),
    ("Origin", PAGE),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Dest", "empty"),
    ("Referer", PAGE + "/"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "en-GB,en;q=0.9"),
)
ANSWER: HeaderList = (
    ("Content-Type", "application/json; charset=utf-8"),
    ("Content-Length", "512"),
    ("Date", "Sat, 21 Nov 2026 10:00:00 GMT"),
    ("Server", "nginx"),
    ("Vary", "Origin"),
    ("X-Request-Id", "7f1c0b2e"),
)
OPEN: HeaderList = (("Access-Control-Allow-Origin", PAGE),)
SLASH: HeaderList = (("Access-Control-Allow-Origin", PAGE + "/"),)
ASKS: HeaderList = (("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "content-type"))
METHODS: HeaderList = (("Access-Control-Allow-Methods", "GET, PUT"),)
GRANT: HeaderList = (*OPEN, *METHODS, ("Access-Control-Allow-Headers", "content-type"))
JSON: HeaderList = (("Content-Type", "application/json"),)
STACK = tuple(Place(url=f"{PAGE}/js/bundle.js", line=line, column=12, function="load") for line in (1042, 77, 310))
FAILED = {"code": "AllowOriginMismatch", "parameter": f"{PAGE}/", "failed": "net::ERR_FAILED", "console": "Access to …"}


def exchanges(count: int, start: float = 1_790_000_000.0, pace: float = 0.02, first: int = 0) -> Iterator[Exchange]:
    """So many exchanges, `pace` seconds apart: of ten, seven GETs (one of them blocked, one not CORS), a PUT with its
    preflight, and a preflight that is refused."""
    for number in range(first, first + count):
        turn, round = number % 10, number // 10
        host = HOSTS[round % len(HOSTS)]
        at = start + number * pace
        url, method, asked, answer, status = f"{host}/v2/r{number:06}", "GET", BROWSER, OPEN, 200
        if turn == 3:
            answer = SLASH
        elif turn == 5:
            asked, answer = tuple((name, value) for name, value in BROWSER if name != "Origin"), ()
            asked = tuple((name, "same-origin" if name == "Sec-Fetch-Site" else value) for name, value in asked)
            url = f"{PAGE}/js/r{number:06}"
        elif turn in (7, 8):  # a preflight and its request
            url = f"{host}/v2/r{number - turn + 7:06}"
            method, asked = ("OPTIONS", (*BROWSER, *ASKS)) if turn == 7 else ("PUT", (*BROWSER, *JSON))
            answer, status = (GRANT, 204) if turn == 7 else (OPEN, 200)
        elif turn == 9:
            method, asked, answer, status = "OPTIONS", (*BROWSER, *ASKS), (), 405
        yield Exchange(
            id=f"{number:08x}-9c3b-4a53-8a52-{number:012x}",
            url=url,
            started=at,
            method=method,
            request_headers=asked,
            status=status,
            response_headers=(*ANSWER, *answer),
            response_size=512,
            answered=at + pace / 4,
            ended=at + pace / 3,
            connection=f"c{round % 6}",
        )


def with_own(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The same exchanges, each answer with lines that no other has."""
    for number, exchange in enumerate(exchanges):
        mark = f"{number * 2_654_435_761 % (1 << 32):08x}"
        own = {
            "Content-Length": str(200 + number * 7_919 % 40_000),
            "Date": formatdate(exchange.started, usegmt=True),
            "X-Request-Id": f"{mark}-9c3b-4a53-8a52-{number:012x}",
        }
        lines = tuple((name, own.get(name, value)) for name, value in exchange.response_headers)
        yield msgspec.structs.replace(exchange, response_headers=(*lines, ("ETag", f'W/"{mark}"')))


def written(exchange: Exchange, verdict: Call | None) -> bytes:
    """The line of an exchange as a proxy writes it."""
    if verdict is None:
        return encode(exchange, None)
    role = next((role for role, each in verdict.roles() if each.id == exchange.id), "actual:0")
    return encode(exchange, annotation(verdict, role))


def write(path: Path, count: int, *, own: bool = False) -> None:
    """A session of so many exchanges, about half of them written twice. `own`: as `with_own`."""
    from corsinspect.analysis import Tracker

    tracker = Tracker()
    with path.open("wb") as file:
        file.write(encode_header(Header(corsinspect=FORMAT_VERSION, redacted=True)))
        for number, exchange in enumerate(with_own(exchanges(count)) if own else exchanges(count)):
            changed = tracker.feed(exchange).changed
            if number % 2:
                file.write(written(exchange, None))
            for call in changed:
                for each in call.exchanges:
                    file.write(written(each, call))


def saids(number: int, exchange: Exchange) -> Iterator[Said]:
    """What Chromium says of the exchange with this number: a leg, and the request that a refused preflight was for."""
    turn, caller = number % 10, {"page": f"{PAGE}/", "stack": STACK}
    if turn == 7:
        yield said_of(exchange, f"1:p{number}", kind="preflight", preflight_of=f"1:{number + 1}")
    elif turn == 9:
        yield said_of(exchange, f"1:p{number}", kind="preflight", preflight_of=f"1:{number}")
        unsent = {"sent": None, "answered": None, "status": None, "request_headers": None, "response_headers": None}
        failed = {"code": "PreflightInvalidStatus", "failed": "net::ERR_FAILED"}
        yield said_of(exchange, f"1:{number}", method="PUT", **caller, **unsent, **failed)
    else:
        yield said_of(exchange, f"1:{number}", **caller, **(FAILED if turn == 3 else {}))


def write_said(path: Path, count: int) -> None:
    """The sidecar of such a session; every fourth leg is told twice, as those are that take long."""
    writer = SidecarWriter(path)
    late: list[Said] = []
    for number, exchange in enumerate(exchanges(count)):
        for said in saids(number, exchange):
            early = number % 4 == 0
            writer.put(msgspec.structs.replace(said, answered=None, ended=None, status=None) if early else said)
            late += [said] * early
        if number % 20 == 19:
            writer.flush()
            while late:
                writer.put(late.pop())
    writer.close()


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]), own="--own" in sys.argv)
    if "--said" in sys.argv:
        write_said(Path(sys.argv[2]), int(sys.argv[1]))
