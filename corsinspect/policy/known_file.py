"""A file of what is known already, so that only what is new is reported: its version, and a line each, sorted.

The file's first member names its kind and has the version: `{"corsinspect-baseline": 1, "problems": […]}`.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from corsinspect.errors import CorsinspectError

VERSION = 1
"""Goes up when what is known is told apart in another way."""


class Entry(msgspec.Struct, frozen=True, order=True):
    """The base of what such files hold."""


Known = TypeVar("Known", bound=Entry)


class KnownFile(Generic[Known]):
    """One kind of such a file; `error` is what reading and writing raise."""

    def __init__(
        self, noun: str, list_name: str, each: type[Known], error: type[CorsinspectError], *, names: str
    ) -> None:
        """`noun`: "baseline", by which the option `--write-baseline` is named too; `names`: the option that names the
        file to write."""
        self._noun = noun
        self._list_name = list_name
        self._each = each
        self._error = error
        self._names = names
        self._option = noun.replace(" ", "-")
        self._key = f"corsinspect-{self._option}"

    def read(self, path: Path) -> frozenset[Known]:
        """What the file holds."""
        again = f"Write a new one with --write-{self._option}."
        try:
            file = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
            version = msgspec.convert(file.get(self._key), int)
            if version == VERSION:
                return frozenset(msgspec.convert(file.get(self._list_name, []), list[self._each]))
        except OSError as error:
            raise self._error(f"The {self._noun} {path} can't be read: {error.strerror}.", again) from error
        except msgspec.DecodeError as error:
            raise self._error(f"{path} is no {self._noun}: {error}.", again) from error
        what = f"The {self._noun} {path} has version {version}, and this corsinspect reads version {VERSION}."
        raise self._error(what, again)

    def write(self, path: Path, known: Iterable[Known]) -> int:
        """Writes the file whole, sorted and one a line, so that its changes can be reviewed; how many there are."""
        found = sorted(set(known))
        lines = ",\n".join(f"  {json.dumps(msgspec.to_builtins(each), ensure_ascii=False)}" for each in found)
        text = f'{{"{self._key}": {VERSION}, "{self._list_name}": [\n{lines}\n]}}\n'
        draft = path.with_name(f".{path.name}.new")
        try:
            draft.write_text(text, "utf-8")
            draft.replace(path)
        except OSError as error:
            what = f"The {self._noun} {path} can't be written: {error.strerror}."
            raise self._error(what, f"Name another file with {self._names}.") from error
        return len(found)
