"""The recipe for development: Vite passes the page's calls on, without CORS; needs `npm ci` in tests/long/node."""

import asyncio
import http.client
from pathlib import Path

import pytest

from corsinspect.advice.recipes import recipes
from corsinspect.advice.solution import change
from tests.fixes.calls import calls_for
from tests.fixes.conftest import lab as lab
from tests.fixes.frameworks import PYTHON, Framework
from tests.fixes.in_long import MODULES
from tests.fixes.lab import Lab
from tests.fixes.server import Server

API = Framework("api", "upstream.py.in", "app.py", (*PYTHON, "app.py"))
VITE = Framework(
    "vite",
    "vite.config.js.in",
    "vite.config.js",
    ("node", "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", "@PORT@", "--strictPort"),
    modules=MODULES,
)


def asked(port: int, path: str) -> tuple[int, str | None]:
    """The status of this address, and the header that the config sets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html"})
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.getheader("X-Own")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("variant", ["none", "server", "proxy"])
async def test_what_is_blocked_passes_by_relative_addresses(lab: Lab, variant: str, tmp_path: Path) -> None:
    calls = calls_for("none")
    for folder in ("api", "broken", "fixed"):
        (tmp_path / folder).mkdir()
    async with Server(API, "none", tmp_path / "api", lab.page) as api:
        async with Server(VITE, variant, tmp_path / "broken", lab.page) as vite:
            broken = await lab.visit(api.url, calls, vite.url)
        made = change(recipes()["vite-proxy"], api.url, list(broken.calls.values()))
        assert made is not None
        async with Server(VITE, variant, tmp_path / "fixed", lab.page, made[1]) as vite:
            fixed = await lab.visit(vite.url, calls, vite.url)
            before = await asyncio.to_thread(asked, vite.port, "/old/x")

    # what the config had is still there: a header, which proxied answers lack, and an entry where nobody listens
    assert before == {"none": (200, None), "server": (200, "kept"), "proxy": (502, None)}[variant]
    assert {call.verdict.outcome for call in broken.calls.values()} == {"blocked"}
    assert set(broken.read.values()) == {None}
    assert fixed.read == {call.id: call.status for call in calls}
    assert {call.kind for call in fixed.calls.values() if call.url.startswith(f"{vite.url}/api/")} == {"same-origin"}
