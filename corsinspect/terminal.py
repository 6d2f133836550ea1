"""What the terminal is and what its person wants of it."""

import os
import sys

from corsinspect.printable import printable


def wants_colour() -> bool:
    """Whether stdout is a terminal whose person hasn't asked for no colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def complain(text: str) -> None:
    """Says on stderr what is wrong."""
    print(f"corsinspect: {printable(text)}", file=sys.stderr)
