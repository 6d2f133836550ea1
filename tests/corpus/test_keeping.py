"""No recipe takes away what a server allows now, opens what needs a login, or wants headers of a login page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corsinspect.advice.evidence.login import led_to_login
from corsinspect.advice.recipes import Edit, recipes
from corsinspect.advice.recipes.needs import is_wellformed_origin
from corsinspect.advice.solution import change, server_of, solution
from corsinspect.analysis import judge_all
from corsinspect.fetch.headers import combined, cors_headers
from corsinspect.fetch.url import origin_of
from corsinspect.model import Call
from corsinspect.session import load
from tests.corpus import NAMES, recording

FIELD = Path(__file__).parents[1] / "field"
INPUTS = [*NAMES, *sorted(path.name for path in FIELD.iterdir() if path.suffix in (".jsonl", ".har", ".mitm"))]
STAR = re.compile(r"""["'\s:=\[(]\*["'\s,;\])]""")


def calls_of(name: str) -> list[Call]:
    return judge_all(load(recording(name) if name in NAMES else FIELD / name).exchanges)


def servers(calls: list[Call]) -> Iterator[tuple[str, list[Call]]]:
    for server in dict.fromkeys(map(server_of, calls)):
        yield server, [call for call in calls if server_of(call) == server]


def allowed(calls: list[Call], server: str) -> set[str]:
    """The origins that this server's answers allow: by their name, or by `*`."""
    found: set[str] = set()
    for call in calls:
        for exchange in call.exchanges:
            granted = cors_headers(exchange.response_headers).allow_origin
            if origin_of(exchange.url) != server or exchange.by_proxy or call.page_origin is None:
                continue
            if call.kind in ("simple", "preflighted") and server != call.page_origin:
                found |= {call.page_origin} if granted == "*" else {granted} if granted else set()
    return {origin for origin in found if is_wellformed_origin(origin)}


def private(calls: list[Call]) -> bool:
    """Whether cookies, logins or tokens go to this server."""
    asked = [
        combined(each.request_headers, "access-control-request-headers") or "" for c in calls for each in c.exchanges
    ]
    sent = [combined(each.request_headers, "authorization") for call in calls for each in call.exchanges]
    used = any(call.credentials == "include" or "credentials" in (call.verdict.reason or "") for call in calls)
    return used or any(sent) or any("authorization" in names.lower() for names in asked)


def added(edits: tuple[Edit, ...]) -> str:
    return "\n".join(edit.after for edit in edits)


@pytest.mark.parametrize("name", INPUTS)
def test_no_recipe_drops_an_origin_or_opens_what_needs_a_login(name: str) -> None:
    for server, calls in servers(calls_of(name)):
        kept, closed, seen = allowed(calls, server), private(calls), set[str]()
        for recipe in recipes().values():
            made = change(recipe, server, calls)
            if made is None or recipe.kind == "alternative":
                continue
            code = added(made[1])
            if code in seen:
                continue
            seen.add(code)
            everyone = STAR.search(code) or "AllowAnyOrigin" in code or "ALLOW_ALL" in code
            for origin in kept:
                assert everyone or origin in code.replace("\\", ""), (server, recipe.id, origin)
            for line in code.splitlines() if closed else ():
                about = re.search(r"(?i)origin|credential|method|header", line) and "Request-Method *" not in line
                assert not about or not STAR.search(line + " "), (server, recipe.id, line)
            assert not closed or ("AllowAnyOrigin" not in code and "ALLOW_ALL" not in code)


@pytest.mark.parametrize("name", INPUTS)
def test_nothing_is_to_be_changed_at_a_login_page(name: str) -> None:
    calls = calls_of(name)
    for call in calls:
        if led_to_login(call) is not None:
            found = solution(call, [other for other in calls if server_of(other) == server_of(call)])
            assert (found.fix, found.edits, found.rendered) == ((), (), None)


def test_the_inputs_have_logins_and_origins_to_keep() -> None:
    every = [calls for name in INPUTS for _, calls in servers(calls_of(name))]
    assert sum(len(allowed(calls, server_of(calls[0]))) > 1 for calls in every) >= 1
    assert sum(map(private, every)) > 10
    assert any(led_to_login(call) for calls in every for call in calls)
