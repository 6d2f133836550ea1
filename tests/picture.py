"""Makes the pictures of the README and the site from the real dashboard: `python -m tests.picture`."""

import asyncio
import contextlib
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
    Picture("pages/pictures/preflight.svg", (*_FIRST, "2")),
    Picture("pages/pictures/fix.svg", (*_FIRST, "6")),
    Picture("pages/pictures/why.svg", (*_FIRST, "question_mark")),
    Picture("pages/pictures/overview.svg", (*_FIRST, "m")),
    Picture("pages/pictures/findings.svg", (*_FIRST, "F")),
)


TOUR = (
    Picture("list.svg", ("home",)),
    Picture("preflight.svg", (*_FIRST, "2")),
    Picture("answer.svg"),
    Picture("fix.svg", (*_FIRST, "6")),
    Picture("why.svg", (*_FIRST, "question_mark")),
    Picture("findings.svg", (*_FIRST, "F")),
)
"""The screens of the README's moving picture, in order."""
SHOWN = 4
"""Seconds that each is shown."""

_MOVING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">
<style>
.screen {{ visibility: hidden; }}
.screen:first-of-type {{ visibility: visible; }}
@media (prefers-reduced-motion: no-preference) {{
  .screen, .screen:first-of-type {{ animation: turn {whole}s step-end infinite; }}
}}
@keyframes turn {{ 0% {{ visibility: visible; }} {share:.3f}% {{ visibility: hidden; }} }}
{delays}
</style>
{screens}
</svg>
"""


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


def moving(screens: list[str]) -> str:
    """One picture that shows these in turns; whoever wants no motion sees the first."""
    whole = SHOWN * len(screens)
    delays = [
        f".s{number} {{ animation-delay: {number * SHOWN - whole}s !important; }}" for number in range(len(screens))
    ]
    return _MOVING.format(
        box=screens[0].partition('viewBox="')[2].partition('"')[0],
        whole=whole,
        share=100 / len(screens),
        delays="\n".join(delays),
        screens="\n".join(f'<g class="screen s{number}">\n{screen}\n</g>' for number, screen in enumerate(screens)),
    )


def drawn(picture: Picture) -> str:
    """`draw`, in a folder of its own."""
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        return asyncio.run(draw(picture))


def main() -> None:
    """Writes the pictures; the same facts always give the same ones."""
    os.environ |= {"TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    time.tzset()
    for picture in PICTURES:
        _write(picture.file, drawn(picture))
    _write("tour.svg", moving([drawn(picture) for picture in TOUR]))


def _write(name: str, svg: str) -> None:
    target = DOCS / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(svg, encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
