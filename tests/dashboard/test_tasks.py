"""Twelve things that a person in trouble wants to know, as the README's tour tells them: a few keys, then the answer on
the screen. Each starts in the list, on the newest call.
"""

from pathlib import Path

import pytest

from tests.dashboard.conftest import replaying

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
    "which calls have the same cause": (["F", "enter"], ["1 of 16 shown", ":8000/api/report"]),
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
