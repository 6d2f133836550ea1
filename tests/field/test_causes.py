"""Files as people send them: the cause that is named first for each, and who is to change what."""

from pathlib import Path

import pytest

from corsinspect.advice.causes import causes
from corsinspect.analysis import judge_all
from corsinspect.session import load
from tests.test_cli import run

HERE = Path(__file__).parent

EXPECTED: dict[str, list[tuple[str, str, str]]] = {
    # per failed call: the cause, and parts of its texts
    "07-403-gin-contrib.jsonl": [
        ("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=http://app.shop.localhost"),
        ("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=http://app.shop.localhost"),
    ],
    "07c-403-azure-blob.jsonl": [("no-rule-matches", "CorsPreflightFailure", "to the storage account")],
    "08-spring-two-stories.jsonl": [("origin-not-in-list", "CORS code did run", "add exactly http://app.shop")],
    "10-rack-cors-404.jsonl": [("refused-by-its-cors-code", "no-origin", "the origins line of the rack-cors block")],
    "31-chrome-extension-none.har": [("refused-by-its-cors-code", "Ollama", "OLLAMA_ORIGINS=chrome-extension://gfn")],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_cause_is_what_the_traffic_shows(name: str) -> None:
    calls = judge_all(load(HERE / name).exchanges)
    found = [causes(call, calls)[0] for call in calls if causes(call, calls)]
    for cause, (wanted, seen, change) in zip(found, EXPECTED[name], strict=True):
        assert cause.id == wanted
        assert seen in cause.what + cause.seen
        assert change in cause.change


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("07-403-gin-contrib.jsonl", "login"),
        ("07-403-gin-contrib.jsonl", "only the error"),
        ("07c-403-azure-blob.jsonl", "login"),
        ("08-spring-two-stories.jsonl", "login"),
        ("10-rack-cors-404.jsonl", "OPTIONS"),
        ("31-chrome-extension-none.har", "login"),
    ],
)
def test_no_line_contradicts_the_cause(name: str, never: str) -> None:
    assert never not in run("check", HERE / name).stdout
