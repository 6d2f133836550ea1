"""Copying: what can be copied of a call, the menu for it, and every way in which a text gets out of a terminal.

The clipboard is asked for by OSC 52, which also works over ssh where the terminal allows it; inside tmux by tmux's own
command, for it swallows that sequence as it comes configured. Whether it arrived nobody can tell, so the text always
is on the screen and in a private file, too.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from corsinspect.advice import solution
from corsinspect.advice.curl import curl, variables
from corsinspect.advice.prompt import prompt
from corsinspect.dashboard.detail.subject import Subject
from corsinspect.dashboard.look.styles import KEY, QUIET, STRONG
from corsinspect.printable import printable
from corsinspect.session.place import sessions_dir


class Copy(NamedTuple):
    """Something of a call that can be copied."""

    key: str
    name: str
    make: Callable[[Subject], str]
    """"" where this call has no such thing."""


def _json(subject: Subject) -> str:
    return msgspec.json.format(msgspec.json.encode(subject.call.exchanges), indent=2).decode()


def _curl(subject: Subject) -> str:
    made = curl(subject.call)
    wanted = variables(made)
    return f"# set first: {', '.join(wanted)}\n{made}" if wanted else made


COPIES = (
    Copy("u", "the URL", lambda subject: subject.call.url),
    Copy("c", "curl commands, with the preflight", _curl),
    Copy("f", "the fix: headers and code, with what goes where", lambda subject: solution.text(subject.solution)),
    Copy("k", "the code of the fix only", lambda subject: solution.code(subject.solution)),
    Copy("p", "a prompt for an AI assistant", lambda subject: prompt(subject.call, subject.steps, subject.solution)),
    Copy("j", "the exchanges as JSON", _json),
)


def clean(text: str) -> str:
    """The text with line breaks kept and every other unprintable character replaced."""
    return "\n".join(printable(line) for line in text.split("\n"))


def keep(text: str) -> Path:
    """Writes the text to the file for what was copied last, for its owner only. Raises OSError."""
    path = sessions_dir().parent / "copied.txt"
    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # so that neither a link nor another's file is written to
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    return path


async def to_tmux(text: str) -> bool:
    """Hands the text to the tmux that this runs in, for its buffer and the outer terminal; whether that worked."""
    if not os.environ.get("TMUX"):
        return False
    try:
        process = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(2):
            await process.communicate(text.encode())
    except (OSError, TimeoutError):
        return False
    return process.returncode == 0


class CopyMenu(ModalScreen[str | None]):
    """What to copy; gives the key of a `Copy`, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(copy.key, f"dismiss('{copy.key}')", copy.name, show=False) for copy in COPIES),
        Binding("escape,q,y", "dismiss", "Back"),
    ]

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Copy", STRONG))
        yield OptionList(
            *(Option(Content.assemble((f" {copy.key}  ", KEY), copy.name), id=copy.key) for copy in COPIES)
        )

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option.id)


class CopiedScreen(ModalScreen[None]):
    """What was copied, to be selected by hand where the clipboard could not be reached."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back")]

    def __init__(self, name: str, text: str, path: Path | None) -> None:
        super().__init__()
        self._name, self._text, self._path = name, text, path

    def compose(self) -> ComposeResult:
        place = f"also in {printable(str(self._path))}" if self._path is not None else "no file could be written"
        yield Static(Content.assemble((f"Copied: {self._name}", STRONG), (f"   {place}   esc goes back", QUIET)))
        yield TextArea(self._text, read_only=True, soft_wrap=True, show_line_numbers=False)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
