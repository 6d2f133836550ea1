"""The profile folders of launched browsers: where each browser may read, whose they are, and their removal.

A throw-away profile is `run-*` and holds a file that names the processes it belongs to, so that the next start can
remove what a crash left behind. A kept one (`--profile NAME`) is `kept-KIND-NAME` and is never removed.
"""

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Literal

import platformdirs

from corsinspect.capture.errors import CaptureError
from corsinspect.capture.processes import end_group, identity, is_running, pid_of
from corsinspect.session.private import private_folder, write_private

OWNER = "corsinspect-owner"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
FRESH = 60.0
"""Seconds that a profile may lack its owner file: it is being made."""


def packaging(binary: Path) -> Literal["snap", "flatpak"] | None:
    """How this browser is confined, if it is."""
    if _snap_name(binary):
        return "snap"
    return "flatpak" if binary.parent.match("flatpak/exports/bin") else None


def root_for(binary: Path) -> Path:
    """A folder that this browser can read: Snap and Flatpak browsers see neither /tmp nor most of the home folder."""
    if snap := _snap_name(binary):
        return Path.home() / "snap" / snap / "common" / "corsinspect"
    if packaging(binary) == "flatpak":
        return Path.home() / ".var" / "app" / binary.name / "data" / "corsinspect"
    return _plain_root()


def make(binary: Path) -> Path:
    """A new throw-away profile folder for this browser, owned by this process."""
    root = root_for(binary)
    private_folder(root)
    profile = Path(tempfile.mkdtemp(prefix="run-", dir=root))
    own(profile, None)
    return profile


def keep(binary: Path, kind: str, name: str) -> Path:
    """The folder of a profile that stays between runs.

    Raises CaptureError when the name can't be one, or when a running browser of ours has the profile.
    """
    if not NAME.fullmatch(name):
        raise CaptureError(
            f"{name!r} can't be the name of a profile.", "Use letters, digits, '-', '_' and '.', at most 64 of them."
        )
    profile = root_for(binary) / f"kept-{kind}-{name}"
    if any(map(is_running, _owners(profile))):
        raise CaptureError(
            f"The profile {name!r} is open in another browser.", "Close that one, or use another --profile NAME."
        )
    private_folder(profile)
    own(profile, None)
    return profile


def own(profile: Path, browser: int | None) -> None:
    """Note that the profile belongs to this process and to the browser that runs with it."""
    owners = [os.getpid()] if browser is None else [os.getpid(), browser]
    write_private(profile / OWNER, " ".join(map(identity, owners)).encode())


def disown(profile: Path) -> None:
    """Note that a kept profile is free again."""
    (profile / OWNER).unlink(missing_ok=True)


def remove(profile: Path) -> None:
    """Remove a profile folder; what the dying browser still writes into it is met with patience (a second)."""
    for _ in range(10):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(0.1)


def sweep() -> None:
    """Remove the throw-away profiles whose corsinspect is gone, and end the browsers that it left behind."""
    home = Path.home()
    roots = [_plain_root(), *home.glob("snap/*/common/corsinspect"), *home.glob(".var/app/*/data/corsinspect")]
    for profile in (profile for root in roots for profile in root.glob("run-*")):
        owners = _owners(profile)
        if (not owners and _age(profile) < FRESH) or (owners and is_running(owners[0])):
            continue
        for browser in filter(None, map(pid_of, owners[1:])):
            end_group(browser, str(profile))
        remove(profile)


def _plain_root() -> Path:
    return platformdirs.user_cache_path("corsinspect", appauthor=False) / "profiles"


def _owners(profile: Path) -> list[str]:
    """The identities of the process that made the profile, and of the browser if it was launched."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (profile / OWNER).read_text().split()
    return []


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _snap_name(binary: Path) -> str | None:
    if binary.parent == Path("/snap/bin"):
        return binary.name
    with contextlib.suppress(OSError):
        # Ubuntu's /usr/bin/firefox and /usr/bin/chromium-browser are scripts that start the snap.
        with binary.open("rb") as file:
            start = file.read(4096)
        if start.startswith(b"#!") and (found := re.search(rb"/snap/bin/([a-z0-9-]+)", start)):
            return found[1].decode()
    return None
