"""The filter line on the screen: errors in place, completion, quick keys that write the language, saved filters."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsinspect.dashboard.filter.completion import completed, completions, suggestion
from corsinspect.dashboard.filter.filter_line import FilterInput
from corsinspect.dashboard.filter.quick_filters import PROBLEM_TERM, endpoint_term, host_term, origin_term, toggled
from corsinspect.dashboard.filter.save_filter import filter_name, with_filter
from corsinspect.listing.query import Query, parse
from tests.dashboard.conftest import replaying
from tests.dashboard.test_query import ROW

SEEN = {"method": ["GET", "PUT", "POST"], "host": ["localhost:8000"], "reason": ["origin-missing", "origin-mismatch"]}
SAVED = {"mine": "blocked method:PUT"}


def values(key: str) -> Sequence[str]:
    return SEEN.get(key, [])


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("me", "method:"),
        ("blo", "blocked"),
        ("Blo", "Blocked"),
        ("method:p", "method:put"),
        ("method:", "method:GET"),
        ("-host:loc", "-host:localhost:8000"),
        ("blocked reason:origin-mis", "blocked reason:origin-missing"),
        ("reason:origin-mism", "reason:origin-mismatch"),
        ("host=l", "host=localhost:8000"),
        ("@m", "@mine"),
        ("method:PUT", None),
        ("xyz", None),
        ("blocked ", None),
        ('"me', None),
        ("", None),
    ],
)
def test_the_last_word_is_completed(text: str, whole: str | None) -> None:
    made = suggestion(text, values, SAVED)
    assert (made or "").lower() == (whole or "").lower()
    assert made is None or made.startswith(text)


def test_a_new_word_may_be_any_key_state_or_saved_filter() -> None:
    offered = completions("blocked ", values, SAVED)
    assert {"method:", "reason:", "allowed", "@mine"} <= set(offered)
    assert completed("blocked ", "method:") == "blocked method:"
    assert completions("method:o", values, SAVED) == ["method:POST"]


@given(text=st.text(max_size=30))
def test_completing_never_fails(text: str) -> None:
    made = suggestion(text, values, SAVED)
    assert made is None or made.startswith(text)


def test_a_quick_key_adds_its_words_and_takes_them_away() -> None:
    both = toggled(PROBLEM_TERM, "origin=a")
    assert both == "(blocked or network) origin=a"
    assert toggled(both, PROBLEM_TERM) == "origin=a"
    assert toggled(both, "origin=a") == "(blocked or network)"
    assert toggled("(blocked or network)", PROBLEM_TERM) == toggled(PROBLEM_TERM, PROBLEM_TERM) == ""
    assert toggled("origin=a", PROBLEM_TERM) == "origin=a (blocked or network)"
    assert toggled("origin=ab", "origin=a") == "origin=ab origin=a"


def test_the_words_of_quick_keys_select_what_they_were_made_from() -> None:
    for text in (origin_term("http://localhost:3000"), host_term("http://localhost:8000"), endpoint_term(ROW)):
        query = parse(text)
        assert isinstance(query, Query) and query.accepts(ROW)
    assert endpoint_term(ROW) == "method=PUT host=localhost:8000 path=/api/tasks/7"
    assert host_term("https://api.shop.test") == "host=https://api.shop.test"


def test_a_saved_filter_is_kept_with_those_in_it_written_out() -> None:
    kept = with_filter(SAVED, "more", "@mine -status:500")
    assert kept == {**SAVED, "more": "(blocked method:PUT) -status:500"}
    assert with_filter(kept, "mine", "") == {"more": kept["more"]}
    assert with_filter(SAVED, "bad", "status:x") == SAVED
    assert filter_name(' my "own" (filter) ') == "my-own-filter"
    assert filter_name("()") == ""


async def test_an_error_stands_under_its_place_and_the_list_stays(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"method:put")
        await screen.sees("1 of 16 shown")
        await screen.press(*" statsu:4")
        await screen.sees("did you mean status:?", "1 of 16 shown", ":8000/api/tasks/7")
        line = next(line for line in screen.lines if "did you mean" in line)
        assert line.index("^") == next(line for line in screen.lines if "statsu:4" in line).index("statsu")
        await screen.press(*["backspace"] * 10)
        await screen.until(lambda: "did you mean" not in screen.text)


async def test_tab_completes_with_what_the_session_has(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"reason:")
        await screen.sees("reason:origin-missing", "reason:refused")
        await screen.press(*"ref")
        await screen.until(lambda: screen.app.query_one(FilterInput)._suggestion == "reason:refused")
        await screen.press("tab")
        await screen.sees("1 of 16 shown", "server not running")
        await screen.press("tab")
        assert not screen.app.query_one(FilterInput).has_focus


async def test_quick_keys_write_what_they_do(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("home", "down", "down", "e")
        await screen.sees("/ method=PUT host=localhost:8000 path=/api/tasks/7", "1 of 16 shown")
        await screen.press("e", "o")
        await screen.sees("/ origin=http://localhost:3000", "13 of 16 shown")
        await screen.press("b")
        await screen.sees("origin=http://localhost:3000 (blocked or network)", "7 of 16 shown")
        await screen.press("escape")
        await screen.until(lambda: "shown" not in screen.lines[1])


async def test_a_filter_is_kept_under_a_name(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        await screen.press("slash", *"status:4xx", "ctrl+s")
        await screen.sees("Save status:4xx as")
        await screen.press(*"client errors", "enter")
        await screen.until(lambda: screen.app.preferences.value.filters == {"client-errors": "status:4xx"})
        await screen.press("escape", "slash", *"@cl")
        await screen.until(lambda: screen.app.query_one(FilterInput)._suggestion == "@client-errors")
        await screen.press("tab")
        await screen.sees("1 of 16 shown", "DELETE")


async def test_a_saved_filter_is_in_the_palette(recorded: Path) -> None:
    async with replaying(recorded) as screen:
        screen.app.prefer(filters={"mine": "status:4xx", "odd [b]": "[/b] blocked"})
        await screen.press("colon", *"filter @")
        await screen.sees("Filter @mine", "status:4xx", "Filter @odd-b", "[/b] blocked")
        await screen.press(*"mine", "enter")
        await screen.sees("/ @mine", "1 of 16 shown", "DELETE")


async def test_what_is_pasted_is_harmless_and_short(recorded: Path) -> None:
    async with replaying(recorded, size=(60, 15)) as screen:
        await screen.press("slash")
        screen.app.query_one(FilterInput).value = "[/] \x1b]0;PWNED\x07 method:[bold" + "(" * 5000
        await screen.until(lambda: "\x1b" not in screen.text and "nested too deep" in screen.text)
