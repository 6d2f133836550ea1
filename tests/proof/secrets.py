"""Kinds of secrets as they travel, and harmless values that somebody needs to see: data for `test_secrets`.

A kind is a place and a form: a header's name and value, or a URL, with `{}` for the secret. The secrets are made anew
for each run from a fixed seed, so that no pattern can know them. Sources: the vendors' documentation of their keys and
links, RFC 6749 and OpenID Connect for OAuth's parameters, frameworks' documentation for reset and invitation links.
"""

import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

_random = random.Random(20261128)


def _of(alphabet: str, length: int) -> str:
    return "".join(_random.choice(alphabet) for _ in range(length))


_HEX = "0123456789abcdef"
_WORD = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits
_URLSAFE = _WORD + "-_"

_SHAPES: dict[str, Callable[[], str]] = {
    "hex32": lambda: _of(_HEX, 32),
    "hex40": lambda: _of(_HEX, 40),
    "hex64": lambda: _of(_HEX, 64),
    "base62-24": lambda: _of(_WORD, 24),
    "base62-40": lambda: _of(_WORD, 40),
    "urlsafe-43": lambda: _of(_URLSAFE, 43),
    "base36-26": lambda: _of(_LOWER, 26),
    "base64": lambda: _of(_WORD + "+/", 43) + "=",
    "jwt": lambda: f"eyJhbGciOiJSUzI1NiJ9.eyJ{_of(_URLSAFE, 40)}.{_of(_URLSAFE, 60)}",
    "words": lambda: f"{_random.choice(('correct', 'purple', 'winter'))}-horse-{_of(_LOWER, 4)}",
    "short": lambda: _of(_LOWER, 5) + "7q",
    "digits6": lambda: str(_random.randrange(100_000, 999_999)),
    "uuid": lambda: "-".join(_of(_HEX, length) for length in (8, 4, 4, 4, 12)),
    "camel": lambda: f"Summer{_random.randrange(2000, 2030)}!x",
}

_PARAMETERS = """
    token access_token accessToken refresh_token id_token auth_token authToken api_token apiToken session_token
    csrf_token xsrf_token password passwd pwd new_password old_password confirm_password password_confirmation
    currentPassword userPassword secret client_secret clientSecret app_secret shared_secret api_key apikey api-key
    apiKey access_key secret_key private_key auth_key signature sig hmac code code_verifier otp totp pin passcode
    session_id sessionid PHPSESSID jsessionid sid jwt assertion client_assertion SAMLResponse SAMLRequest credential
    X-Amz-Signature X-Amz-Credential X-Amz-Security-Token X-Goog-Signature AWSAccessKeyId device_code user_code
    security_code one_time_code mfa-code tok sas pwdhash smtp_pass db_pwd userPin login-otp X-Sig accessJwt
    dbPassword mail.password PASSWORD Token
    reset_token invite_token unsubscribe_token magic_token verification_token bearer authorization ticketToken
    user[password] user[auth_token] data.secret subscription-key x-functions-key webhook_secret
""".split()

_RESPONSE_HEADERS = """
    X-Auth-Token X-Access-Token X-Refresh-Token X-CSRF-Token X-XSRF-Token X-Session-Token X-Session-Id X-Api-Key
    X-App-Secret X-Client-Secret X-Signature X-Hub-Signature-256 X-JWT X-Password X-Acme-Token New-Token
    Access-Token Refresh-Token Id-Token X-Amzn-Oidc-Data X-Amz-Security-Token X-Vault-Token Authentication-Info
    X-Encryption-Key X-User-Key Magic-Code X-Nonce X-Ticket X-Verifier X-Amz-Meta-Password X-Login-Challenge
    X-Goog-Iap-Jwt-Assertion Sec-Session-Response X-Auth X-Otp X-Passphrase Api-Key Session-Id x_auth_token
""".split()

