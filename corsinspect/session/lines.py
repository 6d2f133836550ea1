"""The lines of a session file: JSON objects, either a header or an exchange.

Beside an exchange stands, perhaps, its annotation: the conclusion of the moment, for readers that have only the file.
Here it's passed over, as conclusions are always drawn anew.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from corsinspect.model import RULES_VERSION, Annotation, Exchange, HeaderList
from corsinspect.session.border import HIGHEST_STATUS, LARGEST, LATEST, harmless, paired
from corsinspect.session.errors import Problem
from corsinspect.session.redaction.redact import Redactor

KEPT = "NOT REDACTED: this file holds passwords, cookies and tokens as they were sent. Don't pass it on."
"""The notice in a file that was recorded with `--keep-values`."""
FORMAT_VERSION = 1
"""Goes up when a reader of before would misunderstand a line; new optional keys don't."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a file, and again one wherever a writer took up the file anew."""

    corsinspect: int
    """FORMAT_VERSION of who wrote; only a header has this key."""
    version: str = ""
    """Of corsinspect."""
    rules: int = RULES_VERSION
    started: float = 0.0
    redacted: bool = False
    """Whether secrets in the lines that follow were replaced before writing."""
    notice: str | msgspec.UnsetType = msgspec.UNSET
    """For whoever opens the file in an editor, where they weren't."""


_HEADER = b'{"corsinspect"'
_encode = msgspec.json.encode
_decode_exchange = msgspec.json.Decoder(Exchange).decode
_decode_header = msgspec.json.Decoder(Header).decode


TORN = "the last line was torn and is left out"
"""What is said of a file that doesn't end with a newline."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What `decode` raises for a line that isn't one of ours, whatever is in it."""


def encode(exchange: Exchange, annotation: Annotation | None) -> bytes:
    """One line with its newline. Odd text is no error: what UTF-8 can't hold becomes `?`."""
    try:
        line = _encode(exchange)
        if annotation is not None:
            line = line[:-1] + b',"annotation":' + _encode(annotation) + b"}"
    except UnicodeEncodeError:  # a lone surrogate, from a file name or a resolver's message
        plain = msgspec.to_builtins(exchange)
        if annotation is not None:
            plain["annotation"] = msgspec.to_builtins(annotation)
        line = _encode(_writable(plain))
    return line + b"\n"


def encode_header(header: Header) -> bytes:
    """One line with its newline."""
    return _encode(header) + b"\n"


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _writable(inner) for name, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_writable(inner) for inner in cast("list[Any]", value)]
    return value


def begins(head: bytes) -> bool:
    """Whether a file that begins so is a session."""
    return head.startswith(_HEADER)


def resembles(head: bytes) -> bool:
    """Whether there is a whole line of a session at the beginning of a file."""
    return any(_is_line(line) for line in head.split(b"\n"))


def _is_line(line: bytes) -> bool:
    try:
        decode(line)
    except UNREADABLE:
        return False
    return True


def read(data: bytes, redactor: Redactor) -> tuple[list[Exchange], list[Problem]]:
    """All exchanges of a session file, redacted, and what of it couldn't be read."""
    reader = LineReader(redactor)
    *lines, last = data.split(b"\n")
    exchanges = reader.read(lines)
    if last:
        reader.is_torn()
    return exchanges, reader.problems


def decode(line: bytes) -> Exchange | Header:
    """What one line, without or with its newline, holds. Raises one of UNREADABLE when it is neither."""
    if line.startswith(_HEADER):
        return _decode_header(line)
    try:
        return _decode_exchange(line)
    except msgspec.ValidationError:
        try:
            return _decode_header(line)
        except msgspec.ValidationError:
            pass
        raise


SHARED, SHARED_LENGTH = 2_048, 512
"""Header lines, and lists of them, held for sharing; the longest value of a line."""
LONGEST_KNOWN = 4_096
"""Bytes of a header list as it's written in a file, to be held so."""


