"""What docs/scale.md says: the columns, the questions and the cluster."""

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from corsinspect.session import load
from tests.bench import sessions
from tests.commands.test_recorded import session
from tests.corpus import NAMES, recording
from tests.test_cli import run

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"
QUESTIONS = re.findall(r"\n([^\n]+\?)\n\n```sql\n(.+?)```", DOCUMENT.read_text(), re.S)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both files, of all recordings and a made-up session in which a header is gone at the end."""
    folder = tmp_path_factory.mktemp("exported")
    made_up = session(folder / "made-up.jsonl", *sessions.exchanges(200))
    paths = [made_up, *map(recording, NAMES)]
    for rows in ("calls", "exchanges"):
        done = run("export", "--rows", rows, *paths, "-o", folder / f"{rows}.parquet")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_a_question_has_an_answer(question: str, sql: str, exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported)
    assert duckdb.execute(sql).fetchall()


def test_the_answer_is_what_check_counts(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported)
    rows = [json.loads(line) for line in run("check", "--format", "jsonl", "made-up.jsonl").stdout.splitlines()]
    found = duckdb.execute("SELECT id, url, outcome, reason, status, found FROM 'calls.parquet' WHERE id LIKE '1:%'")
    expected = [
        (f"1:{row['id']}", *(row[key] for key in ("url", "outcome", "reason", "status", "found"))) for row in rows
    ]
    assert sorted(found.fetchall()) == sorted(expected)


@pytest.mark.parametrize("rows", ["calls", "exchanges"])
def test_every_column_is_described(rows: str, exported: Path) -> None:
    part = (
        DOCUMENT.read_text().partition(f"A row of `--rows {rows}`")[2].partition("\nA row of")[0].partition("\n## ")[0]
    )
    described = [name for line in part.splitlines() if line.startswith("| `") for name in line.split("|")[1].split(",")]
    names = pq.read_schema(exported / f"{rows}.parquet").names
    assert sorted(name.strip(" `") for name in described) == sorted(names)


def test_every_exchange_of_a_call_is_a_row(exported: Path) -> None:
    ids = {each for listed in pq.read_table(exported / "calls.parquet")["exchanges"].to_pylist() for each in listed}
    rows = pq.read_table(exported / "exchanges.parquet").to_pylist()
    assert {row["id"] for row in rows} == ids
    known = {f"1:{each.id}": each for each in load(exported / "made-up.jsonl").exchanges}
    for row in rows:
        if (exchange := known.get(row["id"])) is not None:
            headers = tuple((header["name"], header["value"]) for header in row["response_headers"])
            assert (row["url"], row["status"], headers) == (exchange.url, exchange.status, exchange.response_headers)
            assert row["started"].timestamp() == pytest.approx(exchange.started, abs=1e-5)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["-o", "missing/calls.parquet"], 2, "can't be written"),
        (["-o", "x", "--format", "nonsense"], 64, "is none of parquet"),
        (["-o", "x", "--rows", "nonsense"], 64, "is none of calls, exchanges"),
    ],
    ids=["folder", "format", "rows"],
)
def test_what_cannot_be_exported_is_said(options: list[str], status: int, words: str, tmp_path: Path) -> None:
    path = session(tmp_path / "s.jsonl", *sessions.exchanges(10))
    done = run("export", path, *options)
    assert done.returncode == status
    assert words in done.stderr and "Traceback" not in done.stderr


def test_a_cluster_gives_the_verdicts_of_check(tmp_path: Path) -> None:
    folder, few = tmp_path / "sessions", 30
    folder.mkdir()
    for number in range(1_000):
        session(folder / f"{number:04}.jsonl", *sessions.exchanges(10 + number % 5, first=10 * number))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.cluster", folder, "--workers", "2", "-o", tmp_path / "verdicts.jsonl"],
        capture_output=True,
        text=True,
        cwd=DOCUMENT.parents[1],
    )
    assert done.returncode == 0, done.stderr
    verdicts: dict[str, list[tuple[str, str, str | None]]] = {}
    for row in map(json.loads, (tmp_path / "verdicts.jsonl").read_text().splitlines()):
        verdicts.setdefault(Path(row["file"]).name, []).append((row["id"], row["outcome"], row["reason"]))
    assert len(verdicts) == 1_000
    paths = sorted(folder.iterdir())[:few]
    rows = map(json.loads, run("check", "--format", "jsonl", *paths).stdout.splitlines())
    expected: dict[str, list[tuple[str, str, str | None]]] = {}
    for row in rows:
        number, _, id = row["id"].partition(":")
        expected.setdefault(paths[int(number) - 1].name, []).append((id, row["outcome"], row["reason"]))
    assert {name: verdicts[name] for name in expected} == expected
