"""What is redacted in which header: tables, by name.

- Request headers are default-deny: a value stays only where the name is one that is read (by judging, safelists, engine
  detection, the preflight and HTTP caches, fingerprints) or is known to be harmless. All others lose the whole value.
- Response headers stay, but for names that hold secrets and for what shows by its shape.
- Each row of a table names its source: who defines those headers, or who reads them.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from corsinspect.session.redaction.secret_names import is_secret_word, may_be_secret_word

Rule = (
    Literal["never", "whole", "plain", "number", "authorization", "cookie", "set-cookie"]
    | Literal["url", "refresh", "text", "words", "protocols"]
)
"""What is redacted in a value:

- never: nothing; whole: all of it; plain: all, but for plain words and small numbers; number: all, but for digits;
- authorization: all but the scheme; cookie, set-cookie: the values of the cookies;
- url: what the URL in it holds; refresh: the same behind Refresh's delay;
- text: secrets wherever they show by name or shape; words: the same, but long random values are no secrets there
  (entity tags, request ids, hashes);
- protocols: WebSocket subprotocols that are no names.
"""


class Row(NamedTuple):
    """Header names (lower-case) with one rule."""

    rule: Rule
    names: str
    source: str


BOTH: tuple[Row, ...] = (
    Row("cookie", "cookie cookie2", "RFC 6265, 4.2; RFC 2965"),
    Row("set-cookie", "set-cookie set-cookie2", "RFC 6265, 4.1; RFC 2965"),
    Row("authorization", "authorization proxy-authorization", "RFC 9110, 11.6 and 11.7: scheme, then credentials"),
    Row("refresh", "refresh", "HTML, shared declarative refresh steps"),
    Row("protocols", "sec-websocket-protocol", "RFC 6455, 11.3.4; pages put tokens in it for want of another header"),
    Row("never", "content-type", "Fetch, CORS-safelisted request-header: judged byte by byte"),
    Row("number", "content-length age max-forwards", "RFC 9110, RFC 9112; a broken one may hold anything"),
    Row("plain", "content-encoding transfer-encoding te trailer connection keep-alive", "RFC 9112"),
    Row("plain", "proxy-connection upgrade date", "RFC 9110, RFC 9112"),
    Row("never", "host", "RFC 9110, 7.2: of the URL"),
    Row(
        "never",
        "sec-websocket-key sec-websocket-accept sec-websocket-version sec-websocket-extensions",
        "RFC 6455, 11.3: a nonce that guards nothing, and its hash",
    ),
    Row("never", ":authority :method :scheme :status :protocol", "RFC 9113, 8.3; RFC 8441: in HAR files"),
    Row("url", ":path", "RFC 9113, 8.3.1: in HAR files"),
    Row("words", "cache-control pragma expires warning via", "RFC 9110, RFC 9111: the HTTP cache"),
    Row(
        "words",
        "content-disposition content-language content-range content-location-id",
        "RFC 6266, RFC 9110, 8 and 14.4",
    ),
    Row("words", "digest want-digest content-digest repr-digest content-md5 signature-input", "RFC 9530, RFC 9421"),
    Row("words", "link", "RFC 8288"),
    Row("words", "priority", "RFC 9218"),
    Row("url", "content-location referer referrer destination", "RFC 9110, 8.7 and 10.1.3; RFC 4918, 10.3"),
    Row(
        "words",
        """traceparent tracestate baggage sentry-trace b3 x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled
        x-request-id x-correlation-id request-id x-trace-id trace-id x-span-id x-cloud-trace-context x-amzn-trace-id
        x-datadog-trace-id x-datadog-parent-id x-datadog-sampling-priority x-datadog-origin uber-trace-id newrelic
        correlation-id request-context x-ms-client-request-id x-ms-request-id client-request-id x-github-request-id""",
        "W3C Trace Context; Zipkin, Jaeger, Sentry, Datadog, New Relic, AWS, Azure, GitHub: ids of requests",
    ),
    Row("words", "x-powered-by server user-agent alt-svc alt-used", "fingerprints; RFC 7838, RFC 9110"),
)
REQUEST: tuple[Row, ...] = (
    Row("never", "origin access-control-request-method access-control-request-headers", "Fetch, CORS protocol"),
    Row(
        "never", "access-control-request-private-network access-control-request-local-network", "Private Network Access"
    ),
    Row(
        "never", "accept-language content-language range", "Fetch, CORS-safelisted request-header: judged byte by byte"
    ),
    Row("words", "accept", "Fetch, CORS-safelisted request-header; length and unsafe bytes are kept"),
    Row("words", "accept-encoding accept-charset accept-ranges expect", "RFC 9110, 10 and 12.5"),
    Row("plain", "if-modified-since if-unmodified-since", "RFC 9110, 13.1: the HTTP cache"),
    Row("words", "if-none-match if-match if-range", "RFC 9110, 13.1: the HTTP cache"),
    Row("words", "last-event-id", "HTML, server-sent events; a safelisted name in engines"),
    Row("plain", "upgrade-insecure-requests dnt sec-gpc save-data purpose sec-purpose x-purpose x-moz", "browsers"),
    Row("plain", "service-worker service-worker-navigation-preload early-data", "Service Workers; RFC 8470"),
    Row("plain", "device-memory dpr viewport-width width downlink ect rtt", "Fetch and Client Hints: safelisted hints"),
    Row("words", "x-requested-with", "jQuery and others: XMLHttpRequest"),
    Row(
        "plain",
        "x-http-method-override x-method-override x-http-method x-csrf-prevention apollo-require-preflight",
        "Symfony, Rails, Apollo Server: a verb or a flag",
    ),
    Row("words", "prefer depth overwrite if-schedule-tag-match soapaction", "RFC 7240, RFC 4918, SOAP 1.1"),
    Row("plain", "grpc-timeout x-grpc-web connect-protocol-version connect-timeout-ms", "gRPC-Web, Connect"),
    Row(
        "words",
        "x-user-agent x-goog-api-client x-client-info x-goog-user-project",
        "gRPC-Web, Google, Supabase: who calls",
    ),
    Row(
        "words",
        "mcp-protocol-version anthropic-version anthropic-beta openai-beta stripe-version notion-version",
        "APIs with versions in a header",
    ),
    Row(
        "words",
        "accept-version accept-datetime api-version accept-profile content-profile",
        "Fastify, RFC 7089, PostgREST",
    ),
    Row(
        "words",
        "apollographql-client-name apollographql-client-version x-apollo-operation-name x-apollo-operation-id",
        "Apollo Client",
    ),
    Row(
        "words",
        """x-stainless-lang x-stainless-os x-stainless-arch x-stainless-runtime x-stainless-retry-count
        x-stainless-package-version x-stainless-runtime-version x-stainless-timeout""",
        "SDKs made by Stainless",
    ),
    Row(
        "words",
        """hx-request hx-boosted hx-target hx-trigger hx-trigger-name hx-history-restore-request turbo-frame
        x-inertia x-inertia-version x-inertia-partial-data x-inertia-partial-component x-livewire rsc next-url
        next-router-prefetch next-router-segment-prefetch x-nextjs-data x-pjax x-pjax-container x-up-version""",
        "htmx, Turbo, Inertia, Livewire, Next.js, pjax, Unpoly: which part of a page",
    ),
    Row("url", "hx-current-url x-original-url x-rewrite-url x-forwarded-uri x-original-uri", "htmx, nginx, IIS"),
    Row(
        "words",
        """forwarded x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port x-forwarded-prefix
        x-forwarded-server x-forwarded-scheme x-real-ip true-client-ip cf-connecting-ip cf-ipcountry cf-visitor""",
        "RFC 7239; reverse proxies",
    ),
    Row(
        "words",
        """x-client-name x-client-version x-app-version x-app-name x-platform x-os x-device-type x-timezone
        x-time-zone timezone time-zone x-locale x-lang x-language x-currency x-country x-region x-environment
        x-api-version
        x-build x-channel x-debug x-feature-flags x-client-type x-source x-user-timezone""",
        "what pages call themselves, their version and their reader's place",
    ),
    Row("words", "idempotency-key", "draft-ietf-httpapi-idempotency-key-header: random, and guards nothing"),
)
RESPONSE: tuple[Row, ...] = (
    Row(
        "never", "timing-allow-origin vary allow accept-ranges accept-patch accept-post retry-after", "judged; RFC 9110"
    ),
    Row(
        "never",
        """x-frame-options x-content-type-options x-xss-protection x-dns-prefetch-control referrer-policy
        strict-transport-security permissions-policy feature-policy origin-agent-cluster document-policy
        cross-origin-resource-policy cross-origin-opener-policy cross-origin-embedder-policy origin-trial
        x-permitted-cross-domain-policies accept-ch critical-ch clear-site-data""",
        "judged, or shown as a policy",
    ),
    Row(
        "words",
        """content-security-policy content-security-policy-report-only reporting-endpoints report-to nel
        expect-ct public-key-pins cross-origin-opener-policy-report-only cross-origin-embedder-policy-report-only
        document-policy-report-only integrity-policy""",
        "CSP and Reporting: nonces and hashes are public",
    ),
    Row("words", "etag last-modified", "RFC 9110, 8.8"),
    Row("words", "www-authenticate proxy-authenticate", "RFC 9110, 11.6: a challenge, not a credential"),
    Row("words", "server-timing sourcemap-version x-runtime x-response-time", "Server Timing"),
    Row(
        "words",
        """x-cache x-cache-hits x-cache-lookup x-served-by x-timer x-varnish x-fb-debug x-guploader-uploadid
        x-goog-hash x-goog-generation x-goog-metageneration surrogate-key cache-tag cdn-cache-control cache-status
        x-amz-request-id x-amz-id-2 x-amz-cf-id x-amz-cf-pop x-amzn-requestid x-amz-apigw-id apigw-requestid
        x-amz-version-id x-amzn-errortype x-amzn-remapped-content-length cf-ray cf-cache-status x-vercel-id
        x-vercel-cache x-nf-request-id fly-request-id x-railway-request-id x-render-origin-server
        function-execution-id sb-project-ref sb-gateway-version x-sb-edge-region x-application-context
        x-envoy-upstream-service-time x-azure-ref x-msedge-ref akamai-grn x-akamai-request-id""",
        "caches and hosts: fingerprints, and ids of answers",
    ),
    Row(
        "words",
        "x-aspnet-version x-aspnetmvc-version x-nextjs-cache x-cascade x-generator x-drupal-cache x-ms-error-code "
        "x-rack-cors",
        "fingerprints",
    ),
    Row(
        "url",
        """location x-redirect-url hx-redirect hx-location hx-push-url hx-replace-url x-inertia-location sourcemap
        x-sourcemap""",
        "RFC 9110, 10.2.2; htmx, Inertia, Source Map",
    ),
)
SECRET: tuple[Row, ...] = (
    Row(
        "whole",
        "authentication-info proxy-authentication-info dpop sec-session-response sec-session-challenge",
        "RFC 9110, 11.6.3; RFC 9449; Device Bound Session Credentials",
    ),
    Row(
        "whole",
        """api-key apikey x-api-key x-apikey x-auth x-auth-key x-auth-email-key x-access-key x-app-key x-appkey
        x-application-key x-client-key x-functions-key x-goog-api-key x-goog-iam-authorization-token x-master-key
        x-parse-master-key x-parse-rest-api-key x-parse-session-token x-parse-application-id x-secret-key x-service-key
        x-user-key x-vault-token x-auth-user x-authorization x-forwarded-authorization x-original-authorization
        x-amz-security-token x-ms-token-aad-access-token x-ms-token-aad-id-token ocp-apim-subscription-key dd-api-key
        dd-application-key x-algolia-api-key x-contentful-management-token x-plex-token private-token job-token
        deploy-token circle-token x-figma-token x-otp x-pin mcp-session-id""",
        "API keys by their vendors' names",
    ),
    Row(
        "whole",
        """x-hub-signature x-hub-signature-256 x-shopify-access-token x-shopify-hmac-sha256 x-slack-signature
        x-twilio-signature stripe-signature x-line-signature signature""",
        "signed webhooks; RFC 9421",
    ),
    Row(
        "whole",
        """x-forwarded-client-cert x-client-cert x-ssl-client-cert ssl-client-cert x-amzn-oidc-data
        x-amzn-oidc-accesstoken x-amzn-oidc-identity x-goog-iap-jwt-assertion cf-access-jwt-assertion
        cf-access-client-id""",
        "what proxies assert of a client",
    ),
)

ENDINGS: tuple[tuple[Rule, str, str], ...] = (
    ("words", "-cache-key -content-hash -sha1 -deployment-id -invocation-id -activity-id", "which copy, which run"),
    ("words", "-trace -transaction-id -operation-id -event-id", "ids of requests"),
    (
        "words",
        "-version -build -build-id -commit -revision -sha -sha256 -md5 -checksum -digest -commit-hash",
        "which code",
    ),
    (
        "words",
        "-request-id -trace-id -correlation-id -span-id -requestid -traceid -ray -etag",
        "ids of requests",
    ),
    (
        "plain",
        "-type -policy -consent -timeout -ttl -lifetime -expires -expires-in -expires-at -expiry -max-age -issued-at",
        "about a secret: X-Token-Type, X-Session-Timeout, X-Password-Policy, X-Cookie-Consent",
    ),
    (
        "plain",
        "-required -enabled -status -algorithm -algo -limit -remaining -reset -count "
        "-length -name -methods -kind -scope -state -rotation -mode -provider",
        "about a secret, and limits",
    ),
    ("words", "-locale -language -timezone -currency -country", "the reader's place"),
)
"""Endings of names that say what the value is, whatever stands before; the first that fits."""

_ENDINGS: tuple[tuple[tuple[str, ...], Rule], ...] = tuple((tuple(names.split()), rule) for rule, names, _ in ENDINGS)
_JUDGED = ("access-control-", "sec-fetch-", "sec-ch-")


def _table(*tables: tuple[Row, ...]) -> dict[str, Rule]:
    return {name: row.rule for rows in tables for row in rows for name in row.names.split()}


_REQUEST = _table(RESPONSE, BOTH, REQUEST, SECRET)
_RESPONSE = _table(REQUEST, BOTH, RESPONSE, SECRET)


@lru_cache(2048)
def request_rule(name: str) -> Rule:
    """What to redact in the value of a request header of this name (any case): all, where it isn't a known one."""
    return _rule(name, _REQUEST, "whole")


@lru_cache(2048)
def response_rule(name: str) -> Rule:
    """What to redact in the value of a response header of this name (any case)."""
    return _rule(name, _RESPONSE, "text")


_ABOUT_NAMES = ("-header", "-param", "-parameter", "-field")
"""Of response headers only: which header a token is to be sent in. A request's could hold the token."""


def _rule(name: str, table: dict[str, Rule], otherwise: Rule) -> Rule:
    name = name.strip().lower().replace("_", "-")
    named = table.get(name)
    if named is not None:
        return named
    if name.startswith(_JUDGED):
        return "never"
    for endings, rule in _ENDINGS:
        if name.endswith(endings):
            return rule
    if otherwise != "whole" and name.endswith(_ABOUT_NAMES):
        return "plain"
    words = re.split("[-. ]", name)
    if any(map(is_secret_word, words)):
        return "whole"
    return "plain" if otherwise != "whole" and any(map(may_be_secret_word, words)) else otherwise
