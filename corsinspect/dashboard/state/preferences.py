"""What a person wants of the dashboard every time: a small JSON file, for its owner only.

- A file that can't be read counts as empty; `notice` says so, and what was damaged is kept beside the new one.
  Preferences are never a reason not to start.
- Two dashboards may run: a change is made to what the file holds then, not to what it held at the start.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from platformdirs import user_config_path

from corsinspect.session.private import private_folder, write_private

FILE = "dashboard.json"


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The values; each default is what somebody gets who never chose."""

    theme: str | None = None
    """A Textual theme's name; None: dark, or light on a terminal that says it is."""
    bell: bool = False
    """Whether a newly blocked call, and a watched one that passes, ring the terminal's bell."""
    not_cors: bool = False
    """Whether calls that CORS doesn't apply to are shown from the start."""
    ascii: bool | None = None
    """Signs and frames in ASCII only; None: where the terminal isn't UTF-8."""
    filters: dict[str, str] = {}
    """Saved filters: name to what the filter line held."""


class PreferencesFile:
    """The preferences in their file. `value` holds them, `change` keeps them."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` None: `dashboard.json` in the system's folder for settings."""
        self.path = path or user_config_path("corsinspect", appauthor=False) / FILE
        self.notice: str | None = None
        """What was wrong with the file when it was read; None: nothing, or there was none."""
        self.value = Preferences()
        self._read()

    def change(self, **values: object) -> str | None:
        """Sets these fields, here and in the file; returns why they couldn't be kept, None if they were."""
        held = self._read()
        self.value = msgspec.structs.replace(self.value, **values)
        whole = held | msgspec.to_builtins(self.value)  # what a later version put there stays
        try:
            self._write(msgspec.json.format(msgspec.json.encode(whole)) + b"\n")
        except OSError as error:
            return f"{self.path} can't be written: {error.strerror or error}"
        return None

    def _read(self) -> dict[str, object]:
        """Takes over what the file holds; returns it whole. A damaged file is reported, and counts as empty."""
        try:
            held = msgspec.json.decode(self.path.read_bytes(), type=dict[str, object])
            self.value = msgspec.convert(held, Preferences)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.notice = f"Your preferences can't be read and were ignored ({self.path}: {error})."
            return {}
        return held

    def _write(self, data: bytes) -> None:
        private_folder(self.path.parent)
        if self.notice is not None:
            with suppress(OSError):  # there is nothing to keep, or it can't be
                self.path.replace(self.path.with_suffix(".damaged.json"))
            self.notice = None
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        write_private(new, data)
        new.replace(self.path)
