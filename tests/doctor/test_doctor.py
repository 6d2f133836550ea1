"""`corsinspect doctor` on a healthy machine and with one fault planted at a time; each comes with its remedy."""

import datetime
import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from corsinspect.doctor.checks import CHECKS

Env = dict[str, str]
Planted = tuple[str, ...]
"""Arguments that a planted fault needs besides."""

HEALTHY = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "DISPLAY": ":99", "PYTHONUTF8": "1"}
LEFT_OUT = ("PROXY", "NO_COLOR", "TMUX", "STY", "TERM_PROGRAM", "PYTHONPATH", "PYTHONIOENCODING", "DISPLAY")
"""Parts of the names of variables that the tests' own machine may have."""


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Env]:
    """A healthy machine, of which nothing is the person's own."""
    kept = {name: value for name, value in os.environ.items() if not any(part in name.upper() for part in LEFT_OUT)}
    places = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("DATA", "STATE", "CONFIG")}
    home = tmp_path / "home"
    home.mkdir()
    # Firefox's socket is in its profile, and its path has to be short.
    with tempfile.TemporaryDirectory(prefix="c-") as cache:
        yield {**kept, **HEALTHY, **places, "HOME": str(home), "XDG_CACHE_HOME": cache}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "corsinspect", "doctor", *arguments]


def report(env: Env, *arguments: str) -> tuple[dict[str, dict[str, str | None]], int]:
    """The findings by check, and the exit status."""
    done = subprocess.run(
        command("--json", *arguments), env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    return {finding["check"]: finding for finding in found["checks"]}, done.returncode


def on_a_terminal(env: Env, size: tuple[int, int], *arguments: str) -> tuple[str, int]:
    """What it prints on a terminal of so many lines and columns, and the exit status."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    process = subprocess.Popen(command(*arguments), env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 65536):
            text += piece
    except OSError:  # how Linux says that the other side was closed
        pass
    finally:
        os.close(ours)
    return text.decode(), process.wait()


@contextmanager
def free_port() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield str(port)


def test_a_healthy_machine_is_all_green(env: Env) -> None:
    with free_port() as port:
        text, status = on_a_terminal(env, (60, 160), "--port", port)
    assert f"{len(CHECKS)} checks: no faults, no warnings" in text, text
    assert text.count("\x1b[32m✓") == len(CHECKS)
    assert "Chromium" in text and "Firefox" in text and text.count("call to localhost came through") == 2
    assert status == 0


# planting


def version_of(package: str, version: str, more: str = "") -> Callable[[Path, Env], Planted]:
    """An installed package of another version, found before the real one."""

    def plant(folder: Path, env: Env) -> Planted:
        info = folder / f"{package}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n{more}")
        env["PYTHONPATH"] = str(folder)
        return ()

    return plant


def variables(**values: str) -> Callable[[Path, Env], Planted]:
    def plant(folder: Path, env: Env) -> Planted:
        env.update(values)
        return ()

    return plant


def certificate(begins: datetime.datetime, ends: datetime.datetime) -> tuple[bytes, bytes]:
    """An authority's certificate, and the same with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "corsinspect")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, secret + pem


def authority(env: Env, *, begins: int = -1, ends: int = 1, mode: int = 0o600) -> Path:
    """corsinspect's authority, valid from and to so many days from now; its folder."""
    folder = Path(env["XDG_DATA_HOME"]) / "corsinspect" / "ca"
    folder.mkdir(parents=True)
    now = datetime.datetime.now(datetime.UTC)
    pem, secret = certificate(now + datetime.timedelta(begins), now + datetime.timedelta(ends))
    (folder / "mitmproxy-ca-cert.pem").write_bytes(pem)
    (folder / "mitmproxy-ca.pem").write_bytes(secret)
    (folder / "mitmproxy-ca.pem").chmod(mode)
    return folder


def not_yet_valid(folder: Path, env: Env) -> Planted:
    authority(env, begins=2, ends=3)
    return ()


def expired(folder: Path, env: Env) -> Planted:
    authority(env, begins=-3, ends=-2)
    return ()


def readable_for_all(folder: Path, env: Env) -> Planted:
    authority(env, mode=0o644)
    return ()


def damaged(folder: Path, env: Env) -> Planted:
    (authority(env) / "mitmproxy-ca.pem").write_text("nothing")
    return ()


def older_trusted(folder: Path, env: Env) -> Planted:
    ours = authority(env)
    database = Path(env["HOME"]) / ".pki" / "nssdb"
    database.mkdir(parents=True)
    older = folder / "older.pem"
    now = datetime.datetime.now(datetime.UTC)
    older.write_bytes(certificate(now - datetime.timedelta(9), now + datetime.timedelta(9))[0])
    assert older.read_bytes() != (ours / "mitmproxy-ca-cert.pem").read_bytes()
    add = ("-A", "-t", "C,,", "-n", "corsinspect", "-i", str(older))
    for arguments in (("-N", "--empty-password"), add):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, timeout=60)
    return ()


