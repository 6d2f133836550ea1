"""What happened to a call, in plain words: a headline, a sentence, and a few words for a row.

Values from the network are filled in unchanged; code that shows the result on a terminal passes it through
`corsinspect.printable`.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from corsinspect.advice.browsers import ENGINE_NAMES
from corsinspect.advice.compare import differences
from corsinspect.advice.compare.differences import Difference
from corsinspect.advice.evidence.login import downgraded, led_to_login
from corsinspect.advice.evidence.maker import gate_change, gate_of
from corsinspect.advice.evidence.misplaced import misplaced
from corsinspect.advice.evidence.wanted import wanted_and_hidden
from corsinspect.advice.messages.browser_said import confirmation
from corsinspect.advice.messages.signals import showed
from corsinspect.advice.reasons import (
    BY_GATE,
    CONDITIONS,
    MASKED,
    MASKED_BESIDE,
    REASONS,
    TO_HTTP,
    TO_LOGIN,
    VARIANTS,
    Words,
)
from corsinspect.advice.values import Values, cut
from corsinspect.fetch.headers import combined
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import error_by_cors, refusal
from corsinspect.model import Alternative, Call, Kind, Outcome

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing on the server (RFC 9110, 9.2.1)."""

OUTCOME_WORDS: dict[Outcome, str] = {
    "allowed": "allowed",
    "simulated": "allowed by simulated headers",
    "blocked": "blocked",
    "opaque": "unreadable (no-cors)",
    "network-error": "a network error",
    "pending": "waiting",
    "not-cors": "not a CORS call",
    "unknown": "unknown",
}

OUTCOME_SIGNS: dict[Outcome, str] = {
    "allowed": "✓",
    "simulated": "≈",
    "blocked": "✗",
    "opaque": "◐",
    "network-error": "↯",
    "pending": "◌",
    "not-cors": "·",
    "unknown": "?",
}

NOT_CORS: dict[Kind, tuple[str, str]] = {
    "same-origin": ("same origin", "The page called its own origin, so CORS never applied."),
    "navigation": ("page load", "The browser opened a page or sent a form, so CORS never applied."),
    "websocket": ("WebSocket", "WebSockets don't use CORS; the server itself has to check the Origin header."),
    "non-browser": ("not a browser", "This call did not come from a browser, and only browsers enforce CORS."),
    "no-cors": ("no-cors", "The page loaded this without asking to read it, so CORS never applied."),
}
"""By `Call.kind`: a few words, and a sentence."""


class Explanation(msgspec.Struct, frozen=True):
    """The answer to "what happened, and who must change what?"; "" for a part with nothing to say."""

    headline: str
    happened: str
    consequence: str = ""
    """Whether the server ran the request: "Your data did not change."."""
    change: str = ""
    """Which side must change what."""


def headline(call: Call) -> str:
    """The outcome in a few words: "Blocked at the preflight"."""
    verdict = call.verdict
    if verdict.outcome == "blocked":
        unsent = "Blocked: the page may not read the answer" if call.hops else "Blocked in the browser, never sent"
        return {"preflight": "Blocked at the preflight", "redirect": "Blocked at a redirect"}.get(
            verdict.stage or "", unsent
        )
    if verdict.outcome == "not-cors":
        return f"Not CORS: {_not_cors(call)[0]}"
    return {
        "allowed": "Allowed",
        "simulated": "SIMULATED: allowed, but not by the server",
        "opaque": "Sent, but unreadable (no-cors)",
        "network-error": "Network error, not CORS" if call.hops else "Never sent, and not CORS",
        "pending": "Waiting for the answer",
        "unknown": "Cannot tell",
    }[verdict.outcome]


def certainty(call: Call) -> str:
    """How sure the verdict is: "certain", "likely", what it depends on, that the person assumed it, or that the browser
    confirmed it; with what other traffic it rests on, if any: "likely, as POST /api/login showed at 16:14:04"."""
    verdict = call.verdict
    if verdict.outcome in ("pending", "unknown"):
        return ""
    if call.credentials_signal == "assumed":
        return "assumed by you"
    if verdict.certainty == "certain" and (confirmed := confirmation(call)):
        return confirmed
    if verdict.certainty == "depends":
        named = sorted({name for other in verdict.alternatives for name in other.condition})
        return "depends on " + " and ".join(named) if named else "depends on facts that are not visible"
    rests_on = showed(call) if verdict.certainty == "likely" else ""
    return ", ".join(filter(None, (verdict.certainty, rests_on)))


def sentence(call: Call) -> str:
    """What happened, what it means for the data, and which side must change what."""
    words = explanation(call)
    return " ".join(part for part in (words.happened, words.consequence, words.change, alternatives(call)) if part)


