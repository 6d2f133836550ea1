"""Browser traffic recorded through mitmproxy, with the browser's own verdict for each call, in three collections.

Each archive holds `BROWSER-GROUP.mitm` and `BROWSER-GROUP.truth.jsonl` (a row a call):

- `oracle`: Chromium 156 and Firefox ESR 153, ten groups of what CORS asks;
- `webkit`: the same groups in WebKitGTK 2.50.6 (`cors_error` is a slug of WebKit's sentence);
- `modern`: Chromium and Firefox again: the HTTP cache, embedder policies, workers, upgrades, rarer fetch options.

`python -m tests.corpus` prints how often corsinspect says what the browser said.
"""

import atexit
import functools
import json
import shutil
import tarfile
import tempfile
from pathlib import Path

GROUPS = (
    "basic",
    "methods_headers",
    "credentials",
    "preflight_status",
    "redirects",
    "cache",
    "subresources",
    "concurrency",
    "nocors",
    "nonweb",
)
MODERN_GROUPS = ("modern", "modern_more")


def _names(browser: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{browser}-{group}" for group in groups)


COLLECTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "oracle": {"chromium": _names("chromium", GROUPS), "firefox": _names("firefox", GROUPS)},
    "webkit": {"webkit": _names("webkit", GROUPS)},
    "modern": {"chromium": _names("chromium", MODERN_GROUPS), "firefox": _names("firefox", MODERN_GROUPS)},
}
"""Archive -> browser -> its recordings."""

NAMES = tuple(name for browsers in COLLECTIONS.values() for names in browsers.values() for name in names)


@functools.cache
def unpacked() -> Path:
    """The archives' files, in a folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="corsinspect-corpus-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for collection in COLLECTIONS:
        with tarfile.open(Path(__file__).with_name(f"{collection}.tar.xz")) as archive:
            archive.extractall(folder, filter="data")
    return folder


def recording(name: str) -> Path:
    """The traffic of one group, as mitmproxy wrote it."""
    return unpacked() / f"{name}.mitm"


def truth(name: str) -> list[dict]:
    """The rows of one group: what the browser said of each call."""
    return [json.loads(line) for line in (unpacked() / f"{name}.truth.jsonl").read_text().splitlines()]
