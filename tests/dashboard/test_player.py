"""Going to and fro in a session: at each place the calls are those that a live dashboard had then."""

import random
from collections.abc import Iterator

import msgspec
import pytest

from corsinspect.analysis import Tracker
from corsinspect.dashboard.state.book import Book
from corsinspect.dashboard.timeline import player as playing
from corsinspect.dashboard.timeline.player import Player, Position
from corsinspect.dashboard.timeline.timeline_events import moments, state
from corsinspect.model import Call, Changes, Exchange, Failure
from corsinspect.session import load
from tests.corpus import NAMES, recording
from tests.dashboard.story import START, Story, afternoon, grant


def player_of(exchanges: list[Exchange], book: Book) -> Player:
    def apply(changes: Changes) -> None:
        book.apply(changes)

    return Player(exchanges, known=book.calls.get, apply=apply, clear=book.clear)


def go(player: Player, place: Position) -> None:
    for _ in player.go(place):
        pass


def live(exchanges: list[Exchange], place: Position, whole: Position) -> dict[str, Call]:
    """What a Tracker that sees each thing as it happens has concluded by then."""
    tracker, calls = Tracker(), {}
    gathered = []
    for at, index, stage in moments(exchanges)[: place.past]:
        gathered += [tracker.advance(at), tracker.feed(state(exchanges[index], stage))]
    gathered.append(tracker.advance(place.at))
    if place == whole:
        gathered.append(tracker.close())
    for changes in gathered:
        for id in changes.withdrawn:
            calls.pop(id, None)
        calls |= {call.id: call for call in changes.changed}
    return calls


def walk(player: Player, number: int) -> Iterator[Position]:
    """Steps, jumps and the ends, as a person goes."""
    chance = random.Random(number)
    for _ in range(number):
        kind = chance.randrange(6)
        if kind < 4:
            place = player.neighbour(1 if kind < 2 else -1)
        else:
            place = player.place_at(chance.uniform(player.start - 1, player.end + 1))
        yield place
    yield player.whole


@pytest.mark.parametrize("remembered", [3, 1000])
@pytest.mark.parametrize("name", [*NAMES[:3], "afternoon"])
def test_calls_are_those_of_that_moment(name: str, remembered: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "REMEMBERED", remembered)
    exchanges = afternoon() if name == "afternoon" else load(recording(name)).exchanges[:150]
    book = Book()
    player = player_of(exchanges, book)
    for place in walk(player, 60):
        go(player, place)
        if place == player.whole and not book.calls:
            continue  # where a session is opened everything is shown already
        assert dict(book.calls) == live(exchanges, place, player.whole), place


def test_a_way_that_is_left_in_the_middle_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "SLICE", 0.0)
    monkeypatch.setattr(playing, "REMEMBERED", 4)
    exchanges = afternoon()
    book = Book()
    player = player_of(exchanges, book)
    for number, place in enumerate(walk(player, 40)):
        way = player.go(place)
        for _, _ in zip(range(number % 7), way, strict=False):
            pass
    go(player, player.place_at(START + 3))
    assert dict(book.calls) == live(exchanges, player.place, player.whole)


def test_steps_are_requests_answers_and_failures_but_not_the_ends_of_answers() -> None:
    story = Story()
    story.preflighted("PUT", "http://localhost:8000/x", (204, grant("PUT")), (200, ()))
    story.add("GET", "http://localhost:9000/", None, failure=Failure(kind="refused", text="refused"))
    preflight, actual, refused = story.exchanges
    actual = msgspec.structs.replace(actual, ended=(actual.answered or 0) + 0.1)
    player = player_of([preflight, actual, refused], Book())
    seen = [player.whole.past]
    while seen[-1] > 1:
        player.target = player.neighbour(-1)
        seen.append(player.target.past)
    # 7 moments: asked, answered; asked, answered, ended; asked, failed
    assert seen == [8, 6, 5, 3, 2, 1]
    assert [player.begun(player.place_at(START + at)) for at in (-1, 0.25, 9)] == [1, 2, 3]


def test_a_preflight_is_given_up_when_its_time_is_over_not_when_the_next_call_comes() -> None:
    story = Story()
    story.preflighted("PUT", "http://localhost:8000/x", (204, grant("PUT")), None)
    story.add("GET", "http://localhost:8000/y", 200)
    preflight, later = story.exchanges
    exchanges = [preflight, msgspec.structs.replace(later, started=START + 60, answered=START + 61, ended=START + 61)]
    book = Book()
    player = player_of(exchanges, book)
    for at, outcome in ((1, "pending"), (10, "blocked"), (1, "pending")):
        go(player, player.place_at(START + at))
        assert [call.verdict.outcome for call in book.calls.values()] == [outcome]
