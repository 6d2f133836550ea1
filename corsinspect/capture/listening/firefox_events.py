"""What is decoded of Firefox's DevTools packets: these fields and no others.

devtools/server/actors/network-monitor/network-event-actor.js and devtools/server/actors/resources in Firefox's source.
"""

from typing import Any

import msgspec


class _Part(msgspec.Struct, rename="camel", gc=False):
    """Base of all: keys as in the protocol, unknown ones passed over."""


class Cause(_Part):
    type: str = "other"
    loading_document_uri: str | None = None


class Updates(_Part):
    """What became known of a request since the last time."""

    status: str | int | None = None
    from_cache: bool | None = None
    from_service_worker: bool | None = None
    blocked_reason: int | str | None = None
    is_redirect: bool | None = None
    content_size: float | None = None
    total_time: float | None = None
    """Milliseconds."""
    response_end_available: bool = False
    """Nothing more will come."""


class Request(_Part):
    """A channel of Firefox's: one hop of a request."""

    resource_id: int
    actor: str
    url: str
    method: str
    started_date_time: str
    cause: Cause
    security_flags: int = 0
    blocked_reason: int | str | None = None
    stacktrace_resource_id: int | None = None
    inner_window_id: int | None = None
    chrome_context: bool = False
    """Whether the browser itself asks, for itself."""


class Updated(_Part):
    resource_id: int
    resource_updates: Updates = msgspec.field(default_factory=Updates)


class Frame(_Part):
    """A place in a script; lines and columns count from 1."""

    filename: str = ""
    line_number: int = 0
    column_number: int = 0
    function_name: str | None = None


class Stacktrace(_Part):
    resource_id: int
    last_frame: Frame | None = None


class LongText(_Part):
    """A text of which the first thousands of characters come."""

    initial: str = ""


class ConsoleLine(_Part):
    """A line of the console."""

    error_message: str | LongText
    category: str = ""
    inner_window_id: int | None = msgspec.field(default=None, name="innerWindowID")
    time_stamp: float = 0
    """Milliseconds since the epoch."""
    source_name: str | None = None
    line_number: int | None = None
    column_number: int | None = None


class ErrorMessage(_Part):
    page_error: ConsoleLine


DECODE: dict[tuple[str, str], Any] = {
    (event, resource): msgspec.json.Decoder(list[shape]).decode
    for event, resource, shape in (
        ("resources-available-array", "network-event", Request),
        ("resources-updated-array", "network-event", Updated),
        ("resources-available-array", "network-event-stacktrace", Stacktrace),
        ("resources-available-array", "error-message", ErrorMessage),
    )
}
"""By the event's type and the resource's: how to read its list."""
_groups = msgspec.json.Decoder(list[tuple[str, msgspec.Raw]]).decode


def resources(event: str, array: msgspec.Raw) -> list[Any]:
    """The resources that an event lists, as far as they are of a kind that is decoded. Raises msgspec.DecodeError."""
    found: list[Any] = []
    for name, items in _groups(array):
        if (decode := DECODE.get((event, name))) is not None:
            found += decode(items)
    return found
