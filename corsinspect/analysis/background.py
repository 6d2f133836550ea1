"""The browsers' own traffic, which no page asked for: updates, telemetry, safe browsing, start pages."""

import re

_NAMES = (
    # Chromium, Chrome
    "clients1.google.com clients2.google.com clients4.google.com accounts.google.com update.googleapis.com "
    "safebrowsing.googleapis.com optimizationguide-pa.googleapis.com content-autofill.googleapis.com "
    "edgedl.me.gvt1.com redirector.gvt1.com clientservices.googleapis.com android.clients.google.com "
    "safebrowsingohttpgateway.googleapis.com mtalk.google.com "
    # Edge, Brave
    "edge.microsoft.com msedge.api.cdp.microsoft.com config.edge.skype.com brave.com variations.brave.com "
    # Firefox
    "detectportal.firefox.com firefox.settings.services.mozilla.com content-signature-2.cdn.mozilla.net "
    "incoming.telemetry.mozilla.org push.services.mozilla.com shavar.services.mozilla.com "
    "tracking-protection.cdn.mozilla.net contile.services.mozilla.com aus5.mozilla.org ciscobinary.openh264.org "
    "location.services.mozilla.com normandy.cdn.mozilla.net services.addons.mozilla.org spocs.getpocket.com "
    "firefox-settings-attachments.cdn.mozilla.net ads.mozilla.org merino.services.mozilla.com "
    # certificate revocation
    "ocsp.digicert.com ocsp.pki.goog r3.o.lencr.org"
).split()

_BY_CONNECTION = frozenset({"https://www.google.com"})
"""What pages ask too: the browser's own only where nothing but a connection was tried."""
_RANDOM = re.compile(r"http://(?!localhost$)[a-z]{7,15}")
"""Chromium's intranet_redirect_detector.cc: HEAD to names of 7 to 15 random letters, which shouldn't exist."""

_HOST = re.compile(r"https?://([^/:?#]*)")
_HOSTS = frozenset(_NAMES)


def is_background_host(url: str) -> bool:
    """Whether only browsers themselves ask this host."""
    match = _HOST.match(url)
    return match is not None and match.group(1) in _HOSTS


def is_own_lookup(method: str | None, target: str, chromium: bool) -> bool:
    """Whether a request to this origin without Origin and Referer is Chromium finding out about the network."""
    if method is None:
        return target in _BY_CONNECTION
    if target == "http://wpad":
        return True
    return chromium and method == "HEAD" and _RANDOM.fullmatch(target) is not None
