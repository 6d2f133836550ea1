"""Which calls a rule or an assertion is about: by address, page and method, with `*` for anything."""

import re
from functools import cache

import msgspec

from corsinspect.model import Call, Kind

_CALLS: tuple[Kind | None, ...] = ("same-origin", "simple", "preflighted", "no-cors", None)
"""What script asks for, and connections that failed before it could; page loads and WebSockets aren't meant."""


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """Selects calls; None is any. Without a `?` in `url`, the call's query doesn't matter."""

    url: str | None = None
    origin: str | None = None
    """Of the page."""
    methods: tuple[str, ...] = ()
    reason: str | None = None
    """Why it failed."""

    def matches(self, call: Call) -> bool:
        """Whether the call is one of those."""
        return (
            call.kind in _CALLS
            and not call.background
            and (not self.methods or call.method in self.methods)
            and (self.origin is None or _fits(self.origin, call.page_origin or ""))
            and (self.reason is None or self.reason == call.verdict.reason)
            and (self.url is None or _fits(self.url, call.url if "?" in self.url else call.url.partition("?")[0]))
        )

    def __str__(self) -> str:
        """For people: "PUT https://api.example/* from https://app.example"."""
        page = f" from {self.origin}" if self.origin else ""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{'|'.join(self.methods) or 'any call to'} {self.url or '*'}{page}{reason}"


def _fits(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Only `*` is special: brackets and question marks are part of addresses."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