_REQUEST_HEADERS = """
    Authorization Proxy-Authorization X-Api-Key X-Auth-Token X-Access-Token X-CSRF-Token X-XSRF-TOKEN Api-Key ApiKey
    X-Session X-Session-Id X-User X-User-Id X-Account X-Tenant X-Customer X-Device-Id X-Client-Id X-Partner X-License
    X-Secret X-Password X-Pin X-Otp X-Code X-Sign X-Hash X-Nonce X-Proof X-Acme X-Identity X-Owner X-Key X-Id
    X-Forwarded-Access X-Debug-Access X-Internal X-Admin X-Impersonate X-Sudo X-Verify X-Challenge X-Answer X-Magic
    Token Secret Key Auth Session Ticket Password Credentials Passphrase Access Private-Token Job-Token Circle-Token
    DD-API-KEY X-Shopify-Access-Token X-Figma-Token X-Plex-Token Ocp-Apim-Subscription-Key X-Parse-Session-Token
    Mcp-Session-Id X-Goog-Api-Key X-Appwrite-Key X-Supabase-Key apikey X-Hasura-Admin-Secret X-Cloud-Key X-Whatever
    Sentry-Key X-Algolia-API-Key X-Contentful-Token Rollbar-Access X-Mixpanel X-Zendesk X-Intercom X-Twilio-Auth
""".split()

_KEYS = {
    "github": "ghp_{W36}",
    "github fine": "github_pat_{W22}_{W59}",
    "gitlab": "glpat-{U20}",
    "slack": "xoxb-{D11}-{D11}-{W24}",
    "slack app": "xapp-1-A{D10}-{D12}-{H64}",
    "aws": "AKIA{B16}",
    "aws session": "ASIA{B16}",
    "google": "AIza{U35}",
    "google oauth": "ya29.{U60}",
    "google secret": "GOCSPX-{U28}",
    "stripe": "sk_live_{W24}",
    "stripe restricted": "rk_test_{W24}",
    "stripe webhook": "whsec_{W32}",
    "sendgrid": "SG.{U22}.{U43}",
    "mailgun": "key-{H32}",
    "mailchimp": "{H32}-us12",
    "twilio": "SK{H32}",
    "npm": "npm_{W36}",
    "pypi": "pypi-{U80}",
    "rubygems": "rubygems_{H48}",
    "docker": "dckr_pat_{U27}",
    "digitalocean": "dop_v1_{H64}",
    "shopify": "shpat_{H32}",
    "square": "sq0atp-{U22}",
    "facebook": "EAA{W60}",
    "openai": "sk-proj-{U48}",
    "openai old": "sk-{W48}",
    "anthropic": "sk-ant-api03-{U93}AA",
    "huggingface": "hf_{W34}",
    "replicate": "r8_{W37}",
    "groq": "gsk_{W52}",
    "linear": "lin_api_{W40}",
    "notion": "ntn_{W46}",
    "figma": "figd_{U40}",
    "supabase": "sbp_{H40}",
    "vault": "hvs.{U90}",
    "databricks": "dapi{H32}",
    "pulumi": "pul-{H40}",
    "terraform": "{W14}.atlasv1.{U60}",
    "grafana": "glsa_{W32}_{H8}",
    "new relic": "NRAK-{B27}",
    "sentry": "sntrys_{W60}",
    "doppler": "dp.pt.{W43}",
    "atlassian": "ATATT3{U60}",
    "dropbox": "sl.{U130}",
    "mapbox": "sk.eyJ{U60}.{U22}",
    "planetscale": "pscale_tkn_{U43}",
    "postman": "PMAK-{H24}-{H34}",
    "telegram": "{D9}:AA{U33}",
    "discord": "M{W25}.{W6}.{U38}",
    "alibaba": "LTAI{W20}",
    "azure": "{W3}8Q~{W34}",
    "brevo": "xkeysib-{H64}-{W16}",
    "resend": "re_{W8}_{W24}",
    "jwt": "eyJ{U30}.eyJ{U60}.{U43}",
    "jwe": "eyJ{U60}..{U16}.{U40}.{U22}",
    "paseto": "v2.local.{U80}",
    "clerk": "sk_test_{W40}",
    "age": "AGE-SECRET-KEY-1{B58}",
    "1password": "ops_eyJ{W80}",
    "contentful": "CFPAT-{U43}",
    "razorpay": "rzp_live_{W14}",
    "bitbucket": "ATBB{W32}",
}

_KEY_PLACES: dict[str, tuple[str, str]] = {
    "query": ("url", "https://api.test/v1/items?filter={}&page=2"),
    "path": ("url", "https://api.test/v1/{}/items"),
    "response header": ("X-Widget", "{}"),
    "referer": ("Referer", "https://app.test/open?ref={}"),
}

