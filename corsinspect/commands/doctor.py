"""`doctor`: what on this machine would stop a capture, with the remedy for each."""

import io
import sys
from collections.abc import Iterable

import msgspec

from corsinspect import __version__
from corsinspect.doctor.checks import CHECKS, findings
from corsinspect.doctor.finding import Finding, this_machine
from corsinspect.printable import printable
from corsinspect.terminal import wants_colour

HEALTHY, FAULTY = 0, 1
BROWSERS = "localhost-"
"""How the names of the checks begin that open a browser."""
SIGNS = {"ok": ("✓", "32"), "warning": ("!", "33"), "fault": ("✗", "31")}
"""Sign and ANSI colour of each state."""
_WIDTH = max(len(check.name) for check in CHECKS)


def doctor(port: int | None, *, json: bool, open_browsers: bool) -> int:
    """Makes all checks and prints what each found; returns the exit status."""
    machine = this_machine(port)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without UTF-8 is one of the faults to report; JSON is UTF-8 everywhere.
        sys.stdout.reconfigure(encoding="utf-8" if json else None, errors="replace")
    checks = tuple(check for check in CHECKS if open_browsers or not check.name.startswith(BROWSERS))
    found: list[Finding] = []
    for finding in findings(machine, checks):
        found.append(finding)
        if not json:
            _print(finding)
    faults, warnings = (_count(found, state) for state in ("fault", "warning"))
    if json:
        report = {"corsinspect": __version__, "faults": faults, "warnings": warnings, "checks": found}
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        print(f"\n{len(found)} checks: {_counted(faults, 'fault')}, {_counted(warnings, 'warning')}")
    return FAULTY if faults else HEALTHY


def _print(finding: Finding) -> None:
    sign, colour = SIGNS[finding.state]
    if wants_colour():
        sign = f"\x1b[{colour}m{sign}\x1b[0m"
    print(f"{sign} {finding.check:<{_WIDTH}}  {printable(finding.text)}")
    if finding.remedy is not None:
        print(f"  {'':<{_WIDTH}}  → {printable(finding.remedy)}", flush=True)


def _count(found: Iterable[Finding], state: str) -> int:
    return sum(finding.state == state for finding in found)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number or 'no'} {what}s"
