"""No imports in a circle, not even for types, and no folder that nobody can take in at a glance."""

import pytest

from tests.floors.graph import circles, graph, graph_of, sizes

MOST = 20
"""Modules in a folder, but for some."""
LARGE = {"advice": 21, "analysis": 22}


def test_no_module_leads_to_itself() -> None:
    assert circles(graph()) == []


@pytest.mark.parametrize(("folder", "modules"), sizes().items(), ids=sizes())
def test_a_folder_can_be_taken_in(folder: str, modules: int) -> None:
    assert modules <= LARGE.get(folder, MOST)


@pytest.mark.parametrize(
    "sources",
    [
        {"a": "from corsinspect.b import x", "b": "import corsinspect.a"},
        {"a": "from corsinspect import b", "b": "def later():\n    from corsinspect.a import x"},
        {"a": "from corsinspect.b import x", "b": "if TYPE_CHECKING:\n    from corsinspect.a import X"},
        {"p.__init__": "from .one import x", "p.one": "from . import two", "p.two": "from corsinspect import p"},
        {"a": "from corsinspect.b import x", "b": "from corsinspect.c import x", "c": "from corsinspect.a import x"},
        {"__init__": "from .a import load", "a": "from corsinspect import load"},
    ],
    ids=["two", "inside a function", "for types", "a package and its modules", "three", "the top package"],
)
def test_a_circle_is_found(sources: dict[str, str]) -> None:
    assert circles(graph_of(sources)) == [sorted(sources)]


def test_what_is_no_circle_is_none() -> None:
    sources = {
        "__init__": "from .p.one import x",
        "p.__init__": "from corsinspect.p.one import x",
        "p.one": "from corsinspect.p import two\nfrom corsinspect import __version__",
        "p.two": "import json",
    }
    assert circles(graph_of(sources)) == []
    assert graph_of(sources)["p.one"] == {"p.two"}
