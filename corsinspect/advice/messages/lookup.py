"""Looks up names: of a reason, of a guide, or a browser's name for a reason; and each browser's names."""

import re

from corsinspect.advice.browsers import BROWSER_NAMES
from corsinspect.advice.hypothetical import header_of
from corsinspect.advice.messages.fragments import AFTERMATH, REASON_MESSAGES
from corsinspect.advice.messages.panels import PANEL
from corsinspect.advice.reasons import REASONS
from corsinspect.advice.topics import GUIDES, TOPICS
from corsinspect.fetch.reasons import CODES, TWO_ORIGIN_LINES, chromium_codes, is_reason

NOT_SEEN = "not-seen"
"""The topic that lists what a proxy can't see."""

CODE_FOLLOWS = "cross-origin resource sharing error:"
"""Precedes the code in Chrome's network panel."""

_ALIASES = {"strict-origin-when-cross-origin": "referrer-policy"}

_WORDS = {
    "authentication": "login auth authenticate authentication unauthorized 401 session jwt oauth password",
    "content-security-policy": "csp connect-src",
    "cookies": "cookie cookies samesite",
    "csrf": "csrf xsrf forgery forged attack attacker",
    "curl-works": "curl postman insomnia wget httpie terminal command-line",
    "firewall": "firewall security secure protect protects protection hacker hackers",
    "http-cache": "cached caching stale",
    "no-cors": "no-cors opaque",
    "service-worker": "service-worker serviceworker",
    "ad-blocker": "adblock adblocker extension ublock",
    "local-network": "private-network lan intranet",
}
"""The ordinary words that people ask with, by the guide that answers."""

_OLDER_CODES = {
    "scheme-not-cors": ("CorsDisabledScheme",),
    "local-network-denied": ("PrivateNetworkAccessPermissionDenied", "PrivateNetworkAccessPermissionUnavailable"),
    "local-network-insecure": ("InsecurePrivateNetwork",),
    "local-network-mismatch": ("InvalidPrivateNetworkAccess", "UnexpectedPrivateNetworkAccess"),
    "private-network-header": (
        "PreflightInvalidAllowPrivateNetwork",
        "PreflightMissingPrivateNetworkAccessId",
        "PreflightMissingPrivateNetworkAccessName",
        "PreflightMissingAllowExternal",
        "PreflightInvalidAllowExternal",
    ),
}
"""Chrome's other names: from earlier versions, or names that several reasons share."""


def codes(slug: str) -> dict[str, tuple[str, ...]]:
    """The browsers' own names for a reason, by browser."""
    named_by = [
        fragment for fragment in (*REASON_MESSAGES, *PANEL, *AFTERMATH) if slug in fragment.slugs and fragment.code
    ]
    chromium: list[str | None] = []
    gecko: list[str | None] = []
    if is_reason(slug):
        chromium += chromium_codes(slug)
        gecko += [CODES[slug].firefox, TWO_ORIGIN_LINES if slug == "origin-multiple" else None]
    chromium += [fragment.code for fragment in named_by if fragment.browser == "chromium"]
    gecko += [fragment.code for fragment in named_by if fragment.browser == "firefox"]
    chromium += _OLDER_CODES.get(slug, ())
    named = {BROWSER_NAMES["chromium"]: chromium, BROWSER_NAMES["firefox"]: gecko}
    found = {browser: tuple(dict.fromkeys(code for code in own if code)) for browser, own in named.items()}
    return {browser: own for browser, own in found.items() if own}


def console_words(slug: str) -> dict[str, str]:
    """What each browser prints for a reason, if it has its own message for it."""
    said: dict[str, str] = {}
    for fragment in REASON_MESSAGES:
        if slug in fragment.slugs and fragment.browser is not None:
            said.setdefault(BROWSER_NAMES[fragment.browser], fragment.says.replace("{", "‹").replace("}", "›"))
    return said


def find(text: str) -> str | None:
    """The topic that `text` names: a slug, a guide, or a browser's code for one reason; None if it names none."""
    wanted = text.strip().strip("'\"`.,").lower().replace("_", "-").replace(" ", "-")
    if wanted in names():
        return wanted
    return _ALIASES.get(wanted) or reasons_by_code().get(_bare(text.lower().replace(CODE_FOLLOWS, "")))


def spelled_out(text: str) -> str:
    """The message for a browser's code that stands for several reasons; any other text unchanged."""
    wanted = _bare(text)
    said = [fragment.says for fragment in AFTERMATH if fragment.code and _bare(fragment.code) == wanted]
    if text.strip() == "ERR_NETWORK":
        return "AxiosError: Network Error"
    if not said and re.fullmatch(r"ERR_[A-Z0-9_]+", text.strip()):
        return f"net::{text.strip()}"
    return said[0] if said else text


def about(header: str) -> list[str]:
    """The reasons that are about this header."""
    wanted = header.strip(": ").lower()
    return [slug for slug in TOPICS if wanted and wanted == (header_of(slug) or "").lower()]


def asked_for(question: str) -> list[str]:
    """The guides that somebody may mean who asks in words of their own, the likeliest first."""
    words = re.findall(r"[a-z0-9][a-z0-9-]*", question.lower())
    counts = {guide: sum(word in own.split() for word in words) for guide, own in _WORDS.items()}
    return sorted((guide for guide, count in counts.items() if count), key=lambda guide: -counts[guide])


def names() -> list[str]:
    """All names of topics that `find` knows."""
    return [*dict.fromkeys([*REASONS, *TOPICS]), *GUIDES, NOT_SEEN]


def reasons_by_code() -> dict[str, str]:
    """The likeliest reason for each browser code (its letters only, without the version numbers of Firefox)."""
    vague = {_bare(fragment.code) for fragment in AFTERMATH if fragment.code}
    reasons: dict[str, str] = {}
    for slug in ("origin-mismatch", *TOPICS):
        for own in codes(slug).values():
            for code in own:
                reasons.setdefault(_bare(code), slug)
    return {code: slug for code, slug in reasons.items() if code not in vague}


def _bare(code: str) -> str:
    """Reduces a code to its letters: Firefox's panel shows CORSMissingAllowOrigin2 as “CORS Missing Allow Origin”."""
    return re.sub(r"[^a-z]", "", code.lower())
