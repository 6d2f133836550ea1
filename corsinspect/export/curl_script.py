"""Calls as a shell script of curl commands, each under its verdict. Secrets are variables, which the person sets."""

from collections.abc import Iterable
from pathlib import Path

from corsinspect.advice.curl import curl, variables
from corsinspect.model import Call
from corsinspect.report import text
from corsinspect.session.private import write_private

_BEGINNING = """#!/bin/sh
# The calls of a recording, as corsinspect judged them; run it with sh.
# A variable stands for a secret, and may stand for another one in another call.
"""


def write_calls(calls: Iterable[Call], path: Path) -> None:
    """A command an exchange; calls that can't be repeated are left out."""
    parts: list[str] = []
    wanted: list[str] = []
    for call in calls:
        command = curl(call)
        if command and not call.background:
            title = "\n".join(f"# {line}" for line in text.lines(call).splitlines())
            parts.append(f"{title}\n{command}\n")
            wanted += variables(command)
    checks = [f': "${{{name}:?is not set}}"\n' for name in dict.fromkeys(wanted)]
    write_private(path, "\n".join([_BEGINNING + "".join(checks), *parts]).encode())


WRITERS = {"calls": write_calls}