_LINKS = """
    /reset-password/{T} /password/reset/{T} /password-reset/{T}/confirm /users/password/edit/reset/{T} /forgot/{T}
    /accounts/reset/MQ/{T}/ /account/recover/{T} /recover/{T} /verify/{T} /verify-email/{T} /email/verify/12/{T}
    /confirm/{T} /confirmation/{T} /users/confirmation/{T} /activate/{T} /activation/{T} /account/activate/{T}
    /invite/{T} /invites/{T} /invitation/{T} /invitations/{T}/accept /join/{T} /team/join/{T} /magic/{T} /magic-link/{T}
    /login/{T} /login/magic/{T} /auth/magic-link/{T} /sso/{T} /otp/{T} /token/{T} /tokens/{T} /unsubscribe/{T}
    /newsletter/unsubscribe/{T} /optout/{T} /share/{T} /shared/{T} /s/{T} /private/{T} /private/{T}/feed.rss
    /calendar/ical/me%40mail.test/private-{T}/basic.ics /calendar/{T}.ics /ical/{T}.ics /webcal/{T} /feeds/{T}/atom.xml
    /services/T0A1B2C3D/B0A1B2C3D/{T} /api/webhooks/112233445566778899/{T} /hooks/{T} /hooks/catch/1234567/{T}/
    /webhook/{T} /webhookb2/{T}/IncomingWebhook/{T}/ /workflows/T0A1B2C3/A0B1C2D3/{T} /trigger/opened/with/key/{T}
    /bot123456789:{T}/getMe /callback/{T} /impersonate/{T} /session/{T} /sessions/{T}/extend /claim/{T} /redeem/{T}
    /gift/{T} /download/{T}/invoice.pdf /preview/{T} /approve/{T} /guest/{T} /pair/{T} /api/key/{T} /keys/{T}
    /register/{T} /signup/{T} /subscribe/{T}/feed /delegate/{T} /unlock/{T} /secret/{T} /onetime/{T} /access/{T}
""".split()

_TEXTS = (
    "secret => '{}'",
    "token -> {}",
    "<password>{}</password>",
    "Authorization: Bearer {}",
    '"password":"{}"',
    '"token": "{}"',
    "'secret': '{}'",
    "token={}",
    "token: {}",
    "secret: {}",
    "password is, password={}",
    '{{"user":{{"password":"{}"}}}}',
    '{{\\"api_key\\":\\"{}\\"}}',
    "access_token={}; expires_in=3600",
    "Bearer {}",
    "api_key: {}",
    "user=bob,pwd={}",
    "auth failed for token={}",
    "session_id={}",
    "client_secret='{}'",
    "Basic {}",
    "postgres://app:{}@db.test/x",
    "https://bob:{}@api.test/",
    "https://api.test/x?token={}",
    "see https://a.test/reset/{}",
    "sig={}&exp=1",
    'refresh_token="{}", scope="a b"',
    "%22password%22%3A%22{}%22",
    "password%3D{}",
    "jwt={}",
)

_TEXT_HEADERS = ("X-Info", "Link", "Via", "Server", "Content-Security-Policy", "X-Powered-By", "Warning", "Alt-Svc")

_QUERIES = (
    "variables=%7B%22password%22%3A%22{}%22%7D",
    'variables={{"password":"{}"}}',
    'q={{"auth":{{"token":"{}"}}}}',
    "data=%257B%2522secret%2522%253A%2522{}%2522%257D",
    "next=%2Freset-password%2F{}",
    "next=https%3A%2F%2Fa.test%2F%3Ftoken%3D{}",
    "next=https%253A%252F%252Fa.test%252F%253Faccess_token%253D{}",
    "redirect=/invite/{}",
    "body=token%3D{}%26a%3D1",
    "filter=a,token:{}",
    "x=1;token={}",
    "url=https://bob:{}@api.test/",
    "state={}",
    "key={}",
    "session={}",
    "input=[%22a%22,%7B%22pin%22:%22{}%22%7D]",
    "a%3D1%26token={}",
    "a[b][password]={}",
    "json=%7B%22api_key%22%3A+%22{}%22%7D",
    "h=Authorization:+Bearer+{}",
)

