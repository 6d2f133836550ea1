"""Makes the pictures of the README and the site from the real dashboard: `python -m tests.picture`."""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from corsinspect.dashboard import Dashboard, FileSource, PreferencesFile
from tests.dashboard.story import afternoon, session

DOCS = Path(__file__).parent.parent / "docs"
SIZE = (118, 34)
_FIRST = ("home", "down", "down")
"""The call of the README's example."""


class Picture(NamedTuple):
    """A file below docs, and the keys that lead to what it shows."""

    file: str
    keys: tuple[str, ...] = _FIRST


PICTURES = (
    Picture("dashboard.svg"),
    Picture("pages/pictures/steps.svg", (*_FIRST, "2")),
    Picture("pages/pictures/fix.svg", (*_FIRST, "6")),
    Picture("pages/pictures/why.svg", (*_FIRST, "question_mark")),
    Picture("pages/pictures/overview.svg", (*_FIRST, "m")),
    Picture("pages/pictures/findings.svg", (*_FIRST, "F")),
)


async def draw(picture: Picture) -> str:
    """The dashboard after the picture's keys, as SVG."""
    path = session(Path("afternoon.jsonl"), afternoon())
    app = Dashboard(FileSource(path), preferences=PreferencesFile(Path("dashboard.json")))
    async with app.run_test(size=SIZE) as pilot:
        while app.feed.progress is not None or app._drawing:
            await pilot.pause(0.01)
        for key in picture.keys:
            await pilot.press(key)
        await pilot.pause()
        return app.export_screenshot(title="corsinspect", simplify=True)


def main() -> None:
    """Writes the pictures; the same facts always give the same ones."""
    os.environ |= {"TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    time.tzset()
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as place:
            os.chdir(place)
            svg = asyncio.run(draw(picture))
            os.chdir(DOCS)
        target = DOCS / picture.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(svg, encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
