"""No secret is written down, and what helps is: over lists of kinds, with the shares printed."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.model import Exchange
from corsinspect.session.failures import failure
from corsinspect.session.redaction.redact import Redactor
from tests.session.build import exchange

from .secrets import Kind, harmless, secrets

MAX_FOUND, MAX_HIDDEN = 0.02, 0.10


def planted(kind: Kind) -> Exchange:
    """An exchange with the kind's text in its place, as it's captured."""
    if kind.place == "url":
        return exchange(url=kind.text)
    if kind.place == "reason":
        return exchange(status=400, reason_phrase=kind.text)
    if kind.place == "failure":
        return exchange(failure=failure(kind.text))
    lines = ((kind.place, kind.text),)
    return exchange(request_headers=lines) if kind.side == "request" else exchange(response_headers=lines)


def written(kind: Kind, redactor: Redactor) -> str:
    """What of it is written."""
    return msgspec.json.encode(redactor.exchange(planted(kind))).decode()


Say = Callable[[str, object], None]


def test_planted_secrets_are_not_found_again(capsys: pytest.CaptureFixture[str], record_property: Say) -> None:
    redactor, kinds = Redactor(), list(secrets())
    found = [kind for kind in kinds if kind.value in written(kind, redactor)]
    with capsys.disabled():
        print(f"\nsecrets: {len(kinds)} kinds planted, {len(found)} found again ({len(found) / len(kinds):.1%})")
        print(*(f"  found again: {kind.name}: {kind.text}" for kind in found), sep="\n")
    record_property("cases", len(kinds))
    record_property("said", f"{len(found)} of {len(kinds)} secrets found again")
    assert len(kinds) >= 500
    assert len(found) <= MAX_FOUND * len(kinds)


def test_harmless_values_stay(capsys: pytest.CaptureFixture[str], record_property: Say) -> None:
    redactor, kinds = Redactor(), list(harmless())
    hidden = [kind for kind in kinds if redactor.exchange(planted(kind)) != planted(kind)]
    with capsys.disabled():
        print(f"\nharmless: {len(kinds)} kinds, {len(hidden)} hidden ({len(hidden) / len(kinds):.1%})")
        print(*(f"  hidden: {kind.name}: {redactor.exchange(planted(kind))}" for kind in hidden), sep="\n")
    record_property("cases", len(kinds))
    record_property("said", f"{len(hidden)} of {len(kinds)} harmless values hidden")
    assert len(kinds) >= 100
    assert len(hidden) <= MAX_HIDDEN * len(kinds)


@pytest.mark.parametrize("kinds", [secrets, harmless])
def test_redacting_every_kind_twice_is_redacting_once(kinds) -> None:
    redactor = Redactor()
    for kind in kinds():
        once = redactor.exchange(planted(kind))
        assert redactor.exchange(once) == once, kind


@settings(max_examples=300)
@given(
    name=st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=":"), min_size=1, max_size=30
    ),
    value=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), min_size=1, max_size=80),
)
def test_a_request_header_that_nobody_knows_loses_its_value_whole(name: str, value: str) -> None:
    redactor = Redactor()
    line = ("X-Zz-" + name.replace("_", "z").replace("-", "z"), value)
    assert redactor.request_headers((line,)) == ((line[0], redactor.token(value)),)
