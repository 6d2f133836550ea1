"""A framework's app in a process of its own, from the moment it takes connections."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import msgspec

from corsinspect.advice.recipes import Edit
from tests.browser.waiting import until
from tests.fixes.frameworks import LOGIN, PYTHON, Framework
from tests.fixes.template import APPS, app


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One app, broken or fixed by edits, for calls of a page (and of another one). Use it as a context manager."""

    def __init__(
        self, framework: Framework, variant: str, folder: Path, page: str, edits: Sequence[Edit] = (), other: str = ""
    ) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._folder = folder
        self._log = folder / "log"
        values = {
            "PAGE": page,
            "OTHER": other or page,
            "PORT": self.port,
            "LOGIN": LOGIN,
            "UPSTREAM": free_port() if framework.upstream else 0,
        }
        edits = [msgspec.structs.replace(edit, after=framework.own(edit.after)) for edit in edits]
        text = app((APPS / framework.template).read_text(), variant, edits, values)
        beside, removals = APPS / framework.name, [edit for edit in edits if not edit.after]
        others = {
            str(path.relative_to(beside)).removesuffix(".in"): app(path.read_text(), variant, removals, values)
            for path in beside.rglob("*.in")
        }
        for name, content in {**others, framework.file: text}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        if framework.modules is not None:
            (folder / "node_modules").symlink_to(framework.modules / "node_modules")
        command = tuple(word.replace("@PORT@", str(self.port)) for word in framework.command)
        self._runs = [(command, self.port)]
        self._environment = {"PYTHONDONTWRITEBYTECODE": "1", **framework.environment}
        if framework.upstream:
            upstream = {**values, "PORT": values["UPSTREAM"]}
            (folder / "upstream.py").write_text(app((APPS / "upstream.py.in").read_text(), variant, (), upstream))
            self._runs.insert(0, ((*PYTHON, "upstream.py"), values["UPSTREAM"]))
        self._processes: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> "Server":
        try:
            with self._log.open("wb") as log:
                for command, _ in self._runs:
                    program = shutil.which(command[0])
                    assert program is not None, f"{command[0]} isn't installed"
                    process = await asyncio.create_subprocess_exec(
                        program,
                        *command[1:],
                        cwd=self._folder,
                        stdin=asyncio.subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        env=os.environ | self._environment,
                        start_new_session=True,
                    )
                    self._processes.append(process)
            for _, port in self._runs:
                await until(lambda port=port: self._ended() or listens(port), f"port {port}")
            assert not self._ended(), f"the app ended at once:\n{self._log.read_text(errors='replace')}"
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    def _ended(self) -> bool:
        return any(process.returncode is not None for process in self._processes)

    async def _stop(self) -> None:
        for process in self._processes:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
