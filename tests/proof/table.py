"""Runs the proofs and writes what came of each into docs/proof.md, a row a file.

    python -m tests.proof.table                            # all of tests/proof
    python -m tests.proof.table tests/long/test_fuzz.py    # these; the others' rows stay as they were

What a file proves is the first sentence of its docstring. A case is a test, an example of a property, or what a test
says of itself with `record_property("cases", number)`; what it says with `record_property("said", text)` stands beside
the result.
"""

import ast
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "proof.md"
HEAD = """# What is proven, and when it was last seen to hold

Written by `python -m tests.proof.table`, which runs the tests; `tests/proof` belongs to every run of the suite, what is
in `tests/long` takes minutes to hours and is run before a release. Cases are tests, examples of properties, and inputs.

| What | Test | Cases | Result | Date |
|---|---|--:|---|---|
"""


class Row(NamedTuple):
    """What came of a file."""

    what: str
    test: str
    cases: str
    result: str
    date: str

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"


class Counted:
    """A plugin of pytest's: counts the cases of each file, and which tests failed."""

    def __init__(self) -> None:
        self.cases: dict[str, int] = {}
        self.passed: dict[str, int] = {}
        self.failed: dict[str, list[str]] = {}
        self.said: dict[str, list[str]] = {}
        self._examples: dict[str, int] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            settings = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
            self._examples[item.nodeid] = settings.max_examples if settings is not None else 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        if report.failed:
            self.failed.setdefault(file, []).append(report.nodeid.partition("::")[2])
        elif report.when == "call" and report.passed:
            cases = dict(report.user_properties).get("cases")
            self.passed[file] = self.passed.get(file, 0) + 1
            self.cases[file] = self.cases.get(file, 0) + (
                cases if isinstance(cases, int) else self._examples.get(report.nodeid, 1)
            )
            self.said.setdefault(file, []).extend(str(text) for name, text in report.user_properties if name == "said")

    def row(self, file: str) -> Row:
        failed, passed = self.failed.get(file, []), self.passed.get(file, 0)
        result = f"all {passed} tests passed" if not failed else f"{len(failed)} failed: {', '.join(failed[:3])}"
        if not failed and not passed:
            result = "nothing ran"
        result = "; ".join([result, *self.said.get(file, [])])
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        return Row(what(ROOT / file), f"`{file}`", f"{self.cases.get(file, 0):,}", result, day)


def what(path: Path) -> str:
    """The first sentence of a file's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text())) or path.stem
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")


def rows_of(document: str) -> dict[str, Row]:
    """The rows of a document written before, by their file."""
    cells = (line.strip("| ").split(" | ") for line in document.splitlines() if line.startswith("| ") and "`" in line)
    rows = (Row(*each) for each in cells if len(each) == len(Row._fields))
    return {row.test.strip("`"): row for row in rows}


def main(arguments: list[str]) -> int:
    files = arguments or sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/proof").glob("test_*.py"))
    counted = Counted()
    status = pytest.main(["-q", "--rootdir", str(ROOT), *files], plugins=[counted])
    rows = rows_of(DOCUMENT.read_text() if DOCUMENT.exists() else "")
    rows |= {file: counted.row(file) for file in files}
    kept = [
        str(rows[file]) for file in sorted(rows, key=lambda file: ("/long/" in file, file)) if (ROOT / file).exists()
    ]
    DOCUMENT.write_text(HEAD + "\n".join(kept) + "\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
