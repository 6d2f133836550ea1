"""The usual causes of every reason, as data: what is wrong, how to recognise it, and who must change what.

`causes.py` replaces the names in braces with the call's values. `weight`: how likely the cause is where its sign is
seen. A cause without a test is always possible; it comes last.
"""

import re
from collections.abc import Callable

import msgspec

from corsinspect.advice.context import CallContext
from corsinspect.advice.evidence.maker import REASONS
from corsinspect.advice.evidence.misplaced import misplaced
from corsinspect.fingerprints import GATES, Gate
from corsinspect.model import Stage

Test = Callable[[CallContext], bool]
Status = Callable[[int], bool]


class KnownCause(msgspec.Struct, frozen=True):
    """One cause. `reasons`: slugs, or names of guides for what isn't a CORS failure."""

    id: str
    reasons: tuple[str, ...]
    weight: int
    what: str
    sign: str
    """How to recognise this cause in general."""
    seen: str
    """The same for the call at hand, where `test` holds."""
    change: str
    test: Test | None = None
    settles: bool = False
    """Whether its sign explains the answer alone: no other cause, and no guess about a hidden error, stands beside."""
    listed: bool = True
    """Whether it is named in general, where no call is at hand: causes with one maker's sign are too many for that."""
    gate: str | None = None
    """The id of the gateway, guard or platform that must have answered."""
    stage: Stage | None = None
    """Where the call must have stopped. This and the status are apart from `test` because they rule out most causes of
    a reason at once, for all calls that stopped like this one."""
    status: Status | None = None
    """Which statuses the answer may have; None: any."""

    def suits(self, stage: Stage | None, status: int) -> bool:
        """Whether it can be the cause where a call stopped at this stage, with this status."""
        return self.stage in (None, stage) and (self.status is None or self.status(status))


def _cause(
    id: str,
    reasons: str,
    weight: int,
    what: str,
    *,
    sign: str,
    change: str,
    test: Test | None = None,
    seen: str = "",
    settles: bool = False,
    listed: bool = True,
    stage: Stage | None = None,
    status: Status | None = None,
) -> KnownCause:
    about = tuple(reasons.split())
    return KnownCause(
        id, about, weight, what, sign, seen or sign, change, test, settles, listed, stage=stage, status=status
    )


def _one_of(*statuses: int) -> Status:
    return lambda status: status in statuses


def _none_of(*statuses: int) -> Status:
    return lambda status: status not in statuses


def _is_good(status: int) -> bool:
    return status < 400


def _is_error(status: int) -> bool:
    return status >= 400


def _of(gate: Gate) -> KnownCause:
    """The cause that this gateway, guard or platform answered in the app's place."""
    return KnownCause(
        gate.id,
        REASONS,
        12,
        gate.what,
        f"The answer has {gate.sign}.",
        f"Status {{status}}, with {gate.sign}.",
        "{gate_change}",
        settles=True,
        listed=False,
        gate=gate.id,
    )


_PREFLIGHT = "origin-missing preflight-status"
_ORIGIN = "origin-mismatch origin-invalid"
_SILENT = "refused dns tls closed network-error preflight-network-error"

