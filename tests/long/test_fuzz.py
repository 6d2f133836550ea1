"""A million inputs by libFuzzer, shared out among the parsers, each in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.parsers import BYTES, TEXT

Say = Callable[[str, object], None]
INPUTS = 1_000_000
PARSERS = (*TEXT, *BYTES)
EACH = -(-INPUTS // len(PARSERS))
SLOWEST = 10
"""Seconds that one input may take."""


@pytest.mark.parametrize("name", PARSERS)
def test_no_input_of_a_fuzzer_is_too_much(name: str, tmp_path: Path, record_property: Say) -> None:
    options = (f"-runs={EACH}", f"-timeout={SLOWEST}", "-max_len=4096", f"-artifact_prefix={tmp_path}/")
    ended = subprocess.run([sys.executable, "-m", "tests.long.fuzz", name, *options], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-4_000:]
    assert f"Done {EACH} runs" in ended.stderr
    record_property("cases", EACH)