def explanation(call: Call) -> Explanation:
    """The same in parts, for a screen that shows them separately."""
    verdict = call.verdict
    if verdict.outcome == "pending":
        return Explanation(headline(call), _pending(call))
    if verdict.outcome == "not-cors":
        return Explanation(headline(call), _not_cors(call)[1])
    if verdict.outcome == "allowed":
        return Explanation(headline(call), _allowed(call))
    if verdict.outcome == "simulated":
        return Explanation(
            headline(call),
            f"The page could read the answer because the proxy changed its headers on the way, to try a fix. "
            f"{_server(call)} itself sent different headers.",
        )
    if verdict.outcome == "opaque" and verdict.reason is None and not call.hops:
        happened = (
            f"The page asked for this without CORS (no-cors), and nothing was sent to {_server(call)}: the browser "
        )
        return Explanation(headline(call), f"{happened}answered from its cache, or the page's service worker did.")
    if verdict.outcome == "opaque" and verdict.reason is None:
        happened = (
            f"The page asked for this without CORS (no-cors): it was sent, {_server(call)} answered, and by design"
        )
        return Explanation(headline(call), f"{happened} the page may use the answer but not read it.")
    if verdict.reason is None:
        return Explanation(headline(call), "Facts are missing: this traffic does not show what the browser did.")
    values = Values(VALUES, call)
    words = _words(call, values)
    happened = words.happened.format_map(values)
    if words in (TO_LOGIN, TO_HTTP, BY_GATE):
        consequence = _consequence(call) if verdict.outcome == "blocked" else ""
        return Explanation(headline(call), happened, consequence, words.change.format_map(values))
    if values["needed"] == "null" and verdict.stage and verdict.header and verdict.header.endswith("Allow-Origin"):
        happened += " " + _null_origin(call)
    if _hides(call):
        bare = verdict.reason in ("origin-missing", "preflight-status")
        happened += " " + (MASKED[call.masked or ""] if bare else MASKED_BESIDE).format_map(values)
    consequence = _consequence(call) if verdict.outcome == "blocked" and call.hops else ""
    return Explanation(headline(call), happened, consequence, words.change.format_map(values))


def short_reason(call: Call) -> str:
    """A few words for a row; "" where the outcome needs none."""
    verdict = call.verdict
    if verdict.outcome == "not-cors":
        return _not_cors(call)[0]
    if verdict.reason is None:
        if hidden := wanted_and_hidden(call):
            return f"script can't read {cut(', '.join(hidden))}"
        if verdict.certainty == "depends":
            return certainty(call)
        return "no-cors: sent, unreadable" if verdict.outcome == "opaque" else ""
    values = Values(VALUES, call)
    short = _words(call, values).short.format_map(values)
    if _hides(call):
        short += f" (status {verdict.status})"
    if verdict.stage == "redirect" and "redirect" not in short:
        short += " (on a redirect)"
    return short


def alternatives(call: Call) -> str:
    """The other outcomes and their conditions: "If the page sent credentials, it was blocked: wildcard …"; or "".

    Another reason for the same outcome is left out: the steps show it, and it changes nothing of what to do first."""
    others = [other for other in call.verdict.alternatives if other.outcome != call.verdict.outcome]
    return " ".join(_alternative(call, other) for other in others)


def engines(call: Call) -> str:
    """The outcome in each engine, where they differ: "Chromium: blocked · Firefox: allowed"; else ""."""
    verdicts = call.verdict.engines or {}
    if len({verdict.outcome for verdict in verdicts.values()}) < 2:
        return ""
    return " · ".join(
        f"{ENGINE_NAMES[engine]}: {OUTCOME_WORDS[verdict.outcome]}" for engine, verdict in verdicts.items()
    )


def difference(call: Call) -> Difference:
    """How the found value differs from the expected one, for the header where the call stopped."""
    verdict = call.verdict
    header = (verdict.header or "").lower()
    if header == "access-control-allow-origin" and verdict.expected is not None:
        exchange = call.stopped_at
        own = origin_of(exchange.url) if exchange is not None else None
        return differences.origin_difference(verdict.expected, verdict.found, own)
    if header == "access-control-allow-credentials":
        return differences.credentials_difference(verdict.found)
    if header in ("access-control-allow-methods", "access-control-allow-headers") and verdict.expected:
        names = verdict.expected.split(", ")
        return differences.list_difference(names, verdict.found, case_matters=header.endswith("methods"))
    return differences.NONE


def _quoted(found: str | None, empty: str, absent: str) -> str:
    return absent if found is None else f"“{cut(found)}”" if found else empty


def _status(call: Call) -> int | None:
    if call.verdict.status is not None:
        return call.verdict.status
    exchange = call.stopped_at
    return None if exchange is None else exchange.status


