"""The words for what calls have in common: one sentence that says it, why it is so, and which side must change what."""

import re
from collections import defaultdict
from collections.abc import Mapping

from corsinspect.advice.reasons import REASONS, Words

PATTERNS: dict[str, Words] = {
    "one-cause": Words(
        "All {count} calls from {page} to {server} fail for one reason: {reason}",
        "None of them passed, and they all stopped in the same way: this is one setting, not {count} troubles.",
        "Mend any one of them at {server}, and all should pass: open one to see the header.",
    ),
    "repeated-failure": Words(
        "{count} calls from {page} to {server} fail for one reason: {reason}",
        "The same failure again and again, while other calls pass. A page that tries again in a loop looks like this.",
        "Open one of them to see the header; then look whether the page repeats what can't succeed.",
    ),
    "preflight-login": Words(
        "{server} asks preflights for a login ({status})",
        "A preflight never carries cookies or Authorization, so a login check in front of CORS refuses every one.",
        "In {server}, CORS must come before authentication, so that OPTIONS is answered without a login.",
    ),
    "preflight-unrouted": Words(
        "{server} has no answer to OPTIONS ({status})",
        "The routes exist for the page's own methods only, and the framework answers OPTIONS itself with an error.",
        "Switch CORS on for all of {server} rather than for single routes, or add a route for OPTIONS.",
    ),
    "preflight-slash": Words(
        "{server} redirects preflights by a slash at the end of the address",
        "Frameworks correct a missing or superfluous slash with a redirect, and browsers follow none on a preflight.",
        "The page must call the address exactly as the server writes it; or switch the redirect off at {server}.",
    ),
    "preflight-https": Words(
        "{server} redirects preflights to https",
        "Browsers follow no redirect on a preflight, not even the one to https.",
        "The page must call the https address directly.",
    ),
    "errors-without-headers": Words(
        "{server} leaves the CORS headers out of its error answers ({status})",
        "Its other answers have them. The page sees a CORS error in place of the real one.",
        "{server} must add the headers to every answer: error handlers and the proxy in front often bypass them "
        "(nginx: “add_header … always”).",
    ),
    "header-twice": Words(
        "{server} gives more than one value in Access-Control-Allow-Origin",
        "A browser takes exactly one. Mostly the app adds the header and a proxy in front of it adds it again.",
        "Switch it off in one of the two.",
    ),
    "other-environment": Words(
        "{server} allows {found}, not {page}",
        "The header names another page than the one that calls: its list of allowed origins lacks this one, "
        "or holds a single fixed value.",
        "Add {page} to the origins that {server} allows, and answer with the one that asks.",
    ),
    "loopback-names": Words(
        "{server} allows {found}, and the page is open as {page}",
        "localhost and 127.0.0.1 are the same machine, but different origins.",
        "Open the page under the allowed name, or allow both at {server}.",
    ),
    "any-origin": Words(
        "{server} lets every page in, with the visitor's cookies",
        "It answered {pages} different pages with their own origin and Allow-Credentials: true, and refused none. "
        "If it repeats whatever Origin it is sent, any site can read its visitors' data.",
        "{server} must compare Origin with a list of pages that it knows.",
    ),
    "null-allowed": Words(
        "{server} allows the origin “null”",
        "Any site can make calls with that origin, from a sandboxed frame.",
        "Take null off {server}'s list; open local files through a small server instead.",
    ),
    "vary-missing": Words(
        "{server} answers each page differently without saying “Vary: Origin”",
        "A cache may then give one page the answer that was meant for another, which is blocked, now and then.",
        "{server} must add “Vary: Origin” to every answer.",
    ),
    "authorization-by-wildcard": Words(
        "{server} allows Authorization by * only",
        "It works today. By the standard * does not cover Authorization, and Firefox warns that it will stop.",
        "{server} must list authorization by name in Access-Control-Allow-Headers.",
    ),
    "no-max-age": Words(
        "{server} lets browsers forget preflights after 5 seconds",
        "Without Access-Control-Max-Age the browser asks again before nearly every call.",
        "{server} should send “Access-Control-Max-Age: 7200”.",
    ),
    "max-age-above-cap": Words(
        "{server} asks for a Max-Age of {found} seconds, and the browser keeps {cap}",
        "Chromium keeps two hours at most, Firefox a day, Safari ten minutes. That does no harm.",
        "Nothing has to change.",
    ),
}
"""`short` is the finding in a sentence without its full stop, `happened` why it is so, `mend` what to do."""


def pattern_words(slug: str, *, api: str, page: str | None, count: int, values: Mapping[str, str]) -> Words:
    """The words for a pattern across calls, with its values in them (as captured: not fit for a terminal yet)."""
    words = PATTERNS.get(slug, Words(slug, ""))
    filled = dict(values) | {
        "server": api.partition("://")[2] or api,
        "page": page or "the page",
        "count": f"{count:,}",
        "reason": cause(values.get("reason", "")),
    }
    named = defaultdict(str, filled)
    return Words(*(text.format_map(named) for text in (words.short, words.happened, words.mend)))


def cause(reason: str) -> str:
    """A reason in a few words that hold for many calls: without a call's own method, header or status."""
    if reason not in REASONS:
        return reason
    neutral = defaultdict(str, difference="another origin", status="an error")
    return re.sub(r" +", " ", REASONS[reason].short.format_map(neutral)).strip()
