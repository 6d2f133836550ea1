"""`corsinspect run`: the command's environment, its status or ours, signals, and what is said when all goes wrong."""

import contextlib
import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from corsinspect.capture.environment import ADDED, EXCEPTIONS, PROXIES, REPLACED, environment

CALL = """
import os, sys, urllib.request
headers = {"Origin": "http://app.test", "Sec-Fetch-Mode": "cors", "User-Agent": "Mozilla/5.0 Firefox/153.0"}
urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=headers)).read()
sys.exit(int(sys.argv[2]))
"""


class Api(BaseHTTPRequestHandler):
    """An API; what is below /open allows any page."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/open"):
            self.send_header("Access-Control-Allow-Origin", "http://app.test")
            self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person's own is read or written."""
    for kind in ("DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "corsinspect", "run", *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(*arguments: str | Path) -> tuple[int, str, str]:
    process = started(*arguments)
    out, errors = process.communicate(timeout=120)
    return process.returncode, out, errors


def call(url: str, status: int = 0) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", CALL, url, str(status))


def test_a_blocked_call_fails_a_command_that_went_well(api: str, tmp_path: Path) -> None:
    status, out, errors = run("-o", tmp_path / "s.jsonl", "--report", "junit=r.xml", *call(f"{api}/shut"))
    assert status == 1
    assert f"✗ blocked       GET     {api}/shut" in out and "origin-missing" in out
    assert "s.jsonl" in errors
    assert 'failures="1"' in (tmp_path / "r.xml").read_text("utf-8")


def test_a_command_that_went_well_and_was_allowed_is_status_0(api: str) -> None:
    status, out, errors = run(*call(f"{api}/open"))
    assert (status, "✓ allowed" in out) == (0, True), errors


def test_a_command_s_own_status_comes_first(api: str) -> None:
    assert run(*call(f"{api}/shut", 7))[0] == 7


def test_the_policy_and_the_baseline_are_those_of_check(api: str, tmp_path: Path) -> None:
    known = ("--baseline", "known.json")
    assert run(*known, "--write-baseline", *call(f"{api}/shut"))[0] == 0
    status, out, _ = run(*known, *call(f"{api}/shut"))
    assert status == 0 and "in the baseline" in out
    (tmp_path / "corsinspect.toml").write_text('[[must-allow]]\nurl = "*/never"\n')
    status, out, _ = run(*call(f"{api}/open"))
    assert status == 1 and "no such call was recorded" in out


def test_a_proxy_that_is_ignored_is_said() -> None:
    status, _, errors = run("--", sys.executable, "-c", "")
    assert status == 2
    assert "nothing came through the proxy" in errors


def test_no_command_is_a_usage_error() -> None:
    for arguments in ((), ("--",)):
        status, _, errors = run(*arguments)
        assert status == 64 and "There is no command" in errors


def test_a_command_that_cannot_start_has_the_shell_s_status(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    status, _, errors = run("--", "no-such-program")
    assert status == 127 and "there is no such program" in errors
    status, _, errors = run("--", tmp_path / "text")
    assert status == 126 and "can't be started" in errors
    (tmp_path / "text").chmod(0o755)
    (tmp_path / "text").write_bytes(b"\x7fELF nonsense")
    status, _, errors = run("--", tmp_path / "text")
    assert status == 126 and "can't be started" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments", [("--config", "none.toml"), ("--baseline", "none.json"), ("--report", "html=none/x.html")]
)
def test_what_cannot_be_used_is_said_before_the_command_runs(arguments: tuple[str, str], tmp_path: Path) -> None:
    status, out, errors = run(*arguments, "--", sys.executable, "-c", "open('ran', 'w')")
    assert status == 2 and out == "" and errors.startswith("corsinspect: ")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_command_and_the_verdicts_still_come(number: signal.Signals, api: str) -> None:
    waiting = (
        "import signal, sys, time, urllib.request\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(9))\n"
        f"urllib.request.urlopen('{api}/open').read()\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)"
    )
    process = started("--", sys.executable, "-c", waiting)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 9
    assert "1 not-cors" in out


def test_a_key_of_the_terminal_interrupts_the_command_once() -> None:
    counting = (
        "import signal, sys, time\n"
        "seen = []\n"
        "signal.signal(signal.SIGINT, lambda *_: seen.append(1))\n"
        "print('ready', flush=True)\n"
        "while not seen: time.sleep(0.01)\n"
        "print('first', flush=True)\n"
        "time.sleep(2)\n"
        "sys.exit(10 + len(seen))"
    )
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "corsinspect", "run", "--", sys.executable, "-c", counting],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    said = b""
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        while b"ready" not in said:
            said += terminal.read(1024)
        process.send_signal(signal.SIGSTOP)  # or two signals may come as one
        terminal.write(b"\x03")
        while b"first" not in said:
            said += terminal.read(1024)
        process.send_signal(signal.SIGCONT)
        with contextlib.suppress(OSError):  # the other end is closed
            while terminal.read(1024):
                pass
    assert process.wait(timeout=120) == 11


def test_a_command_that_is_killed_has_the_shell_s_status() -> None:
    status, *_ = run("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    assert status == 128 + 9


def test_the_environment_names_the_proxy_and_the_certificate(tmp_path: Path) -> None:
    certificate, own = tmp_path / "ca.pem", tmp_path / "own.pem"
    certificate.write_text("OURS\n")
    own.write_text("THEIRS")
    made = environment(
        8123, certificate, tmp_path, {"PATH": "/bin", "NO_PROXY": "localhost", "SSL_CERT_FILE": str(own)}
    )
    assert made["PATH"] == "/bin"
    assert {made[name] for name in PROXIES} == {"http://127.0.0.1:8123"}
    assert {made[name] for name in EXCEPTIONS} == {""}
    assert {made[name] for name in ADDED} == {str(certificate)}
    (bundle,) = {made[name] for name in REPLACED}
    assert Path(bundle).read_text() == "THEIRS\nOURS\n"
    without = environment(8123, certificate, tmp_path, {})
    assert Path(without["SSL_CERT_FILE"]).read_text("utf-8").count("BEGIN CERTIFICATE") > 50


def test_the_command_has_that_environment() -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    _, out, _ = run("--", sys.executable, "-c", code)
    seen = json.loads(out.splitlines()[0])
    assert seen["HTTPS_PROXY"] == seen["CORSINSPECT_PROXY"]
    assert seen["NODE_EXTRA_CA_CERTS"] == seen["CORSINSPECT_CA"] and seen["CORSINSPECT_CA"].endswith(".pem")
    assert not os.path.exists(seen["SSL_CERT_FILE"]), "what was made for the command is gone"  # noqa: PTH110