class SharedHeaders:
    """Header lines come again and again, and so do whole lists of them: shared, exchanges take a third of the memory,
    and what was read of a list holds for the next."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        self._lists: dict[HeaderList, HeaderList] = {}

    def share_of(self, exchange: Exchange) -> Exchange:
        """The same exchange, which nobody else has seen yet, its headers those of exchanges before it."""
        force_setattr(exchange, "request_headers", self.share(exchange.request_headers))
        force_setattr(exchange, "response_headers", self.share(exchange.response_headers))
        return exchange

    def share(self, headers: HeaderList) -> HeaderList:
        """An equal list from before, if there is any; else its lines from before."""
        shared = self._lists.get(headers)
        if shared is None:
            known, keep = self._known.get, self._keep
            shared = tuple([known(line) or keep(line) for line in headers])
            if all(len(value) <= SHARED_LENGTH for _, value in shared):
                if len(self._lists) >= SHARED:
                    self._lists.clear()
                self._lists[shared] = shared
        return shared

    def _keep(self, line: tuple[str, str]) -> tuple[str, str]:
        if len(line[1]) <= SHARED_LENGTH:
            if len(self._known) >= SHARED:
                self._known.clear()
            self._known[line] = line
        return line


def _decode_harmless(line: bytes) -> Exchange | Header:
    read = decode(line)
    return read if isinstance(read, Header) else harmless(read)


_Moment = Annotated[float, Meta(ge=0.0, le=LATEST)]
_Status = Annotated[int, Meta(ge=0, le=HIGHEST_STATUS)]
_Size = Annotated[int, Meta(ge=0, le=LARGEST)]


class _Listed(Exchange, frozen=True):
    """An Exchange with its header lists as they are written; it equals none that isn't decoded so. Only
    harmless ones can be decoded, which costs less than looking at each afterwards."""

    started: _Moment
    status: _Status | None = None
    request_size: _Size | None = None
    response_size: _Size | None = None
    answered: _Moment | None = None
    ended: _Moment | None = None
    server_status: _Status | None = None
    count: Annotated[int, Meta(ge=1, le=LARGEST)] = 1
    # the defaults are the Exchange's, so that they are left out where it's encoded
    request_headers: msgspec.Raw = ()  # pyright: ignore[reportIncompatibleVariableOverride, reportAssignmentType]
    response_headers: msgspec.Raw = ()  # pyright: ignore[reportIncompatibleVariableOverride, reportAssignmentType]


_decode_listed = msgspec.json.Decoder(_Listed).decode
_decode_list = msgspec.json.Decoder(HeaderList).decode


class _KnownLists:
    """Decodes lines, and of their header lists only those that weren't there before: half of the work."""

    def __init__(self) -> None:
        self._known: dict[bytes, HeaderList] = {}

    def decode(self, line: bytes) -> Exchange | Header:
        """As `_decode_harmless`, but for the Exchange's class."""
        try:
            listed = _decode_listed(line)
            for name, raw in (
                ("request_headers", listed.request_headers),
                ("response_headers", listed.response_headers),
            ):
                written = bytes(raw)
                headers = self._known.get(written)
                force_setattr(listed, name, self._new(written) if headers is None else headers)
        except UNREADABLE:  # a header, or nothing of ours: that says it best
            return _decode_harmless(line)
        return listed

    def _new(self, written: bytes) -> HeaderList:
        headers = _decode_list(written) if written else ()
        if len(written) <= LONGEST_KNOWN:
            if len(self._known) >= SHARED:
                self._known.clear()
            self._known[written] = headers
        return headers


class LineReader:
    """Reads one line after the other, minding what the headers between them say."""

    def __init__(self, redactor: Redactor, *, held: bool = True) -> None:
        """`held`: the exchanges stay in memory, and so share what is equal. Others are of a class of their own."""
        self.problems: list[Problem] = []
        self._redactor = redactor
        self._redacted = False
        self._number = 0
        self._headers = SharedHeaders() if held else None
        self._decode = _decode_harmless if held else _KnownLists().decode

    def is_torn(self) -> None:
        """Takes note that something stands after the last whole line."""
        self.problems.append(Problem(TORN, self._number + 1))

    def read(self, lines: Iterable[bytes]) -> list[Exchange]:
        """The exchanges in these whole lines, redacted, each in its last state, in the order in which they came first.

        Most are written more than once within a moment. Broken lines are problems.
        """
        latest: dict[str, Exchange] = {}
        decode, headers = self._decode, self._headers
        for line in lines:
            self._number += 1
            try:
                exchange = decode(line)
            except UNREADABLE as error:
                exchange = self._mended(line, error)
            if exchange is None:
                continue
            if isinstance(exchange, Header):
                self._take(exchange)
                continue
            if not self._redacted:
                exchange = self._redactor.exchange(exchange)
            latest[exchange.id] = exchange if headers is None else headers.share_of(exchange)
        return list(latest.values())

    def _mended(self, line: bytes, error: Exception) -> Exchange | Header | None:
        """What can be read of a line all the same."""
        with suppress(*UNREADABLE):
            return _decode_harmless(paired(line))
        if line.strip():
            self.problems.append(Problem(f"can't be read and was skipped ({error}): 1 line lost", self._number))
        return None

    def _take(self, header: Header) -> None:
        self._redacted = header.redacted
        if header.corsinspect > FORMAT_VERSION:
            text = f"written by a newer corsinspect ({header.version}): what it added isn't shown"
            self.problems.append(Problem(text, self._number))
