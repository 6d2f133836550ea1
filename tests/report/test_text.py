import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Call, Exchange
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.text import in_common, lines, summary
from tests.analysis.build import API, GRANT, OPEN, PAGE, exchange, only, preflight

BLOCKED = only(preflight(got={"Access-Control-Allow-Origin": PAGE, "Access-Control-Allow-Methods": "GET, POST"}))


def test_a_blocked_call_names_step_header_and_need() -> None:
    assert lines(BLOCKED) == (
        f"✗ blocked       PUT     {API}   from {PAGE}\n"
        '                preflight: method-not-allowed   Access-Control-Allow-Methods: "GET, POST"   needs "PUT"'
    )


def told(*exchanges: Exchange) -> list[str]:
    """What is told of each call of a session, its lines without their indent."""
    neighbours = Neighbours()
    calls = judge_all(exchanges)
    for call in calls:
        neighbours.add(call)
    texts = [lines(call, neighbours=neighbours) for call in calls]
    return [" ".join(line.strip() for line in text.splitlines()[2:]) for text in texts]


def test_an_error_behind_cors_comes_with_the_evidence() -> None:
    found = told(exchange(url=f"{API}/good", got=OPEN), exchange(at=200.0, status=500))
    assert found[1] == (
        "likely: The code that answers errors adds no CORS headers. 1 good answer (2xx) from api.test in this "
        "session had the headers: CORS is set up, only this 500 lacks them."
    )
    assert len(lines(only(exchange(status=500))).splitlines()) == 2


def test_a_blocked_call_comes_with_its_likeliest_cause() -> None:
    (found,) = told(preflight(status=401, got={}))
    assert found == (
        "likely: Authentication runs before CORS. The preflight was answered 401. Browsers always send it without "
        "cookies or logins."
    )


def test_sentences_fit_into_80_columns() -> None:
    neighbours = Neighbours()
    call = only(exchange(status=302, got={"Location": "https://id.test/login?next=" + "x" * 200}))
    neighbours.add(call)
    sentences = lines(call, neighbours=neighbours).splitlines()[2:]
    assert len(sentences) > 1 and all(len(line) <= 80 for line in sentences)


def test_the_same_is_told_once_a_server() -> None:
    other = [exchange(url=f"https://other.test/{number}", at=200.0 + number) for number in range(2)]
    found = told(*(exchange(url=f"{API}/{number}", at=100.0 + number) for number in range(3)), *other)
    assert [bool(text) for text in found] == [True, False, False, True, False]
    denied = [preflight(url=f"{API}/{number}", at=100.0 + number, status=401 + number, got={}) for number in (0, 2)]
    assert [bool(text) for text in told(*denied)] == [True, False]


def test_what_calls_have_in_common_is_a_sentence() -> None:
    calls = judge_all([exchange(url=f"{API}/{number}", at=100.0 + number) for number in range(3)])
    (sentence,) = in_common(calls)
    assert (
        sentence.split()
        == f"! All 3 calls from {PAGE} to api.test fail for one reason: no Allow-Origin header.".split()
    )
    assert all(len(line) <= 80 for line in sentence.splitlines())
    assert in_common(calls[:1]) == []


def test_an_allowed_call_is_one_line() -> None:
    call = only(exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}))
    assert lines(call) == f"✓ allowed       GET     {API}   from {PAGE}"


def test_what_it_depends_on_is_said() -> None:
    assert lines(only(exchange(got=OPEN))).endswith("(depends; credentials: include → blocked)")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (only(exchange()), "actual: origin-missing   Access-Control-Allow-Origin: absent"),
        (only(exchange(status=500)), "hides a 500 (server-error)"),
        (only(preflight(status=404, got=GRANT)), "preflight: preflight-status   found 404, needs 200–299"),
        (only(exchange(failed="refused")), "refused   server not running (not CORS)"),
        (only(preflight(got={**GRANT, "Access-Control-Allow-Credentials": "true"})), "no-actual-seen"),
    ],
    ids=["missing", "masked", "status", "refused", "unknown"],
)
def test_the_reason_is_told(call: Call, words: str) -> None:
    assert words in lines(call)


def test_a_changed_verdict_is_marked() -> None:
    assert "(changed)" in lines(BLOCKED, changed=True)


def test_colour_is_beside_the_word_never_instead() -> None:
    coloured = lines(BLOCKED, colour=True)
    assert "\x1b[1;31m✗ blocked\x1b[0m" in coloured
    assert coloured.replace("\x1b[1;31m", "").replace("\x1b[0m", "") == lines(BLOCKED)


def test_nothing_from_the_network_is_a_command() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\u202e"
    call = only(exchange(url=f"https://api.test/{evil}", sent={"Origin": f"https://{evil}"}, got={**OPEN, "X": evil}))
    other = only(exchange(got={"Access-Control-Allow-Origin": evil}))
    neighbours = Neighbours()
    neighbours.add(call)
    neighbours.add(other)
    for text in (lines(call), lines(other), lines(other, neighbours=neighbours), *in_common([other] * 3)):
        assert not set("\x1b\x07\x9b\u202e") & set(text)


def test_the_summary_counts_by_outcome() -> None:
    assert summary([]) == "no calls"
    navigation = only(exchange(sent={"Sec-Fetch-Mode": "navigate", "Origin": None}))
    assert summary([BLOCKED, BLOCKED, navigation]) == "2 blocked, 1 not-cors"
    update = only(exchange(sent={"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "no-cors", "Origin": None}))
    assert summary([BLOCKED, update]) == "1 blocked, 1 browser background request hidden"
