"""The certificate authority, and what `corsinspect ca` says of it."""

import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corsinspect.capture.ca import ca_paths, ensure_ca, fingerprint, spki_hash
from corsinspect.capture.trust import trust_text


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_it_is_made_once_and_stays() -> None:
    first = ensure_ca().certificate.read_bytes()

    assert ensure_ca().certificate.read_bytes() == first
    assert ca_paths().folder.stat().st_mode & 0o777 == 0o700


def test_first_starts_at_once_share_one_authority(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: ensure_ca(), range(4)))

    key, certificate = paths[0].secret, paths[0].certificate
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)  # raises if they don't belong together
    assert [path.name for path in (home / "corsinspect").iterdir()] == ["ca"]


def test_an_unwritable_place_is_an_oserror(home: Path) -> None:
    (home / "corsinspect").write_text("a file where the folder should be")

    with pytest.raises(OSError, match="corsinspect"):
        ensure_ca()


def test_hash_and_fingerprint_are_those_of_openssl() -> None:
    pem = ensure_ca().certificate
    printed = subprocess.run(
        ["openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha256"], capture_output=True, text=True, check=True
    ).stdout
    pipeline = (
        f"openssl x509 -in '{pem}' -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary"
    )
    digest = subprocess.run(f"{pipeline} | openssl base64", shell=True, capture_output=True, text=True, check=True)

    assert printed.strip().partition("=")[2] == fingerprint(pem)
    assert digest.stdout.strip() == spki_hash(pem)


def test_the_text_names_the_file_and_how_to_take_trust_back() -> None:
    paths = ensure_ca()

    text = trust_text(paths)

    assert str(paths.certificate) in text
    assert fingerprint(paths.certificate) in text
    for word in ("curl", "Firefox", "macOS", "Windows", "remove"):
        assert word in text
    assert str(paths.secret) not in text
