"""Calls drawn at random, and the server that answers each as drawn: nearly right, in all the ways to be wrong."""

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Lines = list[tuple[str, str]]
METHODS = ["GET", "GET", "POST", "PUT", "DELETE", "PATCH", "patch", "HEAD", "QUERY"]
OK = [200, 200, 200, 204, 201, 206, 299]
NOT_OK = [100 + 200, 304, 400, 401, 403, 404, 405, 500, 502]


@dataclass(frozen=True)
class Answer:
    """What the server says to one request. `location`: where a 3xx leads, "" to nowhere."""

    status: int
    lines: Lines
    location: str = ""


@dataclass(frozen=True)
class Drawn:
    """One fetch() and its answers."""

    number: int
    method: str
    mode: str
    credentials: str
    headers: dict[str, str]
    preflight: Answer
    hops: list[Answer] = field(default_factory=list)

    @property
    def script(self) -> str:
        """The fetch options as JSON."""
        options = {"method": self.method, "mode": self.mode, "credentials": self.credentials, "headers": self.headers}
        return json.dumps(options)


def draw(chance: random.Random, number: int, page: str, servers: list[str]) -> Drawn:
    """One case; `servers`: the origins that the same server answers at."""
    method = chance.choice(METHODS)
    mode = chance.choice(["cors"] * 9 + ["no-cors"])
    names = chance.sample(
        ["X-A", "x-b", "Authorization", "Content-Type", "Accept-Language"], chance.choice([0, 0, 1, 2])
    )
    headers = {name: {"Content-Type": "application/json"}.get(name, "v") for name in names}
    if mode == "no-cors":
        method, headers = chance.choice(["GET", "POST"]), {}
    credentials = chance.choice(["omit", "same-origin", "include", "include"])
    good = Wishes(page, credentials == "include", method, names)
    hops: list[Answer] = []
    while chance.random() < 0.2 and len(hops) < 2:
        target = chance.choice(servers)
        hops.append(
            Answer(chance.choice([301, 302, 303, 307, 308]), policy(chance, good), f"{target}/{number}/{len(hops) + 1}")
        )
    hops.append(Answer(chance.choice(OK if chance.random() < 0.8 else NOT_OK), policy(chance, good)))
    asked = Answer(chance.choice(OK if chance.random() < 0.85 else NOT_OK), policy(chance, good, preflight=True))
    return Drawn(number, method, mode, credentials, headers, asked, hops)


@dataclass(frozen=True)
class Wishes:
    """What the browser needs to see."""

    page: str
    include: bool
    method: str
    names: list[str]


def policy(chance: random.Random, good: Wishes, preflight: bool = False) -> Lines:
    """CORS headers: mostly right, else one of the ways to be wrong."""

    def right(share: float = 0.8) -> bool:
        return chance.random() < share

    lines: Lines = []
    page = good.page
    origins = (
        [[page]]
        if right()
        else [
            [],
            ["*"],
            ["*"],
            ["null"],
            [page + "/"],
            [page.upper()],
            [page, page],
            [f"{page}, {page}"],
            [page.replace("http:", "https:")],
            [page.rpartition(":")[0]],
            [""],
            [f" {page}\t"],
            ["* "],
            [f"{page} {page}"],
            ["*, *"],
            ["localhost"],
            [page + "\x0b"],
            [page.replace("localhost", "127.0.0.1")],
            ["*", page],
        ]
    )
    for value in chance.choice(origins):
        lines.append(("Access-Control-Allow-Origin", value))
    if good.include and right():
        lines.append(("access-control-allow-credentials", "true"))
    elif not right(0.6):
        wrong = ["True", "TRUE", " true ", "false", "true, true", "", "1", "true\x0b"]
        lines.append(("Access-Control-Allow-Credentials", chance.choice(wrong)))
    if preflight:
        method = good.method
        methods = (
            [method, f"GET,{method}", "*"]
            if right()
            else [
                None,
                "*",
                "",
                method.lower(),
                method.upper(),
                f"{method};",
                f"({method})",
                f",{method},,",
                "GET POST",
                f"'{method}'",
                f" \t{method}\t ",
                "GET, PUT, POST",
            ]
        )
        if (value := chance.choice(methods)) is not None:
            lines.append(("Access-Control-Allow-Methods", value))
        names = ", ".join(good.names)
        headers = (
            [names, names.lower(), names.upper(), "*"]
            if right()
            else [
                None,
                "*",
                "",
                "x-a",
                "x-a x-b",
                ",,".join(good.names),
                f"{names};",
                f'"{names}"',
                f"{names}, é",
                f"\t{names},",
                "authorization, *",
            ]
        )
        if (value := chance.choice(headers)) is not None:
            lines.append(("Access-Control-Allow-Headers", value))
        if right(0.2):
            lines.append(("Access-Control-Max-Age", chance.choice(["0", "-1", "600", "x", ""])))
    if right(0.1):
        lines.append(
            (
                "Cross-Origin-Resource-Policy",
                chance.choice(["same-origin", "same-site", "cross-origin", "Same-Origin", "x"]),
            )
        )
    chance.shuffle(lines)
    return lines


class Server:
    """Answers `/NUMBER/HOP` on loopback, and the page at `/`. HTTP/1.1 by hand, for bytes that no library lets out."""

    def __init__(self) -> None:
        self.cases: dict[int, Drawn] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                fields = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                await reader.readexactly(int(fields.get("content-length", "0")))
                writer.write(self._answer(method, urlsplit(target).path, fields))
                await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, fields: dict[str, str]) -> bytes:
        parts = path.strip("/").split("/")
        body, lines = b"body", [("Content-Type", "text/plain")]
        answer = Answer(200, [("Set-Cookie", "who=me; Path=/")])
        if parts[0].isdigit() and int(parts[0]) in self.cases:
            drawn = self.cases[int(parts[0])]
            asks = method == "OPTIONS" and "access-control-request-method" in fields
            answer = drawn.preflight if asks else drawn.hops[int(parts[1])]
        else:
            lines = [("Content-Type", "text/html")]
        if answer.location:
            lines.append(("Location", answer.location))
        if answer.status in (204, 304) or method == "HEAD":
            body = b""
        if answer.status not in (204, 304):
            lines.append(("Content-Length", str(len(body))))
        text = "".join(f"{name}: {value}\r\n" for name, value in [*lines, *answer.lines])
        return f"HTTP/1.1 {answer.status} X\r\n{text}\r\n".encode("latin-1") + body
