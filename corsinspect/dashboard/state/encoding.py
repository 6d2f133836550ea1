"""Calls as they stand in a file, or go from one process to another: each after its length."""

import msgspec

from corsinspect.model import Call

NOWHERE = -1
"""The place of a call that isn't there."""
LENGTH = 4
"""Bytes in which the length is said."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Call).decode


def encoded(call: Call) -> bytes:
    """A call after its length. Raises UnicodeEncodeError for a lone surrogate: from a file name, a resolver's message,
    or another tool's file."""
    data = _encode(call)
    return len(data).to_bytes(LENGTH) + data


def decoded(data: bytes, place: int = 0) -> Call:
    """The call that begins at this place. Raises `msgspec.DecodeError`."""
    start = place + LENGTH
    return _decode(memoryview(data)[start : start + int.from_bytes(data[place:start])])
