"""`python -m tests.fixes.table [FRAMEWORK …]`: tries the recipes and writes what came of it into the README's table."""

import asyncio
import sys
import tempfile
from pathlib import Path

from corsinspect.advice.recipes import recipes
from tests.fixes.frameworks import HALF, VARIANTS, Framework
from tests.fixes.in_long import BY_NAME
from tests.fixes.lab import Lab
from tests.fixes.trial import attempt, complaints

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- recipes tried -->\n", "<!-- end of recipes tried -->\n"


async def main(names: list[str]) -> None:
    """Tries the named frameworks; rows of others stay as they are. Prints what goes wrong."""
    with tempfile.TemporaryDirectory() as temporary:
        async with Lab(Path(temporary)) as lab:
            for name in names:
                _write(name, await _row(lab, name, Path(temporary) / name))


def _write(name: str, row: str) -> None:
    """At once, so that a later failure loses nothing."""
    before, _, rest = README.read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {line.split(" ", 2)[1]: line for line in old.splitlines()[2:]} | {name: row}
    head = ["framework", *VARIANTS.values(), "half-broken before", "seen with"]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(rows[name] for name in BY_NAME if name in rows)]
    README.write_text(before + BEGIN + "".join(f"{line}\n" for line in table) + END + after)


async def _row(lab: Lab, name: str, folder: Path) -> str:
    tried = BY_NAME[name]
    cells: list[str] = []
    measured = ""
    for variant in VARIANTS:
        if variant in tried.by_hand:
            cells.append(tried.by_hand[variant])
            continue
        trial = await attempt(lab, tried, variant, folder / variant)
        wrong = complaints(trial, tried, variant)
        print(name, variant, "✗" if wrong else "✓", *wrong, sep="\n  ")
        as_other = "" if trial.recipe.id == tried.recipe else f" as {trial.recipe.id}"
        cells.append("✗" if wrong else f"✓{as_other}")
        measured = recipes()[tried.recipe].measured
    healed = [half for half in tried.half if not await _wrong(lab, tried, half, folder / half)]
    left = [HALF[half] for half in tried.half if half not in healed]
    cells.append(f"✗ {', '.join(left)}" if left else f"✓ {len(healed)} states" if healed else "")
    return f"| {name} | {' | '.join(cells)} | {measured} |"


async def _wrong(lab: Lab, tried: Framework, variant: str, folder: Path) -> list[str]:
    found = complaints(await attempt(lab, tried, variant, folder), tried, variant)
    print(tried.name, variant, "✗" if found else "✓", *found, sep="\n  ")
    return found


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(BY_NAME)))
