"""Credentials mode, read from the wire: include, omit (which stands for omit and same-origin alike) or unknown.

Theory of operation
===================

CORS asks one thing of the credentials mode: is it "include"? (Fetch standard, "credentials mode".) It decides whether
`*` counts, and whether Access-Control-Allow-Credentials must be true, so it often decides the outcome; and no header
says it. A mode is one call's: what one hop shows holds for all its hops. There are four sorts of signs, from proof to
guess:

1. *What only one mode can send.* A Cookie on a request in cors mode; Sec-Fetch-Storage-Access on a cross-site request
   (Chromium sends it on every credentialed one and on no other; Firefox, with its default cookie policy, on the
   preflight too; older versions and WebKit never do); an Authorization that the preflight didn't ask for, which the
   browser itself added.
2. *What a browser did with an answer that counts in one mode only.* A preflight that refuses credentials and yet was
   followed by its request, a redirect with `*` that was followed: `omit`. A browser can't be argued with: it read the
   same headers. Fonts are always loaded in mode "same-origin".
3. *What a browser would have sent, and didn't.* No Sec-Fetch-Storage-Access on a cross-site request says `omit`, but
   only of a browser that is known to send it: by its version, and in Firefox once it was seen (`habits`). It's likely
   at most. A cookie that isn't there says nothing: there may be none for the site.
4. *What didn't happen.* A preflight grants all but credentials, and nothing follows: the page must have used them
   (`SILENCE`). Likely, not certain: it may have been closed.

Where a call shows nothing, other requests on its connection may (`connections`), then an earlier call of the same page
and shape (`page_memory`), and last the person may know it (`ASSUMED`). All three give `likely` at most. What the
connection shows counts as the call's own traffic, so `page_memory` learns from it; what comes from there, or from the
person, isn't passed on. Where everything is silent, both modes are judged: if they come to the same, the verdict is
certain all the same; if not, it depends, and says on what.
"""

import itertools
from typing import NamedTuple

from corsinspect.fetch.check import cors_check
from corsinspect.fetch.engines import ENGINES
from corsinspect.fetch.origin import OPAQUE
from corsinspect.model import Credentials

from .chain import Hops
from .classify import Facts
from .engine import version_of
from .learnt.habits import STORAGE_ACCESS
from .pairing import grant_failures, lacking


class Inferred(NamedTuple):
    """The credentials mode, the signal that decided it, and whether that signal is proof."""

    mode: Credentials
    signal: str | None = None
    proof: bool = True


UNKNOWN = Inferred("unknown")
PROOFS = frozenset({"cookie", "storage-access", "http-auth"})
"""The signals that prove `include`."""
ASSUMED = "assumed"
"""The signal where a person said what the wire doesn't show."""
BROWSER = "browser"
"""The signal where the browser itself told it, or only one mode explains what it said of the call."""
PAGE_SHOWED = "page-showed"
"""The signal where an earlier call of the page like this one showed what this one doesn't."""
SILENCE = Inferred("include", "no-actual-followed", proof=False)
"""A preflight granted everything but credentials, and nothing followed."""


def grants_credentials(hops: Hops) -> bool:
    """Whether a server on the way granted credentials to this very origin: then a page likely uses them."""
    return any(
        request is not None
        and request.answer.allow_credentials == "true"
        and request.answer.allow_origin not in (None, "*", OPAQUE)
        for _, request in hops
    )


def infer(hops: Hops, assumed: Credentials = "unknown") -> Inferred:
    """The mode; what a person says (`assumed`) counts where the wire has no proof."""
    seen = _seen(hops)
    if assumed == "unknown" or (seen.mode != "unknown" and seen.proof):
        return seen
    return Inferred(assumed, ASSUMED, proof=False)


def _seen(hops: Hops) -> Inferred:
    """From the strongest evidence in the chain to the weakest."""
    for preflight, request in hops:
        if request is not None and request.mode == "cors" and request.cookie:
            return Inferred("include", "cookie")
        if (request is not None and request.storage_access) or (preflight is not None and preflight.storage_access):
            return Inferred("include", "storage-access")
        if preflight is not None and request is not None:
            if request.authorization and "authorization" not in preflight.asked_names:
                return Inferred("include", "http-auth")
            if not preflight.exchange.answer_withheld and grant_failures(preflight, True):
                # that it's this one that followed is sure only where all that it was sent with was recorded
                sure = not lacking(request, preflight.asked_names)
                sure = sure and not request.exchange.lacks("sec-fetch-storage-access")
                return Inferred("omit", "actual-followed", proof=sure)
    for (_, request), (_, later) in itertools.pairwise(hops):
        if request is None or request.origin is None or later is None:
            continue
        if cors_check(request.origin, False, request.answer) is None and cors_check(
            request.origin, True, request.answer
        ):
            return Inferred("omit", "redirect-followed")
    for number, (preflight, request) in enumerate(hops):
        first = preflight or request
        if first is not None and first.credentials_hint == "omit":
            return Inferred("omit", "destination")
        if request is not None and _would_send_storage_access(request, number):
            return Inferred("omit", "no-storage-access", proof=False)
    return UNKNOWN


def _would_send_storage_access(request: Facts, hop: int) -> bool:
    """Whether this browser would have sent Sec-Fetch-Storage-Access with this request, had it credentials."""
    if request.mode != "cors" or request.site != "cross-site" or request.engine is None or request.engine_assumed:
        return False
    engine = ENGINES[request.engine]
    version = version_of(request.agent, request.engine)
    if engine.storage_access_since is None or version is None or version < engine.storage_access_since:
        return False
    # where a setting decides, later hops never have it
    return not engine.storage_access_by_setting or (hop == 0 and STORAGE_ACCESS in request.browser_sends)
