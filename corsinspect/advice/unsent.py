"""Why a failed call isn't in the traffic, where other calls of the session show it: by what the browser had kept."""

from collections.abc import Iterable

from corsinspect.advice.causes import Cause, causes_of
from corsinspect.advice.messages.console import Decoded
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call


def unsent(message: Decoded, calls: Iterable[Call]) -> list[Cause]:
    """The causes, by what the traffic shows, of a console message that no captured call matches; latest calls first."""
    named = [url for url in (message.url, message.redirected_from) if url]
    calls = sorted(calls, key=lambda call: -call.started)
    for call in calls:
        if any(candidate.startswith("origin-") for candidate in message.candidates):
            # tokens in a query are redacted in a session but not in the console
            loaded = {url.partition("?")[0] for url in named} & {call.url.partition("?")[0]}
            if loaded and call.verdict.outcome == "opaque" and (found := causes_of("http-cache", call, calls)):
                return found
        if "preflight-redirect" in message.candidates:
            secure = {"https" + origin_of(url)[4:] for url in named if url.startswith("http:")}
            found = [each for each in causes_of("preflight-redirect", call, calls) if each.id == "upgraded-preflight"]
            if origin_of(call.url) in secure and found:
                return found
    return []
