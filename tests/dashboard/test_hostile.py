"""What a hostile page or server can send, on a real pseudo-terminal: it must come out as harmless text."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest
from textual.events import Paste
from textual.widgets import Input

from corsinspect.dashboard.detail.tabs import TABS
from corsinspect.model import Exchange, Failure
from tests.dashboard.conftest import capturing, replaying
from tests.dashboard.story import CHROMIUM, OWN, PAGE, START, session

PLANTED = [
    "\x1b]0;PWNED\x07",
    "\x1b]52;c;UFdORUQ=\x07",
    "\x1b[31mRED",
    "\x9b31mC1",
    "\x1b[2J\x1b[H",
    "\u202egnp.exe",
    "\x90q#0\x9c",
    "\x07\x08\x0d\x0a\x0b",
]
MARKUP = "[@click=app.quit]quit[/] a[/]b [/ [bold]loud[/bold]"
HOSTILE = "".join(PLANTED) + MARKUP + "\u200b\u0301漢字\xff" + "x" * 2000
RUN = "import sys; from pathlib import Path; from corsinspect.dashboard import Dashboard; " + (
    "from corsinspect.dashboard import FileSource; Dashboard(FileSource(Path(sys.argv[1]))).run()"
)
PATIENCE = 60.0


def hostile_exchanges() -> list[Exchange]:
    asked = (
        ("Host", "localhost:8000"),
        ("User-Agent", CHROMIUM),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", PAGE),
        ("X-" + HOSTILE, HOSTILE),
    )
    preflight = (("Access-Control-Request-Method", HOSTILE), ("Access-Control-Request-Headers", HOSTILE))
    own = (("Access-Control-Allow-Methods", HOSTILE), ("Access-Control-Allow-Headers", HOSTILE))
    made = [
        ("GET", asked, 200, (("Access-Control-Allow-Origin", HOSTILE), ("Location", HOSTILE)), None),
        ("OPTIONS", (*asked, *preflight), 204, (*OWN, *own), None),
        ("GET", asked, 302, (*OWN, ("Location", HOSTILE)), None),
        (HOSTILE, asked, 200, OWN, None),
        ("GET", (*asked, ("Origin", HOSTILE)), 200, (), None),
        ("GET", asked, None, (), Failure(kind="other", text=HOSTILE)),
    ]
    return [
        Exchange(
            id=f"{number}{HOSTILE}",
            url=f"http://localhost:8000/{number}" + HOSTILE,
            started=START + number,
            method=method,
            request_headers=headers,
            status=status,
            reason_phrase=HOSTILE,
            response_headers=answer,
            ended=START + number,
            failure=failure,
            untrusted_certificate=HOSTILE,
            error_page=HOSTILE,
        )
        for number, (method, headers, status, answer, failure) in enumerate(made)
    ]


class Terminal:
    """A child on a pseudo-terminal, an emulator that shows what it draws, and every byte that it wrote."""

    def __init__(self, master: int) -> None:
        self.output = b""
        self.screen = pyte.Screen(120, 40)
        self._stream = pyte.ByteStream(self.screen)
        self._master = master

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, text: str) -> None:
        """Reads until `text` is on the screen."""
        self.until(lambda: text in "\n".join(self.screen.display), repr(text))

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Reads until the condition holds: one screen comes in several pieces, the upper lines perhaps last."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{what} is not on the screen:\n" + "\n".join(self.screen.display)
            self.read(0.1)

    def read(self, timeout: float) -> bool:
        """Takes what there is; False at the end."""
        if not select.select([self._master], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # the other side is closed: Linux says EIO
            return False
        self.output += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def running(path: Path, **variables: str) -> Iterator[Terminal]:
    """The dashboard over a file, on a terminal of 120x40; `variables` of its environment, "" takes one away."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
    environment = {name: value for name, value in (environment | variables).items() if value}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(path)], stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True
    )
    os.close(slave)
    try:
        yield Terminal(master)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_nothing_planted_reaches_the_terminal(tmp_path: Path) -> None:
    path = session(tmp_path / "hostile.jsonl", hostile_exchanges())
    with running(path) as terminal:
        terminal.wait_for(":8000/5")
        for _ in range(6):
            terminal.type("\x1b[A")  # up
            terminal.read(0.3)
        terminal.type("n")
        terminal.type("\r")
        terminal.wait_for("The browser's steps")
        for tab in range(len(TABS)):
            terminal.type(str(tab + 1))
            terminal.read(0.3)
        terminal.type("1")
        terminal.wait_for("The browser's steps")
        for screen in "?a":
            terminal.type(screen)
            terminal.read(0.5)
            terminal.type("q")
            terminal.read(0.3)
        terminal.type("\x1b[6~\x1b[6~")  # page down
        terminal.read(0.5)
        title = terminal.screen.title
        terminal.type("q")
        while terminal.read(PATIENCE):
            pass
    for planted in PLANTED[:-1]:
        assert planted.encode() not in terminal.output
    for character in "\u202e\u200b\x9b\x90\x9c":
        assert character.encode() not in terminal.output
    assert b"PWNED\x07" not in terminal.output and b"\x1b]52" not in terminal.output
    assert "PWNED" not in title
    assert terminal.output.count(b"PWNED") > 0, "it is shown, as text"


async def test_markup_in_captured_text_is_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "hostile.jsonl", hostile_exchanges()), size=(200, 60)) as screen:
        await screen.press("n", "home", "down", "down", "down", "enter")
        await screen.sees("[@click=app.quit]quit[/] a[/]b")
        for tab in range(len(TABS)):
            await screen.press(str(tab + 1))
            assert screen.app.is_running
            assert all(line.isprintable() for line in screen.lines)


async def test_a_reason_to_die_is_text(tmp_path: Path) -> None:
    async with capturing(tmp_path) as screen:
        screen.proxy.die(HOSTILE)
        await screen.sees("The proxy has stopped", "[@click=app.quit]quit[/]")
        assert all(line.isprintable() for line in screen.lines)


async def test_a_paste_into_the_filter_is_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "hostile.jsonl", hostile_exchanges())) as screen:
        await screen.press("slash")
        screen.app.query_one(Input).value = HOSTILE
        await screen.pilot.pause()
        assert all(line.isprintable() for line in screen.lines)


async def test_a_paste_into_the_command_palette_is_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "hostile.jsonl", hostile_exchanges())) as screen:
        await screen.press("colon")
        screen.app.post_message(Paste("\x1b]0;PWNED\x07\u202e" + MARKUP))
        await screen.sees("PWNED")
        assert all(line.isprintable() for line in screen.lines)


async def test_the_time_line_and_what_is_pasted_into_its_prompt_are_text(tmp_path: Path) -> None:
    async with replaying(session(tmp_path / "hostile.jsonl", hostile_exchanges())) as screen:
        await screen.press("L")
        await screen.sees("■ stopped")
        for _ in range(len(hostile_exchanges()) + 2):
            await screen.press("less_than_sign")
            assert all(line.isprintable() for line in screen.lines)
        await screen.press("J")
        screen.app.screen.query_one(Input).value = HOSTILE
        await screen.press("enter")
        await screen.sees("Not a time")
        assert all(line.isprintable() for line in screen.lines)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_the_layout_stays_intact(tmp_path: Path, size: tuple[int, int]) -> None:
    path = session(tmp_path / "hostile.jsonl", hostile_exchanges())
    async with replaying(path, size=size) as screen:
        for _ in range(7):
            await screen.press("up")
            assert all(line.isprintable() for line in screen.lines)
            assert len(screen.lines) == size[1]
