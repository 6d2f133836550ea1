"""Login pages, recognised by the address that a redirect leads to."""

import re

from corsinspect.fetch.redirect import location
from corsinspect.fetch.url import parse_url
from corsinspect.model import Call, Exchange

_LAST = frozenset(
    """login log-in log_in logon log-on log_on relogin signin sign-in sign_in signon sign-on sign_on auth authn
    authorize authenticate authentication reauthenticate oauth oauth2 oidc sso saml saml2 wp-login session-expired
    session_expired sessionexpired""".split()
)
"""Last segments of a path, without extension: never a part of a word, as in `lessons` or `authors`. What follows such
a word (/v1/login/17) is a resource of an API."""
_WITHIN = re.compile(
    r"/(cdn-cgi/access/login(/|$)|oauth2/start$|adfs/ls$|sessions?/new$|login/(index|oauth|sso)\b|u/login(/|$)"
    r"|\.auth/login/|login-actions/|openid-connect/auth$|outpost\.goauthentik\.io/start$|if/flow/"
    r"|\.pomerium/sign_in$|sso-api$|pf-signin$|__/auth/)"
)
"""Longer paths of Cloudflare Access, oauth2-proxy, AD FS, Rails, GitHub, Auth0, Azure App Service, Keycloak, authentik,
Pomerium, Vercel, GitHub Codespaces and Firebase."""
_LABELS = frozenset(
    "login logon signin signon auth authn oauth sso idp sts adfs cas accounts keycloak authelia authentik".split()
)
"""First labels of a host other than the server's own."""
_HOSTS = re.compile(
    r"(^|\.)(login\.microsoftonline\.(com|us)|login\.(live|windows|microsoft|chinacloudapi)\.(com|net|cn)"
    r"|b2clogin\.com|ciamlogin\.com|accounts\.google\.com|(okta|oktapreview|okta-emea)\.com|auth0\.com"
    r"|cloudflareaccess\.com|amazoncognito\.com|onelogin\.com|pingone\.(com|eu|ca|asia)|workos\.com"
    r"|accounts\.dev|duosecurity\.com|jumpcloud\.com)$"
)
_QUERY = (("client_id", "response_type"), ("client_id", "redirect_uri"), ("samlrequest",), ("wa", "wtrealm"))
"""Parameters of a login's request: RFC 6749, 4.1.1; SAML 2.0 Bindings, 3.4; WS-Federation 1.2, 13.1."""
_QUERY_ELSEWHERE = ("rd",)
"""Where to come back to, for oauth2-proxy and Authelia; another host's only."""


def is_login(location: str, asked: str) -> bool:
    """Whether a redirect from `asked` (an absolute URL) leads to a login, and not only to another form of itself."""
    here = parse_url(asked)
    there = parse_url(location, here)
    if here is None or there is None:
        return False
    if here.host == there.host and _path(here.path).rstrip("/") == _path(there.path).rstrip("/"):
        return False
    path = _path(there.path).lower().rstrip("/")
    last = re.sub(r"\.\w+$", "", path.rpartition("/")[2])
    names = {each.partition("=")[0].lower() for each in location.partition("?")[2].partition("#")[0].split("&")}
    elsewhere = here.host != there.host
    return (
        last in _LAST
        or _WITHIN.search(path) is not None
        or (elsewhere and there.host.partition(".")[0] in _LABELS)
        or _HOSTS.search(there.host) is not None
        or any(names.issuperset(each) for each in _QUERY)
        or (elsewhere and not names.isdisjoint(_QUERY_ELSEWHERE))
    )


def led_to_login(call: Call) -> Exchange | None:
    """The answer that redirected this blocked call itself (not its preflight) to a login; None if there is none."""
    if call.verdict.outcome != "blocked":
        return None
    for hop in call.hops[: call.verdict.hop + 1]:
        it = hop.request
        if it is not None and (target := location(it.status, it.response_headers)) and is_login(target, it.url):
            return it
    return None


def _path(path: str) -> str:
    return path.partition("?")[0].partition("#")[0]


def downgraded(call: Call) -> Exchange | None:
    """The answer that redirected this call (or its preflight) from https to the same host by http, at the hop where it
    stopped or before; None if there is none. A server does that which doesn't know that it is called by https."""
    return _redirected(call, "https", "http")


def upgraded(call: Call) -> Exchange | None:
    """The same from http to https: the server, or a proxy in front, takes no plain http."""
    return _redirected(call, "http", "https")


def _redirected(call: Call, scheme: str, other: str) -> Exchange | None:
    for hop in call.hops[: call.verdict.hop + 1]:
        for it in (hop.preflight, hop.request):
            if it is None or not (target := location(it.status, it.response_headers)):
                continue
            here = parse_url(it.url)
            there = parse_url(target, here)
            if here is None or there is None or is_login(target, it.url):
                continue
            if (here.scheme, there.scheme, there.host) == (scheme, other, here.host):
                return it
    return None
