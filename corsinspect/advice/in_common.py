"""The words for what several calls have in common: one sentence, why it is so, and who must change what."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from corsinspect.advice.messages.browser_said import why_withheld
from corsinspect.advice.reasons import REASONS, Words
from corsinspect.advice.values import cut

PATTERN_WORDS: dict[str, Words] = {
    "one-cause": Words(
        "All {count} calls from {page} to {server} fail for one reason: {reason}",
        "None of them passed, and all stopped in the same way: this is one setting, not {count} problems.",
        "Fix one of them on {server}, and all should pass: open one to see the header.",
    ),
    "repeated-failure": Words(
        "{count} calls from {page} to {server} fail for one reason: {reason}",
        "The same failure repeats while other calls pass. A page that retries in a loop looks like this.",
        "Open one of them to see the header. Then check whether the page retries what can't succeed.",
    ),
    "preflight-login": Words(
        "{server} requires a login for preflights ({status})",
        "A preflight never carries cookies or Authorization, so authentication that runs before CORS refuses them all.",
        "On {server}, CORS must run before authentication, so that OPTIONS is answered without a login.",
    ),
    "preflight-unrouted": Words(
        "{server} does not handle OPTIONS ({status})",
        "The routes exist only for the page's own methods, and the framework answers OPTIONS with an error.",
        "Turn CORS on for all of {server} instead of single routes, or add a route for OPTIONS.",
    ),
    "preflight-slash": Words(
        "{server} redirects preflights because of a trailing slash",
        "Frameworks correct a missing or extra slash with a redirect, but browsers follow none on a preflight.",
        "The page must call the address exactly as the server writes it; or turn the redirect off on {server}.",
    ),
    "preflight-https": Words(
        "{server} redirects preflights to https",
        "Browsers follow no redirect on a preflight, not even the one to https.",
        "The page must call the https address directly.",
    ),
    "errors-without-headers": Words(
        "{server} sends error answers without CORS headers ({status})",
        "Its other answers have them. The page sees a CORS error instead of the real one.",
        "{server} must add the headers to every answer: error handlers and the proxy in front often leave them out "
        "(nginx: “add_header … always”).",
    ),
    "header-twice": Words(
        "{server} sends more than one value in Access-Control-Allow-Origin",
        "Browsers accept exactly one. Usually the app adds the header and a proxy in front adds it again.",
        "Turn it off in one of the two.",
    ),
    "browser-disagrees": Words(
        "the browser says otherwise about {count} calls to {server}",
        "What the browser did isn't what follows from the traffic. The browser's word is shown; one of the rules of "
        "corsinspect, or what it made of the browser's word, is wrong.",
        "Please report it. r on such a call writes it to a file to attach, alone and without its secrets; "
        "`corsinspect bug-report FILE` does so for all of a session.",
    ),
    "other-environment": Words(
        "{server} allows {found}, not {page}",
        "The header names a different page from the calling one: the list of allowed origins lacks this page, "
        "or is a single fixed value.",
        "Add {page} to the origins that {server} allows, and answer with the origin that asks.",
    ),
    "loopback-names": Words(
        "{server} allows {found}, but the page is open as {page}",
        "localhost and 127.0.0.1 are the same machine but different origins.",
        "Open the page under the allowed name, or allow both on {server}.",
    ),
    "origin-differs": Words(
        "{server} allows {allowed}, but not {page}",
        "{kinship}",
        "Add {page} to the origins that {server} allows, or open the page under the address that is allowed.",
    ),
    "writes-blocked": Words(
        "{page} can read from {server}, but its {methods} calls are blocked",
        "Its GET calls get the headers. For {methods} the answer to the preflight (OPTIONS) or to the call lacks them.",
        "{server} must run its CORS code for OPTIONS and for every method, and list {methods} in "
        "Access-Control-Allow-Methods.",
    ),
    "cookies-withheld": Words(
        "the browser sends no cookies in calls from {page} to {server} ({withheld})",
        "The browser has cookies for {server} and kept them back, so the server sees nobody logged in.",
        "{server} must set them with “SameSite=None; Secure”, and the page must call with credentials: 'include'; or "
        "serve both under one site.",
    ),
    "worked-before": Words(
        "calls from {page} to {server} fail since {since}: {header} was {before} and is {now}",
        "The same calls passed until then, and the header that decides changed in between.",
        "Undo what changed on {server} at that time: a deployment, its configuration, or a proxy in front of it.",
    ),
    "intermittent-cache": Words(
        "{server} fails {page} when a cache answers",
        "The same calls pass where the server itself answered. The cache keeps an answer that was meant for another "
        "request: its Access-Control-Allow-Origin is another page's, or is missing.",
        "{server} must send “Vary: Origin” with every answer; then empty the cache.",
    ),
    "intermittent-instance": Words(
        "{server} fails {page} on some of its servers ({found})",
        "The same calls pass when another of its servers answers: they don't all have the same CORS configuration.",
        "Give all servers behind {server} the same version and configuration.",
    ),
    "intermittent": Words(
        "the same calls from {page} to {server} pass at one time and fail at another",
        "One address is answered with the headers and without them in turn: usually several servers or a cache are "
        "behind it.",
        "Compare an answer that passes with one that fails: Age, Via, X-Cache and Server say who gave it.",
    ),
    "any-origin": Words(
        "{server} allows every page, with the visitor's cookies",
        "It answered {pages} different pages with their own origin and Allow-Credentials: true, and refused none. "
        "If it repeats any Origin that it gets, any site can read its visitors' data.",
        "{server} must check Origin against a list of known pages.",
    ),
    "null-allowed": Words(
        "{server} allows the origin “null”",
        "Any site can make calls with that origin from a sandboxed frame.",
        "Remove null from {server}'s list, and open local files through a local web server instead.",
    ),
    "vary-missing": Words(
        "{server} answers each page differently without saying “Vary: Origin”",
        "A cache may then give one page the answer for another page, which the browser blocks from time to time.",
        "{server} must add “Vary: Origin” to every answer.",
    ),
    "kept-without-cors": Words(
        "{server} lets browsers cache answers that have no CORS headers",
        "It sends them only when the request has an Origin, and an <img> or <script> has none. A later fetch() of the "
        "same address may get the cached answer, and is blocked without a request.",
        "{server} must add “Vary: Origin” to these answers, or send the CORS headers always; or the page: load them "
        "with crossorigin.",
    ),
    "authorization-by-wildcard": Words(
        "{server} allows Authorization only by *",
        "It works today. In the standard * does not cover Authorization, and Firefox warns that this will end.",
        "{server} must list authorization by name in Access-Control-Allow-Headers.",
    ),
    "no-max-age": Words(
        "{server} lets browsers keep preflights for only 5 seconds",
        "Without Access-Control-Max-Age the browser sends a preflight before almost every call.",
        "{server} should send “Access-Control-Max-Age: 7200”.",
    ),
    "max-age-above-cap": Words(
        "{server} sends a Max-Age of {found} seconds, but the browser keeps {cap}",
        "Chromium keeps at most two hours, Firefox a day, Safari ten minutes. That does no harm.",
        "Nothing has to change.",
    ),
}
"""`short` is the finding as a sentence without a full stop, `happened` why it is so, `change` what to change."""

KINSHIP = {
    "scheme": "http and https are different origins, even on the same host.",
    "www": "With and without www are different origins.",
    "loopback": "localhost and 127.0.0.1 are the same machine but different origins.",
    "port": "Another port is another origin, even on the same host.",
    "subdomain": "Each subdomain is an origin of its own, and this one isn't in the list: often staging is forgotten.",
}
"""Why an origin isn't the one that it's taken for."""


def pattern_words(slug: str, *, api: str, page: str | None, count: int, values: Mapping[str, str]) -> Words:
    """The words for a pattern across calls, filled with its values (as captured: not yet safe for a terminal)."""
    words = PATTERN_WORDS.get(slug, Words(slug, ""))
    filled = dict(values) | {
        "server": api.partition("://")[2] or api,
        "page": page or "the page",
        "count": f"{count:,}",
        "reason": general_reason(values.get("reason", "")),
        "kinship": KINSHIP.get(values.get("how", ""), ""),
        "withheld": why_withheld(values.get("withheld", "")),
        "since": _time(values.get("since", "")),
        "before": cut(values.get("before", "")) or "absent",
        "now": cut(values.get("now", "")) or "absent",
    }
    named = defaultdict(str, filled)
    return Words(*(text.format_map(named) for text in (words.short, words.happened, words.change)))


def _time(since: str) -> str:
    return datetime.fromtimestamp(float(since)).strftime("%H:%M") if since else ""


def general_reason(reason: str) -> str:
    """A reason in a few words that fit many calls: without a call's own method, header or status."""
    if reason not in REASONS:
        return reason
    neutral = defaultdict(str, difference="another origin", status="an error")
    return re.sub(r" +", " ", REASONS[reason].short.format_map(neutral)).strip()
