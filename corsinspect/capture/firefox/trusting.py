"""Has a Firefox profile trust the certificate authority: by certutil or, where that isn't installed, by NSS itself."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

PACKAGES = {
    "apt": "apt install libnss3-tools",
    "dnf": "dnf install nss-tools",
    "zypper": "zypper install mozilla-nss-tools",
    "pacman": "pacman -S nss",
    "apk": "apk add nss-tools",
    "brew": "brew install nss",
}
"""How certutil is installed, by the command that a system has for that."""
NICKNAME = "corsinspect"
"""The certificate authority's name in a profile."""
TRUST = "C,,"
"""As NSS has it: it's trusted for websites, and for nothing else."""
LIBRARIES = {"darwin": "libnss3.dylib", "win32": "nss3.dll"}
"""NSS, by system; on others it's libnss3.so."""
TRUST_LIMIT = 20.0
"""Seconds that it may take until a profile trusts the authority; it takes half of one."""


def certutil_package() -> str:
    """How certutil is installed on this system."""
    here = [how for manager, how in PACKAGES.items() if shutil.which(manager)]
    return here[0] if here else "; ".join(PACKAGES.values())


def untrusted() -> str:
    """What doesn't work in a Firefox that doesn't trust the certificate authority, and the way out."""
    return (
        "https pages and calls fail, as Firefox couldn't be made to trust corsinspect's certificate authority. Install "
        f"certutil ({certutil_package()}) and start the browser again."
    )


async def trusts(binary: Path, profile: Path, certificate: Path) -> bool:
    """Has this profile, and nothing else, trust the authority; whether it does."""
    return await _by_certutil(profile, certificate) or await _by_library(binary, profile, certificate)


async def _by_certutil(profile: Path, certificate: Path) -> bool:
    certutil, database = shutil.which("certutil"), f"sql:{profile}"
    if certutil is None:
        return False
    if not (profile / "cert9.db").exists():
        await _run(certutil, "-N", "-d", database, "--empty-password")
    # A kept profile may hold an older authority of ours under that name.
    await _run(certutil, "-D", "-d", database, "-n", NICKNAME)
    return await _run(certutil, "-A", "-d", database, "-t", TRUST, "-n", NICKNAME, "-i", str(certificate)) == 0


async def _by_library(binary: Path, profile: Path, certificate: Path) -> bool:
    library, path = _library(binary)
    command = (sys.executable, "-P", "-m", "corsinspect.capture.firefox.nss", library, str(profile), str(certificate))
    return await _run(*command, NICKNAME, TRUST, LD_LIBRARY_PATH=path) == 0


def _library(binary: Path) -> tuple[str, str]:
    """The NSS that came with this Firefox, else the system's; and where it finds the libraries that it needs."""
    own = binary.resolve().with_name(LIBRARIES.get(sys.platform, "libnss3.so"))
    path = filter(None, (str(own.parent), os.environ.get("LD_LIBRARY_PATH")))
    return str(own) if own.exists() else own.name, os.pathsep.join(path)


async def _run(*arguments: str, **variables: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *arguments,
        env=os.environ | variables,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await asyncio.wait_for(process.wait(), TRUST_LIMIT)
    except TimeoutError:
        process.kill()
        return await process.wait()
