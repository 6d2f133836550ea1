"""What passes in WebSockets. Messages of more than 1 MB aren't here: ours go on in fragments, for memory's sake."""

import zlib
from collections.abc import Iterator

from .tables import EVERY_BYTE, K64
from .websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, Talk, Turn

ONE_BYTE_LESS = (1 << 20) - 1
PAYLOADS = {
    "empty": b"",
    "1 byte": b"a",
    "125": b"a" * 125,
    "126": b"a" * 126,
    "64 kB less one": b"a" * (K64 - 1),
    "64 kB": b"a" * K64,
    "1 MB less one": b"ab" * (ONE_BYTE_LESS // 2) + b"a",
    "utf-8": "zürich 😀".encode() * 100,
    "json": b'{"token": "s3cret"}',
    "newlines": b"\r\n\r\n",
}
FRAGMENTS = {
    "two": (b"a", b"b"),
    "an empty first": (b"", b"a"),
    "an empty last": (b"a", b""),
    "all empty": (b"", b"", b""),
    "a hundred": tuple(b"%d" % number for number in range(100)),
    "large": (b"a" * K64, b"b" * K64, b"c" * K64),
    "a character in two": ("ü".encode()[:1], "ü".encode()[1:]),
}
CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4000, 4999)
BYE = (Frame(CLOSE, (1000).to_bytes(2)),)
LINES = {
    "protocols": (b"Sec-WebSocket-Protocol: chat, s3cret-token\r\n", b"Sec-WebSocket-Protocol: chat\r\n"),
    "unknown extension": (b"Sec-WebSocket-Extensions: x-odd; a=1\r\n", b""),
    "origin and cookies": (b"Origin: https://a.test\r\nCookie: sid=s3cret\r\n", b"Set-Cookie: a=b\r\nServer: c\r\n"),
    "odd lines": (b"x-ODD: \xe9\r\nX-odd:\r\n", b"X-Odd: a\r\nx-odd: b\r\n"),
    "declined compression": (b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n", b""),
}
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n"


def fragmented(opcode: int, parts: tuple[bytes, ...]) -> tuple[Frame, ...]:
    """One message in these frames."""
    last = len(parts) - 1
    return tuple(Frame(CONTINUATION if at else opcode, part, at == last) for at, part in enumerate(parts))


def deflated(opcode: int, payload: bytes) -> Frame:
    """RFC 7692, 7.2.1."""
    deflate = zlib.compressobj(wbits=-15)
    return Frame(opcode, (deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4], rsv=4)


def _both_ways(frames: tuple[Frame, ...]) -> tuple[Turn, ...]:
    return Turn(True, frames), Turn(False, frames)


def talks() -> Iterator[tuple[str, Talk]]:
    """Each case's name and its talk."""
    for kind, opcode in {"text": TEXT, "binary": BINARY}.items():
        for name, payload in PAYLOADS.items():
            yield f"{kind}-{name}", Talk((*_both_ways((Frame(opcode, payload),)), Turn(True, BYE)))
        for name, parts in FRAGMENTS.items():
            yield f"{kind}-fragments-{name}", Talk((*_both_ways(fragmented(opcode, parts)), Turn(False, BYE)))
    yield "every-byte", Talk((*_both_ways((Frame(BINARY, EVERY_BYTE),)), Turn(True, BYE)))
    yield "many", Talk((*_both_ways(tuple(Frame(TEXT, b"%d" % number) for number in range(300))), Turn(True, BYE)))
    yield "in-turns", Talk((*_both_ways((Frame(TEXT, b"a"), Frame(BINARY, b"b"))) * 20, Turn(False, BYE)))
    for name, opcode in {"ping": PING, "pong": PONG}.items():
        for payload in (b"", b"a", EVERY_BYTE[:125]):
            yield f"{name}-{len(payload)}", Talk((*_both_ways((Frame(opcode, payload),)), Turn(True, BYE)))
    between = (Frame(TEXT, b"a", fin=False), Frame(PING, b"b"), Frame(CONTINUATION, b"c"))
    yield "ping-between-fragments", Talk((*_both_ways(between), Turn(True, BYE)))
    for by_client, who in {True: "client", False: "server"}.items():
        for code in CODES:
            bye = Frame(CLOSE, code.to_bytes(2) + b"because")
            yield f"{who}-closes-{code}", Talk((Turn(by_client, (Frame(TEXT, b"a"), bye)),))
        yield f"{who}-closes-without-a-word", Talk((Turn(by_client, (Frame(CLOSE),)),))
        yield f"{who}-closes-at-length", Talk((Turn(by_client, (Frame(CLOSE, (1000).to_bytes(2) + b"a" * 123),)),))
        yield f"{who}-sends-an-unknown-opcode", Talk((Turn(by_client, (Frame(3, b"a"),)),))
        yield f"{who}-sends-broken-text", Talk((Turn(by_client, (Frame(TEXT, b"\xff\xfe"),)),))
        yield f"{who}-sends-a-long-ping", Talk((Turn(by_client, (Frame(PING, b"a" * 126),)),))
        yield f"{who}-continues-nothing", Talk((Turn(by_client, (Frame(CONTINUATION, b"a"),)),))
        yield f"{who}-sets-a-reserved-bit", Talk((Turn(by_client, (Frame(TEXT, b"a", rsv=1),)),))
    for name, (asked, answered) in LINES.items():
        yield f"lines-{name}", Talk((*_both_ways((Frame(TEXT, b"a"),)), Turn(True, BYE)), asked, answered)
    packed = (deflated(TEXT, b"hello " * 100), deflated(BINARY, EVERY_BYTE))
    yield "compressed", Talk((*_both_ways(packed), Turn(True, BYE)), DEFLATE, DEFLATE)
