"""`export`: to HAR 1.2, by its schema and by those who read it, and to a shell script."""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from mitmproxy.io import har as mitmproxy_har

from corsinspect.analysis import judge_all
from corsinspect.session import load
from tests.analysis.build import exchange
from tests.test_cli import run, session

FIELD = Path(__file__).parents[1] / "field"
SCHEMA = json.loads((Path(__file__).parents[1] / "report" / "schemas" / "har-1.2.json").read_text("utf-8"))
RECORDED = [*sorted(FIELD.glob("*.jsonl")), *sorted(FIELD.glob("*.mitm"))]


def exported(path: Path, folder: Path, format: str) -> Path:
    output = folder / f"exported.{format}"
    done = run("export", "--format", format, path, "-o", output)
    assert (done.returncode, done.stderr) == (0, "")
    return output


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_a_har_is_one_by_its_schema_and_keeps_the_verdicts(path: Path, tmp_path: Path) -> None:
    output = exported(path, tmp_path, "har")
    document = json.loads(output.read_text("utf-8"))
    jsonschema.validate(document, SCHEMA)
    assert output.stat().st_mode & 0o777 == 0o600
    calls = judge_all((loaded := load(path)).exchanges, loaded.saids)
    wanted = {
        (exchange.url, call.verdict.outcome, call.verdict.reason)
        for call in calls
        for exchange in call.exchanges
        if exchange.method is not None
    }
    entries = document["log"]["entries"]
    annotations = [entry["_corsinspect"] for entry in entries]
    told = {
        (entry["request"]["url"], note["outcome"], note.get("reason"))
        for entry, note in zip(entries, annotations, strict=True)
    }
    redacted = {(unquote(url).partition("?")[0], outcome, reason) for url, outcome, reason in wanted}
    assert {(unquote(url).partition("?")[0], outcome, reason) for url, outcome, reason in told} == redacted
    for entry in entries:
        assert entry["_corsinspect"]["outcome"] in entry["comment"]
        mitmproxy_har.request_to_flow(entry)


def test_the_har_of_a_recording_is_judged_as_the_recording(tmp_path: Path) -> None:
    path = FIELD / "06-session-expired.jsonl"
    output = exported(path, tmp_path, "har")
    verdicts = [
        [(call.method, call.verdict.outcome, call.verdict.reason) for call in judge_all(load(file).exchanges)]
        for file in (path, output)
    ]
    assert verdicts[0] == verdicts[1]


def test_the_script_is_one_that_a_shell_reads(tmp_path: Path) -> None:
    output = exported(FIELD / "12-api-gateway-authorizer.jsonl", tmp_path, "curl")
    assert subprocess.run(["sh", "-n", output], capture_output=True, timeout=20).returncode == 0
    text = output.read_text("utf-8")
    assert "curl -i --globoff" in text and "blocked" in text and "‹redacted" not in text


def test_no_url_is_too_odd_for_it(tmp_path: Path) -> None:
    odd = session(tmp_path / "odd.jsonl", exchange(url="http://[/?a=b#c", id="o"))
    (entry,) = json.loads(exported(odd, tmp_path, "har").read_text("utf-8"))["log"]["entries"]
    assert entry["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert run("session", "trim", odd, "-o", tmp_path / "short.jsonl", "--host", "a").returncode == 0


def test_rows_are_for_tables_only(tmp_path: Path) -> None:
    path = FIELD / "06-session-expired.jsonl"
    done = run("export", "--format", "har", "--rows", "exchanges", path, "-o", tmp_path / "x.har")
    assert done.returncode == 2
    assert "has no rows" in done.stderr


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_a_report_is_what_check_prints_but_for_places_in_files(format: str, tmp_path: Path) -> None:
    path = FIELD / "07-403-gin-contrib.jsonl"
    output = exported(path, tmp_path, format)
    printed = run("check", "--format", format, path).stdout
    assert output.read_text("utf-8") == re.sub(rf"{re.escape(str(path))}, line \d+ · ", "", printed)
    assert output.stat().st_mode & 0o777 == 0o600
