"""Every table of the words that is keyed by a reason has all of them."""

from typing import get_args

import pytest

from corsinspect.advice.causes import causes
from corsinspect.advice.fix import FIXED_BY_HEADERS
from corsinspect.advice.reasons import OTHER_WORDS, REASON_WORDS
from corsinspect.advice.topics import OTHER_TOPICS, REASON_TOPICS
from corsinspect.model import Reason
from tests.advice.calls import call

ALL = set(get_args(Reason))


@pytest.mark.parametrize("table", [REASON_WORDS, REASON_TOPICS, FIXED_BY_HEADERS], ids=["words", "topics", "fixes"])
def test_a_table_of_reasons_is_total(table: dict[Reason, object]) -> None:
    assert set(table) == ALL


def test_what_no_verdict_gives_has_words_and_a_topic() -> None:
    assert set(OTHER_WORDS) == set(OTHER_TOPICS)
    assert not set(OTHER_WORDS) & ALL


def test_a_refused_script_type_is_not_called_a_silent_server() -> None:
    refused = call("network-error", "mime", stage="actual", status=200)
    said = REASON_WORDS["mime"]
    assert "No answer" not in said.happened and "Content-Type" in said.change
    assert all("running" not in cause.change for cause in causes(refused, [refused]))
