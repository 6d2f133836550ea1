"""What everything that is stored is made of."""

import msgspec

HeaderList = tuple[tuple[str, str], ...]
"""Header lines as on the wire: order, case and duplicates kept, each byte as one character (ISO-8859-1).
A redacted secret reads `‹redacted:LEN:TAG›`, or `‹redacted:LEN:TAG!›` if it had a CORS-unsafe request-header byte: LEN
its length in bytes, TAG 12 hex digits, equal for equal secrets of a session (those brackets are outside ISO-8859-1)."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of everything stored. Defaults are left out to keep lines short; no Record refers to itself, hence no gc."""