def sessions_a_file(folder: Path, env: Env) -> Planted:
    (folder / "a file").touch()
    env["XDG_STATE_HOME"] = str(folder / "a file")
    return ()


def taken(folder: Path, env: Env) -> Planted:
    listening = socket.socket()
    TAKEN.append(listening)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return ("--port", str(listening.getsockname()[1]))


TAKEN: list[socket.socket] = []


@pytest.fixture(autouse=True)
def freed() -> Iterator[None]:
    yield
    while TAKEN:
        TAKEN.pop().close()


def only(**scripts: str) -> Callable[[Path, Env], Planted]:
    """A PATH that has these commands and no other (`certutil`: the real one)."""

    def plant(folder: Path, env: Env) -> Planted:
        for name, script in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        env["PATH"] = str(folder)
        return ()

    return plant


def no_library(folder: Path, env: Env) -> Planted:
    """A Firefox whose NSS can't be loaded, and no certutil."""
    (authority(env) / "mitmproxy-ca-cert.pem").chmod(0o600)
    (folder / "libnss3.so").write_text("no library")
    return only(firefox="exit 0")(folder, env)


CHROMIUM = shutil.which("chromium") or "chromium"
CERTUTIL = f'exec {shutil.which("certutil")} "$@"'
PAST_THE_PROXY = f"""for argument; do
  shift
  case "$argument" in --proxy-bypass-list=*) ;; *) set -- "$@" "$argument" ;; esac
done
PATH=/usr/bin:/bin exec {CHROMIUM} "$@\""""
"""What a company's wrapper may do: take a switch away."""


class Fault(NamedTuple):
    check: str
    plant: Callable[[Path, Env], Planted]
    text: str
    remedy: str
    state: str = "fault"


