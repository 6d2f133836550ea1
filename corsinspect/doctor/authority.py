"""The certificate authority: there, whole, its owner's alone, of today, and who trusts it."""

import shlex
import shutil
import ssl
import stat
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from corsinspect import __file__ as installed
from corsinspect.capture.ca import ca_paths, check_ca
from corsinspect.doctor.finding import Answer, Machine, fault, ok, warning

NICKNAME = "corsinspect"
"""Under which name `corsinspect ca` has NSS keep it."""
DAY = 24 * 3600


def files(machine: Machine) -> Answer:
    """Whether it can be used, or made."""
    paths = ca_paths()
    if not paths.folder.exists():
        return ok(f"none yet: the first start makes one in {paths.folder}")
    try:
        check_ca(paths)
    except OSError as problem:
        return fault(
            f"{problem.filename} can't be read: {problem.strerror}.",
            f"Make it readable for you, or move {paths.folder} away: the next start makes a new one.",
        )
    except ValueError as problem:
        return fault(f"{paths.folder}: {problem}.", f"Move {paths.folder} away: the next start makes a new one.")
    return ok(str(paths.certificate))


def mode(machine: Machine) -> Answer:
    """Whether its key is readable for others, who could then read what the browser sends."""
    secret = ca_paths().secret
    try:
        bits = stat.S_IMODE(secret.stat().st_mode)
    except OSError:
        return ok("there is no key yet")
    if bits & 0o077:
        return fault(
            f"{secret} is readable for others (mode {bits:04o}): with this key they can read what your browser sends.",
            f"chmod 600 {shlex.quote(str(secret))}; if somebody else uses this machine, move the folder away instead "
            "and take back your trust in the old certificate (corsinspect ca).",
        )
    return ok(f"the key is yours alone (mode {bits:04o})")


def trust(machine: Machine) -> Answer:
    """Who trusts it besides the browsers that corsinspect opens: this user's NSS database, the system."""
    certificate = ca_paths().certificate
    try:
        ours = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    except (OSError, ValueError):
        return ok("there is no certificate yet")
    kept = _in_nss(machine)
    if kept is not None and kept != ours:
        return warning(
            "This user's Chromium and Chrome trust an older authority of corsinspect's: https pages show a warning.",
            f"certutil -d sql:$HOME/.pki/nssdb -D -n {NICKNAME}, then trust the new one as `corsinspect ca` shows.",
        )
    by = [*(["this user's Chromium and Chrome"] if kept else []), *(["the system"] if _in_system(ours) else [])]
    others = "nobody else; your own browser or tool needs it for https (corsinspect ca)"
    return ok(f"trusted by browsers that corsinspect opens, and by {' and '.join(by) or others}")


def _in_nss(machine: Machine) -> bytes | None:
    """The certificate that this user's NSS database has under our name."""
    certutil, database = shutil.which("certutil", path=machine.env.get("PATH")), machine.home / ".pki" / "nssdb"
    if certutil is None or not database.is_dir():
        return None
    listed = subprocess.run(
        [certutil, "-L", "-d", f"sql:{database}", "-n", NICKNAME, "-a"], capture_output=True, text=True, timeout=20
    )
    try:
        return ssl.PEM_cert_to_DER_cert(listed.stdout.replace("\r", "")) if listed.returncode == 0 else None
    except ValueError:
        return None


def _in_system(certificate: bytes) -> bool:
    context = ssl.create_default_context()
    return certificate in context.get_ca_certs(binary_form=True)


def clock(machine: Machine) -> Answer:
    """Whether the time can be right: not before corsinspect was installed, and within the certificate's time."""
    now = time.time()
    set_it = "Set the clock (timedatectl set-ntp true). With a wrong one, browsers refuse every certificate."
    if now < Path(installed).stat().st_ctime - DAY:
        return fault(f"{_date(now)} by the clock is before corsinspect was installed.", set_it)
    try:
        from cryptography.x509 import load_pem_x509_certificate  # 60 ms, needed here only

        authority = load_pem_x509_certificate(ca_paths().certificate.read_bytes())
    except (OSError, ValueError):
        return ok(_date(now))
    if now < authority.not_valid_before_utc.timestamp():
        begins = _date(authority.not_valid_before_utc.timestamp())
        return fault(f"{_date(now)} by the clock is before the certificate authority was made ({begins}).", set_it)
    if now > authority.not_valid_after_utc.timestamp():
        ended = _date(authority.not_valid_after_utc.timestamp())
        return fault(
            f"The certificate authority expired on {ended}; by the clock it's {_date(now)}.",
            f"If the clock is right, move {ca_paths().folder} away: the next start makes a new one.",
        )
    return ok(_date(now))


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
