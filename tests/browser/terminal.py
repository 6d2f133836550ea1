"""A program on a pseudo-terminal, and its screen as a person would see it."""

import asyncio
import os
import pty
import termios
from collections.abc import Mapping, Sequence
from types import TracebackType

import pyte

from tests.browser.waiting import until


class Terminal:
    """Runs `command` on a pseudo-terminal of `columns` × `rows`."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], columns: int, rows: int) -> None:
        self._command = command
        self._env = {**env, "TERM": "xterm-256color"}
        self._size = (rows, columns)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    async def __aenter__(self) -> "Terminal":
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, self._size)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=theirs, stdout=theirs, stderr=theirs, env=self._env, start_new_session=True
            )
        finally:
            os.close(theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._read)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self._hang_up()

    @property
    def pid(self) -> int:
        """The program's."""
        return self._process.pid

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self._screen.display)

    async def shows(self, *texts: str) -> None:
        """Waits until all of these are on the screen at once."""
        try:
            await until(lambda: all(text in self.text for text in texts), f"{texts} on the screen")
        except TimeoutError as error:
            raise AssertionError(f"{error}; it shows\n{self.text}") from error

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    async def ended(self) -> int:
        """Waits for the program's end; returns its exit status."""
        return await self._process.wait()

    def _read(self) -> None:
        try:
            self._stream.feed(os.read(self._ours, 65536))
        except OSError:  # how Linux says that the other side was closed
            self._hang_up()

    def _hang_up(self) -> None:
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            os.close(self._ours)
            self._ours = -1
