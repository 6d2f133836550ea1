"""Python and the libraries: those that corsinspect's own package asks for."""

import platform
import re
from importlib import metadata
from importlib.util import find_spec

from corsinspect.doctor.finding import Answer, Machine, fault, ok

NEW_ENVIRONMENT = "Install corsinspect into an environment of its own: pipx install corsinspect, or uv tool install."
_CLAUSE = re.compile(r"(>=|<)\s*([\d.]+)")


def python(machine: Machine) -> Answer:
    """The interpreter, by `requires-python`."""
    found, wanted = platform.python_version(), _metadata("Requires-Python")
    if not _satisfies(found, wanted):
        remedy = f"{NEW_ENVIRONMENT} Their option --python chooses a newer one."
        return fault(f"Python {found} runs this, {wanted} is needed.", remedy)
    return ok(f"Python {found}, rules compiled" if compiled() else f"Python {found}")


def compiled() -> bool:
    """Whether the rules are compiled, as they are after an installation with HATCH_BUILD_HOOK_ENABLE_MYPYC=true."""
    spec = find_spec("corsinspect.fetch.url")
    return spec is not None and not (spec.origin or "").endswith(".py")


def mitmproxy(machine: Machine) -> Answer:
    """mitmproxy, which captures."""
    return _library("mitmproxy")


def textual(machine: Machine) -> Answer:
    """Textual, which draws the dashboard."""
    return _library("textual")


def _library(name: str) -> Answer:
    wanted = next((line for line in metadata.requires("corsinspect") or () if re.match(rf"{name}\b", line)), "")
    wanted = wanted.removeprefix(name).partition(";")[0].strip()
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return fault(f"{name} isn't installed; {wanted} is needed.", NEW_ENVIRONMENT)
    if not _satisfies(found, wanted):
        return fault(f"{name} {found} is installed; {wanted} is needed.", NEW_ENVIRONMENT)
    return ok(f"{name} {found}")


def _metadata(field: str) -> str:
    return metadata.metadata("corsinspect")[field] or ""


def _satisfies(version: str, wanted: str) -> bool:
    """Whether a version lies within bounds like `>=11.0.2,<13`, the only kind that our package uses."""
    found = _numbers(version)
    return all(
        found >= _numbers(bound) if sign == ">=" else found < _numbers(bound) for sign, bound in _CLAUSE.findall(wanted)
    )


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"[\d.]*", version)
    numbers = [int(part) for part in release[0].split(".") if part] if release else []
    while numbers and not numbers[-1]:
        numbers.pop()  # 13 and 13.0 are the same version
    return tuple(numbers)
