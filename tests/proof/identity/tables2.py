"""What passes over HTTP/2: the tables of HTTP/1.1 where they mean something there, and what only HTTP/2 has."""

from collections.abc import Iterator
from dataclasses import replace

from h2.errors import ErrorCodes

from .http1 import Act
from .http2 import Exchanged
from .peer import Goodbye, Lines, Sent
from .tables import BIG, EVERY_BYTE, K64, LINES, METHODS, REQUEST_LINES, RESPONSE_LINES, TARGETS

CONNECTION_ONLY = frozenset(
    {
        *(
            "connection",
            "keep-alive",
            "close",
            "Close",
            "proxy-connection",
            "upgrade",
            "h2c",
            "folded",
            "folded by tab",
        ),
        *("space before the colon", "no colon", "second host", "proxy headers", "60 kB"),
    }
)
"""Of HTTP/1.1's header lines those that HTTP/2 hasn't."""

BODIES: dict[str, tuple[bytes | Act, ...]] = {
    "1 byte": (b"a",),
    "every byte": (EVERY_BYTE,),
    "64 kB less one": (b"a" * (K64 - 1),),
    "64 kB and one": (b"a" * (K64 + 1),),
    "4 MB": (BIG,),
    "pieces": (b"a", b"bc", b"def"),
    "slow pieces": (b"a", Act.PAUSE, b"b", Act.PAUSE, b"c"),
    "500 pieces": tuple(b"%d" % number for number in range(500)),
    "events": (b"data: 1\n\n", Act.PAUSE, b"data: 2\n", Act.PAUSE, b"\n"),
}
BREAKS = {code.name: code for code in ErrorCodes}


def lines_of(lines: bytes) -> Lines:
    """HTTP/1.1's lines as fields, names in lower case."""
    fields = (line.partition(b":") for line in lines.split(b"\r\n"))
    return tuple((name.lower(), value.strip(b" \t")) for name, _, value in fields)


def asked(method: bytes = b"GET", path: bytes = b"/", lines: Lines = ()) -> Lines:
    return ((b":method", method), (b":scheme", b"https"), (b":authority", b"localhost"), (b":path", path), *lines)


def answered(status: bytes = b"200", lines: Lines = ()) -> Lines:
    return ((b":status", status), *lines)


GET, POST = Sent(asked()), Sent(asked(b"POST", lines=((b"content-length", b"2"),)), (b"hi",))
HELLO = Sent(answered(lines=((b"content-length", b"2"),)), (b"hi",))
AFTER: Lines = ((b"x-after", b"a"), (b"grpc-status", b"0"))


def cases() -> Iterator[tuple[str, list[Exchanged]]]:
    """Each case's name and its exchanges on one connection."""
    for method in METHODS[:24]:
        yield (
            f"method-{method.decode()}",
            [Exchanged(Sent(asked(method)), HELLO if method != b"HEAD" else Sent(answered()))],
        )
    for name, target in TARGETS.items():
        if target.startswith(b"/"):
            yield f"target-{name}", [Exchanged(Sent(asked(path=target)), HELLO)]
    for name, lines in (LINES | REQUEST_LINES).items():
        if name not in CONNECTION_ONLY:
            yield f"asked-{name}", [Exchanged(Sent(asked(lines=lines_of(lines))), HELLO)]
    for name, lines in (LINES | RESPONSE_LINES).items():
        if name not in CONNECTION_ONLY:
            yield f"answered-{name}", [Exchanged(GET, replace(HELLO, lines=answered(lines=lines_of(lines))))]
    for status in (200, 201, 204, 205, 206, 299, 301, 302, 304, 307, 400, 401, 403, 404, 418, 421, 500, 503, 599, 999):
        yield f"status-{status}", [Exchanged(GET, Sent(answered(b"%d" % status)))]
    for name, body in BODIES.items():
        yield f"upload-{name}", [Exchanged(replace(POST, lines=asked(b"POST"), body=body), HELLO)]
        yield f"download-{name}", [Exchanged(GET, Sent(answered(), body))]
    yield "upload-with-trailers", [Exchanged(replace(POST, trailers=AFTER), HELLO)]
    yield "download-with-trailers", [Exchanged(GET, replace(HELLO, trailers=AFTER))]
    yield "trailers-alone", [Exchanged(GET, Sent(answered(), trailers=AFTER))]
    yield (
        "length-unlike-the-body",
        [
            # in parts, the end too: else what the client sees depends on how the bytes are cut
            Exchanged(GET, Sent(answered(lines=((b"content-length", b"9"),)), (b"h", Act.PAUSE, b"i", Act.PAUSE)))
        ],
    )
    for name, code in BREAKS.items():
        yield f"server-resets-{name}", [Exchanged(GET, Sent(broken=code))]
        yield f"server-resets-midway-{name}", [Exchanged(GET, Sent(answered(), (b"hi", Act.PAUSE), broken=code))]
    for name, goodbye in {
        "server-leaves": Goodbye(ErrorCodes.NO_ERROR),
        "server-leaves-with-words": Goodbye(ErrorCodes.ENHANCE_YOUR_CALM, b"calm"),
    }.items():
        yield name, [Exchanged(GET, Sent(broken=goodbye))]
        yield f"{name}-midway", [Exchanged(GET, Sent(answered(), (b"hi", Act.PAUSE), broken=goodbye))]
    yield "answered-early", [Exchanged(Sent(asked(b"POST"), (b"a", Act.PAUSE, b"b")), HELLO, early=True)]
    yield "client-resets", [Exchanged(Sent(asked(b"POST"), (b"abc", Act.WAIT), broken=ErrorCodes.CANCEL), HELLO)]
    yield (
        "20-at-once",
        [
            Exchanged(
                Sent(asked(b"POST", b"/%d" % number), (b"%d" % number,) * number), Sent(answered(), (b"x" * number,))
            )
            for number in range(20)
        ],
    )
    yield (
        "big-both-ways-4-at-once",
        [
            Exchanged(Sent(asked(b"PUT", b"/%d" % number), (BIG[: 1 << 20],)), Sent(answered(), (BIG[: 1 << 20],)))
            for number in range(4)
        ],
    )
