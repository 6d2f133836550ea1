"""The browser's word in the dashboard: read beside the session, found by the filter, shown where people look."""

import math
from pathlib import Path

import msgspec
import pytest

from corsinspect.analysis import judge_all
from corsinspect.dashboard.screens.explain_screens import NotSeenScreen
from corsinspect.dashboard.state.book import Book, Shown
from corsinspect.dashboard.state.feed import Feed
from corsinspect.dashboard.state.source import FileSource
from corsinspect.dashboard.timeline.player import Player, Position
from corsinspect.listing.query import Query, parse
from corsinspect.model import Call, Exchange
from corsinspect.said import Said, WithheldCookie
from corsinspect.session import load
from corsinspect.session.sidecar import SidecarWriter
from tests.analysis.build import OPEN, exchange
from tests.corpus import recording, truth
from tests.dashboard.conftest import replaying
from tests.dashboard.test_feed import read, states, written
from tests.said import said_of, saids_of
from tests.test_cli import run

STAR = {"Access-Control-Allow-Origin": "*"}
NEVER = {"sent": None, "status": None, "answered": None, "request_headers": None, "response_headers": None}


def beside(session: Path, saids: list[Said]) -> Path:
    writer = SidecarWriter(session)
    for said in sorted(saids, key=lambda said: said.ended or said.called):
        writer.put(said)
        writer.flush()
    writer.close()
    return session


def story(folder: Path, name: str = "story.jsonl") -> Path:
    """A call that only its credentials refuse, one that passes, and one that a policy of the page forbids."""
    refused = exchange(at=1_700_000_000, got=STAR, id="refused")
    passed = exchange(at=1_700_000_001, got=STAR, id="passed")
    forbidden = exchange(url="https://tracker.test/ads", at=1_700_000_002)
    cookie = WithheldCookie(name="sid", reasons=("SameSiteLax",))
    more = {"code": "WildcardOriginNotAllowed", "credentials": "include", "cookies_withheld": (cookie,)}
    saids = [
        said_of(refused, "1:1", console="has been blocked by CORS policy", **more),
        said_of(passed, "1:2"),
        said_of(forbidden, "1:3", blocked="csp", directive="connect-src 'self'", **NEVER),
    ]
    return beside(written(folder / name, [refused, passed]), saids)


@pytest.mark.parametrize("name", ["chromium-redirects", "firefox-concurrency", "chromium-modern"])
async def test_replay_concludes_what_check_does(name: str, tmp_path: Path) -> None:
    exchanges = load(recording(name)).exchanges
    path = beside(
        written(tmp_path / "session.jsonl", states(exchanges)), list(saids_of(truth(name), exchanges).values())
    )
    loaded = load(path)
    expected = {call.id: call for call in judge_all(loaded.exchanges, loaded.saids)}
    assert sum(call.browser is not None for call in expected.values()) > len(expected) / 3
    book = await read(path)
    assert {id: book.calls[id] for id in book.calls} == expected


async def test_two_files_keep_their_words_apart(tmp_path: Path) -> None:
    paths = [story(tmp_path, f"{number}.jsonl") for number in range(2)]
    book, feed = Book(), Feed(FileSource(*paths), lambda: None)
    await feed.run()
    book.apply(feed.take())
    assert sorted(book.calls) == sorted(
        f"{prefix}{number}:{id}"
        for number in (1, 2)
        for prefix, id in (("", "refused"), ("", "passed"), ("browser:", "1:3"))
    )
    assert all(call.browser is not None and call.browser.confirmed for call in book.calls.values())


def test_check_reads_it_along(tmp_path: Path) -> None:
    path = story(tmp_path)
    done = run("check", path)
    assert done.returncode == 1
    assert "called by api.js:42" in done.stdout and "csp" in done.stdout and "depends" not in done.stdout
    lines = [msgspec.json.decode(line) for line in run("check", "--format", "jsonl", path).stdout.splitlines()]
    assert [(line["id"], line["outcome"], line["browser"]["confirmed"]) for line in lines] == [
        ("refused", "blocked", True),
        ("passed", "allowed", True),
        ("browser:1:3", "blocked", True),
    ]
    path.with_name(path.name + ".browser.jsonl").unlink()
    lines = [msgspec.json.decode(line) for line in run("check", "--format", "jsonl", path).stdout.splitlines()]
    assert [(line["certainty"], line["browser"]) for line in lines] == [("depends", None)] * 2


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("confirmed:yes", ["refused", "passed", "browser:1:3"]),
        ("confirmed:no", []),
        ("line:api.js:42", ["refused", "passed", "browser:1:3"]),
        ("line=api.js:42", ["refused", "passed", "browser:1:3"]),
        ("line:other.js", []),
        ("withheld:sid", ["refused"]),
        ("withheld:SameSite=Lax", ["refused"]),
        ("withheld:*", ["refused"]),
        ("withheld:cookies", []),
    ],
)
async def test_the_filter_finds_it(text: str, ids: list[str], tmp_path: Path) -> None:
    book = await read(story(tmp_path))
    query = parse(text)
    assert isinstance(query, Query)
    assert [row.id for row in book.rows if row is not None and row in Shown(query)] == ids


def test_confirmed_is_yes_or_no() -> None:
    assert not isinstance(parse("confirmed:maybe"), Query)


async def test_the_answer_shows_it(tmp_path: Path) -> None:
    async with replaying(story(tmp_path), size=(160, 50)) as screen:
        await screen.press("home")
        shown = screen.text
        assert "confirmed by Chromium 156" in shown and "called by api.js:42" in shown
        assert "cookies withheld: sid (SameSite=Lax)" in shown
        await screen.press("a")
        told = screen.text
        assert "https://tracker.test/ads" in told and "Content-Security-Policy" in told and "Not among these?" in told
        assert isinstance(screen.app.screen, NotSeenScreen)


def test_going_through_time_ends_where_the_session_does() -> None:
    exchanges = load(recording("chromium-credentials")).exchanges
    saids = list(saids_of(truth("chromium-credentials"), exchanges).values())
    now: dict[str, Call] = {}

    def apply(changes: object) -> None:
        for id in changes.withdrawn:  # type: ignore[attr-defined]
            now.pop(id, None)
        for call in changes.changed:  # type: ignore[attr-defined]
            now[call.id] = call

    player = Player(exchanges, saids, known=now.get, apply=apply, clear=now.clear)
    middle = player.place_at((player.start + player.end) / 2)
    for place in (Position(0, player.start), middle, player.whole):
        list(player.go(place))
    assert now == {call.id: call for call in judge_all(exchanges, saids)}
    list(player.go(middle))
    assert all(call.started <= middle.at for call in now.values())


async def test_a_live_reader_hears_what_comes_late(tmp_path: Path) -> None:
    path = tmp_path / "live.jsonl"
    made = exchange(at=1_700_000_000, got=STAR, id="e")
    written(path, [made])
    source = FileSource(path, follow=True)
    assert [each.id for each in source.poll()] == ["e"]
    assert list(source.said(math.inf)) == []
    for number in range(3):
        beside(path, [said_of(made, f"1:{number}")])
        assert [said.id for said in source.said(math.inf)] == [f"1:{number}"]
        assert list(source.said(math.inf)) == []


def test_a_mitm_file_has_no_word(tmp_path: Path) -> None:
    assert load(recording("chromium-basic")).saids == []
    kept: list[Exchange] = [exchange(got=OPEN)]
    assert judge_all(kept)[0].browser is None
