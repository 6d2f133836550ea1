"""An app that a browser test is about: a page, and an API in another origin that has no CORS code until it's fixed."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

from corsinspect.advice.recipes import Edit
from corsinspect.advice.solution import recipe_change
from corsinspect.analysis import judge_all
from corsinspect.capture.browser import find
from corsinspect.session import load
from tests.capture.wire import serving
from tests.fixes.calls import SCRIPT, arguments, calls_for
from tests.fixes.in_long import BY_NAME
from tests.fixes.lab import PAGE
from tests.fixes.server import Server

NODE = Path(__file__).parents[1] / "fixes" / "node"


class Shop:
    """The page's server, which stays, and the API's, which comes twice."""

    def __init__(self, framework: str, page: str) -> None:
        self.page = page
        self._framework = BY_NAME[framework]

    def api(self, folder: Path, edits: tuple[Edit, ...] = ()) -> Server:
        """The API, as it is or with these edits of its code."""
        folder.mkdir()
        return Server(self._framework, "none", folder, self.page, edits)

    def environment(self, api: Server) -> dict[str, str]:
        """What the tests of the shop are told."""
        browser = find("chromium")
        assert browser is not None
        told = {"CHROMIUM": str(browser), "PAGE": self.page, "API": api.url, "SCRIPT": SCRIPT, "NODE_PATH": str(NODE)}
        return {**os.environ, **told, "CALLS": json.dumps(arguments(api.url, calls_for("none")))}


@contextlib.asynccontextmanager
async def shop(framework: str) -> AsyncIterator[Shop]:
    """One whose API is made with this framework."""
    async with serving(_page) as port:
        yield Shop(framework, f"http://localhost:{port}")


async def _page(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del head, reader
    writer.write(PAGE)


def fix_for(api: str, session: Path) -> tuple[Edit, ...]:
    """The edits that the recorded calls lead to: those that reports show."""
    change = recipe_change(api, judge_all(load(session).exchanges))
    assert change is not None
    return change.edits
