"""The same traffic, whole or not, is judged the same from mitmproxy's flows and from the HAR that mitmproxy makes."""

import io
import json
import warnings
from pathlib import Path

import msgspec
import pytest
from mitmproxy import flow, http
from mitmproxy.io import FlowReader, FlowWriter

from corsinspect.analysis import judge_all
from corsinspect.model import Call
from corsinspect.report.jsonl import row
from corsinspect.session import Redactor, load
from tests.corpus import recording

ERRORS = ("Client disconnected.", "server closed connection", "[Errno 111] Connect call failed", "peculiar")


def cut(flows: list[flow.Flow]) -> None:
    """As of a capture that ended, or broke, in the middle: answers are missing, with an error and without."""
    for number, each in enumerate(flows):
        assert isinstance(each, http.HTTPFlow)
        if number % 5 == 0:
            each.response = None
            each.error = flow.Error(ERRORS[number % len(ERRORS)]) if number % 2 else None


def judged(path: Path) -> list[dict]:
    exchanges = load(path, redactor=Redactor(bytes(32))).exchanges
    # mitmproxy's HAR doesn't say which requests shared a connection
    rows = [
        _comparable(call) for call in judge_all([msgspec.structs.replace(each, connection=None) for each in exchanges])
    ]
    return sorted(rows, key=lambda each: json.dumps(each, sort_keys=True))


def _comparable(call: Call) -> dict:
    """The contract's line but for the ids, which are each file's own."""
    return {**row(call), "id": None, "exchanges": None}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "cut"])
@pytest.mark.parametrize("name", ["chromium-redirects", "firefox-credentials", "chromium-nonweb"])
def test_flows_and_their_har_are_judged_the_same(name: str, whole: bool, tmp_path: Path) -> None:
    flows: list[flow.Flow] = [
        each
        for each in FlowReader(io.BytesIO(recording(name).read_bytes())).stream()
        if isinstance(each, http.HTTPFlow)
    ]
    if not whole:
        cut(flows)
    with (tmp_path / "t.mitm").open("wb") as file:
        writer = FlowWriter(file)
        for each in flows:
            writer.add(each)
    (tmp_path / "t.har").write_text(json.dumps(_har(flows)))
    assert judged(tmp_path / "t.har") == judged(tmp_path / "t.mitm")


def _har(flows: list[flow.Flow]) -> dict:
    with warnings.catch_warnings():  # of ldap3, which mitmproxy's addons bring in
        warnings.simplefilter("ignore")
        from mitmproxy.addons.savehar import SaveHar
    return SaveHar().make_har(flows)
