"""Calls as they stand in a file, or go from one process to another: each packed, after its length."""

from collections.abc import Sequence

from corsinspect.model import Call, HeaderList
from corsinspect.session.packed.packing import Unpacking

NOWHERE = -1
"""The place of a call that isn't there."""
LENGTH = 4
"""Bytes in which the length is said."""

_unpacked = Unpacking(Call).unpacked


def encoded(packed: bytes) -> bytes:
    """A packed call after its length."""
    return len(packed).to_bytes(LENGTH) + packed


def decoded(data: bytes, lists: Sequence[HeaderList], place: int = 0) -> Call:
    """The call that begins at this place; `lists`: those of whoever packed it. Raises `msgspec.DecodeError`."""
    start = place + LENGTH
    return _unpacked(memoryview(data)[start : start + int.from_bytes(data[place:start])], lists)