CORPORATE = "http://me:secret@proxy.corp:3128"
SNAP = "exec /snap/bin/firefox"
OLD = "Requires-Python: >=3.99\nRequires-Dist: mitmproxy<13,>=11.0.2\nRequires-Dist: textual<9,>=8.2\n"
FAULTS = (
    Fault("python", version_of("corsinspect", "0.1.0", OLD), ">=3.99 is needed", "pipx"),
    Fault("mitmproxy", version_of("mitmproxy", "10.4.2"), "mitmproxy 10.4.2 is installed", "pipx"),
    Fault("mitmproxy", version_of("mitmproxy", "13.0"), "mitmproxy 13.0 is installed", "pipx"),
    Fault("textual", version_of("textual", "0.89.1"), "textual 0.89.1 is installed", "environment of its own"),
    Fault("utf-8", variables(PYTHONIOENCODING="latin-1", PYTHONUTF8="0"), "iso8859-1", "LANG=C.UTF-8"),
    Fault("clock", not_yet_valid, "before the certificate authority was made", "Set the clock"),
    Fault("clock", expired, "expired on", "move "),
    Fault("sessions", sessions_a_file, "a file", "XDG_STATE_HOME"),
    Fault("authority", damaged, "damaged", "makes a new one"),
    Fault("authority-key", readable_for_all, "mode 0644", "chmod 600"),
    Fault("authority-trust", older_trusted, "older authority", "certutil -d", "warning"),
    Fault("port", taken, "in use", "--port N"),
    Fault(
        "proxy-variables",
        variables(https_proxy=CORPORATE),
        "https_proxy=http://",
        "--upstream",
        "warning",
    ),
    Fault("no-proxy", variables(NO_PROXY="corp.example,localhost"), "localhost", "NO_PROXY= no_proxy=", "warning"),
    Fault("browsers", only(), "No browser was found", "apt install chromium"),
    Fault("browsers", only(firefox=SNAP, certutil=CERTUTIL), "is a snap", "isn't confined", "warning"),
    Fault("firefox-trust", no_library, "https pages and calls fail", "libnss3-tools", "warning"),
    Fault("display", variables(DISPLAY=""), "no display", "--headless", "warning"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.check}-{fault.text}" for fault in FAULTS])
def test_a_planted_fault_is_found_and_comes_with_its_remedy(fault: Fault, env: Env, tmp_path: Path) -> None:
    planted = fault.plant(tmp_path, env)
    with free_port() as port:
        found, status = report(env, "--no-browsers", *(planted or ("--port", port)))
    assert found[fault.check]["state"] == fault.state
    assert fault.text in (found[fault.check]["text"] or "")
    assert fault.remedy in (found[fault.check]["remedy"] or "")
    assert status == (fault.state == "fault")
    assert "secret" not in str(found)


BROWSER_FAULTS = (
    Fault("localhost-chromium", only(chromium=PAST_THE_PROXY), "past the proxy", "chrome://policy"),
    Fault("localhost-chromium", only(chromium="echo no libnss >&2; exit 1"), "ended as soon as", "by hand"),
)


@pytest.mark.parametrize("fault", BROWSER_FAULTS, ids=[fault.text for fault in BROWSER_FAULTS])
def test_a_browser_that_cannot_be_captured_is_found(fault: Fault, env: Env, tmp_path: Path) -> None:
    fault.plant(tmp_path, env)
    found, status = report(env)
    assert (found[fault.check]["state"], status) == ("fault", 1)
    assert fault.text in (found[fault.check]["text"] or "")
    assert fault.remedy in (found[fault.check]["remedy"] or "")


class ScreenFault(NamedTuple):
    check: str
    values: Env
    size: tuple[int, int]
    text: str
    remedy: str
    status: int = 0


SCREEN_FAULTS = (
    ScreenFault("terminal", {"TERM": "dumb"}, (50, 160), "TERM is dumb", "TERM=xterm-256color", 1),
    ScreenFault("terminal", {"NO_COLOR": "1"}, (50, 160), "is grey", "Unset NO_COLOR"),
    ScreenFault("terminal", {"TERM": "vt220", "COLORTERM": ""}, (50, 160), "16 colours", "COLORTERM=truecolor"),
    ScreenFault("terminal-size", {}, (20, 60), "60×20", "Enlarge the window"),
    ScreenFault("clipboard", {"TERM_PROGRAM": "Apple_Terminal"}, (50, 160), "Apple's Terminal", "iTerm2"),
    ScreenFault("clipboard", {"STY": "1.pts"}, (50, 160), "GNU screen", "tmux"),
)


@pytest.mark.parametrize("fault", SCREEN_FAULTS, ids=[f"{fault.check}-{fault.text}" for fault in SCREEN_FAULTS])
def test_a_terminal_that_cannot_show_it_is_found(fault: ScreenFault, env: Env) -> None:
    with free_port() as port:
        text, status = on_a_terminal(env | fault.values, fault.size, "--no-browsers", "--port", port)
    lines = text.replace("\r", "").split("\n")
    number = next(number for number, line in enumerate(lines) if f" {fault.check} " in line)
    assert fault.text in lines[number]
    assert "→" in lines[number + 1] and fault.remedy in lines[number + 1]
    assert status == fault.status


def test_every_check_has_a_planted_fault() -> None:
    tried = {fault.check for fault in (*FAULTS, *BROWSER_FAULTS, *SCREEN_FAULTS)}
    # Firefox is looked at by the same code as Chromium
    assert {check.name for check in CHECKS} - tried == {"localhost-firefox"}
