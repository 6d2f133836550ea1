"""On which line of a session file an exchange is, for reports that point there."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec

from corsinspect.session.follower import LineId
from corsinspect.session.lines import UNREADABLE


def line_numbers(path: Path, ids: Collection[str]) -> dict[str, int]:
    """The last line for each of these ids, which is the one that counts; counted from 1. None of what isn't there, and
    nothing of a file that is packed or has no lines."""
    wanted, found = {*ids}, dict[str, int]()
    if not wanted:
        return found
    decode = msgspec.json.Decoder(LineId).decode
    with suppress(OSError), path.open("rb") as file:
        for number, line in enumerate(file, 1):
            with suppress(*UNREADABLE):
                if (id := decode(line).id) in wanted:
                    found[id] = number
    return found
