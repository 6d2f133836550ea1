import pytest

from corsinspect import advice
from corsinspect.advice import comparison, step_rows
from corsinspect.analysis import Tracker, trace
from corsinspect.model import Call, Exchange
from tests.analysis import build
from tests.dashboard.story import OWN, PAGE, Story, grant


def judged(story: Story) -> Call:
    """The last call of a story."""
    tracker = Tracker()
    calls: dict[str, Call] = {}
    for changes in [*(tracker.feed(exchange) for exchange in story.exchanges), tracker.close()]:
        calls.update((call.id, call) for call in changes.changed)
        for id in changes.withdrawn:
            del calls[id]
    return list(calls.values())[-1]


def refused_put() -> Call:
    story = Story()
    story.preflighted("PUT", "http://localhost:8000/x", (204, grant("GET, POST", "x-other")), None)
    return judged(story)


def test_what_failed_comes_first_then_what_fails_next() -> None:
    call = refused_put()
    rows = comparison(call, trace(call))
    assert [(row.label, row.state) for row in rows[:2]] == [("Methods", "failed"), ("Headers", "would-fail")]
    assert (rows[0].needed, rows[0].sent, rows[0].note) == ("PUT", "GET, POST", "add PUT")
    assert {row.label for row in rows[2:]} == {"Origin", "Status", "Credentials"}


def test_the_differing_characters_are_marked() -> None:
    story = Story()
    story.add("GET", "http://localhost:8000/x", 200, (("Access-Control-Allow-Origin", PAGE + "/"),))
    call = judged(story)
    row = comparison(call, trace(call))[0]
    assert row.sent is not None
    assert [row.sent[start:end] for start, end in row.sent_marks] == ["/"]


def test_duplicated_lines_are_counted() -> None:
    story = Story()
    story.add("GET", "http://localhost:8000/x", 200, (*OWN, *OWN))
    call = judged(story)
    assert comparison(call, trace(call))[0].note == "sent more than once, 2 header lines"


def test_an_allowed_call_shows_what_was_right() -> None:
    story = Story()
    story.add("GET", "http://localhost:8000/x", 200, OWN)
    call = judged(story)
    assert {row.state for row in comparison(call, trace(call))} == {"ok", "not-needed"}


def test_no_trace_no_rows() -> None:
    assert comparison(refused_put(), []) == []


def test_the_ladder_stops_where_the_browser_stopped() -> None:
    call = refused_put()
    rungs = step_rows(call, trace(call))
    assert [rung.number for rung in rungs] == list(range(1, len(rungs) + 1))
    stopped = [rung for rung in rungs if rung.answer == "stopped here"]
    assert [rung.title for rung in stopped] == ["Allow-Methods"]
    assert "add PUT" in stopped[0].detail
    assert rungs[0].answer == "yes" and "the ports differ" in rungs[0].detail
    assert (rungs[-1].title, rungs[-1].answer) == ("your PUT", "not sent")


def test_every_step_of_an_afternoon_has_words() -> None:
    from tests.dashboard.story import afternoon

    tracker = Tracker()
    exchanges: list[Exchange] = afternoon()
    for changes in [*(tracker.feed(exchange) for exchange in exchanges), tracker.close()]:
        for call in changes.changed:
            for rung in step_rows(call, trace(call)):
                assert rung.title and (rung.detail or rung.answer)
            assert advice.sentence(call)


@pytest.mark.parametrize("method", ["", " ", "\x1c", "a b", "PUT"])
def test_a_method_of_any_kind_has_its_steps(method: str) -> None:
    call = build.only(build.exchange(method, sent={"X-A": "1"}))
    (needed,) = (row for row in step_rows(call, trace(call)) if row.title == "preflight needed?")
    assert needed.detail
