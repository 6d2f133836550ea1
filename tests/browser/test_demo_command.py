"""`corsinspect demo` as people start it: without a terminal, and on one."""

import asyncio
import os
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from corsinspect.demo.cases import CASES
from tests.browser.terminal import Terminal
from tests.browser.waiting import until

COMMAND = str(Path(sys.executable).with_name("corsinspect"))


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """No display, so that browsers start headless, and a place of its own for the session."""
    without = ("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if name not in without} | {
        "XDG_STATE_HOME": str(tmp_path)
    }


async def lines_of_demo(browser: str, env: dict[str, str]) -> tuple[list[str], str]:
    """What the demo prints without a terminal: the lines of stdout, and stderr. Its exit status must be 0."""
    process = await asyncio.create_subprocess_exec(
        *(COMMAND, "demo", "--browser", browser),
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    return out.decode().splitlines(), told.decode()


@pytest.mark.parametrize(("browser", "name"), [("chromium", "Chromium"), ("firefox", "Firefox")])
async def test_without_a_terminal_every_call_is_a_line(browser: str, name: str, env: dict[str, str]) -> None:
    lines, told = await lines_of_demo(browser, env)
    assert name in told
    for case in CASES:
        found = [number for number, line in enumerate(lines) if re.search(rf"/{case.id}\s", line)]
        assert len(found) == 1, case.id
        row = lines[found[0]]
        assert row.split()[1:3] == [case.expected.outcome, case.fetch.method]
        if case.expected.reason:
            assert case.expected.reason in lines[found[0] + 1]


async def test_without_a_browser_the_client_says_that_it_is_simulated(env: dict[str, str]) -> None:
    lines, told = await lines_of_demo("none", env)
    assert "simulated browser" in told
    for case in CASES:
        assert [line for line in lines if re.search(rf"/{case.id}\s", line)], case.id


@pytest.mark.parametrize(("columns", "rows"), [(140, 45), (80, 24)])
async def test_on_a_terminal_the_dashboard_shows_the_blocked_calls(
    env: dict[str, str], tmp_path: Path, columns: int, rows: int
) -> None:
    outcomes = Counter(case.expected.outcome for case in CASES)
    async with Terminal([COMMAND, "demo", "--browser", "chromium"], env, columns, rows) as terminal:
        await terminal.shows(f"✗ {outcomes['blocked']} blocked", "/two-lines")
        await until(lambda: let_through(terminal.text) == outcomes["allowed"], "all allowed calls counted")
        terminal.press("q")
        assert await terminal.ended() == 0
    assert processes_naming(str(tmp_path)) == []


def let_through(screen: str) -> int:
    """The calls that the line of counts has as allowed, those that depend on credentials included."""
    return sum(int(number) for number in re.findall(r"✓\?? (\d+) (?:allowed|depend)", screen))


def processes_naming(text: str) -> list[str]:
    """Command lines with `text` in them: the proxy's process is told the session's path."""
    found: list[str] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if text in command:
            found.append(command)
    return found
