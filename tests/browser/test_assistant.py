"""An assistant with the MCP server's tools: from a broken Express app in real Chromium to a verified fix."""

from pathlib import Path

from tests.browser.assistant_story import story
from tests.browser.waiting import until
from tests.fixes.server import listens

MOST = 4096
"""Bytes of an answer about an ordinary blocked call."""


async def test_an_assistant_fixes_a_broken_app_and_sees_it_pass(tmp_path: Path) -> None:
    told = await story(tmp_path)
    seen = "\n".join(told.transcript)

    assert told.blocked["found"] and told.blocked["captured"]["call"]["method"] == "PUT", seen
    assert (told.explained["outcome"], told.explained["stage"]) == ("blocked", "preflight"), seen
    assert told.explained["captured"]["causes"], seen
    assert (told.fix["framework"], told.fix["by_headers"]) == ("express", True), seen
    assert told.tried["trying"] and not told.off["trying"], seen
    assert told.while_tried["verdict"] == "fail", seen
    assert told.fixed["verdict"] == "pass", seen
    long = {line[:60]: len(line.encode()) for line in told.transcript if len(line.encode()) > MOST}
    assert not long
    await until(lambda: not listens(told.proxy), "the proxy's end, which is that of its client")
