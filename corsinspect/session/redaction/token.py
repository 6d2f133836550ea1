"""The form of a redacted secret, and how to judge text that holds some.

A secret reads `‹redacted:LEN:TAG›` or `‹redacted:LEN:TAG!›`:

- LEN is the length of the secret in bytes, in decimal;
- TAG is 12 hex digits, a keyed hash: equal secrets of a session have equal tags;
- `!` is there when the secret holds a CORS-unsafe request-header byte (Fetch, section 2.2.2): below 0x20 except tab,
  one of `"():<>?@[\\]{}`, or 0x7F.

The brackets are outside ISO-8859-1, in which captured bytes are kept, so nothing from the wire can look like a token.
"""

import re

TOKEN = re.compile(r"‹redacted:(\d+):([0-9a-f]{12})(!?)›")
UNSAFE = re.compile(r"""[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]""")


def wire_length(text: str) -> int:
    """How many bytes `text` had on the wire, each token standing for the secret that it replaces."""
    if "‹" not in text:
        return len(text)
    secrets = sum(int(match[1]) for match in TOKEN.finditer(text))
    return len(TOKEN.sub("", text)) + secrets


def has_unsafe_byte(text: str) -> bool:
    """Whether `text` had a CORS-unsafe request-header byte on the wire."""
    if "‹" not in text:
        return UNSAFE.search(text) is not None
    return any(match[3] for match in TOKEN.finditer(text)) or UNSAFE.search(TOKEN.sub("", text)) is not None
