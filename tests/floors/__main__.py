"""Prints the import graph: `python -m tests.floors`, with a folder behind it for that one's modules."""

import sys

from tests.floors.graph import by_folder, circles, graph, sizes


def main() -> None:
    """What each folder imports, how many modules it has, and every circle."""
    edges = graph()
    if len(sys.argv) > 1:
        edges_shown = {module: imported for module, imported in edges.items() if module.startswith(sys.argv[1])}
    else:
        edges_shown = by_folder(edges)
    modules = sizes()
    for name, imported in sorted(edges_shown.items()):
        print(f"{name:<24} {modules.get(name, 1):>3}  → {', '.join(sorted(imported)) or '–'}")
    for circle in circles(edges):
        print("circle:", " → ".join([*circle, circle[0]]))


if __name__ == "__main__":
    main()
