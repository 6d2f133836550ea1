"""Browser traffic recorded through mitmproxy, with the browser's own verdict for each call.

`oracle.tar.xz` holds `BROWSER-GROUP.mitm` and `BROWSER-GROUP.truth.jsonl` (a row a call) for Chromium 156 and Firefox
ESR 153 in ten groups. `python -m tests.corpus` prints how often corsinspect says what the browser said.
"""

import atexit
import functools
import json
import shutil
import tarfile
import tempfile
from pathlib import Path

ARCHIVE = Path(__file__).with_name("oracle.tar.xz")
BROWSERS = ("chromium", "firefox")
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
NAMES = tuple(f"{browser}-{group}" for browser in BROWSERS for group in GROUPS)


@functools.cache
def unpacked() -> Path:
    """The archive's files, in a folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="corsinspect-corpus-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def recording(name: str) -> Path:
    """The traffic of one group, as mitmproxy wrote it."""
    return unpacked() / f"{name}.mitm"


def truth(name: str) -> list[dict]:
    """The rows of one group: what the browser said of each call."""
    return [json.loads(line) for line in (unpacked() / f"{name}.truth.jsonl").read_text().splitlines()]
