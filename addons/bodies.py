"""Bodies as they pass: counted, never kept. Of an error's body the first bytes are looked at, for whose page it is.

mitmproxy calls each of these for every chunk and sends on what it returns; an exception in there would end the
person's connection.
"""

import logging

from mitmproxy import http

from corsinspect.fingerprints import FIRST_BYTES, error_page

logger = logging.getLogger("corsinspect")

FIRST_ERROR = 400


class Counter:
    """Counts a streamed body as it passes."""

    __slots__ = ("size",)

    def __init__(self) -> None:
        self.size = 0

    def __call__(self, chunk: bytes) -> bytes:
        self.size += len(chunk)
        return chunk


class Dropped(Counter):
    """Counts, and lets nothing through: what is delivered in this answer's place has no body."""

    __slots__ = ()

    def __call__(self, chunk: bytes) -> bytes:
        self.size += len(chunk)
        return b""


class ErrorPage(Counter):
    """Counts, and holds on to the first FIRST_BYTES until it's known whose page they begin."""

    __slots__ = ("_first", "_name", "_type")

    def __init__(self, content_type: str | None) -> None:
        super().__init__()
        self._type = content_type
        self._first: bytearray | None = bytearray()
        self._name: str | None = None

    def __call__(self, chunk: bytes) -> bytes:
        self.size += len(chunk)
        if self._first is not None:
            self._first += chunk[: FIRST_BYTES - len(self._first)]
            if len(self._first) >= FIRST_BYTES:
                self._look()
        return chunk

    @property
    def name(self) -> str | None:
        """Whose page it is, as far as the body has come; ask at its end."""
        self._look()
        return self._name

    def _look(self) -> None:
        if self._first is not None:
            first, self._first = self._first, None
            self._name = _name(bytes(first), self._type)


def watched(response: http.Response) -> Counter:
    """What is to watch this response's body."""
    return ErrorPage(response.headers.get("content-type")) if _is_worth_a_look(response) else Counter()


def page_of(response: http.Response | None) -> str | None:
    """Whose error page a response that has ended was; None where that isn't known, and for any other response."""
    if response is None:
        return None
    if isinstance(response.stream, ErrorPage):
        return response.stream.name
    if response.raw_content and _is_worth_a_look(response):  # a person's own mitmproxy, which collects bodies
        return _name(response.raw_content, response.headers.get("content-type"))
    return None


def _is_worth_a_look(response: http.Response) -> bool:
    """Compressed bodies aren't: to read them would take more than a look."""
    encoding = response.headers.get("content-encoding", "identity")
    return response.status_code >= FIRST_ERROR and encoding.strip().lower() in ("", "identity")


def _name(first: bytes, content_type: str | None) -> str | None:
    try:
        return error_page(first, content_type)
    except Exception as problem:
        # its type alone: its message may quote the page
        logger.error(f"corsinspect: an error page wasn't looked at: {type(problem).__name__} (traffic isn't affected)")
        return None
