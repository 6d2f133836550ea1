"""`corsinspect learn` as a person runs it, with what they type on stdin."""

import os
import re
import subprocess
import sys
from pathlib import Path

RIGHT = "bcccba"
"""The right letter of each lesson."""


def learn(typed: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`home`: where the progress is kept."""
    return subprocess.run(
        [sys.executable, "-m", "corsinspect", "learn", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(home)},
        timeout=180,
    )


def typed(letters: str) -> str:
    """An answer to each question, and Enter for the next lesson."""
    return "\n\n".join(letters) + "\n"


def titles(printed: str) -> list[str]:
    """The numbers of the lessons that were shown."""
    return re.findall(r"^(\d) of 6 ", printed, re.M)
