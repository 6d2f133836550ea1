"""What a browser says by leaving a header out that it sends elsewhere in the session."""

import pytest

from corsinspect.analysis import assuming, judge_all
from corsinspect.analysis.classify import Facts
from corsinspect.analysis.learnt.habits import BROWSERS, Habits
from corsinspect.model import Call, Exchange
from tests.analysis.build import CHROMIUM, FIREFOX, OPEN, exchange

PLAIN = "http://api.test/x"
PAGE = "http://app.test"
POST = {
    **dict.fromkeys(("Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Dest")),
    "Origin": PAGE,
    "Content-Type": "text/plain",
}
GRANT = {"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Credentials": "true"}
ELSEWHERE = exchange(sent={"Priority": "u=4"}, got=OPEN, agent=FIREFOX, id="elsewhere")


def post(priority: str | None = None, agent: str = FIREFOX) -> Exchange:
    return exchange("POST", PLAIN, 101, sent={**POST, "Priority": priority}, got=GRANT, agent=agent, id="post")


def judged(*exchanges: Exchange) -> Call:
    (call,) = (call for call in judge_all(exchanges) if call.id == "post")
    return call


@pytest.mark.parametrize("before", [True, False])
def test_firefox_s_xhr_has_no_priority_and_is_cors(before: bool) -> None:
    others = [ELSEWHERE, post()] if before else [post(), exchange(at=102, sent={"Priority": "u=0, i"}, agent=FIREFOX)]
    call = judged(*others)
    assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("simple", "allowed", "likely")
    assert assuming(call, "unknown") == call


def test_a_firefox_that_never_sends_priority_says_nothing_by_its_absence() -> None:
    assert judged(post()).verdict.certainty == "depends"


def test_firefox_s_beacons_have_a_priority_of_their_own() -> None:
    call = judged(post("u=6"))
    assert (call.kind, call.verdict.outcome, call.verdict.certainty) == ("no-cors", "opaque", "likely")


def test_firefox_s_fetch_may_be_either() -> None:
    call = judged(ELSEWHERE, post("u=4"))
    assert (call.verdict.outcome, call.verdict.certainty) == ("allowed", "depends")
    assert [other.condition for other in call.verdict.alternatives] == [{"mode": "no-cors"}]


def test_chromium_s_priority_says_nothing() -> None:
    assert judged(ELSEWHERE, post(agent=CHROMIUM)).verdict.certainty == "depends"
    assert judged(ELSEWHERE, post("u=6", CHROMIUM)).verdict.certainty == "depends"


def test_no_more_browsers_are_kept_than_a_person_has() -> None:
    habits = Habits()
    for number in range(BROWSERS + 10):
        agent = FIREFOX.replace("X11", f"X{number}")
        silent = Facts(post(agent=agent))
        habits.take(silent)
        known = list(habits.take(Facts(exchange(sent={"Priority": "u=4"}, agent=agent))))
        assert known == ([silent] if number < BROWSERS else [])
        habits.drop(silent)
        assert not list(habits.take(Facts(exchange(sent={"Sec-Fetch-Storage-Access": "none"}, agent=agent))))