_AGENTS = (
    ("User-Agent", "acme/1.0 (token={})"),
    ("User-Agent", "bot (+https://a.test/?api_key={})"),
    ("Sec-WebSocket-Protocol", "access_token, {}"),
    ("Sec-WebSocket-Protocol", "{}"),
    ("Sec-WebSocket-Protocol", "bearer.{}"),
    ("Sec-WebSocket-Protocol", "graphql-ws, token.{}"),
    ("Refresh", "3; url=/login?token={}"),
    ("Refresh", "0;url=/reset/{}"),
    ("Location", "/cb#access_token={}"),
    ("Location", "https://bob:{}@a.test/"),
    ("Location", "/cb;token={}"),
    ("Set-Cookie", "sid={}; Path=/"),
    ("Set-Cookie", "theme=dark; Path=/reset/{}"),
    ("Cookie", "a=1; b={}"),
    ("Content-Location", "/share/{}"),
    ("WWW-Authenticate", 'Bearer token="{}"'),
    ("Content-Disposition", "attachment; token={}"),
    ("Server-Timing", 'db;desc="token={}"'),
    ("Report-To", '{{"url":"https://r.test/?api_key={}"}}'),
    ("Content-Security-Policy", "default-src 'self'; report-uri https://r.test/csp?sentry_token={}"),
    ("reason", "Denied token={}"),
    ("reason", "Invalid password: {}"),
    ("failure", "unexpected server response: b'{}'"),
    ("failure", "HTTP/1 protocol error: illegal chunk header: bytearray(b'{}')"),
    ("failure", "Invalid header line: b'Set-Cookie {}'"),
)


class Kind(NamedTuple):
    """One kind of planted value: `place` is "url", "reason", "failure", or a header's name; `side` of the exchange."""

    name: str
    side: str
    place: str
    text: str
    """With the value in it."""
    value: str


def _filled(pattern: str) -> str:
    alphabets = {"W": _WORD, "U": _URLSAFE, "H": _HEX, "D": string.digits, "B": string.ascii_uppercase + "234567"}
    done = ""
    while pattern:
        before, brace, rest = pattern.partition("{")
        done += before
        if brace:
            slot, _, rest = rest.partition("}")
            done += _of(alphabets[slot[0]], int(slot[1:]))
        pattern = rest
    return done


def secrets() -> Iterator[Kind]:
    """Every kind of secret."""
    shapes = list(_SHAPES.items())
    for number, name in enumerate(_PARAMETERS):
        for shape, make in (shapes[number % len(shapes)], shapes[(3 * number + 5) % len(shapes)]):
            value = make()
            url = f"https://api.test/items?page=2&{name}={value}&sort=name"
            yield Kind(f"parameter {name} ({shape})", "request", "url", url, value)
    for number, name in enumerate(_REQUEST_HEADERS):
        shape, make = shapes[number % len(shapes)]
        yield Kind(f"request header {name} ({shape})", "request", name, value := make(), value)
    for number, name in enumerate(_RESPONSE_HEADERS):
        shape, make = shapes[number % len(shapes)]
        yield Kind(f"response header {name} ({shape})", "response", name, value := make(), value)
    for key, pattern in _KEYS.items():
        for where, (place, form) in _KEY_PLACES.items():
            value = _filled(pattern)
            side = "response" if where == "response header" else "request"
            yield Kind(f"{key} key in {where}", side, place, form.format(value), value)
    for number, link in enumerate(_LINKS):
        for shape in ("hex40", ("urlsafe-43", "uuid", "base62-24", "jwt", "base36-26")[number % 5]):
            value = _SHAPES[shape]()
            url = "https://app.test" + link.replace("{T}", value)
            yield Kind(f"link {link} ({shape})", "request", "url", url, value)
            yield Kind(f"link {link} ({shape}) in Location", "response", "Location", link.replace("{T}", value), value)
    for number, form in enumerate(_TEXTS):
        value = _SHAPES[("short", "base62-24", "camel", "hex32")[number % 4]]().replace("!", "")
        place = _TEXT_HEADERS[number % len(_TEXT_HEADERS)]
        value = value + "Zz" if form.startswith(("Bearer", "Basic")) else value
        yield Kind(f"text {form} in {place}", "response", place, form.format(value), value)
    for number, form in enumerate(_QUERIES):
        value = _SHAPES[("base62-24", "hex40", "urlsafe-43", "base36-26")[number % 4]]()
        for place in ("url", "Referer"):
            yield Kind(f"query {form} in {place}", "request", place, "https://api.test/q?" + form.format(value), value)
    for number, (place, form) in enumerate(_AGENTS):
        value = _SHAPES[("base62-24", "hex40")[number % 2]]()
        side = "request" if place in ("User-Agent", "Cookie") else "response"
        yield Kind(f"{place}: {form}", side, place, form.format(value), value)


