"""Whether a test notices when a rule breaks: every mutant of corsinspect/fetch against the tests.

    python -m tests.long.mutation [MODULE...] > tests/long/mutation.md

Each mutant runs in a forked process: against tests/fetch, and what survives there against the corpus. A mutant that
can't even be imported isn't counted. Survivors are listed with the reason that `survivors.py` gives; the exit status is
1 where one has none, or where fewer than 90% are killed.
"""

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import resource
import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, ModuleType
from typing import Literal, NoReturn, get_args

import hypothesis
import pytest

from tests.long.mutants import mutants
from tests.long.survivors import REASONS

FETCH = Path("corsinspect/fetch")
TESTS = Path("tests/fetch")
CORPUS = Path("tests/corpus/test_corpus.py")
CPU_SECONDS = 20
"""More than ten times what the tests take."""

Outcome = Literal["survived", "killed", "by the corpus", "stillborn", "timeout"]
ENDS: tuple[Outcome, ...] = get_args(Outcome)
"""By the exit status of the forked process."""


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module other code."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.module = module
        self.code = code

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def _run(module: str, code: CodeType) -> NoReturn:
    """In the forked process: the tests, as they run in CI but that hypothesis always draws the same."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    name = f"corsinspect.fetch.{module}"
    sys.meta_path.insert(0, _Instead(name, code))
    try:
        importlib.import_module(name)
    except Exception:
        os._exit(ENDS.index("stillborn"))
    generate = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, phases=generate)
    hypothesis.settings.load_profile("mutation")
    # the module's own tests come first: they are the likeliest to kill
    own = TESTS / f"test_{module}.py"
    others = [path for path in sorted(TESTS.glob("test_*.py")) if path != own]
    if not (_passes(own) and _passes(*others)):
        os._exit(ENDS.index("killed"))
    os._exit(ENDS.index("survived" if _passes(CORPUS) else "by the corpus"))


def _passes(*tests: Path) -> bool:
    return pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *map(str, tests)]) == 0


def outcome(module: str, code: CodeType) -> Outcome:
    """What the tests say to this code in a module's stead."""
    child = os.fork()
    if not child:
        _run(module, code)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        return ENDS[os.WEXITSTATUS(status)]
    return "timeout" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "killed"


COLUMNS: tuple[Outcome, ...] = ("killed", "by the corpus", "timeout", "survived")


def warm_up() -> None:
    """Imports pytest's plugins once for all: 0.4 s less a mutant."""
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--assert=plain", "--markers"])


def main(modules: list[str]) -> int:
    warm_up()
    table: dict[str, Counter[Outcome]] = {}
    survivors: list[tuple[str, int, str]] = []
    for path in sorted(FETCH.glob("*.py")):
        module = path.stem
        if module == "__init__" or (modules and module not in modules):
            continue
        source = path.read_text()
        intact = compile(source, str(path), "exec")
        if outcome(module, intact) != "survived":
            sys.exit(f"the tests fail with {path} as it is")
        found = table[module] = Counter()
        for mutant in mutants(source, str(path)):
            what = outcome(module, mutant.code)
            found[what] += 1
            if what in ("survived", "timeout"):
                print(f"{what}: {module}:{mutant.line} {mutant.name}", file=sys.stderr, flush=True)
            if what == "survived":
                survivors.append((module, mutant.line, mutant.name))
        print(f"{module}: {dict(found)}", file=sys.stderr, flush=True)
    return report(table, survivors)


def report(table: dict[str, Counter[Outcome]], survivors: list[tuple[str, int, str]]) -> int:
    """Prints the table and the survivors; the exit status."""
    print("# Mutants of corsinspect/fetch\n\nMade by `python -m tests.long.mutation > tests/long/mutation.md`.\n")
    print("| module | mutants | by tests/fetch | by the corpus alone | time-out | survived | killed |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    total: Counter[Outcome] = sum(table.values(), Counter())
    for module, found in [*table.items(), ("all", total)]:
        count = sum(found[column] for column in COLUMNS)
        figures = " | ".join(str(found[column]) for column in COLUMNS)
        print(f"| {module} | {count} | {figures} | {1 - found['survived'] / count:.1%} |")
    print("\n## Survivors\n")
    unexplained = 0
    for module, line, name in survivors:
        reason = REASONS.get(f"{module}.{name}")
        unexplained += reason is None
        print(f"- {module}.py:{line} {name}: {reason or '**no reason given**'}")
    count = sum(total[column] for column in COLUMNS)
    return int(unexplained > 0 or total["survived"] > count / 10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
