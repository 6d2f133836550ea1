"""Scripts that a browser refuses for the type that the server declares."""

from corsinspect.fetch.headers import combined
from corsinspect.fetch.safelist import media_type

from .classify import Facts

_JAVASCRIPT = frozenset(
    """application/ecmascript application/javascript application/x-ecmascript application/x-javascript text/ecmascript
    text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 text/javascript1.4
    text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript""".split()
)


def is_refused_by_type(facts: Facts, dest: str | None = None) -> bool:
    """Whether the browser refuses a script for its declared type. Fetch, "should response to request be blocked due to
    nosniff".

    `dest`: the first hop's destination, which counts where this one shows none (WebKit, once redirected elsewhere).
    """
    if (facts.dest or dest) != "script":
        return False
    headers = facts.exchange.response_headers
    if (combined(headers, "x-content-type-options") or "").split(",")[0].strip().lower() != "nosniff":
        return False
    return (media_type(combined(headers, "content-type") or "") or "") not in _JAVASCRIPT
