"""The project's floors as data, and the check that imports only go down."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

OUTSIDE = {
    *("asyncio", "ctypes", "fcntl", "ftplib", "getpass", "glob", "http", "io", "logging", "mmap", "multiprocessing"),
    *("os", "pathlib", "platform", "pty", "random", "secrets", "select", "selectors", "shutil", "signal", "smtplib"),
    *(
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
    ),
    *("uuid", "webbrowser"),
}
"""Standard modules that bring in files, network, clocks or chance: nothing for a pure floor."""
CLOCKS = {"now", "utcnow", "today"}
FILES = {"open", "input", "print"}


@dataclass(frozen=True)
class Floor:
    """What one folder may import: `ours` below `corsinspect.`, `theirs` from the package index."""

    ours: frozenset[str]
    theirs: frozenset[str]
    pure: bool = False
    """No I/O and no clock."""


def _floor(ours: str = "", theirs: str = "", *, pure: bool = False) -> Floor:
    return Floor(frozenset(ours.split()), frozenset(theirs.split()), pure)


CAPTURE_DOORS = "capture.proxy capture.browser capture.routes capture.errors"
"""What others may use of capture; the rest are its insides."""

BELOW_COMMANDS = (
    "errors model said fetch analysis advice listing session simulation capture demo doctor lessons dashboard probe "
    "policy report export assistant printable stdin_lines terminal"
)

PLANNING = ("ask", "browsers", "errors", "grid", "of_call", "walk")
"""What of the probe does no I/O."""
BELOW_PROBE = "probe errors model said fetch analysis"

ROOMS = (
    "app __init__",
    "actions",
    "screens",
    "detail timeline",
    "list filter",
    "keys appearance",
    "host",
    "apart",
    "state",
    "look",
)
"""The rooms of the dashboard from the top down; those on one line are beside each other, and don't know each other."""

BELOW_DASHBOARD = (
    f"errors model said fetch analysis advice fingerprints probe session listing simulation printable {CAPTURE_DOORS}"
)


def rooms() -> dict[str, Floor]:
    """The floor of each room: it may import itself, and the rooms further down."""
    found: dict[str, Floor] = {}
    below: list[str] = []
    for line in reversed(ROOMS):
        names = [f"dashboard.{name}" for name in line.split()]
        for name in names:
            beside = names if "__init__" in line else [name]
            found[name] = _floor(" ".join([BELOW_DASHBOARD, *beside, *below]), "textual rich msgspec platformdirs")
        below += names
    return found


FLOORS = {
    "__init__": _floor("errors model said analysis advice session", pure=True),
    "fetch": _floor("fetch", pure=True),
    "errors": _floor("", pure=True),
    "records": _floor("", "msgspec", pure=True),
    "said": _floor("records fetch.engines", "msgspec", pure=True),
    "model": _floor("records said fetch.embedder fetch.engines fetch.reasons", "msgspec", pure=True),
    "printable": _floor("", pure=True),
    "quoted": _floor("printable", pure=True),
    "fingerprints": _floor("fingerprints fetch", pure=True),
    "analysis": _floor("analysis fetch fingerprints model said", "msgspec publicsuffixlist", pure=True),
    "advice": _floor("advice model said fetch fingerprints printable quoted", "msgspec", pure=True),
    "session": _floor(
        "session errors model said fetch.redirect fingerprints analysis", "msgspec platformdirs zstandard"
    ),
    "addons": _floor("addons fetch model said session fingerprints analysis printable", "mitmproxy msgspec"),
    "capture": _floor(
        "capture errors model said fetch.engines fetch.origin fetch.url session addons printable",
        "mitmproxy msgspec platformdirs certifi cryptography OpenSSL wsproto",
    ),
    "demo": _floor("demo model said session printable capture", "cryptography"),
    "doctor": _floor(
        f"doctor demo.httpserver session printable __file__ {CAPTURE_DOORS} capture.ca capture.firefox "
        "capture.profiles",
        "msgspec cryptography",
    ),
    "listing": _floor("listing advice analysis fetch model", "msgspec"),
    "simulation": _floor("advice analysis fetch model", pure=True),
    "lessons": _floor("lessons demo.cases model session.private", "platformdirs"),
    **rooms(),
    "policy": _floor("policy errors model fetch analysis", "msgspec"),
    "export": _floor("export report model said fetch.headers analysis advice session printable", "msgspec pyarrow"),
    "report": _floor(
        "report probe model said fetch.engines fetch.headers analysis advice policy printable",
        "msgspec jinja2 markupsafe",
    ),
    "testing": _floor(f"testing model analysis policy report session {CAPTURE_DOORS}"),
    "plugin": _floor("testing", "pytest"),
    **{f"probe.{name}": _floor(BELOW_PROBE, "msgspec", pure=True) for name in PLANNING},
    "probe": _floor(f"{BELOW_PROBE} session fingerprints", "msgspec certifi h11"),
    "assistant": _floor(
        f"assistant errors model said fetch analysis advice session listing simulation probe report printable quoted "
        f"stdin_lines {CAPTURE_DOORS}",
        "msgspec mcp",
    ),
    "terminal": _floor("printable"),
    "stdin_lines": _floor(""),
    "commands": _floor(f"commands {BELOW_COMMANDS}", "typer msgspec"),
    "cli": _floor(f"commands {BELOW_COMMANDS}", "typer"),
    "__main__": _floor("cli"),
}


def files() -> Iterator[tuple[str, Path]]:
    """Every module below `corsinspect.`, as (dotted name without that, path); the addons are installed there too."""
    for folder, prefix in (("corsinspect", ()), ("addons", ("addons",))):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ".".join((*prefix, *path.relative_to(ROOT / folder).with_suffix("").parts)), path


def violations(module: str, source: str) -> list[str]:
    """What this module (a package is named `folder.__init__`) imports or calls that its floor doesn't allow."""
    floor = FLOORS.get(".".join(module.split(".")[:2])) or FLOORS.get(module.partition(".")[0])
    if floor is None:
        return ["belongs to no floor: give it a row in FLOORS"]
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        found += [f"imports {name}" for name in _imported(node, module) if not _allowed(name, floor)]
        if floor.pure and isinstance(node, ast.Call) and (called := _impure(node.func)):
            found.append(f"calls {called}() in line {node.lineno}")
    return found


def _imported(node: ast.AST, module: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    source = node.module or ""
    if node.level:
        above = ["corsinspect", *module.split(".")][: -node.level]
        source = ".".join([*above, source]).rstrip(".")
    # from these the names may be modules themselves
    if source in ("corsinspect", "urllib", "corsinspect.capture", "corsinspect.dashboard"):
        return [f"{source}.{alias.name}" for alias in node.names]
    return [source]


def _allowed(name: str, floor: Floor) -> bool:
    if name.startswith("corsinspect."):
        ours = name.removeprefix("corsinspect.")
        return ours == "__version__" or any(f"{ours}.".startswith(f"{below}.") for below in floor.ours)
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return not (floor.pure and (name in OUTSIDE or top in OUTSIDE))
    return top in floor.theirs


def _impure(called: ast.expr) -> str | None:
    if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
        return called.attr
    if isinstance(called, ast.Name) and called.id in FILES:
        return called.id
    return None
