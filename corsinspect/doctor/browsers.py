"""Which browsers corsinspect can open, and what comes with the way in which they are installed."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from corsinspect.capture.browser import ANY_OF, COMMANDS, has_display, installed
from corsinspect.capture.ca import ca_paths
from corsinspect.capture.firefox.trusting import certutil_package, trusts
from corsinspect.capture.profiles import packaging
from corsinspect.doctor.finding import Answer, Machine, fault, ok, warning

_CONFINED = (
    "it may read only its own folder, so its profile is in {folder}, and it may drop the debugging pipe: then what it "
    "says of its own requests is missing, and calls are judged by their traffic alone"
)
PACKAGING = {
    "snap": f"is a snap: {_CONFINED.format(folder='~/snap')}",
    "flatpak": f"is a Flatpak: {_CONFINED.format(folder='~/.var/app')}",
}
"""What a confined browser can't do."""


def found(machine: Machine) -> Answer:
    """Whether there is any, and how they are installed."""
    browsers = installed()
    if not browsers:
        return fault(
            f"No browser was found (looked for {', '.join(name for kind in ANY_OF for name in COMMANDS[kind])}).",
            "Install one (Debian: apt install chromium; Fedora: dnf install chromium), or point a browser elsewhere at "
            "the proxy.",
        )
    if confined := {path: how for path in browsers.values() if (how := packaging(path)) is not None}:
        return warning(
            "; ".join(f"{path} {PACKAGING[how]}" for path, how in confined.items()) + ".",
            "If you need that, install one that isn't confined (Ubuntu: the .deb of Google Chrome, or Firefox from "
            "packages.mozilla.org).",
        )
    return ok(", ".join(map(str, browsers.values())))


def firefox_trust(machine: Machine) -> Answer:
    """Whether Firefox can be made to trust the certificate authority."""
    binary, certificate = installed().get("firefox"), ca_paths().certificate
    if binary is None:
        return ok("Firefox isn't installed")
    if shutil.which("certutil") is not None:
        return ok("certutil is there")
    if not certificate.exists():
        return ok("there is no certificate yet")
    with tempfile.TemporaryDirectory(prefix="corsinspect-doctor-") as profile:
        if asyncio.run(trusts(binary, Path(profile), certificate)):
            return ok("Firefox's own library makes it trust corsinspect's certificate authority")
    return warning(
        "https pages and calls fail in Firefox: it couldn't be made to trust corsinspect's certificate authority.",
        f"Install certutil: {certutil_package()}.",
    )


def display(machine: Machine) -> Answer:
    """Whether there is a screen to show a browser on."""
    if not has_display(machine.env):
        return warning(
            "There is no display: corsinspect can open browsers without a window only.",
            "Run it in a graphical session, or use corsinspect record --headless URL, or point a browser elsewhere at "
            "the proxy (over ssh: ssh -L 8080:127.0.0.1:8080 HOST).",
        )
    return ok("there is a display")
