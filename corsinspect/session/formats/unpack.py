"""What is in a file once it is unpacked: gzip, zstd or zip, and text that isn't UTF-8.

Unpacking is bounded, for a few kilobytes can hold as many gigabytes: what is refused is refused before it is held.
"""

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from corsinspect.session.errors import Problem, SessionError

MOST = 1 << 30
"""Bytes that a file may have unpacked."""
FREE = 1 << 26
"""Bytes up to which it doesn't matter how small the file was."""
RATIO = 250
"""How many times its size a larger file may have unpacked. Traffic packs to a tenth, repetitive one to a hundredth;
zeros to a thousandth (gzip) and less (zstd)."""

_PIECE = 1 << 20
_BITE = 1 << 10
"""Bytes of zstd at a time: four of them may hold 128 KB."""
_LAYERS = 2
_BROKEN = (zlib.error, zipfile.BadZipFile, EOFError)
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", (b"PK\x03\x04", b"PK\x05\x06")
_BY_HAND = "Unpack it by hand and name the file that it holds."


def unpacked(path: Path, data: bytes) -> tuple[bytes, list[Problem]]:
    """The content of a file, as UTF-8 where it is UTF-16, and what of it couldn't be unpacked.

    Raises SessionError for what unpacks to too much, and for a zip that holds no recording or is locked.
    """
    problems: list[Problem] = []
    for _ in range(_LAYERS):
        unpack = _unpacker(data)
        if unpack is None:
            break
        data = _bounded(path, data, unpack(path, data, problems), problems)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    return data, problems


_Unpacker = Callable[[Path, bytes, list[Problem]], Iterator[bytes]]


def _unpacker(data: bytes) -> _Unpacker | None:
    if data.startswith(_GZIP):
        return _gunzipped
    if data.startswith(_ZSTD):
        return _unzstd
    return _unzipped if data.startswith(_ZIP) else None


def _bounded(path: Path, packed: bytes, pieces: Iterable[bytes], problems: list[Problem]) -> bytes:
    most = min(MOST, max(FREE, RATIO * len(packed)))
    content: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > most:
                what = f"unpacks to more than {most >> 20} MB from {len(packed):,} bytes: that is no recorded traffic"
                raise SessionError(path, what, _BY_HAND)
            content.append(piece)
    except _BROKEN as error:
        text = f"the packed data is damaged or cut off ({error or 'ends early'}): what follows byte {size} is lost"
        problems.append(Problem(text))
    return b"".join(content)


def _gunzipped(path: Path, data: bytes, problems: list[Problem]) -> Iterator[bytes]:
    while data.startswith(_GZIP):  # several may stand one after the other
        gzip = zlib.decompressobj(wbits=31)
        while not gzip.eof:
            piece = gzip.decompress(data, _PIECE)
            if not piece and not gzip.eof:
                raise EOFError
            yield piece
            data = gzip.unconsumed_tail
        data = gzip.unused_data


def _unzstd(path: Path, data: bytes, problems: list[Problem]) -> Iterator[bytes]:
    import zstandard  # rarely needed: costs a start 5 ms

    try:
        while data:  # several frames may stand one after the other
            frame = zstandard.ZstdDecompressor().decompressobj()
            position = 0
            while position < len(data) and not frame.eof:
                yield frame.decompress(data[position : position + _BITE])
                position += _BITE
            if not frame.eof:
                raise EOFError
            data = frame.unused_data + data[position:]
    except zstandard.ZstdError as error:
        raise EOFError(str(error)) from error


def _unzipped(path: Path, data: bytes, problems: list[Problem]) -> Iterator[bytes]:
    """The recording in a zip: of Playwright's, `har.har` beside the bodies; of others, the one that is there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        wanted = [name for name in names if name.lower().endswith(".har")] or names[: len(names) == 1]
        if not wanted:
            raise SessionError(path, f"is a zip of {len(names)} files, none of them a HAR", _BY_HAND)
        if len(wanted) > 1:
            others = ", ".join(wanted[1:4]) + (" …" if len(wanted) > 4 else "")
            problems.append(Problem(f"only {wanted[0]} was read; {len(wanted) - 1} more HARs are in it: {others}"))
        try:
            with archive.open(wanted[0]) as member:
                while piece := member.read(_PIECE):
                    yield piece
        except (RuntimeError, NotImplementedError) as error:  # a password, or a method that Python doesn't know
            raise SessionError(path, f"can't be unpacked ({error})", _BY_HAND) from error
