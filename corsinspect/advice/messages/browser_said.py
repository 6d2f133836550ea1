"""What the browser itself said of a call, in words: who called, what it confirms, which cookies it kept back.

Values from the browser (names, URLs, the console's line) are as it gave them: not yet safe for a terminal.
"""

import re

from corsinspect.advice.values import cut
from corsinspect.model import Call, Word
from corsinspect.said import Place, WithheldCookie

WITHHELD = {
    "SameSiteStrict": "SameSite=Strict",
    "SameSiteLax": "SameSite=Lax",
    "SameSiteUnspecifiedTreatedAsLax": "no SameSite, so Lax",
    "SameSiteNoneInsecure": "SameSite=None without Secure",
    "SecureOnly": "Secure, and this is http",
    "NotOnPath": "for another path",
    "DomainMismatch": "for another host",
    "UserPreferences": "third-party cookies are blocked",
    "ThirdPartyBlockedInFirstPartySet": "third-party cookies are blocked",
    "ThirdPartyPhaseout": "third-party cookies are blocked",
    "PortMismatch": "for another port",
    "SchemeMismatch": "for another scheme",
}
"""Why a cookie stayed in the browser, by CDP's CookieBlockedReason without its prefix Schemeful."""


def confirmation(call: Call) -> str:
    """How the browser stands to the verdict: "confirmed by Chromium 156"; "" where it said nothing of it."""
    word = call.browser
    if word is None or word.confirmed is None:
        return ""
    if word.confirmed is False:
        return f"said by {word.browser}, and the traffic says otherwise"
    if not call.hops:
        return f"said by {word.browser}"
    return f"confirmed by {word.browser}"


def called_by(call: Call) -> str:
    """The line of code that made the call: "called by api.js:42"; "" where that isn't known."""
    return f"called by {brief_place(place)}" if (place := caller_of(call)) is not None else ""


def caller_of(call: Call) -> Place | None:
    """The line of code that made the call, where the browser said so for sure."""
    return call.browser.caller if call.browser is not None and call.browser.match == "sure" else None


def place(place: Place) -> str:
    """A place in the page's code, with its whole address."""
    return f"{place.url}:{place.line}"


def brief_place(place: Place) -> str:
    """A place in the page's code: "api.js:42"."""
    path = place.url.partition("?")[0].partition("#")[0]
    name = path.rpartition("/")[2]
    if not name:  # the document itself
        name = path.rstrip("/").rpartition("/")[2] + "/"
    return f"{cut(name)}:{place.line}"


def withheld(call: Call) -> str:
    """The cookies that the browser has and didn't send: "cookies withheld: sid (SameSite=Lax)"; "" for none."""
    word = call.browser
    if word is None or word.match != "sure" or not word.withheld:
        return ""
    return "cookies withheld: " + ", ".join(map(withheld_cookie, word.withheld))


def withheld_cookie(cookie: WithheldCookie) -> str:
    """One of them: "sid (SameSite=Lax)"."""
    reasons = dict.fromkeys(why_withheld(reason) for reason in cookie.reasons)
    return f"{cut(cookie.name)} ({', '.join(reasons)})" if reasons else cut(cookie.name)


def dispute(call: Call) -> str:
    """What the traffic says where the browser contradicts it; "" where they agree."""
    word = call.browser
    if word is None or word.computed is None:
        return ""
    computed = word.computed
    reason = f" ({computed.reason})" if computed.reason else ""
    return (
        f"By the traffic corsinspect would say: {computed.outcome}{reason}. One of the two is a mistake of "
        "corsinspect's: please report it."
    )


def facts(call: Call) -> list[tuple[str, str]]:
    """What the browser said, fact for fact, each with its name."""
    word = call.browser
    if word is None:
        return []
    last, failing = word.last, word.failing
    found = [
        ("credentials", _credentials(call, word)),
        ("code", "" if failing is None else " ".join(filter(None, (failing.code, failing.parameter)))),
        ("blocked", last.blocked or ""),
        ("directive", last.directive or ""),
        ("failure", last.failed or ""),
        ("answered by", _answered_by(word)),
        ("cookies sent", ", ".join(dict.fromkeys(name for said in word.said for name in said.cookies_sent))),
        ("withheld", ", ".join(map(withheld_cookie, word.withheld))),
        ("called by", place(word.caller) if word.caller is not None else ""),
    ]
    return [(name, value) for name, value in found if value]


def _credentials(call: Call, word: Word) -> str:
    mode = next((said.credentials for said in word.said if said.credentials is not None), None)
    if mode is not None:
        return mode
    shown = call.credentials_signal == "browser" and call.credentials != "unknown"
    return f"{call.credentials}: only that explains what it said" if shown else ""


def why_withheld(reason: str) -> str:
    """The browser's word for why it kept a cookie back, for people: "SameSite=Lax"."""
    return WITHHELD.get(re.sub("^Schemeful", "", reason), reason)


def _answered_by(word: Word) -> str:
    if word.last.by_service_worker:
        return "the page's service worker"
    return "the HTTP cache" if word.last.from_cache else ""
