"""Credentials mode, told from the wire: include, omit (which stands for omit and same-origin alike) or unknown.

CORS asks one thing of it: is it "include"? Fetch standard, "credentials mode". Browsers were measured: Chromium sends
Sec-Fetch-Storage-Access on every cross-site credentialed request and on no other; Firefox, with its default cookie
policy, on the preflight too.
"""

import itertools
from typing import NamedTuple

from corsinspect.fetch.check import cors_check
from corsinspect.fetch.origin import OPAQUE
from corsinspect.model import Credentials

from .chain import Hops
from .pairing import grant_failures


class Inferred(NamedTuple):
    """The credentials mode, the signal that decided it, and whether that signal is proof."""

    mode: Credentials
    signal: str | None = None
    proof: bool = True


UNKNOWN = Inferred("unknown")
ASSUMED = "assumed"
"""The signal where a person said what the wire doesn't show."""
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
            if grant_failures(preflight, True):
                return Inferred("omit", "actual-followed")
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
        if request is not None and request.mode == "cors" and request.site == "cross-site":
            if request.engine == "chromium" and not request.engine_assumed:
                return Inferred("omit", "no-storage-access")
            if request.engine == "firefox" and number == 0:
                # on later hops it isn't sent; with a cookie policy of the person's own, never
                return Inferred("omit", "no-storage-access", proof=False)
    return UNKNOWN
