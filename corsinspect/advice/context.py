"""What the traffic shows beyond a call's own verdict, as evidence for its causes. See `causes.py`."""

import re
from collections.abc import Collection, Sequence
from functools import cached_property
from urllib.parse import urljoin

from corsinspect.advice.app_pages import app_page
from corsinspect.advice.evidence.login import downgraded, is_login, led_to_login
from corsinspect.advice.evidence.maker import gate_of
from corsinspect.advice.evidence.others import (
    Others,
    beside,
    grants,
    has,
    host_of,
    path_of,
    sets_cookie,
    without_origin,
)
from corsinspect.advice.sentences import difference
from corsinspect.fetch.check import ALLOW_ORIGIN, asked_by, headers_check, methods_check
from corsinspect.fetch.headers import by_name, combined, cors_headers, token_list
from corsinspect.fetch.http_cache import kept_without_cors
from corsinspect.fetch.origin import OPAQUE
from corsinspect.fetch.url import origin_of
from corsinspect.fingerprints import (
    Gate,
    Refusal,
    answered_by,
    looks_refused,
    recognise,
    recognise_all,
    refusal,
)
from corsinspect.model import Call, Exchange

_ALLOW_ORIGIN = ALLOW_ORIGIN.lower()

_OF_CACHES = frozenset({"x-cache", "cf-cache-status", "x-vercel-cache", "x-proxy-cache"})
"""Headers of caches on the way."""
_CACHED = re.compile(r"\bhit\b", re.IGNORECASE)


