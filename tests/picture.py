"""Makes docs/dashboard.svg, the README's picture, from the real dashboard: `python -m tests.picture`."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from corsinspect.dashboard import Dashboard, FileSource, PreferencesFile
from tests.dashboard.story import afternoon, session

PICTURE = Path(__file__).parent.parent / "docs" / "dashboard.svg"
SIZE = (118, 34)


async def picture() -> str:
    """The dashboard with the call of the README's example selected, as SVG."""
    path = session(Path("afternoon.jsonl"), afternoon())
    app = Dashboard(FileSource(path), preferences=PreferencesFile(Path("dashboard.json")))
    async with app.run_test(size=SIZE) as pilot:
        while app.feed.progress is not None or app._drawing:
            await pilot.pause(0.01)
        await pilot.press("home", "down", "down")
        await pilot.pause()
        return app.export_screenshot(title="corsinspect", simplify=True)


def main() -> None:
    """Writes the picture; the same facts always give the same one."""
    os.environ |= {"TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    time.tzset()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        svg = asyncio.run(picture())
        os.chdir(PICTURE.parent.parent)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(svg, encoding="utf-8")
    print(PICTURE)


if __name__ == "__main__":
    main()
