"""The import graph: which module of ours imports which, at any time and for whatever purpose (types too)."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from tests.floors.floors import files

VERSION = "__version__"
"""The one name of the top package that modules below it may use: it's there before anything is imported."""

Graph = dict[str, set[str]]
"""By module (dotted, below `corsinspect.`; a package is its `__init__`): what it imports."""


def graph() -> Graph:
    """The graph of all modules as they are now."""
    sources = {module: path.read_text("utf-8") for module, path in files()}
    return graph_of(sources)


def graph_of(sources: Mapping[str, str]) -> Graph:
    """The graph of these modules, by name."""
    return {module: set(_imports(module, source, sources.keys())) for module, source in sources.items()}


def circles(edges: Graph) -> list[list[str]]:
    """Groups of modules of which each leads to each other one (Tarjan's strongly connected components)."""
    found: list[list[str]] = []
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        path.append(module)
        for other in sorted(edges.get(module, ())):
            if other not in number:
                visit(other)
            if other in path:
                low[module] = min(low[module], low[other])
        if low[module] == number[module]:
            group = path[path.index(module) :]
            del path[path.index(module) :]
            if len(group) > 1 or module in edges.get(module, ()):
                found.append(sorted(group))

    for module in sorted(edges):
        if module not in number:
            visit(module)
    return found


def by_folder(edges: Graph) -> Graph:
    """The same between folders; what a folder imports of itself is left out."""
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for module, imported in edges.items():
        folders[_folder(module)] |= {_folder(other) for other in imported} - {_folder(module)}
    return dict(folders)


def sizes() -> dict[str, int]:
    """How many modules each folder holds."""
    found: defaultdict[str, int] = defaultdict(int)
    for module, _ in files():
        if "." in module:
            found[module.rpartition(".")[0]] += 1
    return dict(found)


def _folder(module: str) -> str:
    folder = module.rpartition(".")[0]
    return folder if folder and folder != "dashboard" else module  # the dashboard's own modules are rooms, too


def _imports(module: str, source: str, known: Collection[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(alias.name.removeprefix("corsinspect."), known)
        elif isinstance(node, ast.ImportFrom) and (package := _package(node, module)) is not None:
            for alias in node.names:
                if (package, alias.name) == ("", VERSION):
                    continue
                below = f"{package}.{alias.name}".lstrip(".")
                yield from _module(below, known) or _module(package, known)


def _package(node: ast.ImportFrom, module: str) -> str | None:
    """What is imported from, below `corsinspect` ("" is that itself); None where it isn't ours."""
    source = node.module or ""
    if node.level:
        above = ["corsinspect", *module.split(".")][: -node.level]
        source = ".".join([*above, *([source] if source else [])])
    if source != "corsinspect" and not source.startswith("corsinspect."):
        return None
    return source.removeprefix("corsinspect").lstrip(".")


def _module(name: str, known: Collection[str]) -> list[str]:
    """The module of this name, or the package's `__init__`; none where it's a name in a module."""
    return [module for module in (name, f"{name}.__init__".lstrip(".")) if module in known]