_H40, _H32 = "9b2f4c6d8e0a1b3c5d7e9f0a2b4c6d8e0f1a3b5c", "1f0c8b7a6d5e4f3c2b1a0f9e8d7c6b5a"
_UUID = "7f3d2c1b-5c44-4f0e-8a55-0d9f6a1b2c3d"

_HARMLESS: tuple[tuple[str, str, str], ...] = (
    *(
        ("request", "url", f"https://api.test/items?{query}")
        for query in (
            "page=2",
            "v=1.4.2",
            "state=california",
            "key=invoices",
            "sort=-created_at",
            "limit=50&offset=100",
            "lang=en-GB",
            "q=running+shoes",
            "filter[status]=open",
            "token_type=bearer",
            "expires_in=3600",
            "session=morning",
            "code=404",
            "key=user-profile",
            "state=open",
            f"commit={_H40}",
            f"sha={_H40}",
            f"build={_H32}",
            f"checksum={_H32}",
            f"etag={_H32}",
            f"request_id={_H32}",
            f"trace_id={_H32}",
            f"id={_UUID}",
            "password_policy=strong",
            "token_count=120",
            "max_tokens=400",
            "date=2026-11-28T10:00:00Z",
            "lat=52.5200&lon=13.4050",
            "fields=id,name,price",
            "version=2024-10-01",
            "sign=libra",
            "author=tolkien",
            "keyword=sale",
            "country_code=DE",
            "zipcode=10115",
            "utm_source=newsletter",
            "case=blocked-preflight",
            "ids=1,2,3,4,5",
            "next=/account/settings",
            "redirect=https%3A%2F%2Fapp.test%2Fhome",
            "auth=basic",
            "hash=about-us",
        )
    ),
    *(
        ("request", "url", f"https://api.test{path}")
        for path in (
            "/reset",
            "/reset-password",
            "/password/forgot",
            "/invite/accept",
            "/webhooks/stripe",
            "/verify/email",
            "/share/report",
            f"/repos/a/b/commits/{_H40}",
            f"/blob/{_H40}/README.md",
            f"/v2/library/nginx/manifests/sha256:{_H32}{_H32}",
            "/static/js/main.8f3a2b1c.chunk.js",
            "/_next/static/chunks/pages/index-5f6e7d8c9b0a.js",
            f"/users/{_UUID}/orders",
            "/calendar/2026/11",
            "/download/v1.4.2/app-x86_64.tar.gz",
            "/auth/realms/master/protocol/openid-connect/token",
            "/api/v2/tokens",
            "/login/callback",
            "/services/data/v58.0/sobjects/Account",
            "/keys/public",
            "/session/new",
            "/assets/index-DkH2bL9x.css",
            "/users/507f1f77bcf86cd799439011",
            "/images/summer-sale-2026-banner.webp",
        )
    ),
    *(
        ("response", name, value)
        for name, value in (
            ("X-Token-Type", "Bearer"),
            ("X-Access-Token-Expires-In", "3600"),
            ("X-Session-Timeout", "1800"),
            ("Token-Expires-In", "900"),
            ("X-Password-Policy", "min=12; upper; digit"),
            ("X-Cookie-Consent", "accepted"),
            ("X-Request-Id", _H32),
            ("X-Trace-Id", _H32),
            ("X-Correlation-Id", _UUID),
            ("X-Commit-Sha", _H40),
            ("X-Build", "2026.11.28-1432"),
            ("X-App-Version", "v4.12.0-rc.1"),
            ("ETag", f'W/"{_H32}"'),
            ("Digest", "sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
            ("X-Git-Revision", _H40),
            ("X-Ratelimit-Remaining", "59"),
            ("X-RateLimit-Tokens-Remaining", "12"),
            ("Server-Timing", "db;dur=53, app;dur=47.2"),
            (
                "Content-Security-Policy",
                "script-src 'nonce-4AEemGb0xJptoIGFP3Nd' 'sha256-B2yPHKaXnvFWtRChIbabYmUBFZdVfKKXHbWtWidDVF8='",
            ),
            ("Vary", "Origin, Accept-Encoding"),
            ("Server", "nginx/1.25.3 (Ubuntu)"),
            ("X-Powered-By", "PHP/8.3.1"),
            ("Age", "1203"),
            ("Via", "1.1 varnish, 1.1 vegur"),
            ("X-Cache", "HIT from cache-fra-eddf8230"),
            ("CF-Ray", "8b1f2c3d4e5f6a7b-FRA"),
            ("Alt-Svc", 'h3=":443"; ma=86400'),
            ("Link", "</style.css>; rel=preload; as=style"),
            ("X-Total-Count", "1240"),
            ("X-Amz-Cf-Id", "kX9vYw3ZqM8nR2bT5cD7fH1jL4pS6uWaE0gIiKmOoQyUxVzBtNrPhA=="),
            ("Retry-After", "120"),
            ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"'),
            ("X-Frame-Options", "DENY"),
            ("X-Env", "staging-eu-1"),
            ("Location", "/orders/1042?status=paid"),
            ("Cache-Control", "private, max-age=0"),
            ("X-Signature-Algorithm", "hmac-sha256"),
            ("X-Api-Version", "2024-10-01"),
            ("X-Region", "eu-central-1"),
            ("Last-Modified", "Sat, 28 Nov 2026 10:00:00 GMT"),
        )
    ),
    *(
        ("request", name, value)
        for name, value in (
            ("Accept", "application/json, text/plain, */*"),
            ("Accept-Language", "de-DE,de;q=0.9,en;q=0.8"),
            ("Priority", "u=1, i"),
            ("If-None-Match", f'"{_H32}"'),
            ("Cache-Control", "no-cache"),
            ("Range", "bytes=0-1023"),
            ("X-Requested-With", "XMLHttpRequest"),
            (
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            ),
            ("Sec-CH-UA", '"Chromium";v="156", "Not.A/Brand";v="24"'),
            ("traceparent", f"00-{_H32}-00f067aa0ba902b7-01"),
            ("X-Request-Id", _UUID),
            ("X-Client-Version", "web-4.2.0"),
            ("Last-Event-ID", "1042"),
            ("Sec-WebSocket-Protocol", "graphql-transport-ws"),
            ("Origin", "https://app.test"),
            ("Upgrade-Insecure-Requests", "1"),
            ("Sec-Fetch-Mode", "cors"),
            ("X-Token-Type", "Bearer"),
            ("X-Api-Version", "3"),
            ("HX-Request", "true"),
            ("Service-Worker", "script"),
            ("X-B3-TraceId", _H32),
            ("DNT", "1"),
        )
    ),
    ("request", "Sec-WebSocket-Protocol", "v12.stomp"),
    ("request", "Sec-WebSocket-Protocol", "wamp.2.json"),
    ("request", "Sec-WebSocket-Protocol", "mqttv3.1"),
    ("request", "Sec-WebSocket-Protocol", "actioncable-v1-json, actioncable-unsupported"),
    ("request", "Sec-WebSocket-Protocol", "graphql-ws"),
    ("request", "Sec-WebSocket-Protocol", "vite-hmr"),
    ("request", "Sec-WebSocket-Protocol", "xmpp"),
    ("request", "Sec-WebSocket-Protocol", "janus-protocol"),
    ("request", "Sec-WebSocket-Protocol", "ocpp1.6"),
    ("request", "Sec-WebSocket-Protocol", "signalr"),
    ("request", "Sec-WebSocket-Protocol", "mqtt"),
    ("request", "X-Requested-With", "XMLHttpRequest"),
    ("request", "Accept-Encoding", "gzip, deflate, br, zstd"),
    ("request", "Connection", "keep-alive"),
    ("request", "Upgrade", "websocket"),
    ("request", "TE", "trailers"),
    ("request", "X-Forwarded-For", "10.1.2.3, 203.0.113.7"),
    ("request", "If-Modified-Since", "Sat, 28 Nov 2026 10:00:00 GMT"),
    ("request", "Sec-Fetch-Dest", "empty"),
    ("request", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"),
    ("request", "Idempotency-Key", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
    ("request", "Prefer", "return=minimal"),
    ("request", "X-Http-Method-Override", "PATCH"),
    ("request", "Device-Memory", "8"),
    ("request", "Viewport-Width", "1280"),
    ("request", "Content-Length", "1234567"),
    ("request", "Keep-Alive", "timeout=5, max=1000"),
    ("request", "Expect", "100-continue"),
    ("request", "X-CSRF-Prevention", "1"),
    ("request", "x-operation-name", "GetUser"),
    ("request", "X-App-Build", "20261128.3"),
    ("request", "url", "https://a.test/?q=how+to+reset+password"),
    ("request", "url", "https://a.test/?tab=keys"),
    ("request", "url", "https://a.test/?sort_key=name"),
    ("request", "url", "https://a.test/?hash=abc"),
    ("request", "url", "https://a.test/?state=California&city=San+Francisco"),
    ("request", "url", "https://a.test/?key=2024-report"),
    ("request", "url", "https://a.test/?search=token+ring"),
    ("request", "url", "https://a.test/?type=password_reset"),
    ("request", "url", "https://a.test/?category=secrets-of-the-sea"),
    ("request", "url", "https://a.test/?session=2"),
    ("request", "url", "https://a.test/?ref=main"),
    ("request", "url", "https://a.test/?branch=feature/login-token"),
    ("request", "url", "https://a.test/?token_type=Bearer&expires_in=3600"),
    ("request", "url", "https://a.test/?sessionTimeout=1800"),
    ("request", "url", "https://a.test/?mode=signin"),
    ("request", "url", "https://a.test/?code=US"),
    ("request", "url", "https://a.test/?passport=no"),
    ("request", "url", "https://a.test/?monkey=1"),
    ("request", "url", "https://a.test/?authors=bob"),
    ("request", "url", "https://a.test/?design=3"),
    ("request", "url", "https://a.test/?tokens=5"),
    ("request", "url", "https://a.test/?t=1700000000"),
    ("request", "url", "https://a.test/?_=1732790000123"),
    ("request", "url", "https://a.test/?ts=1732790000"),
    ("request", "url", "https://a.test/?size=1024x768"),
    ("request", "url", "https://a.test/?color=ff8800"),
    ("request", "url", "https://a.test/?img=photo_2026_11_28.jpg"),
    ("request", "url", "https://a.test/?pin=false"),
    ("request", "url", "https://a.test/?redirect_uri=https://app.test/cb"),
    ("request", "url", "https://a.test/?client_id=web"),
    ("request", "url", "https://a.test/?scope=openid%20profile%20email"),
    ("request", "url", "https://a.test/?response_type=code"),
    ("request", "url", "https://a.test/?nonce="),
    ("request", "url", "https://a.test/?grant_type=client_credentials"),
    ("request", "url", "https://a.test/?w=640&q=75&url=%2Fimages%2Fhero.png"),
    ("request", "url", "https://a.test/?v=3f2a1b"),
    ("request", "url", "https://a.test/?v=20261128"),
    ("request", "url", "https://a.test/?build=8f3a2b1c9d"),
    ("request", "url", "https://a.test/?x-id=GetObject"),
    ("request", "url", "https://a.test/?uploadId=1"),
    ("request", "url", "https://a.test/?partNumber=2"),
    ("request", "url", "https://a.test/?cursor=abc"),
    ("request", "url", "https://a.test/?after=507f1f77bcf86cd799439011"),
    ("request", "url", "https://a.test/?id=V1StGXR8"),
    ("request", "url", "https://a.test/?sku=ABC-12345-XL"),
    ("request", "url", "https://a.test/?isbn=9783161484100"),
    ("request", "url", "https://a.test/?iban="),
    ("request", "url", "https://a.test/?phone=+49301234567"),
    ("request", "url", "https://a.test/?bbox=13.1,52.3,13.7,52.6"),
    ("request", "url", "https://a.test/?level=info&service=auth-api"),
    ("request", "url", "https://a.test/?filter=status:open,owner:bob"),
    ("request", "url", "https://a.test/?q=key:value"),
    ("request", "url", "https://a.test/users/42"),
    ("request", "url", "https://a.test/teams/acme/members"),
    ("request", "url", "https://a.test/posts/2026/11/28/how-we-reset-passwords"),
    ("request", "url", "https://a.test/docs/authentication/tokens"),
    ("request", "url", "https://a.test/v1/sessions"),
    ("request", "url", "https://a.test/v1/keys/list"),
    ("request", "url", "https://a.test/p/the-secret-garden"),
    ("request", "url", "https://a.test/invite"),
    ("request", "url", "https://a.test/join/team"),
    ("request", "url", "https://a.test/share/facebook"),
    ("request", "url", "https://a.test/products/iPhone15ProMax256GB"),
    ("request", "url", "https://a.test/feed/latest"),
    ("request", "url", "https://a.test/feeds/news/2026"),
    ("request", "url", "https://a.test/download/latest"),
    ("request", "url", "https://a.test/s/products"),
    ("request", "url", "https://a.test/access/denied"),
    ("request", "url", "https://a.test/callback/google"),
    ("request", "url", "https://a.test/webhooks/github"),
    ("request", "url", "https://a.test/magic/cards"),
    ("request", "url", "https://a.test/auth/google/callback"),
    ("request", "url", "https://a.test/ticket/new"),
    ("request", "url", "https://a.test/links/about"),
    ("request", "url", "https://a.test/services/consulting"),
    ("request", "url", "https://a.test/preview/draft"),
    ("request", "url", "https://a.test/private/photos"),
    ("response", "X-Powered-By", "Express"),
    ("response", "Server", "Apache/2.4.57 (Debian) OpenSSL/3.0.11"),
    ("response", "X-Auth-Mode", "optional"),
    ("response", "X-Auth-Provider", "google"),
    ("response", "X-Session-State", "active"),
    ("response", "X-Key-Id", "primary"),
    ("response", "X-Token-Kind", "access"),
    ("response", "X-CSRF-Header", "X-XSRF-TOKEN"),
    ("response", "X-CSRF-Param", "authenticity_token"),
    ("response", "X-Secret-Rotation", "daily"),
    ("response", "X-Password-Expires", "2027-01-01"),
    ("response", "X-Cookie-Policy", "strict"),
    ("response", "X-Session-Max-Age", "3600"),
    ("response", "X-Token-Expires-At", "2026-11-28T12:00:00Z"),
    ("response", "X-Signature-Version", "2"),
    ("response", "X-Api-Key-Status", "valid"),
    ("response", "X-Token-Scope", "read write"),
    ("response", "X-RateLimit-Key", "ip"),
    ("response", "X-Cache-Key", "/api/items?page=2"),
    ("response", "X-Trace", "7f3d2c1b5c444f0e8a550d9f6a1b2c3d"),
    ("response", "X-Transaction-Id", "7f3d2c1b5c444f0e8a550d9f6a1b2c3d"),
    ("response", "X-Operation-Id", "7f3d2c1b5c444f0e8a550d9f6a1b2c3d"),
    ("response", "X-Deployment-Id", "dpl_8Yz3KqW2vN5tR7xB1cM4"),
    ("response", "X-Content-Hash", "7f3d2c1b5c444f0e8a550d9f6a1b2c3d"),
    ("response", "X-Checksum-Sha256", "5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99"),
    ("response", "Content-MD5", "Q2hlY2sgSW50ZWdyaXR5IQ=="),
    ("response", "X-Goog-Stored-Content-Length", "1024"),
    ("response", "X-Amz-Meta-Sha1", "5f4dcc3b5aa765d61d8327deb882cf99deadbeef"),
    ("response", "X-Served-By", "cache-fra-eddf8230020-FRA"),
    ("response", "X-Timer", "S1732790000.123456,VS0,VE12"),
    ("response", "X-Consent", "analytics=granted; ads=denied"),
    ("response", "X-Instance", "i-0abc123def456789a"),
    ("response", "X-Pod", "api-7d9f8b6c5d-x2k4p"),
    ("response", "X-Worker", "web.1"),
    ("response", "X-Node", "fra-12"),
    ("response", "Content-Range", "bytes 0-99/1234"),
    ("response", "Link", '<https://a.test/items?page=3>; rel="next", <https://a.test/items?page=9>; rel="last"'),
    ("response", "Permissions-Policy", "geolocation=(), camera=()"),
    ("response", "NEL", '{"report_to":"cf-nel","max_age":604800}'),
    ("response", "Alt-Svc", 'h3=":443"; ma=86400, h3-29=":443"'),
    ("response", "Accept-CH", "Sec-CH-UA-Model"),
    ("response", "X-Robots-Tag", "noindex"),
    ("response", "X-Ua-Compatible", "IE=edge"),
    ("response", "P3P", 'CP="NOI DSP"'),
    ("response", "reason", "Not Found"),
    ("response", "reason", "Token Expired"),
    ("response", "failure", "[Errno 111] Connect call failed ('127.0.0.1', 8000)"),
)


def harmless() -> Iterator[Kind]:
    """Values that have to stay."""
    for side, place, text in _HARMLESS:
        yield Kind(f"{place}: {text}", side, place, text, text)
