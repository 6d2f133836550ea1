"""How the credentials mode of a call is known, in words."""

from datetime import datetime

from corsinspect.advice.values import cut
from corsinspect.model import Call

SIGNALS = {
    "cookie": "the request carried a cookie",
    "storage-access": "the browser sent Sec-Fetch-Storage-Access, which it does only with credentials",
    "http-auth": "the browser added a login that the preflight didn't mention",
    "actual-followed": "the request was sent after a response that doesn't allow credentials",
    "redirect-followed": "the browser followed a redirect that doesn't allow credentials",
    "destination": "the browser loads this kind of resource without them",
    "no-storage-access": "the browser sent no Sec-Fetch-Storage-Access, which it does with credentials",
    "browser": "the browser itself showed it",
    "no-actual-followed": "the request was never sent, and only credentials explain that",
}
"""By `Call.credentials_signal`: what the call's own traffic shows."""

CONNECTION_SIGNALS = {
    "connection-cookie": "other requests on this connection carried cookies",
    "connection-storage-access": "other requests on this connection carried Sec-Fetch-Storage-Access",
    "connection-navigation": "the browser loaded a page over this connection",
    "connection-preflight": "this connection carried preflights, which never have credentials",
}
"""The same for what its connection shows. Browsers keep requests with credentials on connections of their own."""


def evidence(call: Call) -> str:
    """Why the credentials mode is what it's said to be: "as POST /api/login showed at 16:14:04"; "" where there is no
    more to say than the mode. The time is the local one."""
    return showed(call) or SIGNALS.get(call.credentials_signal or "", "")


def showed(call: Call) -> str:
    """What showed the mode where the call's own traffic doesn't: an earlier call of the page, or its connection; else
    ""."""
    if (words := CONNECTION_SIGNALS.get(call.credentials_signal or "")) is not None:
        return words
    shown = call.shown
    if shown is None or call.credentials_signal != "page-showed":
        return ""
    at = datetime.fromtimestamp(shown.started).strftime("%H:%M:%S")
    path = "/" + shown.url.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    return f"as {cut(shown.method or 'the call')} {cut(path)} showed at {at}"
