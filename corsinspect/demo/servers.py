"""The demo's servers: one for the page, three for the APIs, and a port where nothing answers."""

import asyncio
import datetime
import html
import ipaddress
import json
import socket
import ssl
import tempfile
from collections.abc import Awaitable
from importlib.resources import files
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corsinspect.demo.cases import BY_PATH, CASES, Answer, Case, Server, pairs
from corsinspect.demo.httpserver import HttpServer, Request, Response
from corsinspect.session.private import write_private

COOKIE = "corsinspect_demo=1"
"""Set by the page. Cookies ignore ports, so calls with credentials send it to the API on localhost too."""

NOT_FOUND = Response(404, (("Content-Type", "text/plain"),), b"Not Found")


class Demo:
    """The running demo. `page_url` lists the calls; with `?run=all` the page makes them all when it opens."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}
        """What the page said about each call, by case id, once all are done; only for display."""
        self._done = asyncio.Event()
        self._asked: asyncio.Queue[Case] = asyncio.Queue()
        self._told: asyncio.Queue[str] = asyncio.Queue()
        self._page = HttpServer(self._answer_page)
        self._apis: dict[Server, HttpServer] = {
            "localhost": HttpServer(self._answer_api),
            "127.0.0.1": HttpServer(self._answer_api),
            "https": HttpServer(self._answer_api, tls=_self_signed()),
        }
        self._closed = socket.socket()
        self._bases: dict[Server, str] = {}

    async def start(self) -> None:
        """Opens the ports; raises OSError if none is available."""
        self._port = await self._page.start()
        for server, api in self._apis.items():
            port = await api.start()
            self._bases[server] = f"https://localhost:{port}" if server == "https" else f"http://{server}:{port}"
        # bound but not listening: connections are refused, and no other program can take the port
        self._closed.bind(("127.0.0.1", 0))
        self._bases["down"] = f"http://localhost:{self._closed.getsockname()[1]}"

    async def stop(self) -> None:
        """Closes all ports; can be called more than once."""
        self._closed.close()
        for server in (self._page, *self._apis.values()):
            await server.stop()

    @property
    def origin(self) -> str:
        """The page's origin."""
        return f"http://localhost:{self._port}"

    @property
    def page_url(self) -> str:
        return f"{self.origin}/"

    @property
    def run_all_url(self) -> str:
        return f"{self.origin}/?run=all"

    @property
    def run_asked_url(self) -> str:
        """The page that makes a call whenever `ask` asks for one."""
        return f"{self.origin}/?run=asked"

    async def ask(self, case: Case) -> str:
        """Has the page make this call, and waits for what it says of it."""
        self._asked.put_nowait(case)
        return await self._told.get()

    def url(self, case: Case) -> str:
        """Where this call goes."""
        return self._bases[case.server] + case.path

    @property
    def is_done(self) -> bool:
        """Whether the page has said that all calls are made."""
        return self._done.is_set()

    async def wait_done(self) -> dict[str, str]:
        """Waits until the page (or the scripted client) says that all calls are made; returns `results`."""
        await self._done.wait()
        return self.results

    def _answer_page(self, request: Request) -> Response | Awaitable[Response]:
        path = request.target.partition("?")[0]
        if request.method == "GET" and path == "/":
            return _html(self._page_html())
        if request.method == "POST" and path == "/done":
            return self._take_results(request.body)
        if request.method == "POST" and path == "/asked":
            return self._next_asked(request.body)
        return NOT_FOUND

    async def _next_asked(self, told: bytes) -> Response:
        """The next call that the page is to make. `told`: what it says of the one before, if there was one."""
        if told:
            self._told.put_nowait(told.decode("utf-8", "replace"))
        case = await self._asked.get()
        return Response(200, (("Content-Type", "application/json"),), json.dumps(self._for_page(case)).encode())

    def _page_html(self) -> str:
        cases = [
            {"broken": self._for_page(broken), "fixed": self._for_page(fixed), "title": broken.title}
            for broken, fixed in pairs()
        ]
        template = (files("corsinspect.demo") / "page.html").read_text("utf-8")
        # "<" is the one character that could end the script element
        data = json.dumps(cases).replace("<", "\\u003c")
        return template.replace("{{cases}}", data).replace("{{origin}}", html.escape(self.origin))

    def _for_page(self, case: Case) -> dict[str, object]:
        expected = case.expected
        words = f"{expected.outcome}: {expected.reason}" if expected.reason else expected.outcome
        return {"id": case.id, "url": self.url(case), "init": case.fetch.init(), "note": case.note, "expected": words}

    def _take_results(self, body: bytes) -> Response:
        try:
            said = json.loads(body)
        except ValueError:
            return NOT_FOUND
        if isinstance(said, dict):
            self.results = {case.id: str(said[case.id]) for case in CASES if case.id in said}
            self._done.set()
        return Response(204, (), b"")

    def _answer_api(self, request: Request) -> Response | None:
        case = BY_PATH.get(request.target)
        if case is None:
            return NOT_FOUND
        answer = case.preflight if request.method == "OPTIONS" else case.answer
        return None if answer is None else self._fill(answer)

    def _fill(self, answer: Answer) -> Response:
        headers = tuple(
            (name, value.replace("{page}", self.origin).replace("{port}", str(self._port)))
            for name, value in answer.headers
        )
        return Response(answer.status, (*headers, ("Content-Type", answer.content_type)), answer.body.encode())


async def start_demo() -> Demo:
    """Starts the page and its APIs on free loopback ports."""
    demo = Demo()
    try:
        await demo.start()
    except BaseException:
        await demo.stop()
        raise
    return demo


def _html(text: str) -> Response:
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Set-Cookie", f"{COOKIE}; Path=/; SameSite=Lax"),
    )
    return Response(200, headers, text.encode())


def _self_signed() -> ssl.SSLContext:
    """A server context with a certificate for localhost that nobody trusts, as development servers have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:  # ssl reads keys from files only
        pem = Path(folder) / "localhost.pem"
        write_private(pem, private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(pem)
    return context
