"""Replaces the browser on the demo page if none is installed: a scripted client that uses the proxy.

It implements just enough of fetch() to send what a browser would send for the demo's own cases. It is not a model of a
browser: its name says so wherever it is shown, and its own results are never evidence for a verdict.
"""

import asyncio
import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from corsinspect.demo.cases import CASES, Case, Fetch
from corsinspect.demo.servers import COOKIE, Demo

USER_AGENT = "corsinspect-simulated-browser/1"
TIMEOUT = 20.0
"""Seconds for one request; all servers are on this machine."""

SIMPLE_METHODS = ("GET", "HEAD", "POST")
SIMPLE_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
REDIRECTS = (301, 302, 303, 307, 308)
REDIRECT_LIMIT = 20

HeaderLines = list[tuple[str, str]]


@dataclass(frozen=True)
class Answered:
    """The parts of an answer that this client looks at."""

    status: int
    headers: http.client.HTTPMessage

    def all(self, name: str) -> str | None:
        lines = self.headers.get_all(name)
        return None if lines is None else ", ".join(lines)


class SimulatedBrowser:
    """Opens the demo's page through the proxy on `port`, makes all its calls one by one, and reports "done".

    `ca_pem` is the proxy's CA certificate, which this client trusts for https.
    """

    name = "simulated browser"

    def __init__(self, demo: Demo, port: int, ca_pem: Path) -> None:
        self._demo = demo
        self._port = port
        self._ca_pem = ca_pem
        self._page = urlsplit(demo.origin)

    async def run(self) -> None:
        """Makes the calls; raises OSError if the proxy can't be reached."""
        await self._send("GET", self._demo.run_all_url, self._navigation())
        results = {case.id: await self.fetch(case) for case in CASES}
        headers = self._script_headers(urlsplit(self._demo.origin), "cors", [])
        await self._send("POST", f"{self._demo.origin}/done", headers, json.dumps(results))

    async def open_page(self) -> None:
        """Loads the page; raises OSError if the proxy can't be reached."""
        await self._send("GET", self._demo.page_url, self._navigation())

    async def fetch(self, case: Case) -> str:
        """Makes one call and gives the words that the page would show for it."""
        url = self._demo.url(case)
        fetch = case.fetch
        unsafe = sorted(name.lower() for name, value in fetch.headers if not _is_simple(name, value))
        if (unsafe or fetch.method not in SIMPLE_METHODS) and not await self._preflight(url, fetch, unsafe):
            return "blocked or failed (preflight)"
        return await self._request(url, fetch)

    async def _preflight(self, url: str, fetch: Fetch, unsafe: list[str]) -> bool:
        asked = [("Access-Control-Request-Method", fetch.method)]
        if unsafe:
            asked.append(("Access-Control-Request-Headers", ",".join(unsafe)))
        answered = await self._send("OPTIONS", url, self._script_headers(urlsplit(url), "cors", asked))
        if not (self._readable(answered, fetch) and 200 <= answered.status <= 299):
            return False
        methods = _tokens(answered.all("Access-Control-Allow-Methods"))
        names = [name.lower() for name in _tokens(answered.all("Access-Control-Allow-Headers"))]
        return fetch.method in (*SIMPLE_METHODS, *methods) and all(name in names for name in unsafe)

    async def _request(self, url: str, fetch: Fetch) -> str:
        own = list(fetch.headers)
        if fetch.credentials == "include":
            own.append(("Cookie", COOKIE))
        for _ in range(REDIRECT_LIMIT):
            headers = self._script_headers(urlsplit(url), fetch.mode, own)
            answered = await self._send(fetch.method, url, headers, fetch.body)
            if fetch.mode == "no-cors":
                return "opaque (sent, but unreadable)"
            if not self._readable(answered, fetch):
                return "blocked or failed"
            location = answered.headers.get("Location")
            if answered.status not in REDIRECTS or location is None:
                return f"allowed {answered.status}"
            url = urljoin(url, location)
        return "blocked or failed (too many redirects)"

    def _readable(self, answered: Answered, fetch: Fetch) -> bool:
        allowed = answered.all("Access-Control-Allow-Origin")
        if fetch.credentials == "include":
            return allowed == self._demo.origin and answered.all("Access-Control-Allow-Credentials") == "true"
        return allowed in ("*", self._demo.origin)

    def _navigation(self) -> HeaderLines:
        return [
            ("User-Agent", USER_AGENT),
            ("Accept", "text/html"),
            ("Upgrade-Insecure-Requests", "1"),
            ("Sec-Fetch-Site", "none"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ]

    def _script_headers(self, url: SplitResult, mode: str, own: HeaderLines) -> HeaderLines:
        lines = [("User-Agent", USER_AGENT), ("Accept", "*/*"), *own]
        if mode != "no-cors":
            lines.append(("Origin", self._demo.origin))
        lines += [("Sec-Fetch-Site", self._site(url)), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", "empty")]
        return [*lines, ("Referer", self._demo.page_url)]

    def _site(self, url: SplitResult) -> str:
        if (url.scheme, url.netloc) == (self._page.scheme, self._page.netloc):
            return "same-origin"
        same_host = (url.scheme, url.hostname) == (self._page.scheme, self._page.hostname)
        return "same-site" if same_host else "cross-site"

    async def _send(self, method: str, url: str, headers: HeaderLines, body: str | None = None) -> Answered:
        return await asyncio.to_thread(self._exchange, method, urlsplit(url), headers, body)

    def _exchange(self, method: str, url: SplitResult, headers: HeaderLines, body: str | None) -> Answered:
        connection, target = self._connect(url)
        data = None if body is None else body.encode()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", url.netloc)
            for name, value in headers:
                connection.putheader(name, value)
            if data is not None:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            response = connection.getresponse()
            response.read()
            return Answered(response.status, response.msg)
        finally:
            connection.close()

    def _connect(self, url: SplitResult) -> tuple[http.client.HTTPConnection, str]:
        if url.scheme != "https":
            # a proxy expects the whole URL in an http request
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT), url.geturl()
        trust = ssl.create_default_context(cafile=self._ca_pem)
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=TIMEOUT, context=trust)
        connection.set_tunnel(url.hostname or "", url.port)
        return connection, url.path


def _is_simple(name: str, value: str) -> bool:
    return name.lower() == "content-type" and value.lower() in SIMPLE_TYPES


def _tokens(value: str | None) -> list[str]:
    return [] if value is None else [token.strip() for token in value.split(",")]
