"""Commands that should answer at once don't load the heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest


def loaded_after(arguments: list[str]) -> set[str]:
    """The top-level packages in memory after the command ran in a process of its own."""
    code = (
        "import sys\n"
        "from corsinspect.cli import main\n"
        f"sys.argv = ['corsinspect', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('loaded:', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("command", ["--help", "check", "addon"])
def test_quick_commands_load_neither_mitmproxy_nor_textual(command: str, tmp_path: Path) -> None:
    session = tmp_path / "empty.jsonl"
    session.write_text("")
    arguments = [command, str(session)] if command == "check" else [command]
    assert not loaded_after(arguments) & {"mitmproxy", "textual"}
