"""The certificate authority that signs what the proxy shows to browsers: corsinspect's own, never mitmproxy's.

- It lives in a folder that only its owner can read, is made at the first start, and stays the same from then on.
- Launched browsers trust it for their throw-away profile only; nothing is ever added to the system's store.
"""

import base64
import contextlib
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import platformdirs

from corsinspect.session.private import private_folder

BASENAME = "mitmproxy"
"""mitmproxy looks for files of this name and has no option for it."""


class CaPaths(NamedTuple):
    """Where the authority's files are; they exist once a proxy has run or `ensure_ca` was called."""

    folder: Path
    certificate: Path
    """PEM, the certificate alone: what a browser or tool is told to trust."""
    secret: Path
    """PEM with the private key: nobody else's business."""


def ca_paths() -> CaPaths:
    """The authority's folder and files (they may not exist yet)."""
    folder = platformdirs.user_data_path("corsinspect", appauthor=False) / "ca"
    return CaPaths(folder, folder / f"{BASENAME}-ca-cert.pem", folder / f"{BASENAME}-ca.pem")


def ensure_ca() -> CaPaths:
    """Make the authority if there is none. Raises OSError where its folder can't be written."""
    paths = ca_paths()
    if paths.secret.exists():
        return paths
    from mitmproxy.certs import CertStore  # 0.2 s, needed at the very first start only

    private_folder(paths.folder.parent)
    # Made aside and moved in whole: two first starts at once must not mix one's key with the other's certificate.
    draft = Path(tempfile.mkdtemp(prefix="ca-", dir=paths.folder.parent))
    try:
        CertStore.create_store(draft, BASENAME, 2048, organization="corsinspect", cn="corsinspect")
        for file in draft.iterdir():
            file.chmod(0o600)
        with contextlib.suppress(OSError):  # the other start was first: its authority is as good
            draft.rename(paths.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if not paths.secret.exists():
        raise FileNotFoundError(f"{paths.folder} is there, but {paths.secret.name} isn't in it")
    return paths


def check_ca(paths: CaPaths) -> None:
    """Raises ValueError, in words for people, where a file of the authority isn't what it should be, OSError where it
    can't be read."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    for path, load in (
        (paths.secret, lambda data: load_pem_private_key(data, None)),
        (paths.secret, load_pem_x509_certificate),
        (paths.certificate, load_pem_x509_certificate),
    ):
        try:
            load(path.read_bytes())
        except OSError:
            raise
        except Exception as problem:  # cryptography's own errors, and those of Rust below it
            raise ValueError(f"{path.name} isn't a certificate with its key, or is damaged") from problem


def spki_hash(certificate: Path) -> str:
    """Base64 of the SHA-256 of the certificate's public key: how Chromium is told to accept what it signs."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_pem_x509_certificate  # 60 ms, not needed for every command

    key = load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def fingerprint(certificate: Path) -> str:
    """The certificate's SHA-256 as browsers and keychains show it: AB:CD:…"""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(certificate.read_bytes()).fingerprint(SHA256()).hex(":").upper()
