"""Marks and comments in a person's own mitmproxy."""

import gc
import weakref
from pathlib import Path
from typing import get_args

import pytest
from mitmproxy import http
from mitmproxy.test import taddons
from mitmproxy.utils.emoji import emoji

from corsinspect.addons.hooks import Capture
from corsinspect.addons.marks import MARKS
from corsinspect.addons.words import WORDS
from corsinspect.fetch.reasons import Reason

from .flows import answer, fail, made, preflight

GRANT = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}


class View:
    """What a list of flows would be told to show anew."""

    def __init__(self) -> None:
        self.updated: list[http.HTTPFlow] = []

    def update(self, flows: list[http.HTTPFlow]) -> None:
        self.updated.extend(flows)


async def run(session: Path, *flows: http.HTTPFlow, mark: bool = True) -> View:
    capture, view = Capture(mark=True), View()
    with taddons.context(capture, view) as context:
        context.configure(capture, cors_session=str(session), cors_mark=mark)
        capture.running()
        for flow in flows:
            capture.requestheaders(flow)
            if flow.error is not None:
                capture.error(flow)
            else:
                capture.responseheaders(flow)
                capture.response(flow)
        capture.done()
    return view


def test_mitmproxy_knows_every_mark() -> None:
    assert set(MARKS.values()) <= set(emoji)


async def test_a_blocked_call_is_marked_and_says_why(session: Path) -> None:
    flow = answer(made("GET"), 200, {"Access-Control-Allow-Origin": "http://app.test:3000/"})

    await run(session, flow)

    assert flow.marked == ":red_circle:"
    assert flow.comment.startswith("CORS blocked")
    assert 'expected "http://app.test:3000", found "http://app.test:3000/"' in flow.comment


async def test_both_flows_of_a_pair_are_marked(session: Path) -> None:
    first, second = answer(preflight(), 204, GRANT), answer(made("PUT", at=0.05))

    view = await run(session, first, second)

    assert [flow.marked for flow in (first, second)] == [":white_check_mark:", ":red_circle:"]
    assert first.comment.startswith("CORS preflight granted") and "must" in second.comment
    assert view.updated == [first]  # the second is shown anew by mitmproxy itself, after its hook


async def test_a_dead_server_has_another_mark(session: Path) -> None:
    flow = fail(made("GET"), "[Errno 111] Connect call failed")

    await run(session, flow)

    assert flow.marked == ":warning:"
    assert flow.comment == "CORS network-error: refused, at the request itself"


async def test_flows_are_not_kept_alive(session: Path) -> None:
    capture = Capture(mark=True)
    with taddons.context(capture) as context:
        context.configure(capture, cors_session=str(session))
        capture.running()
        flow = answer(made("GET"))
        capture.requestheaders(flow)
        capture.responseheaders(flow)
        capture.response(flow)
        kept = weakref.ref(flow)
        del flow
        gc.collect()

        assert kept() is None
        capture.done()


async def test_what_the_person_marked_stays(session: Path) -> None:
    flow = answer(made("GET"))
    flow.marked, flow.comment = ":grapes:", "look here"

    await run(session, flow)

    assert (flow.marked, flow.comment) == (":grapes:", "look here")


async def test_nothing_is_marked_where_cors_is_no_matter(session: Path) -> None:
    flow = answer(made("GET"))
    del flow.request.headers["Origin"]
    flow.request.headers["Referer"] = "http://api.test:8000/"
    flow.request.headers["Sec-Fetch-Site"] = "same-origin"
    flow.request.headers["Sec-Fetch-Mode"] = "cors"

    await run(session, flow)

    assert (flow.marked, flow.comment) == ("", "")


async def test_marking_can_be_turned_off(session: Path) -> None:
    flow = answer(made("GET"))

    await run(session, flow, mark=False)

    assert (flow.marked, flow.comment) == ("", "")


@pytest.mark.parametrize("hostile", ["\x1b[2J", "‮", "\x07"])
async def test_comments_hold_nothing_that_a_terminal_would_obey(session: Path, hostile: str) -> None:
    flow = made("GET")
    answer(flow)
    assert flow.response is not None
    flow.response.headers.fields = ((b"Access-Control-Allow-Origin", hostile.encode()),)

    await run(session, flow)

    assert flow.comment.isprintable()


async def test_a_blocked_call_is_a_line_in_the_log(session: Path, caplog: pytest.LogCaptureFixture) -> None:
    await run(session, answer(made("GET"), 200))

    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("CORS blocked")]
    assert len(lines) == 1 and "Access-Control-Allow-Origin" in lines[0] and "GET http://" in lines[0]


def test_every_reason_has_plain_words() -> None:
    assert set(WORDS) == {*get_args(Reason)}
    assert not [words for slug, words in WORDS.items() if "-" in slug and words.replace(" ", "-") == slug]


async def test_a_comment_names_the_reason_in_words_and_the_header_to_send(session: Path) -> None:
    flow = answer(made("GET"), 200)

    await run(session, flow)

    assert "the answer doesn't say which page may read it" in flow.comment
    assert flow.comment.endswith("The server must send Access-Control-Allow-Origin: http://app.test:3000")
