"""How CORS code refuses, as data: a status alone (401, 403, 404) doesn't say whether it was CORS code that answered.

A maker is listed only with a sign of its own, in a header or in its error page.
"""

from typing import Literal, NamedTuple

from corsinspect.fetch.headers import by_name

from .rows import Lines, Where, by_status, has, holding

About = Literal["origin", "path", "rule"]
"""What the CORS code refused: the origin; the path, which its configuration doesn't cover; or any part of a rule (the
answer doesn't say which)."""

GRANTING = (
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
)
"""Headers that only CORS code sends, whether or not it allows the origin."""


class Refusal(NamedTuple):
    """One maker's way to refuse a call. A header's pattern is case-insensitive; None or "" matches any."""

    maker: str
    statuses: tuple[int, ...]
    """Empty: any."""
    about: About
    sign: str
    """What of the answer shows it, in words."""
    setting: str
    """What to change there; {page} stands for the page's origin."""
    source: str
    header: tuple[str, str] | None = None
    error_page: str | None = None
    bare: bool = False
    """Whether the answer has nothing but Date and “Content-Length: 0”, in this order."""
    address: str = ""
    """Pattern of the address (host, port and path) where the maker is known by it."""
    where: Where = ""
    lacks: tuple[str, ...] = ()
    """Headers (lower-case) that its refusals never have."""


_GOOD = (200, 204, 206, 304)
"""An error of a store may lack the headers for another reason."""
_GIN = "https://github.com/gin-contrib/cors (config.go: AbortWithStatus(http.StatusForbidden))"

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "Azure Storage",
        (403,),
        "rule",
        "“x-ms-error-code: CorsPreflightFailure”",
        "add a CORS rule with {page}, the method and the headers to the storage account (Resource sharing (CORS))",
        "https://learn.microsoft.com/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-"
        "azure-storage-services",
        header=("x-ms-error-code", "^CorsPreflightFailure$"),
    ),
    Refusal(
        "MinIO",
        _GOOD,
        "origin",
        "“Server: MinIO”, and no CORS header",
        "set MINIO_API_CORS_ALLOW_ORIGIN to a list with {page} (it has no CORS settings per bucket)",
        "https://github.com/minio/minio (MINIO_API_CORS_ALLOW_ORIGIN; cmd/api-headers.go, setCommonHeaders)",
        header=("server", "^MinIO"),
    ),
    Refusal(
        "Google Cloud Storage",
        _GOOD,
        "rule",
        "“x-guploader-uploadid” at storage.googleapis.com, and no CORS header",
        "set a CORS configuration with {page}, the method and the headers on the bucket (gcloud storage buckets update "
        "gs://… --cors-file=…)",
        "https://docs.cloud.google.com/storage/docs/cross-origin, https://cloud.google.com/storage/docs/using-cors",
        header=("x-guploader-uploadid", ""),
        address=r"^([^/:]+\.)?storage\.googleapis\.com(/|:|$)",
    ),
    Refusal(
        "Google Cloud Storage",
        _GOOD,
        "rule",
        "“x-goog-storage-class”, and no CORS header",
        "set a CORS configuration with {page}, the method and the headers on the bucket (gcloud storage buckets update "
        "gs://… --cors-file=…)",
        "https://docs.cloud.google.com/storage/docs/xml-api/reference-headers (x-goog-storage-class)",
        header=("x-goog-storage-class", ""),
    ),
    Refusal(
        "Amazon S3",
        (403,),
        "rule",
        "S3's error page",
        "add {page}, the method and the headers to the bucket's CORS configuration (Permissions, CORS)",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html (403: no matching rule)",
        error_page="aws-s3",
        where="preflight",
    ),
    Refusal(
        "Amazon S3",
        (200, 206, 304),
        "rule",
        "“Server: AmazonS3”, and no CORS header",
        "add {page}, the method and the headers to the bucket's CORS configuration; CloudFront in front must forward "
        "Origin (policy CORS-S3Origin)",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html; "
        "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html (Server)",
        header=("server", "^AmazonS3$"),
        where="actual",
    ),
    Refusal(
        "Starlette (FastAPI)",
        (400,),
        "origin",
        "the text “Disallowed CORS origin”",
        "add {page} to allow_origins of its CORSMiddleware",
        "https://github.com/encode/starlette (middleware/cors.py, preflight_response)",
        error_page="fastapi",
        where="preflight",
    ),
    Refusal(
        "rack-cors",
        (200, 204, 401, 403, 404, 405),
        "path",
        "“X-Rack-CORS: … no-path”",
        "extend a resource '…' line of the rack-cors block to this path",
        "https://github.com/cyu/rack-cors (lib/rack/cors/result.rb)",
        header=("x-rack-cors", r"\bno-path\b"),
    ),
    Refusal(
        "rack-cors",
        (200, 204, 401, 403, 404, 405),
        "origin",
        "“X-Rack-CORS: … no-origin”",
        "add {page} to the origins line of the rack-cors block",
        "https://github.com/cyu/rack-cors (lib/rack/cors/result.rb)",
        header=("x-rack-cors", r"\bno-origin\b"),
    ),
    Refusal(
        "rack-cors",
        (200, 204, 401, 403, 404, 405),
        "rule",
        "“X-Rack-CORS: … no-method, deny-method or deny-header”",
        "list the method and the headers in the resource line of the rack-cors block (methods: …, headers: :any)",
        "https://github.com/cyu/rack-cors (lib/rack/cors/result.rb)",
        header=("x-rack-cors", r"\b(no-method|deny-method|deny-header)\b"),
    ),
    Refusal(
        "rack-cors",
        (404,),
        "origin",
        "“Vary: Origin” on Rails' 404: rack-cors ran and named no origin",
        "add {page} to the origins line of the rack-cors block",
        "https://github.com/cyu/rack-cors (lib/rack/cors.rb: Vary)",
        header=("vary", r"(^|,)\s*origin\s*(,|$)"),
        error_page="rails",
        where="preflight",
    ),
    Refusal(
        "Ollama",
        (403,),
        "origin",
        "an empty 403 at Ollama's port",
        "start it with OLLAMA_ORIGINS={page} in its environment",
        "https://docs.ollama.com/faq (additional web origins); ollama/ollama, server/routes.go: nothing else there "
        "answers 403 without a body and without allowing the origin",
        header=("content-length", "^0$"),
        lacks=("content-type", "www-authenticate"),
        address=r":11434(/|$)",
    ),
    Refusal(
        "Ollama",
        (403,),
        "origin",
        "an empty 403 at an address of Ollama's API",
        "start it with OLLAMA_ORIGINS={page} in its environment",
        "https://docs.ollama.com/faq (additional web origins); Ollama uses gin-contrib/cors",
        bare=True,
        address=r"^[^/]*/api/(tags|generate|chat|embed|embeddings|show|ps|pull|version)/?$",
    ),
    Refusal(
        "llama.cpp",
        (),
        "origin",
        "“Server: llama.cpp”, and no CORS header",
        "start llama-server with --cors-origins {page}",
        "https://github.com/ggml-org/llama.cpp/discussions/31054 (--cors-origins); tools/server sets Server",
        header=("server", r"^llama\.cpp"),
    ),
    Refusal(
        "gin-contrib/cors",
        (403,),
        "origin",
        "a 403 with no body and no header but Date",
        "add {page} to AllowOrigins of the CORS code (gin-contrib/cors)",
        _GIN,
        bare=True,
    ),
)

