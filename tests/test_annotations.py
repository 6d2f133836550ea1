"""What the addon writes beside the facts is what `check` concludes from the facts alone."""

from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.model import Exchange, annotation
from corsinspect.session import load
from corsinspect.session.recorder import Recorder
from tests.corpus import NAMES, recording
from tests.session.build import annotations


def fail(*problem: object) -> None:
    raise AssertionError(problem)


def moment(exchange: Exchange) -> float:
    """When the addon hears of the answer or the failure."""
    return exchange.answered or exchange.ended or exchange.started


@pytest.mark.parametrize("name", NAMES)
async def test_annotations_equal_what_the_facts_alone_give(name: str, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    recorder = Recorder(path, broken=fail, trouble=fail)
    for exchange in sorted(load(recording(name)).exchanges, key=moment):
        recorder.judge(exchange)
    recorder.close()

    saved = load(path)
    expected = {
        exchange.id: annotation(call, role) for call in judge_all(saved.exchanges) for role, exchange in call.roles()
    }
    assert annotations(path) == expected