CAUSES: tuple[KnownCause, ...] = (
    # the preflight is answered with an error
    _cause(
        "login-before-cors",
        _PREFLIGHT,
        9,
        "Authentication runs before CORS.",
        sign="OPTIONS is answered 401 or 403.",
        seen="The preflight was answered {status}. Browsers always send it without cookies or logins.",
        change="{server}: run the CORS code before authentication, or let OPTIONS through without a login.",
        stage="preflight",
        status=_one_of(401, 403, 407),
        test=lambda it: not it.refuses,
    ),
    _cause(
        "options-not-routed",
        _PREFLIGHT,
        8,
        "No route answers OPTIONS at this address.",
        sign="OPTIONS is answered 404, 405 or 501, but other methods work there.",
        seen="The preflight was answered {status}.",
        change="{server}: let the CORS code answer OPTIONS before routing.",
        stage="preflight",
        status=_one_of(404, 405, 501),
        test=lambda it: it.refusal is None,
    ),
    _cause(
        "wrong-address",
        _PREFLIGHT,
        5,
        "The address is wrong.",
        sign="Status 404, for other methods too.",
        seen="Status 404, and no other request to this address has worked in this session.",
        change="The page: check the path. An error page without CORS headers looks like a CORS error.",
        status=_one_of(404),
        test=lambda it: not it.knows_method and it.refusal is None,
    ),
    _cause(
        "preflight-crashes",
        _PREFLIGHT,
        8,
        "The server fails on OPTIONS.",
        sign="OPTIONS is answered 500 to 599.",
        seen="The preflight was answered {status}.",
        change="{server}: see its log. Often the handler reads a body or a header that a preflight doesn't have.",
        stage="preflight",
        status=lambda status: status >= 500 and status not in (501, 502, 503, 504),
    ),
    _cause(
        "backend-down",
        _PREFLIGHT,
        9,
        "The server behind the proxy is down.",
        sign="Status 502, 503 or 504.",
        seen="Status {status}: the proxy got no answer from the app.",
        change="{server}: start the app behind it. Its log says why it stopped.",
        status=_one_of(502, 503, 504),
    ),
    _cause(
        "rate-limit",
        _PREFLIGHT,
        8,
        "A rate limiter answers, without CORS headers.",
        sign="Status 429.",
        change="{server}: run the CORS code before the rate limiter, and don't count OPTIONS.",
        status=_one_of(429),
    ),
    # no Access-Control-Allow-Origin
    _cause(
        "refused-by-its-cors-code",
        "origin-missing preflight-status",
        11,
        "The server's CORS code refused the origin: its list or its rules lack it.",
        sign="The answer names CORS, or is one that only CORS code gives: “x-ms-error-code: CorsPreflightFailure”, "
        "“X-Rack-CORS: no-origin”, an empty 403 of Ollama or gin-contrib/cors.",
        seen="{maker} refuses like this: {maker_sign}.",
        change="{server}: {maker_setting}.",
        test=lambda it: it.refusal is not None and it.refusal.about == "origin",
        settles=True,
    ),
    _cause(
        "no-rule-matches",
        "origin-missing preflight-status",
        11,
        "The server's CORS code refused the call: none of its rules matches the origin, the method and the headers.",
        sign="The answer names CORS: “x-ms-error-code: CorsPreflightFailure”, S3's AccessForbidden.",
        seen="{maker} refuses like this: {maker_sign}.",
        change="{server}: {maker_setting}.",
        test=lambda it: it.refusal is not None and it.refusal.about == "rule",
        settles=True,
    ),
    _cause(
        "path-not-covered",
        "origin-missing preflight-status",
        11,
        "The server's CORS code has no rule for this path.",
        sign="The answer says so: “X-Rack-CORS: no-path”.",
        seen="{maker} refuses like this: {maker_sign}.",
        change="{server}: {maker_setting}.",
        test=lambda it: it.refusal is not None and it.refusal.about == "path",
        settles=True,
    ),
    _cause(
        "method-or-header-refused",
        "origin-missing preflight-status",
        10,
        "The server's CORS code refused the method or a header, and answers without any CORS header then.",
        sign="The preflight has no CORS headers, and other answers of this server allow the page.",
        seen="Other answers from {server} allow {page}; this preflight asks for {unlisted}.",
        change="{server}: list {unlisted} in the methods and headers that the CORS code allows.",
        stage="preflight",
        status=_none_of(404, 405),
        test=lambda it: (
            it.verdict.reason == "origin-missing"
            and it.refuses
            and it.refusal is None
            and it.allows_page
            and bool(it.unlisted)
        ),
    ),
    _cause(
        "unlisted-refused",
        "preflight-status",
        11,
        "The server's CORS code refused the preflight: the method or a header isn't in its lists.",
        sign="Status 400 or 403 with Access-Control-Allow-Methods: Starlette and FastAPI answer like that.",
        seen="Status {status} beside CORS headers that allow {page} and lack {unlisted}.",
        change="{server}: add {unlisted} to the lists of its CORS code (Starlette and FastAPI: allow_methods, "
        "allow_headers).",
        stage="preflight",
        status=_one_of(400, 403),
        test=lambda it: it.header("access-control-allow-methods") is not None and bool(it.unlisted),
        settles=True,
    ),
    _cause(
        "origin-not-in-list",
        "origin-missing preflight-status",
        9,
        "This origin is not in the server's list.",
        sign="There are other CORS headers, or “Vary: Origin”, but no Access-Control-Allow-Origin.",
        seen="CORS code did run (Vary: Origin, or other Access-Control headers), but did not allow {page}.",
        change="{server}: add exactly {page} to the list{list_of}: scheme, host and port, without a trailing slash.",
        status=_none_of(404, 405),
        test=lambda it: it.refuses and it.refusal is None and not it.allows_page,
    ),
    _cause(
        "proxy-answers-itself",
        "origin-missing",
        9,
        "The proxy in front answered itself; the app never saw the request.",
        sign="The error page is from nginx, Apache or the CDN.",
        seen="The error page is from {proxy} (status {status}), so the app's CORS code never ran.",
        change="{server}: fix what makes {proxy} answer, and let it add the headers to its own errors too.",
        stage="actual",
        status=_is_error,
        test=lambda it: it.by_proxy,
    ),
    _cause(
        "without-always",
        "origin-missing",
        8,
        "The proxy adds the headers to successful answers only.",
        sign="Errors lack the header, other answers have it, and nginx or Apache is in front.",
        seen="Status {status} has no header, other answers from {server} have it, and {proxy} is in front.",
        change="{server}: add “always” (nginx: add_header … always; Apache: Header always set …).",
        stage="actual",
        status=_is_error,
        test=lambda it: bool(it.good or it.granted) and bool({"nginx", "apache"} & set(it.proxies)),
    ),
    _cause(
        "no-gateway-route",
        "origin-missing preflight-status",
        11,
        "API Gateway has no such route or method.",
        sign="“x-amzn-ErrorType: MissingAuthenticationTokenException”, which has nothing to do with a token.",
        seen="“x-amzn-ErrorType: MissingAuthenticationTokenException” says so.",
        change="{server}: check path, stage and method, and deploy the API; the page: check the address.",
        test=lambda it: (
            (it.header("x-amzn-errortype") or "").startswith("MissingAuthenticationToken") and it.by_api_gateway
        ),
        settles=True,
    ),
    _cause(
        "gateway-asks-preflight",
        _PREFLIGHT,
        11,
        "API Gateway asks the preflight for a token or an API key, which a preflight never has.",
        sign="“x-amzn-ErrorType” on a preflight that API Gateway answered 401 or 403.",
        seen="Status {status} with “x-amzn-ErrorType”, for OPTIONS.",
        change="{server}: give OPTIONS no authorizer and no API key (REST API: “Enable CORS”; HTTP API: its CORS "
        "configuration), and deploy.",
        stage="preflight",
        status=_one_of(401, 403),
        test=lambda it: (
            it.header("x-amzn-errortype") is not None
            and not (it.header("x-amzn-errortype") or "").startswith("MissingAuthenticationToken")
            and it.by_api_gateway
        ),
        settles=True,
    ),
    _cause(
        "gateway-answers-itself",
        "origin-missing",
        10,
        "API Gateway made this error itself (an authorizer, a limit, a failed function), without CORS headers.",
        sign="“x-amzn-ErrorType” on an error of API Gateway.",
        seen="Status {status} with “x-amzn-ErrorType”: the gateway's own answer.",
        change="{server}: add Access-Control-Allow-Origin to the Gateway Responses DEFAULT_4XX and DEFAULT_5XX, and "
        "deploy. Then find out why it refuses.",
        stage="actual",
        status=_is_error,
        test=lambda it: it.header("x-amzn-errortype") is not None and it.by_api_gateway,
        settles=True,
    ),
    _cause(
        "errors-go-around",
        "origin-missing",
        7,
        "The code that answers errors adds no CORS headers.",
        sign="Errors lack the header, other answers have it.",
        seen="Status {status} has no header; {good}.",
        change="{server}: fix the error, and run the CORS code outside the error handler.",
        stage="actual",
        status=_is_error,
        test=lambda it: bool(it.good or it.granted),
    ),
    _cause(
        "error-unadorned",
        "origin-missing",
        5,
        "The server answered with an error, without CORS headers.",
        sign="The status is 400 or higher: the call would have failed anyway.",
        seen="Status {status}: the call would have failed anyway.",
        change="{server}: fix the error first. Its log says more.",
        stage="actual",
        status=_is_error,
        test=lambda it: not (it.good or it.granted or it.refusal),
    ),
    _cause(
        "from-a-cache",
        "origin-missing origin-mismatch",
        8,
        "A cache sends an answer that it stored for another page.",
        sign="Age, X-Cache or a 304 points to a cache, and “Vary: Origin” is missing.",
        seen="The answer came from a cache, stored for another page.",
        change="{server}: send “Vary: Origin” with every answer, then clear the cache.",
        stage="actual",
        status=_is_good,
        test=lambda it: it.from_cache,
    ),
    _cause(
        "preflight-answered-elsewhere",
        "origin-missing",
        8,
        "One place answers the preflight, another answers the request and adds no headers.",
        sign="The preflight passes, but the answer to the request has no header.",
        seen="The preflight passed, but the answer to the {method} has no header.",
        change="{server}: run the CORS code for both, before the routes, not only in an OPTIONS handler.",
        status=_is_good,
        test=lambda it: it.granted,
    ),
    _cause(
        "covers-other-paths",
        "origin-missing",
        6,
        "The CORS code doesn't cover this address.",
        sign="Other addresses on the server have the header.",
        seen="This answer has no header; {good}.",
        change="{server}: extend its path pattern (/api/*) or its decorator to this address.",
        stage="actual",
        status=_is_good,
        test=lambda it: not it.granted and bool(it.good),
    ),
    _cause(
        "no-cors-code",
        "origin-missing",
        6,
        "The server has no CORS code, or it doesn't run.",
        sign="No answer from the server has any Access-Control header.",
        seen="No answer from {server} in this session has any Access-Control header.",
        change="{server}: add it, and allow {page}.",
        test=lambda it: not it.knows_cors and not it.refuses and it.stage != "redirect",
    ),
    # products, by what they send or where they listen
    _cause(
        # keycloak/keycloak, services/cors/DefaultCors.java
        "keycloak-web-origins",
        "origin-missing",
        11,
        "The Keycloak client's Web Origins lack this page: Keycloak grants any preflight, and then names no origin.",
        sign="The address is Keycloak's (/realms/NAME/protocol/openid-connect/…), the preflight passes, and the answer "
        "has no header.",
        seen="An address of Keycloak's, answered {status} without the header.",
        change="{server}: add {page} to the client's Web Origins (+ stands for all Valid redirect URIs).",
        stage="actual",
        status=_is_good,
        test=lambda it: _KEYCLOAK.search(it.path) is not None,
        settles=True,
        listed=False,
    ),
    _cause(
        "keycloak-refused",
        "origin-missing",
        11,
        "Keycloak refused the request before it knew the client, or the client's Web Origins lack this page.",
        sign="The address is Keycloak's, and the status is 400 or 401.",
        seen="An address of Keycloak's, answered {status} without the header.",
        change="The page: check client_id, secret and grant; {server}: add {page} to the client's Web Origins.",
        stage="actual",
        status=_one_of(400, 401),
        test=lambda it: _KEYCLOAK.search(it.path) is not None,
        settles=True,
        listed=False,
    ),
    _cause(
        # lmstudio.ai/docs (server settings); without CORS it answers OPTIONS with 200: lmstudio-bug-tracker #1323
        "lm-studio-cors-off",
        "origin-missing",
        10,
        "CORS is off in LM Studio's server, which is the default.",
        sign="An address of LM Studio's API (port 1234, /v1/… or /api/v0/…), answered without any CORS header.",
        change="{server}: turn on “Enable CORS” in its server settings (lms server start --cors).",
        test=lambda it: _LM_STUDIO.search(it.stopped_url) is not None and not it.knows_cors,
        listed=False,
    ),
    _cause(
        # elastic.co: Elasticsearch, Networking, http.cors.enabled and http.cors.allow-origin
        "elasticsearch-cors-off",
        "origin-missing preflight-status",
        10,
        "CORS is off in Elasticsearch, which is the default, or its list lacks this page.",
        sign="“X-elastic-product: Elasticsearch”, and no CORS header.",
        change="{server}: set http.cors.enabled: true and http.cors.allow-origin: {page} in elasticsearch.yml, and the "
        "request's headers in http.cors.allow-headers.",
        test=lambda it: (it.header("x-elastic-product") or "").lower() == "elasticsearch",
        settles=True,
        listed=False,
    ),
    _cause(
        # supabase.com/docs/guides/functions/cors
        "supabase-adds-none",
        "origin-missing",
        9,
        "The Edge Function adds no CORS headers, and Supabase adds none of its own.",
        sign="“x-served-by: supabase-edge-runtime” or “sb-gateway-version”, and no CORS header.",
        change="{server}: answer OPTIONS in the function, and add the headers to all of its answers "
        "(corsHeaders of @supabase/supabase-js/cors).",
        status=_is_good,
        test=lambda it: it.by_supabase_function and not it.refuses,
        listed=False,
    ),
    _cause(
        # docs.netlify.com/manage/routing/headers (Limitations); answers.netlify.com, support guide 4385: the header
        "netlify-headers-for-files-only",
        "origin-missing",
        9,
        "Netlify's _headers file and netlify.toml add headers to files only, not to functions and proxied paths.",
        sign="“x-nf-request-id” on an answer without CORS headers.",
        change="{server}: add the headers in the function itself, or at the server that Netlify proxies to; for a "
        "file, in _headers.",
        status=_is_good,
        test=lambda it: it.header("x-nf-request-id") is not None and not it.refuses,
        listed=False,
    ),
    _cause(
        "list-without-a-word",
        "origin-missing",
        4,
        "This origin is not in the list of the CORS code; some packages then send no header at all.",
        sign="There is no CORS header at all, although the app has CORS code.",
        change="{server}: compare its list with {page}, character for character.",
        status=_is_good,
        test=lambda it: not it.knows_cors,
    ),
    _cause(
        "worked-before",
        f"origin-missing {_ORIGIN} preflight-status preflight-redirect",
        7,
        "The server answers this call in another way than before: it was changed, restarted or replaced.",
        sign="The same call was allowed earlier in the session.",
        seen="The same call was allowed earlier in this session.",
        change="{server}: look at what changed since (a deployment, a restart, another instance), not at the page.",
        status=_is_good,
        test=lambda it: it.worked,
    ),
    _cause(
        "not-added-here",
        "origin-missing",
        1,
        "The CORS code doesn't add it to this answer.",
        sign="Other answers of the server have CORS headers.",
        change="{server}: look for the difference: the path, the method, another handler or another server behind it.",
        test=lambda it: it.stage != "redirect" and it.knows_cors,
    ),
    _cause(
        "options-refused",
        "preflight-status",
        1,
        "Something in front of the CORS code refuses OPTIONS.",
        sign="The status is not 200 to 299.",
        seen="The preflight was answered {status}.",
        change="{server}: find what answers with that status (a check of the body, the host or the type), and run the "
        "CORS code before it.",
    ),
    # the browser's own upgrade to https
    _cause(
        "upgraded-by-browser",
        "origin-mismatch origin-missing origin-invalid",
        10,
        "The page calls http, and the browser itself made it https (HSTS): that loses the origin.",
        sign="The server sends Strict-Transport-Security, and the browser sent “Origin: null” for a page that has one.",
        seen="{server} sends Strict-Transport-Security, and the browser sent “Origin: null” for {page}.",
        change="The page: call the https address.",
        test=lambda it: it.upgraded,
    ),
    _cause(
        "upgraded-preflight",
        "preflight-redirect",
        3,
        "The page calls http, and the browser itself redirects that to https (HSTS): no preflight survives it.",
        sign="The console speaks of a redirect, no OPTIONS is in the list, and the server sends "
        "Strict-Transport-Security.",
        seen="{server} sends Strict-Transport-Security, and no preflight reached it at http.",
        change="The page: call the https address.",
        test=lambda it: it.demands_https and it.server.startswith("https:") and not it.location,
    ),
    # answers of gateways, guards and platforms in the app's place
    *(_of(gate) for gate in GATES),
    # private networks
    _cause(
        "private-network-unknown",
        "private-network-header",
        5,
        "The server doesn't let public pages call into a private network.",
        sign="The preflight has “Access-Control-Request-Private-Network: true”, and its answer lacks "
        "“Access-Control-Allow-Private-Network: true”.",
        change="{server}: add “Access-Control-Allow-Private-Network: true” to the answer to OPTIONS. Chromium only "
        "asked for it and never insisted by default: if it changes nothing, see the browser's console.",
    ),
    # redirects
    _cause(
        "session-expired",
        f"{_ORIGIN} origin-missing origin-multiple origin-wildcard-with-credentials credentials-not-true "
        "redirect-mode-error preflight-redirect preflight-status",
        12,
        "The session has expired, or there is none: the API redirected the script to a login page.",
        sign="The call, not its preflight, is redirected to a login (/login, /authorize, an identity provider).",
        seen="{asked} redirected the call to {login}.",
        change="{asked}: answer calls from scripts with 401 instead of a redirect, CORS headers included; the "
        "page then opens the login itself. CORS headers on the login page don't help.",
        test=lambda it: it.led_to_login,
        settles=True,
    ),
    _cause(
        "scheme-lost",
        f"preflight-redirect origin-missing redirect-mode-error mixed-content {_ORIGIN} redirect-csp "
        "redirect-not-followed refused closed network-error",
        11,
        "The server redirects to http although it was called by https: it doesn't know that the proxy in front speaks "
        "https.",
        sign="The call goes to https, and Location is the same host by http.",
        seen="It was redirected to {downgraded}.",
        change="The page: call {secure}, so that nothing redirects; {server}: trust X-Forwarded-Proto from the proxy "
        "(uvicorn: --proxy-headers --forwarded-allow-ips).",
        test=lambda it: it.downgraded is not None,
        settles=True,
    ),
    _cause(
        "slash-redirect",
        "preflight-redirect origin-missing redirect-mode-error",
        9,
        "The address lacks a trailing slash, or has one too many.",
        sign="The redirect differs from the address only by a slash.",
        seen="It was redirected to {location}: the same except for the slash.",
        change="The page: call that address directly.",
        test=lambda it: it.redirects_to_slash,
    ),
    _cause(
        "https-redirect",
        "preflight-redirect origin-missing redirect-mode-error",
        9,
        "The page uses http, but the server wants https.",
        sign="The redirect leads to the same address with https.",
        seen="It was redirected to {location}.",
        change="The page: use https in the address.",
        test=lambda it: it.redirects_to_https and not it.redirects_to_login,
    ),
    _cause(
        "login-redirect",
        "preflight-redirect origin-missing redirect-mode-error",
        8,
        "Authentication redirects to the login page.",
        sign="The redirect leads to something like /login.",
        seen="It was redirected to {location}.",
        change="{server}: answer calls from scripts with 401 instead, and let OPTIONS through.",
        test=lambda it: it.redirects_to_login,
    ),
    _cause(
        "moved",
        "preflight-redirect origin-missing redirect-mode-error",
        4,
        "The address has moved.",
        sign="The redirect leads elsewhere.",
        seen="It was redirected to {location}.",
        change="The page: call the new address. A redirect needs CORS headers too.",
        test=lambda it: bool(it.location) and not it.redirects_to_slash,
    ),
    # the wrong origin
    _cause(
        "app-not-in-list",
        _ORIGIN,
        10,
        "The page is an app's, and the list of origins lacks the one that apps of this kind have.",
        sign="The page's origin has a scheme (capacitor:, tauri:, app:) or a host (tauri.localhost) of an app's own.",
        seen="The list has {found}{sibling}, not {page}, {app}.",
        change="{server}: add {page} to the list as it is; each system that the app runs on has its own origin.",
        test=lambda it: it.app is not None and not it.app_is_wrongly_spelt,
    ),
    _cause(
        "app-not-named",
        "origin-missing preflight-status",
        10,
        "The page is an app's, and the list of origins lacks the one that apps of this kind have.",
        sign="The page's origin has a scheme (capacitor:, tauri:, app:) or a host (tauri.localhost) of an app's own.",
        seen="CORS code did answer, and did not name {page}, {app}.",
        change="{server}: add {page} to the list as it is; each system that the app runs on has its own origin.",
        status=_none_of(404, 405),
        test=lambda it: it.app is not None and it.refuses and not it.allows_page,
    ),
    _cause(
        "trailing-slash",
        _ORIGIN,
        9,
        "The origin was configured with a trailing slash.",
        sign="The value ends in a slash.",
        change="{server}: use {page}, without the slash.",
        test=lambda it: "trailing-slash" in it.kinds,
    ),
    _cause(
        "scheme-differs",
        _ORIGIN,
        9,
        "The origin was configured with http, but the page uses https (or the other way round).",
        sign="The values differ in the scheme: http and https.",
        change="{server}: allow {page}, with its scheme.",
        test=lambda it: "scheme" in it.kinds and it.app is None,
    ),
    _cause(
        "no-scheme",
        _ORIGIN,
        9,
        "The origin was configured without its scheme.",
        sign="The value doesn't start with http:// or https://.",
        change="{server}: use {page}, scheme included.",
        test=lambda it: "no-scheme" in it.kinds,
    ),
    _cause(
        "loopback-names",
        _ORIGIN,
        9,
        "localhost and 127.0.0.1 are mixed.",
        sign="One value says localhost, the other 127.0.0.1.",
        change="{server}: allow {page} as well, or open the page under the name that is allowed.",
        test=lambda it: "loopback" in it.kinds,
    ),
    _cause(
        "port-differs",
        _ORIGIN,
        8,
        "The page runs on a different port from the configured one.",
        sign="The values differ only in the port.",
        change="{server}: allow {page}, port included.",
        test=lambda it: "port" in it.kinds or "default-port" in it.kinds,
    ),
    _cause(
        "pattern",
        _ORIGIN,
        9,
        "The server sent its pattern unchanged.",
        sign="The value contains a *.",
        change="{server}: match the pattern on the server, and answer with {page}.",
        test=lambda it: "pattern" in it.kinds,
    ),
    _cause(
        "own-origin",
        _ORIGIN,
        8,
        "The server allows its own origin instead of the page's.",
        sign="The value is the server's own origin.",
        change="{server}: allow the page's origin, {page}.",
        test=lambda it: "own-origin" in it.kinds,
    ),
    _cause(
        "subdomain",
        _ORIGIN,
        8,
        "The same host with and without www. is two origins.",
        sign="The hosts differ by a prefix such as www.",
        change="{server}: allow {page} as well.",
        test=lambda it: "subdomain" in it.kinds,
    ),
    _cause(
        "other-environment",
        "origin-mismatch",
        6,
        "The server's list has another environment's origin, not this one.",
        sign="The value is a complete origin on another host.",
        seen="It names {found}, but the page is {page}.",
        change="{server}: add {page} to this environment's list, and answer with the origin that asks.",
        test=lambda it: "host" in it.kinds,
    ),
    _cause(
        "redirect-hides-page",
        "origin-mismatch",
        9,
        "A redirect led from one other origin to a third; after that browsers send “Origin: null”.",
        sign="Origin is null after a redirect.",
        seen="The request after the redirect was sent with “Origin: null”, but the answer names {found}.",
        change="The page: call the final address at {server} directly, so that the browser sends the page's origin.",
        test=lambda it: it.verdict.expected == "null" and it.verdict.hop > 0,
    ),
    _cause(
        "page-without-origin",
        "origin-mismatch",
        9,
        "The page is a local file or in a sandboxed frame: its origin is null.",
        sign="Origin is null, without a redirect.",
        seen="The request was sent with “Origin: null”, but the answer names {found}.",
        change="The page: open it through a web server, and allow that origin. In a frame, add "
        "allow-same-origin to sandbox.",
        test=lambda it: it.verdict.expected == "null" and it.verdict.hop == 0,
    ),
    _cause(
        "null-configured",
        "origin-mismatch",
        8,
        "The server allows null, which stands for local files and sandboxed frames, not for this page.",
        sign="The value is null.",
        change="{server}: use {page} instead of null, which any site can send.",
        test=lambda it: (it.verdict.found or "").strip() == "null",
    ),
    _cause(
        "not-an-origin",
        _ORIGIN,
        2,
        "The value is not an origin.",
        sign="It has quotes, a path, or a name without a scheme.",
        change="{server}: answer with {page} and nothing else.",
    ),
    # twice
    _cause(
        # WordPress, rest_send_cors_headers() in wp-includes/rest-api.php
        "wordpress-adds-it-already",
        "origin-multiple",
        10,
        "WordPress's REST API adds the header itself, and a plugin, .htaccess or the proxy adds it once more.",
        sign="“Link: …; rel=https://api.w.org/”, and the header is there twice.",
        seen="The answer is of WordPress's REST API, and the value is {found}.",
        change="{server}: remove the other one; to change WordPress's own, use the filter rest_pre_serve_request.",
        test=lambda it: it.by_wordpress,
        listed=False,
    ),
    _cause(
        "two-layers",
        "origin-multiple",
        8,
        "The proxy in front and the app both add it.",
        sign="The header is there twice, and a proxy can be recognised.",
        seen="The header is there more than once, and {proxy} is in front.",
        change="{server}: remove it from one of them (nginx: proxy_hide_header Access-Control-Allow-Origin).",
        test=lambda it: bool(it.proxies),
    ),
    _cause(
        "list-in-one-line",
        "origin-multiple",
        9,
        "The server sent its whole list of origins as the value.",
        sign="The origins differ.",
        seen="The value is a list: {found}.",
        change="{server}: keep the list in the code, and answer with the origin that asks.",
        test=lambda it: "several" in it.kinds,
    ),
    _cause(
        "two-pieces-of-code",
        "origin-multiple",
        5,
        "Two pieces of code add it: a CORS package and a hand-written header, or an unrecognised proxy.",
        sign="The same value is there twice.",
        change="{server}: search the app and every proxy's configuration for the header's name, and keep one.",
        test=lambda it: "duplicated" in it.kinds,
    ),
    # an error under wrong headers
    _cause(
        "socket-io-not-attached",
        "origin-wildcard-with-credentials credentials-not-true origin-mismatch origin-missing",
        10,
        "No socket.io server is attached here: what answers is the app's 404.",
        sign="The path is /socket.io/, and the status is 404.",
        seen="/socket.io/ was answered {status}, by the app and its CORS code.",
        change="{server}: attach socket.io to the HTTP server that listens (new Server(httpServer)), "
        "not to another one; its CORS settings are its own.",
        stage="actual",
        status=_one_of(404),
        test=lambda it: "/socket.io/" in it.path,
    ),
    _cause(
        "nothing-there",
        "origin-wildcard-with-credentials credentials-not-true",
        9,
        "The address is wrong: nothing is there, and the CORS headers are those of every answer.",
        sign="The status is 404, and nothing else has worked at this address.",
        seen="Status 404, and no other request to this address has worked in this session.",
        change="The page: check the path; {server}: add the route. Then name {page} and allow credentials.",
        stage="actual",
        status=_one_of(404),
        test=lambda it: not it.knows_method,
    ),
    # credentials
    _cause(
        "wildcard-by-default",
        "origin-wildcard-with-credentials",
        6,
        "The CORS package still has its default, which is *.",
        sign="The value is *.",
        change="{server}: give it a list of origins with {page} in it, and turn credentials on.",
    ),
    _cause(
        "credentials-for-nothing",
        "origin-wildcard-with-credentials credentials-not-true",
        5,
        "The page asks for credentials but has none to send.",
        sign="The request has neither a cookie nor a login of the browser's; a token that script sets is none.",
        seen="The request has no cookie{token}.",
        change="The page: leave out credentials: 'include' (withCredentials) if this API needs no cookie.",
        stage="actual",
        test=lambda it: (
            it.call.credentials == "include" and (not it.has_cookie or it.only_own_token) and not it.sets_cookies
        ),
    ),
    _cause(
        "true-in-capitals",
        "credentials-not-true",
        9,
        "true is written with a capital letter.",
        sign="The value is True or TRUE, as Python writes it.",
        change="{server}: send true, in lower case.",
        test=lambda it: "case" in it.kinds,
    ),
    _cause(
        "credentials-twice",
        "credentials-not-true",
        8,
        "Two layers add it.",
        sign="The value is “true, true”.",
        change="{server}: add it in one place only.",
        test=lambda it: "duplicated" in it.kinds,
    ),
    _cause(
        "credentials-on-preflight-only",
        "credentials-not-true",
        8,
        "The preflight allows credentials, the answer itself does not.",
        sign="The preflight's answer has the header, the other answer does not.",
        change="{server}: add it to the answer as well.",
        test=lambda it: it.granted,
    ),
    _cause(
        "credentials-switched-off",
        "credentials-not-true",
        4,
        "Credentials are off in the CORS code, which is the default.",
        sign="The header is missing.",
        change="{server}: turn them on, for named origins only.",
    ),
    # methods and headers
    _cause(
        "automatic-options",
        "method-not-allowed header-not-allowed",
        8,
        "The framework answers OPTIONS itself, and the CORS code adds only the origin.",
        sign="There is an Allow header, but no Access-Control-Allow-Methods or -Headers.",
        change="{server}: let the CORS code answer OPTIONS, with methods and headers.",
        test=lambda it: it.header("allow") is not None and not it.verdict.found,
    ),
    _cause(
        "method-in-lower-case",
        "method-not-allowed",
        9,
        "The page writes the method in lower case.",
        sign="The list has the method in capitals.",
        change="The page: write {capitals}. fetch() capitalises only the oldest methods itself.",
        test=lambda it: "case" in it.kinds,
    ),
    _cause(
        "wildcard-does-not-cover",
        "method-not-allowed header-not-allowed",
        8,
        "The list is *, which does not count with credentials.",
        sign="The value is *, and the call has credentials.",
        change="{server}: list them by name.",
        test=lambda it: "wildcard" in it.kinds,
    ),
    _cause(
        "methods-by-default",
        "method-not-allowed",
        6,
        "The CORS package still has its default, which allows only the simple methods.",
        sign="The list is GET, or GET, HEAD and POST.",
        seen="The list is {found}: the default of some packages (Fastify, Starlette, rack-cors).",
        change="{server}: list the methods that the API has.",
        test=lambda it: set((it.verdict.found or "").replace(" ", "").split(",")) <= {"GET", "HEAD", "POST", "OPTIONS"},
    ),
    _cause(
        "method-not-listed",
        "method-not-allowed",
        3,
        "This method was never added to the list.",
        sign="Other methods are in the list.",
        change="{server}: add {method} to the methods that the CORS code allows.",
    ),
    _cause(
        "response-header-on-request",
        "header-not-allowed",
        11,
        "The page sets a response header on its request.",
        sign="The header is Access-Control-Allow-Origin, or another one that only a response means anything with.",
        seen="The request has {misplaced}, which only a response means anything with.",
        change="The page: leave {misplaced} out of the request's headers. The server allows it nothing.",
        test=lambda it: bool(misplaced(it.verdict.expected)),
        settles=True,
    ),
    _cause(
        "header-by-tooling",
        "header-not-allowed",
        8,
        "A monitoring or helper library on the page adds the header to every call.",
        sign="The header is traceparent, baggage, sentry-trace, x-datadog-…, newrelic or x-requested-with.",
        change="The page: exclude other origins in that library; or {server}: allow the header.",
        test=lambda it: bool(_TOOLING & set((it.verdict.expected or "").lower().replace(" ", "").split(","))),
    ),
    _cause(
        # Fetch, 2.2.2 (no forbidden name any more); Chromium still drops it, crbug.com/571722
        "user-agent-by-library",
        "header-not-allowed",
        10,
        "The page, or a library of its, sets User-Agent.",
        sign="The header is user-agent. Firefox and Safari ask the server for leave to send it, Chromium drops it.",
        seen="The preflight asks for user-agent.",
        change="The page: leave User-Agent out of the request's headers; no browser needs it.",
        test=lambda it: "user-agent" in it.unlisted,
    ),
    _cause(
        "type-without-body",
        "header-not-allowed",
        9,
        "The page sends Content-Type with a request that has no body, often by a client's default.",
        sign="The header is content-type, and the method GET or HEAD.",
        seen="The preflight for a {method} asks for content-type.",
        change="The page: leave Content-Type out of {method} requests; or {server}: allow it.",
        test=lambda it: "content-type" in it.unlisted and it.call.method in ("GET", "HEAD"),
    ),
    _cause(
        # WordPress, rest_send_cors_headers(): the filter rest_allowed_cors_headers
        "wordpress-header-list",
        "header-not-allowed",
        9,
        "WordPress's REST API allows only its own list of request headers.",
        sign="“Link: …; rel=https://api.w.org/” on the preflight's answer.",
        change="{server}: add {expected} with the filter rest_allowed_cors_headers.",
        test=lambda it: it.by_wordpress,
        listed=False,
    ),
    _cause(
        "header-not-listed",
        "header-not-allowed authorization-not-listed",
        4,
        "This header was never added to the list.",
        sign="Other headers are in the list, or there is none.",
        change="{server}: add {expected} to the headers that the CORS code allows.",
    ),
    _cause(
        "wrong-separator",
        "allow-methods-invalid allow-headers-invalid",
        5,
        "The list has spaces, semicolons or quotes instead of commas.",
        sign="The value isn't a list of names separated by commas.",
        change="{server}: separate the names by commas, with nothing else.",
    ),
    # no answer
    _cause(
        "server-down",
        "refused",
        7,
        "The server isn't running, or has crashed.",
        sign="Nothing answers at this port.",
        seen="This session has no answer from {server}.",
        change="Start it, and look at the end of its log.",
        test=lambda it: not it.answers,
    ),
    _cause(
        "server-gone",
        "refused",
        8,
        "The server has stopped or is restarting.",
        sign="It answered before.",
        seen="{server} answered earlier in this session.",
        change="Look at the end of its log. A watcher that restarts it on every change causes this for a moment.",
        test=lambda it: bool(it.answers),
    ),
    _cause(
        "wrong-port",
        "refused",
        4,
        "The server listens on another port or address.",
        sign="It is running but names another port, or runs in a container whose port isn't published.",
        change="Compare the port in the address with the one that the server prints when it starts.",
    ),
    _cause(
        "misspelt-host",
        "dns",
        5,
        "The name is misspelt, or exists only on another network.",
        sign="The name can't be resolved.",
        change="The page: check its configuration for the API's address. A container's name works only inside.",
    ),
    _cause(
        "plain-http",
        "tls",
        8,
        "The server speaks http on this port, but the page uses https.",
        sign="The error says “wrong version number” or “record layer”.",
        change="The page: use http in the address; or let the server speak https.",
        test=lambda it: "wrong version" in it.failure.lower() or "record layer" in it.failure.lower(),
    ),
    _cause(
        "own-certificate",
        "tls",
        5,
        "The certificate is self-signed, expired, or made for another name.",
        sign="The error names the certificate.",
        change="Renew it, or let this machine trust the authority that signed it.",
    ),
    _cause(
        "crash",
        "closed preflight-network-error network-error",
        6,
        "The server crashed on this request, or timed out.",
        sign="The connection ends without an answer.",
        change="{server}: see its log at this time (a panic, a killed worker, a timeout).",
    ),
    _cause(
        "too-large",
        "closed",
        4,
        "The request was too large, so the server closed the connection.",
        sign="It happens only with large uploads.",
        change="{server}: raise the limit on the body size; or upload in parts.",
        test=lambda it: (it.stopped.request_size or 0) > 1_000_000 if it.stopped is not None else False,
    ),
    _cause(
        "page-left",
        "aborted-by-page",
        5,
        "The user left or reloaded the page, or its own timeout expired.",
        sign="There is a form submit, a link, an AbortController, or a component that is removed.",
        change="The page: stop the default action of the click (preventDefault), or wait longer.",
    ),
    _cause(
        "http-from-https",
        "mixed-content",
        5,
        "The API's address uses http.",
        sign="The page uses https, the call goes to http.",
        change="The page: use https; {server}: offer it.",
    ),
    _cause(
        "csp-lists-first-address",
        "redirect-csp",
        6,
        "The page's policy lists the address that it calls, and not the one that it is redirected to.",
        sign="The redirect leads to an origin that the directive doesn't list.",
        seen="{location} is not in “{expected}”.",
        change="The page's server: add its origin to that directive; or the page: call that address directly.",
        test=lambda it: bool(it.location),
    ),
    _cause(
        "page-policy-unseen",
        "redirect-not-followed",
        4,
        "A policy of the page stopped the redirect, or the element was removed.",
        sign="A redirect that no request follows.",
        seen="No request to {location} followed.",
        change="The page: see its console. Its Content-Security-Policy, in a header or a meta tag, must allow that "
        "address.",
        test=lambda it: bool(it.location),
    ),
    # what the browser never sent
    _cause(
        "csp-lacks-address",
        "csp",
        6,
        "The page's policy doesn't list the address that the page calls: often the API moved, or the policy comes from "
        "a template.",
        sign="The console names the directive.",
        seen="The policy says {found}.",
        change="The page's server: add the API's origin to that directive, in the header or the meta tag.",
        test=lambda it: it.verdict.found is not None,
    ),
    _cause(
        "element-loaded-it-first",
        "cached-without-cors",
        8,
        "An element (<img>, <script>, a style sheet) loaded the same address without CORS, and the browser kept that "
        "answer.",
        sign="The address was loaded before without Origin, and its answer has no “Vary: Origin”.",
        seen="The answer in the cache came at {cached_at}, without Access-Control-Allow-Origin and without “Vary: "
        "Origin”.",
        test=lambda it: it.cached_for_elements,
        change="{server}: add “Vary: Origin” to all answers of this address, those without Origin too; or the page: "
        "add crossorigin to the element. Then clear the browser's cache once.",
    ),
    _cause(
        "address-on-a-list",
        "extension",
        5,
        "The address is on an ad blocker's list, or its path looks as if it belonged there.",
        sign="The console says net::ERR_BLOCKED_BY_CLIENT; a private window without extensions makes the call.",
        change="The page: call an address without words like ads, analytics or track; or you: allow the page in the "
        "extension.",
    ),
    _cause(
        "port-of-another-protocol",
        "bad-port",
        5,
        "The server listens on a port that browsers keep for another protocol (6000 is X11's, 5060 is SIP's).",
        sign="The console says net::ERR_UNSAFE_PORT, or that the address is restricted.",
        change="{server}: listen on another port.",
    ),
    _cause(
        "mode-same-origin-asked",
        "mode-same-origin",
        5,
        "The page's code sets mode: 'same-origin'.",
        sign="fetch() with mode: 'same-origin', and a call or a redirect to another origin.",
        seen="The redirect leads to another origin.",
        change="The page: remove the mode, or call an address that stays on its own origin.",
        test=lambda it: bool(it.location),
    ),
    # not failures of CORS
    _cause(
        "wanted-header-not-exposed",
        "hidden-header",
        8,
        "Script can't read a header that it needs.",
        sign="The answer has the header, and Access-Control-Expose-Headers doesn't list it.",
        seen="The answer has {hidden}, and Access-Control-Expose-Headers doesn't list it{lacked}.",
        change="{server}: send “Access-Control-Expose-Headers: {exposed}” with the answer.",
    ),
    _cause(
        # Fetch, "request-no-cors" guard: only safelisted headers are kept
        "no-cors-drops-login",
        "no-cors",
        9,
        "mode: 'no-cors' drops Authorization and every header that isn't simple, so the server got no login.",
        sign="The answer is 401 or 403, and the request has no Authorization.",
        seen="The request came without Authorization and was answered {status}.",
        change="The page: remove the mode; {server}: allow the page's origin and the header.",
        status=_one_of(401, 403),
        test=lambda it: it.sent("authorization") is None,
        settles=True,
    ),
    _cause(
        "no-cors-drops-type",
        "no-cors",
        9,
        "mode: 'no-cors' turns Content-Type into text/plain, so the server can't read the JSON.",
        sign="A body of type text/plain, answered 400, 415 or 422.",
        seen="The body was sent as {sent_type} and answered {status}.",
        change="The page: remove the mode; {server}: allow the page's origin and content-type.",
        status=_one_of(400, 415, 422),
        test=lambda it: (it.sent("content-type") or "").startswith("text/plain"),
        settles=True,
    ),
    _cause(
        "no-cors-asked",
        "no-cors",
        5,
        "The code sets mode: 'no-cors', usually to silence a CORS error.",
        sign="The answer is opaque: status 0, no body.",
        change="The page: remove the mode; {server}: allow the page's origin.",
    ),
    _cause(
        "cookie-is-lax",
        "cookies",
        8,
        "The cookie isn't sent from other sites' pages.",
        sign="Set-Cookie has no SameSite=None; Secure.",
        seen="{server} sets a cookie without SameSite=None, and the request had no cookie.",
        change="{server}: set it with “SameSite=None; Secure”; or serve page and API from the same site.",
        test=lambda it: it.sets_lax_cookies and it.sent("sec-fetch-site") == "cross-site",
    ),
    _cause(
        "credentials-left-out",
        "cookies",
        6,
        "The page doesn't ask for cookies to be sent.",
        sign="The request has no cookie.",
        seen="The request had no cookie and was answered {status}.",
        change="The page: call with credentials: 'include' (axios and XHR: withCredentials).",
    ),
    _cause(
        "third-party-cookies",
        "cookies",
        4,
        "The browser blocks third-party cookies.",
        sign="Page and API are on different sites.",
        change="Serve the API from the page's site, or use a token in Authorization.",
        test=lambda it: it.sent("sec-fetch-site") == "cross-site",
    ),
    _cause(
        "only-browsers-check",
        "curl-works not-a-browser",
        5,
        "Only browsers enforce CORS.",
        sign="The same call works in curl or Postman.",
        change="The server: allow the page's origin. The answer itself is fine.",
    ),
    _cause(
        "errors-lack-headers",
        "error-behind-cors",
        6,
        "The error handler adds no CORS headers.",
        sign="Answers with status 200 have the headers, errors do not.",
        change="The server: fix the error, then add the headers to errors too (nginx: always).",
    ),
    # loads
    _cause(
        "hardened-headers",
        "corp",
        6,
        "A package of security headers (helmet, a proxy's template) sets it for every answer.",
        sign="There are other security headers too.",
        change="{server}: set it to cross-origin for what other sites may embed.",
    ),
    _cause(
        "isolated-page",
        "corp",
        8,
        "The page asked to be isolated (Cross-Origin-Embedder-Policy), for instance to use SharedArrayBuffer.",
        sign="The page's own answer has Cross-Origin-Embedder-Policy: require-corp, and this one no "
        "Cross-Origin-Resource-Policy.",
        seen="{page} was loaded with Cross-Origin-Embedder-Policy, and this answer lacks Cross-Origin-Resource-Policy.",
        change="{server}: send “Cross-Origin-Resource-Policy: cross-origin” for what others may embed; or the page: "
        "load it with CORS (crossorigin), or use credentialless instead of require-corp.",
        test=lambda it: it.page_embedder is not None and it.verdict.found is None,
    ),
    _cause(
        "frame-not-isolated",
        "coep",
        6,
        "The page asked to be isolated, and the document in its frame didn't.",
        sign="The page's own answer has Cross-Origin-Embedder-Policy, the framed document's has none.",
        change="{server}: send Cross-Origin-Embedder-Policy with the document; or the page: don't ask for isolation, "
        "or use <iframe credentialless> (Chromium).",
    ),
    _cause(
        "kept-without-cors",
        "http-cache no-cors",
        6,
        "The browser may answer a later fetch() of this address with this cached answer, which has no CORS headers.",
        sign="An <img> or <script> loaded the same address before, and the answer may be cached without Vary: Origin.",
        seen="This answer may be cached for any origin (no “Vary: Origin”), and {server} sends CORS headers only to "
        "requests with an Origin.",
        change="{server}: add “Vary: Origin”, or send the CORS headers always; or the page: load it with crossorigin. "
        "In Firefox it concerns only loads that send cookies alike.",
        test=lambda it: it.kept_without_cors,
    ),
    _cause(
        "error-instead",
        "orb mime",
        7,
        "The answer is an error page or JSON, not what the element loads.",
        sign="The status is 400 or higher, or the type is HTML.",
        seen="The answer has status {status} and type {type}.",
        change="{server}: check the address, and send the right Content-Type.",
    ),
    # rare
    _cause(
        "password-in-target",
        "redirect-credentials",
        5,
        "The redirect's address includes a user name, from a configuration or an environment variable.",
        sign="Location has something@ before the host.",
        change="{server}: redirect to the address without it.",
    ),
    _cause(
        "broken-target",
        "redirect-disallowed-scheme redirect-invalid-location",
        5,
        "The redirect's address is built wrongly, or meant for people rather than scripts.",
        sign="Location is not an http or https address.",
        seen="Location is {location}.",
        change="{server}: redirect calls from scripts only to a complete http or https address.",
    ),
    _cause(
        "endless-redirect",
        "redirect-limit",
        5,
        "Two rules redirect to each other (http and https, slash and no slash), or a cookie is not kept.",
        sign="The same addresses repeat.",
        change="{server}: find the two rules. Often one is the app's and the other the proxy's.",
    ),
    _cause(
        "stream-over-http1",
        "upload-needs-http2",
        5,
        "The page's upload is a stream, and the server speaks HTTP/1.1.",
        sign="The preflight passes, no request follows, and the console says net::ERR_ALPN_NEGOTIATION_FAILED.",
        change="The page: read the stream first and send what it holds; or {server}: offer HTTP/2 over https.",
    ),
    _cause(
        "given-up",
        "no-actual-seen",
        4,
        "The page gave up the call, or needs credentials that the preflight didn't allow.",
        sign="The preflight passes, but no request follows.",
        change="Look at the browser's console. If the page sends cookies, the server must allow credentials.",
    ),
)

_KEYCLOAK = re.compile(r"/realms/[^/]+/protocol/openid-connect/")
_LM_STUDIO = re.compile(r"^http://[^/]+:1234/(v1|api/v[01])/")

_TOOLING = frozenset(
    """traceparent tracestate baggage sentry-trace newrelic x-datadog-trace-id x-datadog-parent-id x-datadog-origin
    x-datadog-sampling-priority x-requested-with b3 x-b3-traceid x-b3-spanid x-b3-sampled request-id
    request-context ngrok-skip-browser-warning""".split()
)
"""Request headers that libraries add to calls on their own."""
