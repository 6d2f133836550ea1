"""Options that several commands have: which reports, by which policy. Light, as every command line loads them."""

from pathlib import Path
from typing import Annotated

import typer

from corsinspect.policy.levels import FAIL_ON
from corsinspect.report.formats import FORMATS


def _known(name: str, what: tuple[str, ...]) -> str:
    if name not in what:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(what)}.")
    return name


def _report(text: str) -> tuple[str, Path]:
    format, separator, file = text.partition("=")
    if not separator or not file:
        raise typer.BadParameter(f"{text!r} isn't FORMAT=FILE.")
    return _known(format, (*FORMATS,)), Path(file)


def _fail_on(level: str | None) -> str | None:
    return level if level is None else _known(level, FAIL_ON)


Printed = Annotated[
    str,
    typer.Option(
        "--format",
        help=f"{', '.join(f'{name}: {format.purpose}' for name, format in FORMATS.items())}.",
        metavar="|".join(FORMATS),
        callback=lambda name: _known(name, (*FORMATS,)),
        autocompletion=lambda: list(FORMATS),
    ),
]
Reports = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        help="Also write a report in this format to a file; can be given several times.",
        metavar="FORMAT=FILE",
        callback=lambda texts: [_report(text) for text in texts or ()],
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        help="The policy (default: corsinspect.toml, or [tool.corsinspect] in pyproject.toml, here or above).",
        metavar="FILE",
        readable=False,
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(help="Problems in this file are known: only new ones fail.", metavar="FILE", readable=False),
]
WriteBaseline = Annotated[bool, typer.Option("--write-baseline", help="Write the present problems to the baseline.")]
FailOnLevel = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help="The mildest problem that fails: error (blocked; the default), warning (network errors too), note "
        "(whatever isn't known), never.",
        metavar="|".join(FAIL_ON),
        callback=_fail_on,
        autocompletion=lambda: list(FAIL_ON),
    ),
]