def _to(call: Call) -> str:
    exchange = call.stopped_at
    location = combined(exchange.response_headers, "location") if exchange is not None else None
    return f" to {cut(location)}" if location else ""


def _why(call: Call) -> str:
    failure = next((each.failure.text for each in reversed(call.exchanges) if each.failure is not None), "")
    if not call.hops and call.browser is not None:
        failure = call.browser.last.failed or ""
    return f" ({cut(failure)})" if failure else ""


def _words(call: Call, values: Mapping[str, str]) -> Words:
    reason = call.verdict.reason or ""
    if led_to_login(call) is not None:
        return TO_LOGIN
    failed = call.verdict.outcome in ("blocked", "network-error") and call.kind in ("simple", "preflighted")
    if failed and downgraded(call) is not None:
        return TO_HTTP
    if gate_of(call) is not None:
        return BY_GATE
    status = _status_kind(values["status"])
    absent = "absent" if call.verdict.found is None else ""
    sent = "response-header" if reason == "header-not-allowed" and misplaced(call.verdict.expected) else ""
    sent = "refused" if _refused(call) else sent
    for more in (sent, *difference(call).kinds, status, f"{call.verdict.stage}-{status}", absent):
        if (reason, more) in VARIANTS:
            return VARIANTS[reason, more]
    generic = "network-error" if call.verdict.outcome == "network-error" else ""
    return REASONS.get(reason) or REASONS.get(generic) or Words(reason, f"The reason is “{reason}”.")


def hidden_error(call: Call) -> str | None:
    """The kind of error under the failed check, as `Call.masked`, that the page would meet next; None: there is
    none."""
    return call.masked if call.masked in MASKED else None


def _hides(call: Call) -> bool:
    """Whether the answer was an error that the page would have seen; a preflight's status has its own words."""
    if hidden_error(call) is None or call.verdict.stage == "preflight":
        return False
    return not (_refused(call) or gate_of(call) is not None)


def _refused(call: Call) -> bool:
    """Whether the error that stopped the call is one of CORS code itself."""
    it, stage = call.stopped_at, call.verdict.stage
    if it is None or call.verdict.reason not in ("origin-missing", "preflight-status"):
        return False
    if stage != "preflight" and refusal(it.response_headers, it.status, it.error_page, it.url, preflight=False) is None:
        # an error of the app may well have passed CORS code that doesn't name the page
        return False
    return error_by_cors(it.response_headers, it.status, it.error_page, it.url, preflight=stage == "preflight")


def _status_kind(status: str) -> str:
    if status in ("401", "403", "407"):
        return "unauthorized"
    if status in ("404", "405", "501"):
        return "not-found"
    return "server-error" if status.startswith("5") else ""


def _not_cors(call: Call) -> tuple[str, str]:
    return NOT_CORS.get(call.kind or "no-cors", NOT_CORS["no-cors"])


def _consequence(call: Call) -> str:
    """Whether anything happened on the server, which is the next thing that people worry about."""
    verdict = call.verdict
    method = cut(call.method or "request")
    changes = method not in SAFE_METHODS
    if verdict.stage == "preflight" and (let_through := _let_through(call, method)):
        return let_through
    if verdict.stage == "preflight":
        if verdict.hop:
            return f"The browser first asked the redirect's target (OPTIONS) and never sent the {method} there."
        sent = f"The browser first asked (OPTIONS) and never sent your {method}."
        return f"{sent} Your data did not change." if changes else sent
    if (found := gate_of(call)) is not None and not found.ran:
        return f"Your {method} went no further{': your data did not change' if changes else ''}."
    if verdict.stage == "redirect":
        sent = "The browser did not follow the redirect."
        if call.let_through:
            sent = "The browser followed the redirect, because the tried fix let it through."
        return f"{sent} {_server(call)} did run this {method}." if changes else sent
    if not changes:
        return "The request did reach the server; only its answer was withheld from the page."
    if verdict.status is not None and verdict.status >= 400:
        return f"Your {method} did reach the server, which answered {verdict.status}; the page cannot see even that."
    return f"The server did run this {method}; only its answer was withheld from the page."


def _let_through(call: Call, method: str) -> str:
    """What is said where the request went out behind a preflight that should have stopped it; "" if it didn't."""
    hop = call.stopped_hop
    if not call.let_through and (hop is None or hop.request is None):
        return ""
    because = ", because the tried fix let it through" if call.let_through else " all the same"
    ran = f" {_server(call)} may have run it: your data may have changed." if method not in SAFE_METHODS else ""
    return f"Your {method} was sent{because}.{ran}"


