"""The public surface: its names, what it loads, its documentation, and the tree of errors."""

import ast
import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import corsinspect
import corsinspect.errors
from corsinspect import CorsinspectError
from tests.floors.floors import files

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "session" / "recorded"


def loaded_after(code: str) -> set[str]:
    """The modules in memory after this ran in a process of its own."""
    code += "\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_public_name_is_there_for_people_and_for_type_checkers() -> None:
    (block,) = (node for node in ast.parse(Path(corsinspect.__file__).read_text()).body if isinstance(node, ast.If))
    seen_by_checkers = {
        alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert seen_by_checkers == corsinspect._HOMES
    assert sorted(corsinspect.__all__) == sorted(seen_by_checkers)
    assert all(getattr(corsinspect, name) is not None for name in corsinspect.__all__)
    assert {*corsinspect.__all__} <= {*dir(corsinspect)}


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'judge'"):
        corsinspect.judge  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_importing_the_package_imports_nothing_else() -> None:
    assert {name for name in loaded_after("import corsinspect") if name.startswith("corsinspect.")} == set()


def test_the_library_needs_neither_mitmproxy_nor_textual(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["mitmproxy"] = sys.modules["textual"] = None  # whoever imports them fails
from corsinspect import *
import corsinspect
calls = judge_all(load({str(RECORDED / "chromium-156.har")!r}).exchanges)
tracker = Tracker()
for exchange in calls[0].exchanges:
    tracker.feed(exchange)
for call in calls:
    trace(call), explanation(call), fix(call)
assert len(calls) > 5 and all(isinstance(call, Call) for call in calls)
"""
    loaded = loaded_after(code)
    assert not {name for name in loaded if name.startswith(("mitmproxy.", "textual."))}
    assert "corsinspect.capture" not in loaded and "corsinspect.dashboard" not in loaded


def examples(text: str) -> str:
    """The Python blocks of a Markdown document, the rest left blank so that lines keep their numbers."""
    inside = False
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith("```"):
            inside = line == "```python"
            kept.append("")
        else:
            kept.append(line if inside else "")
    return "\n".join(kept) + "\n"


def test_the_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(RECORDED / "chromium-156.har", tmp_path / "traffic.har")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    test = doctest.DocTestParser().get_doctest(examples(text), {}, "docs/api.md", "docs/api.md", 0)
    said: list[str] = []
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert results.attempted > 15
    assert results.failed == 0, "".join(said)


def test_the_documentation_names_the_whole_surface() -> None:
    table = (ROOT / "docs" / "api.md").read_text("utf-8").partition("\n## ")[0]
    rows = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert sorted(re.findall(r"`(\w+)", rows)) == sorted(corsinspect.__all__)


def errors_of_ours() -> dict[str, str]:
    """Every error that the package defines, and its base; exceptions of another name don't leave their module."""
    classes = [
        (node.name, ast.unparse(node.bases[0]))
        for _, path in files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.bases
    ]
    return {name: base for name, base in classes if name.endswith("Error")}


def drawn_tree() -> dict[str, str]:
    """Each error in the docstring of `errors`, with the one it hangs below."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for indent, name in re.findall(r"^( *)(?:\+ )?(\w+Error)\b", corsinspect.errors.__doc__ or "", re.M):
        path[len(indent) // 2 :] = [name]
        parents[name] = path[-2] if len(path) > 1 else "Exception"
    return parents


def test_all_errors_hang_below_one_and_are_drawn() -> None:
    assert errors_of_ours() == drawn_tree()
    assert CorsinspectError("The file is empty.", "Name another.").hint == "Name another."
