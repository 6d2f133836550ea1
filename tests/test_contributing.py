"""CONTRIBUTING.md can be followed: what it names is there, its programs run, and its steps suffice."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from corsinspect import Exchange
from corsinspect.advice.recipes import loader
from corsinspect.policy.judging import Judged, Unmet
from corsinspect.report import formats
from corsinspect.report.neighbours import Neighbours
from corsinspect.session import load, reader
from tests.analysis.build import PAGE
from tests.test_cli import run

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_every_file_and_folder_that_it_names_is_there() -> None:
    named = set(re.findall(r"(?:`|^    )((?:corsinspect|addons|tests|docs)(?:/[\w.-]+)*)(?=[`\s])", TEXT, re.M))
    assert len(named) > 30
    assert [name for name in sorted(named) if "NAME" not in name and not (ROOT / name).exists()] == []


def test_every_folder_of_the_package_is_named() -> None:
    folders = {path.parent.name for path in (ROOT / "corsinspect").glob("*/__init__.py")}
    # the demo is nothing to build on
    assert {name for name in folders - {"demo"} if not re.search(rf"^    (corsinspect/)?{name}\b", TEXT, re.M)} == set()


def test_its_programs_run_one_after_the_other(tmp_path: Path) -> None:
    said: list[str] = []
    for number, program in enumerate(re.findall(r"```python\n(.*?)```", TEXT, re.S)):
        path = tmp_path / f"program{number}.py"
        path.write_text(program)
        done = subprocess.run([sys.executable, path], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        said.append(done.stdout)
    assert said == ["", "https://api.example/ blocked origin-missing\n"]
    assert "origin-missing" in run("check", tmp_path / "elsewhere.jsonl").stdout


def test_a_reader_is_a_row_and_two_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes) -> tuple[list[Exchange], list[reader.Problem]]:
        url = data.split()[1].decode()
        headers = (("Origin", PAGE), ("Cookie", "id=secret"))
        return [Exchange(id="1", url=url, method="GET", started=1.0, request_headers=headers, status=200)], []

    row = reader.Format(lambda head: head.startswith(b"LOG "), reader._redacting(read))
    monkeypatch.setitem(reader.FORMATS, "log", row)
    path = tmp_path / "traffic.log"
    path.write_text("LOG https://api.test/\n")
    loaded = load(path)
    assert (loaded.format, loaded.exchanges[0].url) == ("log", "https://api.test/")
    assert "secret" not in str(loaded.exchanges[0].request_headers)


def test_a_format_of_check_is_a_row_and_one_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Writer:
        def __init__(self, session: Neighbours, *, colour: bool) -> None:
            del session, colour

        def begin(self) -> Iterator[str]:
            yield "<calls>"

        def call(self, judged: Judged) -> Iterator[str]:
            yield f"<call outcome={judged.call.verdict.outcome!r}/>"

        def end(self, unmet: Iterable[Unmet]) -> Iterator[str]:
            del unmet
            yield "</calls>"

    module = ModuleType("xml_of_a_contributor")
    module.__dict__["Writer"] = Writer
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(formats.FORMATS, "xml", formats.Format(module.__name__, "for a test"))
    from corsinspect.commands.checking.verdicts import Options, Verdicts

    recorded = ROOT / "tests" / "session" / "recorded" / "chromium-156.har"
    assert Verdicts(Options("xml")).of([recorded]) == 1
    assert "<call outcome='blocked'/>" in capsys.readouterr().out


def test_a_recipe_is_one_file() -> None:
    folder = ROOT / "corsinspect" / "advice" / "recipes"
    assert {path.stem for path in folder.glob("*.toml")} == {*loader.recipes()}
