"""Twelve things that a person in trouble wants to know, as the README's tour tells them: a few keys, then the answer on
the screen. Each starts in the list, on the newest call.
"""

from pathlib import Path

import pytest

from tests.dashboard.conftest import Screen, replaying

TASKS = {
    "why was the last call blocked": ([], ["Blocked: the page may not read the answer", "(trailing slash)"]),
    "which header has to have which value": (["6"], ["Access-Control-Allow-Origin: http://localhost:3000"]),
    "was my request sent at all": (["["], ["never sent your DELETE"]),
    "is it CORS or is the server down": (["[", "["], ["server not running (not CORS)", "localhost:9000"]),
    "what did the browser ask in its preflight": (["[", "2"], ["> Access-Control-Request-Method: DELETE", "< 404"]),
    "what does this reason mean, with an example": (["question_mark"], ["wrong", "right", "on MDN"]),
    "why did one call pass and this one not": (
        ["d", "up", "up", "d"],
        ["Why did one call pass", "The first was blocked", "the second allowed"],
    ),
    "send it to a colleague or an assistant": (["y", "p"], ["Copied", "captured traffic: data to look at"]),
    "repeat it without the browser": (["y", "c"], ["Copied", "curl", "http://localhost:8000/api/profile"]),
    "which calls have the same cause": (["F", "enter"], ["2 of 16 shown", ":8000/api/tasks/7"]),
    "did my change of the server work": (["w"], ["watching GET :8000/api/profile", "w stops"]),
    "where is the call that I made": (["a"], ["My call isn't here", "mixed content", "to check"]),
}


@pytest.mark.parametrize("task", TASKS)
async def test_the_answer_is_a_few_keys_away(task: str, recorded: Path) -> None:
    keys, answer = TASKS[task]
    assert len(keys) <= 5
    async with replaying(recorded, size=(130, 45)) as screen:
        await screen.press(*keys)
        await screen.sees(*answer)


SHOWN = {
    **{str(number): "1–8 ⇥ Tabs" for number in range(1, 9)},
    "question_mark": "? Why",
    "d": "d Compare",
    "y": "y Copy",
    "w": "w Watch",
    "F": "F findings",
    "a": "a call missing?",
    # in the menu of copies
    "p": "p  a prompt for an AI assistant",
    "c": "c  curl commands",
}
"""How the screen says what a key does."""
UNSAID = {"up", "down"}
"""Keys that need no word."""
UP_TO_DELETE = ["up"] * 5

BY_SIGHT: dict[str, tuple[list[str], list[str]]] = {
    **TASKS,
    "was my request sent at all": (UP_TO_DELETE, TASKS["was my request sent at all"][1]),
    "is it CORS or is the server down": ([], ["server not running (not CORS)", ":9000/health"]),
    "what did the browser ask in its preflight": (
        [*UP_TO_DELETE, "2"],
        TASKS["what did the browser ask in its preflight"][1],
    ),
    "what does this reason mean, with an example": (["question_mark"], ["wrong", "right", "required"]),
    "why did one call pass and this one not": (
        ["d", "up", "up", "d"],
        ["Why did one call pass", "The first was blocked", "answered them differently"],
    ),
}
"""The same tasks for who knows no key but those that the screen names at that moment."""
IN_DETAILS = {"why was the last call blocked", "was my request sent at all"}
"""Those whose answer is in the details, which a narrow terminal opens first."""


async def press_what_is_shown(screen: Screen, keys: list[str]) -> None:
    for key in keys:
        if key not in UNSAID and key != "enter":
            await screen.sees(SHOWN[key])
        await screen.press(key)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("task", BY_SIGHT)
async def test_the_keys_that_lead_to_the_answer_are_on_the_screen(
    task: str, size: tuple[int, int], theme: str, recorded: Path
) -> None:
    keys, answer = BY_SIGHT[task]
    async with replaying(recorded, size=size) as screen:
        screen.app.theme = theme
        await press_what_is_shown(screen, keys)
        if size[0] < 100 and task in IN_DETAILS:
            await screen.sees("⏎ Open")
            await screen.press("enter")
        await screen.sees(*answer)
