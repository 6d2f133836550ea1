"""Exchanges, Saids and Calls in few bytes: header lists that come again and again stand in a table, and only their
numbers are packed."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import force_setattr

from corsinspect.model import Call, Exchange, HeaderList
from corsinspect.said import Said
from corsinspect.session.lines import SHARED_LENGTH

T = TypeVar("T", Exchange, Said, Call)

_INLINE = -1
"""The number of a list that stays where it is."""
_NUMBERED = 4_096
"""Header lists that get a number at most."""


_encode = msgspec.msgpack.Encoder().encode


class Packing:
    """Packs records, whose header lists get their numbers as they come."""

    def __init__(self, lists: Iterable[HeaderList] = ()) -> None:
        """`lists`: those that have a number already."""
        self._table = _Table(lists)

    @property
    def lists(self) -> list[HeaderList]:
        """Those that have a number, in the order of these numbers; more are only ever added."""
        return self._table.numbered

    def packed(self, record: Exchange | Said | Call) -> bytes:
        """The record without the header lists that have a number, after these numbers.

        Raises UnicodeEncodeError for a lone surrogate: from a file name, a resolver's message, or another tool's file.
        """
        at_once, number = self._table.by_id.get, self._table.number
        numbers: list[int] = []
        lists = [(each, each.request_headers, each.response_headers) for each in _bearers(record)]
        try:
            # written over for a moment: copies of each record would take as long as all the rest
            for bearer, sent, received in lists:
                sent_number, received_number = at_once(id(sent)), at_once(id(received))
                if sent_number is None:
                    sent_number = number(sent)
                if received_number is None:
                    received_number = number(received)
                numbers += sent_number, received_number
                if sent_number != _INLINE:
                    force_setattr(bearer, "request_headers", ())
                if received_number != _INLINE:
                    force_setattr(bearer, "response_headers", ())
            return _encode((numbers, record))
        finally:
            for bearer, sent, received in lists:
                force_setattr(bearer, "request_headers", sent)
                force_setattr(bearer, "response_headers", received)


def whole(record: Exchange | Said | Call) -> bytes:
    """A record packed with all of its lists: no numbers are needed to unpack it. Raises as `Packing.packed`."""
    return _encode(((), record))


class Unpacking(Generic[T]):
    """Unpacks records of a type. Where one has a list's number, it gets the very list."""

    def __init__(self, type: type[T]) -> None:
        self._decode = msgspec.msgpack.Decoder(tuple[list[int], type]).decode

    def unpacked(self, data: bytes | memoryview, lists: Sequence[HeaderList]) -> T:
        """The record; `lists`: those of whoever packed it. Raises `msgspec.DecodeError`."""
        numbers, record = self._decode(data)
        if numbers:
            each = iter(numbers)
            for bearer, sent, received in zip(_bearers(record), each, each, strict=False):
                if sent != _INLINE:
                    force_setattr(bearer, "request_headers", lists[sent])
                if received != _INLINE:
                    force_setattr(bearer, "response_headers", lists[received])
        return record


class _Table:
    """The header lists that come again, by number."""

    def __init__(self, numbered: Iterable[HeaderList]) -> None:
        self.numbered = list(numbered)
        self._numbers = {headers: number for number, headers in enumerate(self.numbered)}
        self.by_id = {id(headers): number for number, headers in enumerate(self.numbered)}
        """Mostly it's the very same list: who looks here first has a number at less cost."""
        self._seen: set[HeaderList] = set()
        """Those that came once so far: most that come but once have a date or an id in them, and never come again."""

    def number(self, headers: HeaderList | None) -> int:
        """The number of a list, or _INLINE."""
        if headers is None:
            return _INLINE
        number = self._numbers.get(headers)
        return self._new(headers) if number is None else number

    def _new(self, headers: HeaderList) -> int:
        if not headers or len(self.numbered) >= _NUMBERED or any(len(value) > SHARED_LENGTH for _, value in headers):
            return _INLINE
        if headers not in self._seen:
            if len(self._seen) >= _NUMBERED:
                self._seen.clear()
            self._seen.add(headers)
            return _INLINE
        self._seen.remove(headers)
        number = self._numbers[headers] = self.by_id[id(headers)] = len(self.numbered)
        self.numbered.append(headers)
        return number


def _bearers(record: Exchange | Said | Call) -> Sequence[Exchange | Said]:
    """Those whose header lists are kept apart; none of a Call that quotes an earlier answer, which may be one of its
    own."""
    if not isinstance(record, Call):
        return (record,)
    if record.browser is not None and record.browser.cached is not None:
        return ()
    found: list[Exchange] = []
    for hop in record.hops:
        if hop.stored is not None:
            return ()
        if hop.preflight is not None:
            found.append(hop.preflight)
        if hop.request is not None:
            found.append(hop.request)
    return found
