"""The reasons are a closed set: what the code gives, what is typed, and what each table holds are the same."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from corsinspect.fetch.reasons import CODES, CREDENTIALS_USED, Reason, chromium_codes, is_reason
from corsinspect.model import FailureKind

ALL = set(get_args(Reason))
CODE = Path(__file__).parents[2] / "corsinspect"


def values(tree: ast.AST) -> Iterator[str]:
    """The texts that code computes with: no docstrings, no tables, nothing that is only compared with."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Compare | ast.Set | ast.Dict) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from values(node)


def given() -> set[str]:
    """The reasons that the rules give: texts in their code, and the kinds of failures."""
    files = [*(CODE / "fetch").glob("*.py"), *(CODE / "analysis").rglob("*.py")]
    found = {text for path in files if path.name != "reasons.py" for text in values(ast.parse(path.read_text("utf-8")))}
    return (found & ALL) | ({*get_args(FailureKind)} - {"other"})


def test_every_reason_is_given_by_some_rule() -> None:
    # that no other is given, the type checker says
    assert given() == ALL


def test_every_reason_has_a_row_of_codes() -> None:
    assert set(CODES) == ALL
    assert ALL >= CREDENTIALS_USED


def test_is_reason() -> None:
    assert is_reason("corp") and not is_reason("csrf") and not is_reason(None)


def test_chromium_names_a_failed_preflight_apart() -> None:
    assert chromium_codes("origin-missing") == ("MissingAllowOriginHeader", "PreflightMissingAllowOriginHeader")
    assert chromium_codes("method-not-allowed") == ("MethodDisallowedByPreflightResponse",) * 2
    assert chromium_codes("corp") == (None, None)
