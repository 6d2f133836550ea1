"""`learn`: the lessons, in the terminal, with calls that are really made."""

import asyncio
import contextlib
import shutil
import string
import tempfile
import time
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

from corsinspect.advice import explanation
from corsinspect.capture.browser import BrowserKind
from corsinspect.capture.proxy import Proxy
from corsinspect.commands.record import CallLines, Recording
from corsinspect.demo.cases import Case
from corsinspect.demo.run import Caller, Demo, DemoError, caller, start_demo
from corsinspect.lessons import progress
from corsinspect.lessons.course import LESSONS, Lesson, right
from corsinspect.model import Call, Exchange
from corsinspect.printable import printable
from corsinspect.report import text
from corsinspect.report.page import Page
from corsinspect.stdin_lines import StdinLines
from corsinspect.terminal import wants_colour

VERDICT_LIMIT = 20.0
"""Seconds in which a call must have its verdict; a preflight that nothing follows takes 3."""
DOUBT_LIMIT = 2.0
"""Seconds in which a browser that is listened to has told what the traffic leaves open."""
LEAVE = "q"
CURL = {"User-Agent": "curl/8.14.1", "Accept": "*/*"}


class _Left(Exception):
    """The person has had enough."""


async def learn(first: int | None, port: int | None, kind: BrowserKind | None) -> int:
    """The lessons from `first` on (None: from where the person stopped the last time); returns the exit status."""
    start = progress.done() if first is None else first - 1
    start = 0 if start >= len(LESSONS) else start
    servers = await start_demo()
    try:
        with tempfile.TemporaryDirectory(prefix="corsinspect-") as folder:
            proxy = Proxy(Path(folder) / "lessons.jsonl", port=port)
            try:
                await proxy.start()
                with contextlib.suppress(_Left):
                    await _Course(proxy, servers, await caller(proxy, servers, kind)).give(start)
            finally:
                await proxy.stop()
    finally:
        await servers.stop()
    return 0 if proxy.died is None else 2


class _Course:
    """Shows the lessons one after the other."""

    def __init__(self, proxy: Proxy, servers: Demo, caller: Caller) -> None:
        self._proxy = proxy
        self._servers = servers
        self._caller = caller
        self._colour = wants_colour()
        self._page = Page(print, shutil.get_terminal_size().columns, colour=self._colour)
        self._recording = Recording(proxy, CallLines(lambda _: None, colour=False))
        self._names = {"page": servers.origin}
        self._person = _Person()

    async def give(self, start: int) -> None:
        """All lessons from this one on; raises _Left where the person leaves."""
        following = asyncio.create_task(self._recording.follow())
        try:
            self._page.line(f"Calls are made by {self._caller.name}. Answer with a letter and Enter; q leaves.")
            if self._caller.warning is not None:
                self._page.line(f"{self._caller.name}: {self._caller.warning}")
            for number in range(start, len(LESSONS)):
                await self._lesson(number)
                progress.keep(number + 1)
            self._page.gap()
            self._page.line("That was all. `corsinspect explain` has the details, `corsinspect demo` more such calls.")
            progress.keep(0)
        finally:
            self._recording.stop()
            await following

    async def _lesson(self, number: int) -> None:
        lesson, page = LESSONS[number], self._page
        page.rule()
        page.line(f"{number + 1} of {len(LESSONS)}  {lesson.title}", bold=True)
        for words in lesson.words:
            page.gap()
            page.line(words.format_map(self._names))
        self._show(await self._made(lesson.shown))
        page.gap()
        page.line(lesson.question, bold=True)
        letters = string.ascii_lowercase[: len(lesson.choices)]
        for letter, choice in zip(letters, lesson.choices, strict=True):
            page.entry(f"  {letter}", choice.text, left=5)
        answer = lesson.choices[letters.index(await self._person.choose(letters))]
        call = await self._made(lesson.proof, by_curl=lesson.by_curl)
        self._judge(lesson, call, answer.text)
        if number + 1 < len(LESSONS):
            page.gap()
            await self._person.enter("Enter: the next lesson ")

    def _judge(self, lesson: Lesson, call: Call, answer: str) -> None:
        found = right(lesson, call)
        self._page.gap()
        self._page.line("Right." if found.text == answer else f"No: {found.text}", bold=True)
        self._show(call)

    def _show(self, call: Call) -> None:
        """What was sent and answered, and what the browser made of it."""
        page = self._page
        page.gap()
        for exchange in call.exchanges:
            for line in _wire(exchange):
                print(f"    {line}")
        page.gap()
        print(text.lines(call, colour=self._colour))
        page.gap()
        said = explanation(call)
        page.line(" ".join(filter(None, (said.happened, said.change))))

    async def _made(self, case: Case, *, by_curl: bool = False) -> Call:
        """Makes the call, and waits for its verdict."""
        known = set(self._recording.lines.calls)
        url = self._servers.url(case)
        if by_curl:
            await asyncio.to_thread(_curl, url, self._proxy.port)
        else:
            await self._caller.call(case)
        begun = time.monotonic()
        while time.monotonic() - begun < VERDICT_LIMIT and self._proxy.died is None:
            made = [call for call in self._recording.lines.calls.values() if call.url == url and call.id not in known]
            for call in made:
                decided = call.verdict.outcome != "pending"
                if decided and (call.verdict.certainty != "depends" or time.monotonic() - begun > DOUBT_LIMIT):
                    return call
            await asyncio.sleep(0.05)
        raise DemoError(f"No verdict on {case.title!r} came.", "Start again: corsinspect learn.")


def _curl(url: str, port: int) -> None:
    """Asks as a program does that isn't a browser."""
    proxy = ProxyHandler({"http": f"http://127.0.0.1:{port}"})
    with build_opener(proxy).open(Request(url, headers=CURL), timeout=VERDICT_LIMIT) as answer:
        answer.read()


def _wire(exchange: Exchange) -> list[str]:
    """The lines of an exchange that CORS is about."""
    asked = [f"{exchange.method} {exchange.url}"]
    asked += _lines(exchange.request_headers, ("origin", "access-control-", "cookie", "authorization", "content-type"))
    answered = [f"→ {exchange.status}"] if exchange.status is not None else ["→ no answer"]
    answered += _lines(exchange.response_headers, ("access-control-", "vary", "location"))
    return [printable(line) for line in (*asked, *answered)]


def _lines(headers: tuple[tuple[str, str], ...], wanted: tuple[str, ...]) -> list[str]:
    return [f"  {name}: {value}" for name, value in headers if name.lower().startswith(wanted)]


class _Person:
    """Whoever takes the lessons."""

    def __init__(self) -> None:
        self._lines = StdinLines()

    async def choose(self, letters: str) -> str:
        """One of these letters; raises _Left."""
        while True:
            said = (await self.enter(f"{', '.join(letters[:-1])} or {letters[-1]}? ")).lower()
            if said in letters and len(said) == 1:
                return said

    async def enter(self, prompt: str) -> str:
        """A line; raises _Left at the end of the input, or where the person says so."""
        print(prompt, end="", flush=True)
        line = await self._lines.next()
        if line is None or line.strip().lower() == LEAVE:
            print("\nThe next time begins with this lesson: corsinspect learn")
            raise _Left
        return line.strip()
