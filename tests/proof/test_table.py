"""The table of what is proven: each file has a row that says what it proves."""

from pathlib import Path

from tests.proof.table import DOCUMENT, ROOT, Counted, Row, rows_of, what


def test_every_proof_has_a_row() -> None:
    rows = rows_of(DOCUMENT.read_text())
    proofs = {str(path.relative_to(ROOT)) for path in (ROOT / "tests/proof").glob("test_*.py")}
    assert proofs - {f"tests/proof/{Path(__file__).name}"} <= rows.keys()
    assert all(row.what == what(ROOT / file) for file, row in rows.items())


def test_a_row_is_read_as_it_was_written() -> None:
    row = Row("What.", "`tests/proof/test_table.py`", "1,000", "all 2 tests passed", "2026-11-28")
    assert rows_of(f"# Head\n\n| What | Test |\n|---|---|\n{row}\n") == {"tests/proof/test_table.py": row}


def test_a_file_of_which_nothing_ran_is_no_proof() -> None:
    assert Counted().row("tests/proof/test_table.py").result == "nothing ran"
