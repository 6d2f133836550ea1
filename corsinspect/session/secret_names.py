"""Which names mean that a secret follows: header fields, parameters of a URL, authentication schemes. Data first."""

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

Rule = Literal["never", "authorization", "cookie", "set-cookie", "whole", "url", "refresh", "text", "words"]
"""What is redacted in a header's value: nothing; all but the scheme; the values of the cookies; all; what the URL in it
holds; the same behind Refresh's delay; secrets wherever they show by name or shape; the same, but long random
values are no secrets there (entity tags, request ids, hashes)."""

# What is judged byte by byte, or tells the client, or never holds a secret and is on nearly every exchange.
_NEVER = """
    origin content-type accept accept-charset accept-encoding accept-language accept-ranges content-language
    content-encoding content-length range host connection proxy-connection keep-alive user-agent date server vary age
    expires cache-control pragma last-modified if-modified-since transfer-encoding te trailer upgrade
    upgrade-insecure-requests dnt priority purpose x-requested-with x-powered-by x-frame-options x-content-type-options
    x-xss-protection x-dns-prefetch-control strict-transport-security referrer-policy permissions-policy feature-policy
    cross-origin-resource-policy cross-origin-opener-policy cross-origin-embedder-policy timing-allow-origin
    origin-agent-cluster origin-trial alt-svc allow via sec-websocket-key sec-websocket-accept sec-websocket-version
    sec-websocket-extensions
"""
# Random by nature, and no secret.
_WORDS = """
    etag if-match if-none-match if-range digest content-digest repr-digest content-md5 traceparent tracestate b3
    x-b3-traceid x-b3-spanid x-request-id x-correlation-id request-id x-trace-id x-cloud-trace-context x-amzn-trace-id
    x-amz-request-id x-amz-id-2 x-amz-cf-id x-amz-cf-pop x-amzn-requestid x-amz-apigw-id x-amz-version-id
    cf-ray x-vercel-id
    x-cache x-served-by x-timer x-fb-debug x-guploader-uploadid x-goog-hash x-goog-generation baggage sentry-trace
    content-security-policy content-security-policy-report-only report-to reporting-endpoints nel expect-ct
    public-key-pins www-authenticate proxy-authenticate link server-timing content-disposition signature-input
    idempotency-key surrogate-key cache-tag x-nf-request-id fly-request-id x-railway-request-id x-render-origin-server
"""
_WHOLE = """
    authentication-info proxy-authentication-info api-key apikey x-api-key x-apikey x-auth x-auth-key x-auth-email-key
    x-access-key x-app-key x-appkey x-application-key x-client-key x-functions-key x-goog-api-key
    x-goog-iam-authorization-token
    x-master-key x-parse-master-key x-parse-rest-api-key x-parse-session-token x-parse-application-id x-secret-key
    x-service-key x-user-key x-vault-token x-auth-user x-authorization
    x-forwarded-authorization x-original-authorization
    x-amz-security-token x-ms-token-aad-access-token x-ms-token-aad-id-token ocp-apim-subscription-key dd-api-key
    dd-application-key x-algolia-api-key x-contentful-management-token x-hub-signature x-hub-signature-256
    x-shopify-access-token x-shopify-hmac-sha256 x-slack-signature x-twilio-signature stripe-signature x-line-signature
    x-forwarded-client-cert x-client-cert x-ssl-client-cert ssl-client-cert x-amzn-oidc-data x-amzn-oidc-accesstoken
    x-goog-iap-jwt-assertion cf-access-jwt-assertion cf-access-client-id x-plex-token private-token job-token
    deploy-token circle-token x-figma-token x-otp x-pin dpop sec-session-response sec-session-challenge
"""
_URLS = """
    location content-location referer referrer x-original-url x-rewrite-url x-forwarded-uri x-original-uri
    x-redirect-url hx-current-url hx-redirect hx-location x-inertia-location sourcemap x-sourcemap destination
"""
_NAMED: dict[str, Rule] = {
    **dict.fromkeys(_NEVER.split(), "never"),
    **dict.fromkeys(_WORDS.split(), "words"),
    **dict.fromkeys(_WHOLE.split(), "whole"),
    **dict.fromkeys(_URLS.split(), "url"),
    "authorization": "authorization",
    "proxy-authorization": "authorization",
    "cookie": "cookie",
    "cookie2": "cookie",
    "set-cookie": "set-cookie",
    "set-cookie2": "set-cookie",
    "refresh": "refresh",
}
# A header with one of these words in its name holds a secret, whoever invented it: X-Acme-Auth-Token, My-Secret.
_SECRET_WORDS = frozenset(
    """token secret password passwd passphrase pwd jwt bearer credential credentials signature session sessionid sid
    csrf xsrf csrftoken xsrftoken apikey accesskey authkey hmac cookie""".split()
)
_SECRET_ENDINGS = ("token", "secret", "password", "apikey", "sessionid")

_PARAMETERS = frozenset(
    """token auth authorization key apikey accesskey secretkey authkey accesskeyid awsaccesskeyid subscriptionkey sig
    sign signature hmac mac password passwd passphrase pwd pass pin otp totp secret credential credentials code authcode
    codeverifier state nonce session sessionid sess sid phpsessid jsessionid aspsessionid jwt bearer ticket assertion
    samlrequest samlresponse csrf xsrf csrfmiddlewaretoken privatekey clientkey appkey licensekey
    magic invite""".split()
)
_PARAMETER_ENDINGS = (*_SECRET_ENDINGS, "signature", "credential", "credentials", "passcode", "assertion", "authcode")

SCHEMES = frozenset(
    """basic bearer concealed digest dpop gnap hoba mutual negotiate oauth privatetoken scram-sha-1 scram-sha-256 vapid
    ntlm kerberos hawk token apikey api-key key jwt ssws aws4-hmac-sha256 aws4-ecdsa-p256-sha256 aws sharedkey
    sharedkeylite sharedaccesssignature hmac signature splunk macaroon session-token zoho-oauthtoken goog4-rsa-sha256
    genie-key genielkey acs hmac-sha256 mac snowflake x-api-key discogs mediabrowser bot""".split()
)


@lru_cache(2048)
def header_rule(name: str) -> Rule:
    """What to redact in the value of a header of this name (any case)."""
    name = name.strip().lower().replace("_", "-")
    named = _NAMED.get(name)
    if named is not None:
        return named
    if name.startswith(("access-control-", "sec-fetch-", "sec-ch-", ":")):
        return "never"
    words = re.split("[-. ]", name)
    if not _SECRET_WORDS.isdisjoint(words) or any(word.endswith(_SECRET_ENDINGS) for word in words):
        return "whole"
    return "text"


@lru_cache(2048)
def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of this name in a URL (as written there, so perhaps percent-encoded) holds a secret."""
    if "‹" in name:  # what was redacted names nothing
        return False
    plain = re.sub("[^a-z0-9]", "", unquote(name, encoding="latin-1").lower())
    return plain in _PARAMETERS or plain.endswith(_PARAMETER_ENDINGS)