class CallContext:
    """One call in the light of its session's other calls (`neighbours`, of which only those to its server count)."""

    def __init__(self, call: Call, neighbours: Collection[Call] = ()) -> None:
        self.call = call
        self.verdict = call.verdict
        self.stopped = call.stopped_at
        self.server = origin_of(self.stopped.url if self.stopped is not None else call.url)
        self.page = call.page_origin or ""
        self.stage = call.verdict.stage
        status = call.verdict.status
        self.status = status or (self.stopped.status if self.stopped is not None else None) or 0
        self._neighbours = neighbours

    @cached_property
    def _others(self) -> Sequence[Others]:
        return beside(self.call, self._neighbours, self.server)

    def header(self, name: str) -> str | None:
        """A header of the answer where the call stopped; None: absent."""
        return None if self.stopped is None else combined(self.stopped.response_headers, name)

    def sent(self, name: str) -> str | None:
        """A header of the request where the call stopped; None: absent."""
        return None if self.stopped is None else combined(self.stopped.request_headers, name)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """How the header's value differs from what was needed (`DifferenceKind`)."""
        return difference(self.call).kinds

    @property
    def app(self) -> str | None:
        """What kind of app the page is one of; None if it came from the web."""
        return app_page(self.page)

    @property
    def app_is_wrongly_spelt(self) -> bool:
        """Whether the answer means this very app, and spells its origin in another way."""
        return not {"scheme", "host"} & set(self.kinds)

    @cached_property
    def answers(self) -> list[Exchange]:
        """This server's answers in other calls."""
        return [each for others in self._others for each in others.answers]

    @cached_property
    def good(self) -> list[Exchange]:
        """This server's answers to other requests (not preflights) that have Access-Control-Allow-Origin."""
        return [each for others in self._others for each in others.good]

    @cached_property
    def allows_page(self) -> bool:
        """Whether this server allows this page in another answer."""
        granted = (hop.preflight for hop in self.call.hops if self.granted and hop.preflight is not None)
        return any(self.page in others.allowed for others in self._others) or any(
            combined(each.response_headers, _ALLOW_ORIGIN) == self.page for each in granted
        )

    @cached_property
    def knows_cors(self) -> bool:
        """Whether any answer of this server, in this call or others, has an Access-Control header."""
        return any(others.knows_cors for others in self._others) or any(
            grants(each) for each in self.call.exchanges if origin_of(each.url) == self.server
        )

    @property
    def knows_method(self) -> bool:
        """Whether a request to this path other than OPTIONS was answered without an error."""
        path = self.path
        return any(path in others.working for others in self._others) or any(
            each.method != "OPTIONS" and (each.status or 0) < 400 and path_of(each) == path
            for each in self.call.exchanges
        )

    @cached_property
    def gate(self) -> Gate | None:
        """What gave this answer in the app's place; None: nothing that is known."""
        return gate_of(self.call)

    @cached_property
    def refuses(self) -> bool:
        """Whether the answer looks as if CORS code ran and refused the origin."""
        it = self.stopped
        if it is None or has(it, _ALLOW_ORIGIN):
            return False
        return self.refusal is not None or looks_refused(it.response_headers, self.status, it.error_page)

    @cached_property
    def refusal(self) -> Refusal | None:
        """How the CORS code that refused the origin can be recognised; None: not by a sign of its own."""
        it = self.stopped
        if it is None or has(it, _ALLOW_ORIGIN):
            return None
        return refusal(it.response_headers, self.status, it.error_page, it.url, preflight=self.stage == "preflight")

    @property
    def granted(self) -> bool:
        """Whether the request that was blocked had a preflight that passed."""
        hop = self.call.stopped_hop
        return self.stage == "actual" and hop is not None and hop.preflight is not None

    @cached_property
    def proxies(self) -> list[str]:
        """The reverse proxies that can be recognised in this server's answers."""
        own = [each for each in self.call.exchanges if origin_of(each.url) == self.server and each.status]
        found = recognise_all(
            recognise(each.response_headers, each.status, each.error_page) for each in (*own, *self.answers)
        )
        return [match.name for match in found if match.layer == "proxy" and match.confidence != "guess"]

    @property
    def by_proxy(self) -> bool:
        """Whether a reverse proxy, not the app, made this answer."""
        if self.stopped is None:
            return False
        maker = answered_by(self.stopped.response_headers, self.stopped.status, self.stopped.error_page)
        return maker is not None and maker.layer == "proxy"

    @property
    def from_cache(self) -> bool:
        """Whether this answer came from a cache: the browser's, or one on the way."""
        headers = by_name(() if self.stopped is None else self.stopped.response_headers)
        hit = any(_CACHED.search(headers[name]) for name in _OF_CACHES & headers.keys())
        hop = self.call.stopped_hop
        return hit or (headers.get("age") or "0") != "0" or (hop is not None and hop.stored is not None)

    @cached_property
    def location(self) -> str:
        """Where a redirect leads; "" if the answer is not a redirect."""
        return self.header("location") or ""

    @property
    def redirects_to_slash(self) -> bool:
        if not self.location:
            return False
        here, there = self.path, without_origin(self.location)
        return bool(there) and here != there and here.rstrip("/") == there.rstrip("/")

    @property
    def redirects_to_https(self) -> bool:
        return self.location.startswith("https:") and self.server.startswith("http:")

    @property
    def redirects_to_login(self) -> bool:
        return self.stopped is not None and bool(self.location) and is_login(self.location, self.stopped.url)

    @property
    def led_to_login(self) -> bool:
        """Whether the call itself (not its preflight) was redirected to a login, here or before."""
        return led_to_login(self.call) is not None

    @cached_property
    def downgraded(self) -> Exchange | None:
        """The answer that redirected the call from https to the same host by http, here or before."""
        return downgraded(self.call)

    @property
    def page_embedder(self) -> str | None:
        """The embedder policy of the page's own documents; None: it has none, or none was seen."""
        return None if self.call.policies is None else self.call.policies.embedder

    @property
    def kept_without_cors(self) -> bool:
        """Whether a browser may give this answer, loaded without CORS, to a later fetch() that needs CORS headers, and
        this server has them for requests with an Origin."""
        it = self.stopped
        if it is None or self.verdict.outcome != "opaque" or len(self.call.hops) > 1:
            return False
        return kept_without_cors(it.method, it.status, it.response_headers) and bool(self.good)

    @property
    def cached(self) -> Exchange | None:
        """The answer that the browser's cache gave again, where the browser said so."""
        return None if self.call.browser is None else self.call.browser.cached

    @property
    def cached_for_elements(self) -> bool:
        """Whether that is an answer that has no CORS headers, and doesn't say that others would get them."""
        cached = self.cached
        if cached is None or has(cached, _ALLOW_ORIGIN):
            return False
        return "origin" not in (combined(cached.response_headers, "vary") or "").lower()

    @property
    def upgraded(self) -> bool:
        """Whether the browser itself turned the page's http into https: the page is http, the server demands https, and
        the request has lost its origin although nothing redirected it."""
        if self.verdict.hop or not self.page.startswith("http:") or not self.server.startswith("https:"):
            return False
        return self.sent("origin") == OPAQUE and self.call.engine == "chromium" and self.demands_https

    @property
    def demands_https(self) -> bool:
        """Whether this server sends Strict-Transport-Security."""
        return any(others.demands_https for others in self._others) or any(
            has(each, "strict-transport-security") for each in self.call.exchanges if origin_of(each.url) == self.server
        )

    @property
    def has_cookie(self) -> bool:
        """Whether the request had a cookie or a login."""
        return self.sent("cookie") is not None or self.sent("authorization") is not None

    @property
    def only_own_token(self) -> bool:
        """Whether all that the request is known by is an Authorization that script set: the preflight asked for it."""
        hop = self.call.stopped_hop
        asked = () if hop is None or hop.preflight is None else asked_by(hop.preflight.request_headers).names
        own = "authorization" in {name.lower() for name in asked}
        return own and self.sent("authorization") is not None and self.sent("cookie") is None

    @property
    def error_page(self) -> str:
        """The name of the error page; "" if it's none that is known."""
        return (self.stopped.error_page if self.stopped is not None else None) or ""

    @property
    def stopped_url(self) -> str:
        """The address where the call stopped."""
        return self.call.url if self.stopped is None else self.stopped.url

    @property
    def by_supabase_function(self) -> bool:
        """Whether a Supabase Edge Function gave this answer."""
        return (self.header("x-served-by") or "").startswith("supabase-edge-runtime") or (
            self.header("sb-gateway-version") is not None and self.path.startswith("/functions/")
        )

    @property
    def by_wordpress(self) -> bool:
        """Whether WordPress's REST API gave this answer: its pages name the API's address in Link, too."""
        root = re.search(r'<([^<>]*)>; rel="https://api\.w\.org/"', self.header("link") or "")
        below = root is not None and self.stopped_url.startswith(urljoin(self.stopped_url, root[1]))
        return below or self.header("x-wp-total") is not None

    @property
    def by_api_gateway(self) -> bool:
        """Whether the answer passed API Gateway for certain: other services of AWS name their errors alike."""
        return self.stopped is not None and has(self.stopped, "x-amz-apigw-id", "apigw-requestid")

    @property
    def later(self) -> list[Exchange]:
        """This server's answers to later requests (not preflights) to the same path."""
        return [each for each in self.later_there if path_of(each) == self.path]

    @cached_property
    def later_there(self) -> list[Exchange]:
        """This server's answers to later requests (not preflights)."""
        started = self.stopped.started if self.stopped is not None else 0
        return [each for each in self.answers if each.method != "OPTIONS" and each.started > started]

    @property
    def worked(self) -> bool:
        """Whether the same call was allowed before, with a good answer."""
        return any(others.worked_before(self.call) for others in self._others)

    @cached_property
    def unlisted(self) -> list[str]:
        """The method and the headers that a preflight asks for and its answer doesn't list; all where it lists none."""
        it = self.stopped
        if it is None or self.stage != "preflight":
            return []
        asked, fields = asked_by(it.request_headers), cors_headers(it.response_headers)
        include = self.call.credentials == "include"
        found = [asked.method] if methods_check(asked.method, include, fields.allow_methods) else []
        if headers_check(asked.names, include, fields.allow_headers):
            listed = {name.lower() for name in token_list(fields.allow_headers) or ()}
            found += [name for name in asked.names if name.lower() not in listed]
        return found

    @property
    def path(self) -> str:
        """The path where the call stopped."""
        return path_of(self.stopped)

    @property
    def sets_cookies(self) -> bool:
        """Whether an answer of the session sets a cookie that this server gets, so that the page may need it."""
        host = host_of(self.server)
        return any(others.sets_cookies for others in self._others) or any(
            sets_cookie(each, host) for each in self.call.exchanges
        )

    @property
    def sets_lax_cookies(self) -> bool:
        """Whether this server sets cookies that browsers never send from other sites' pages."""
        set_cookies = [
            value.lower()
            for each in (*self.call.exchanges, *self.answers)
            for name, value in each.response_headers
            if name.lower() == "set-cookie"
        ]
        return any("samesite=none" not in value for value in set_cookies)

    @property
    def failure(self) -> str:
        """The failure in the words of what reported it."""
        return next((each.failure.text for each in reversed(self.call.exchanges) if each.failure), "")
