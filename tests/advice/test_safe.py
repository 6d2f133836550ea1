"""Nothing that is suggested for any call of the corpus opens more than it needs, or goes around the check."""

import re

import pytest

from corsinspect.advice import explanation
from corsinspect.advice.causes import causes
from corsinspect.advice.fix import fix
from corsinspect.advice.recipes import Needs, needs_of, recipes, render
from corsinspect.analysis import judge_all
from corsinspect.fetch.headers import combined
from corsinspect.model import Call
from corsinspect.session import load
from tests.corpus import NAMES, recording

AROUND = re.compile(
    r"(?i)disable-web-security|disable-features|browser extension|browser flag|install an extension|mode: ?'no-cors'|"
    r"--disable|chrome://flags|allow_origin_regex|AllowAnyOrigin\(\)|allow_any_origin|reflect_origin|\borigin: true"
)
"""What makes the message go away and fixes nothing, or lets everybody in."""
STAR = re.compile(r"""["'\s:=\[(]\*["'\s,;\])]""")
"""A wildcard as a value."""


def calls_of(name: str) -> list[Call]:
    return judge_all(load(recording(name)).exchanges)


def is_private(call: Call) -> bool:
    """Whether the call has cookies or a login with it, or asks for them."""
    asked = [combined(each.request_headers, "access-control-request-headers") or "" for each in call.exchanges]
    sent = [combined(each.request_headers, "authorization") for each in call.exchanges]
    used = call.credentials == "include" or "credentials" in (call.verdict.reason or "")
    return used or any(sent) or any("authorization" in names.lower() for names in asked)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_change_never_goes_around_the_check(name: str) -> None:
    calls = calls_of(name)
    for call in calls:
        words = [explanation(call).change, *(cause.change for cause in causes(call, calls))]
        for text in words:
            assert not AROUND.search(text), text
            assert not re.search(r"Access-Control-Allow-\w+: \*", text), text


@pytest.mark.parametrize("name", NAMES)
def test_the_header_fix_names_one_origin_and_no_wildcard(name: str) -> None:
    for call in calls_of(name):
        change = fix(call)
        if change is None:
            continue
        for part in (change.preflight, change.actual):
            values = part.set if part is not None else {}
            assert "*" not in "".join(values.values())
            assert values.get("Access-Control-Allow-Origin") in (None, call.page_origin, "null")


@pytest.mark.parametrize("name", NAMES)
def test_recipes_for_calls_with_a_login_have_no_wildcard(name: str) -> None:
    private = needs_of(call for call in calls_of(name) if is_private(call))
    assert private or "credentials" not in name
    seen: set[Needs] = set()
    for needs in private.values():
        if needs in seen:
            continue
        seen.add(needs)
        for recipe in recipes().values():
            rendered = render(recipe, needs)
            assert not AROUND.search(rendered.code + rendered.environments + rendered.where), recipe.id
            for line in (rendered.code + "\n" + rendered.environments).splitlines():
                is_about = re.search(r"(?i)origin|credential|method|header", line)
                # Caddy's way to say "has the header"
                assert not is_about or "Request-Method *" in line or not STAR.search(line + " "), (recipe.id, line)