def _allowed(call: Call) -> str:
    verdict = call.verdict
    page = call.page_origin or "the page"
    if not call.hops and call.browser is not None:
        by = "The page's service worker" if call.browser.last.by_service_worker else "The browser's cache"
        return f"{by} answered this call, so nothing was sent to {_server(call)}; {page} may read the answer."
    status = f" (status {verdict.status})" if verdict.status is not None else ""
    allowed = f"{_server(call)} lets {page} read its answer{status}."
    if hidden := wanted_and_hidden(call):
        allowed += f" But script can't read {cut(', '.join(hidden))}, which it needs."
    if call.preflight == "cached":
        return f"{allowed} An earlier preflight is still valid, so the browser did not ask again."
    if verdict.status is not None and verdict.status >= 400:
        return f"{allowed} The error status comes from the server itself, not from CORS."
    return allowed


def _pending(call: Call) -> str:
    roles = call.roles()
    if roles and roles[-1][0].startswith("preflight") and roles[-1][1].status is not None:
        return (
            f"{_server(call)} granted the preflight; the {cut(call.method or 'request')} itself has not followed yet."
        )
    return f"{_server(call)} has not answered yet."


def _null_origin(call: Call) -> str:
    if (call.page_origin or "").startswith("http:") and call.url.startswith("https:") and not call.verdict.hop:
        return (
            "The browser sent “Origin: null” although the page has an origin: it is in a sandboxed frame, or it called "
            "http and the browser made that https (HSTS)."
        )
    if call.page_origin not in (None, "null"):
        return "The browser sent “Origin: null” because the call was redirected from one other origin to another."
    return "The page has no origin of its own (a file, a sandboxed frame), so the browser sent “Origin: null”."


def _alternative(call: Call, other: Alternative) -> str:
    conditions = [CONDITIONS.get(item, f"if {item[0]} is {item[1]}") for item in other.condition.items()]
    condition = " and ".join(conditions) or "otherwise"
    result = f"{condition[0].upper()}{condition[1:]}, it was {OUTCOME_WORDS[other.outcome]}"
    if other.reason in REASONS:
        short = REASONS[other.reason].short.format_map(Values(VALUES, call))
        return f"{result}: {short}."
    return f"{result}."


def _absent(expected: str | None, found: str | None) -> str:
    """The needed header names that a list lacks; all of them where that isn't clear."""
    listed = {name.strip().lower() for name in (found or "").split(",")}
    needed = (expected or "").split(", ")
    return cut(", ".join([name for name in needed if name.lower() not in listed] or needed))


def _server(call: Call) -> str:
    """Host and port of the server where the call stopped, as a person types them."""
    exchange = call.stopped_at
    origin = origin_of(exchange.url if exchange is not None else call.url)
    return origin.partition("://")[2] or "the server"


def _gate(call: Call) -> tuple[str, str]:
    """Who answered in the app's place, and what to change there."""
    found = gate_of(call)
    return ("", "") if found is None else (found.maker, gate_change(found, call))


def _downgraded(call: Call) -> str:
    it = downgraded(call)
    return "" if it is None else combined(it.response_headers, "location") or ""


def _asked(call: Call) -> str:
    redirecting = led_to_login(call)
    return origin_of(redirecting.url).partition("://")[2] if redirecting is not None else "the API"


VALUES: dict[str, Callable[[Call], str]] = {
    "misplaced": lambda call: cut(", ".join(misplaced(call.verdict.expected))),
    "asked": _asked,
    "downgraded": lambda call: cut(_downgraded(call)),
    "gate": lambda call: _gate(call)[0],
    "gate_change": lambda call: _gate(call)[1],
    "server": _server,
    "host": lambda call: re.sub(r":[0-9]+$", "", _server(call)),
    "page": lambda call: call.page_origin or "the page's origin",
    "needed": lambda call: cut(call.verdict.expected or call.page_origin or "the page's origin"),
    "method": lambda call: cut(call.method or "request"),
    "capitals": lambda call: cut((call.method or "").upper()),
    "found": lambda call: _quoted(call.verdict.found, "an empty value", "nothing"),
    "sent": lambda call: _quoted(call.verdict.found, "an empty header", "none"),
    "absent": lambda call: _absent(call.verdict.expected, call.verdict.found),
    "difference": lambda call: difference(call).note or "not the page's origin",
    "status": lambda call: str(_status(call) or "unknown"),
    "request": lambda call: (
        "preflight (OPTIONS)" if call.verdict.stage == "preflight" else cut(call.method or "request")
    ),
    "to": _to,
    "why": _why,
    "answer": lambda call: {
        "preflight": "its answer to the preflight",
        "redirect": f"its redirect ({_status(call)})",
    }.get(call.verdict.stage or "", "its answer"),
}
