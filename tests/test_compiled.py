"""The modules that can be compiled use nothing that behaves differently then; the compiler itself wouldn't say."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pathspec
import pytest

ROOT = Path(__file__).parents[1]


def compiled() -> list[Path]:
    hooks = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]
    wanted, left_out = (pathspec.GitIgnoreSpec.from_lines(hooks["mypyc"][key]) for key in ("include", "exclude"))
    paths = (path.relative_to(ROOT) for path in sorted((ROOT / "corsinspect").rglob("*.py")))
    return [path for path in paths if wanted.match_file(path) and not left_out.match_file(path)]


def test_the_core_is_compiled() -> None:
    assert {Path("corsinspect/fetch/check.py"), Path("corsinspect/analysis/word/verdict.py")} <= set(compiled())


@pytest.mark.parametrize("path", compiled(), ids=str)
def test_a_module_that_is_compiled_keeps_to_what_compiles(path: Path) -> None:
    tree = ast.parse((ROOT / path).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            # others would be lost without a word; these two are for speed and for mistakes of ours
            assert {keyword.arg for keyword in node.keywords} <= {"frozen", "gc"}, node.name
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            assert name != "cached_property", "it would be computed each time"
        if isinstance(node, ast.FunctionDef):
            assert node.name not in _called(node), f"{node.name}: recursion has no limit there"
            for given in ast.walk(node):
                if isinstance(given, ast.Return) and isinstance(given.value, ast.GeneratorExp):
                    raise AssertionError(f"{node.name} would make all that it yields at once")


def _called(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "self":
                yield node.func.attr