_with = by_status(REFUSALS)


def refusal(headers: Lines, status: int | None, error_page: str | None, url: str, *, preflight: bool) -> Refusal | None:
    """The maker whose CORS code refused with this answer, the one with the most particular sign first; None: unknown.

    `url`: the address that was called."""
    found = holding(_with(status), headers, error_page, url, preflight=preflight)
    return next((each for each in found if not each.bare or _is_bare(headers)), None)


def refused(headers: Lines, status: int | None, error_page: str | None, url: str, *, preflight: bool) -> bool:
    """Whether the answer looks as if CORS code ran and refused the call."""
    if "access-control-allow-origin" in by_name(headers):
        return False
    by_maker = refusal(headers, status, error_page, url, preflight=preflight) is not None
    return by_maker or looks_refused(headers, status, error_page)


def looks_refused(headers: Lines, status: int | None, error_page: str | None) -> bool:
    """The same for an answer without Access-Control-Allow-Origin, and without a sign of its maker."""
    in_words = status in (400, 403) and error_page in ("fastapi", "spring", "aiohttp")
    return in_words or has(headers, "vary", r"(^|,)\s*origin\s*(,|$)") or bool(by_name(headers).keys() & {*GRANTING})


def error_by_cors(headers: Lines, status: int | None, error_page: str | None, url: str, *, preflight: bool) -> bool:
    """Whether CORS code, and not a login or a router, made this error."""
    if status is None or status < 400 or status >= 500:
        return False
    # CORS code that sends no answer of its own hands a refused preflight on: only a maker's own sign explains a 404
    look = refusal if status in (404, 405) else refused
    return bool(look(headers, status, error_page, url, preflight=preflight))


def _is_bare(headers: Lines) -> bool:
    # Go writes its own headers last, and in this order; HTTP/2 and proxies change that, and add others
    return [name for name, _ in headers] == ["Date", "Content-Length"] and headers[-1][1].strip() == "0"
