"""The commands as a person runs them: their output, their clear errors, their exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corsinspect.report.formats import FORMATS
from corsinspect.session import Redactor, SessionWriter, load
from tests.analysis.build import OPEN, exchange
from tests.corpus import NAMES, recording


def run(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "corsinspect", *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        timeout=60,
    )


def session(path: Path, *exchanges) -> Path:
    writer = SessionWriter(path)
    for item in exchanges:
        writer.put(item)
    writer.flush()
    writer.close()
    return path


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    return session(tmp_path / "blocked.jsonl", exchange(id="b"))


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    return session(
        tmp_path / "allowed.jsonl", exchange(got={**OPEN, "Access-Control-Allow-Credentials": "true"}, id="a")
    )


def test_nothing_blocked_is_status_0(allowed: Path) -> None:
    done = run("check", allowed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("✓ allowed") and done.stdout.endswith("1 allowed\n")


def test_something_blocked_is_status_1(blocked: Path) -> None:
    done = run("check", blocked)
    assert done.returncode == 1
    assert "origin-missing" in done.stdout
    assert "\x1b" not in done.stdout


def test_jsonl_is_a_line_a_call_and_nothing_else(blocked: Path, allowed: Path) -> None:
    done = run("check", "--format", "jsonl", blocked, allowed)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], row["outcome"]) for row in rows] == [("1:b", "blocked"), ("2:a", "allowed")]


@pytest.mark.parametrize("name", NAMES)
def test_a_session_of_the_same_traffic_gives_the_same_lines(name: str, tmp_path: Path) -> None:
    from corsinspect.analysis import judge_all
    from corsinspect.report.jsonl import lines

    redactor = Redactor(b"one key for both")
    recorded = load(recording(name), redactor=redactor).exchanges
    saved = load(session(tmp_path / "saved.jsonl", *recorded), redactor=redactor).exchanges
    assert list(lines(judge_all(saved))) == list(lines(judge_all(recorded)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "doesn't exist"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("hello\n"), "is no recorded traffic"),
        (lambda path: path.write_bytes(bytes(range(256)) * 40), "is no recorded traffic"),
    ],
    ids=["missing", "directory", "empty", "text", "binary"],
)
def test_what_cannot_be_read_is_said_and_the_rest_judged(make, words: str, tmp_path: Path, allowed: Path) -> None:
    path = tmp_path / "bad"
    make(path)
    done = run("check", path, allowed)
    assert done.returncode == 2
    assert str(path) in done.stderr and words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("✓ allowed")


def test_no_permission_is_said(blocked: Path) -> None:
    blocked.chmod(0o000)
    # root may read anything, unless it gives that up
    dropped = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "corsinspect", "check", str(blocked)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"{blocked}: can't be read: no permission" in done.stderr


def test_a_torn_session_is_judged_as_far_as_it_goes(blocked: Path) -> None:
    blocked.write_bytes(blocked.read_bytes() + b'{"id": "c", "url": "https://api')
    done = run("check", blocked)
    assert done.returncode == 2
    assert "torn" in done.stderr or "cut" in done.stderr or "whole" in done.stderr
    assert "origin-missing" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "--what"], ["check", "--format", "x", "y"], ["--port", "x"], ["--port", "0"], ["attach"]],
)
def test_usage_is_status_64(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 64
    assert "Usage:" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["replay"], ["attach", "x"], ["http://localhost:3000"]])
def test_the_dashboard_needs_a_terminal(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr and "corsinspect" in done.stderr


def test_help_has_examples() -> None:
    for arguments in (["--help"], *([name, "--help"] for name in ("live", "replay", "attach", "record", "check"))):
        done = run(*arguments)
        assert done.returncode == 0
        assert "Example" in done.stdout


def test_help_lists_the_options_of_the_default_command() -> None:
    overview, live = run("--help").stdout, run("live", "--help").stdout
    for option in ("--port", "--browser", "--profile", "--no-ask-browser"):
        assert option in overview and option in live


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("che", ["check"]), ("check --format ", [*FORMATS]), ("live --browser f", ["firefox"])],
)
def test_the_shell_completes_commands_and_values(typed: str, completed: list[str]) -> None:
    words = f"corsinspect {typed}"
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = run(env={"_CORSINSPECT_COMPLETE": "complete_bash", **asked})
    assert done.stdout.split() == completed


def test_the_completion_for_a_shell_can_be_seen_before_it_is_installed() -> None:
    assert "--install-completion" in run("--help").stdout
    assert "--show-completion" in run("--help").stdout
    assert "No such option" not in run("--show-completion").stderr


def test_the_addon_s_path_is_printed() -> None:
    done = run("addon")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.rstrip("\n")).name == "capture.py"


def test_version() -> None:
    assert run("--version").stdout.startswith("corsinspect 0.")


def test_the_certificate_is_named(tmp_path: Path) -> None:
    done = run("ca", env={"XDG_DATA_HOME": str(tmp_path)})
    assert done.returncode == 0
    words = [word.strip(".,:") for word in done.stdout.split()]
    certificate = next(word for word in words if word.endswith("ca-cert.pem"))
    assert Path(certificate).read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_a_recording_without_a_browser_cannot_hide_its_window(tmp_path: Path) -> None:
    done = run("record", "-o", tmp_path / "s.jsonl", "--headless")
    assert done.returncode == 64
    assert "--browser" in done.stderr


@pytest.mark.parametrize("name", ["chrome", "edge", "brave"])
def test_a_member_of_chromiums_family_can_be_named(name: str, tmp_path: Path) -> None:
    done = run("record", "-o", tmp_path / "s.jsonl", "--browser", name, "--headless", env={"PATH": "/nowhere"})
    assert done.returncode == 2
    assert "is installed (looked for" in done.stderr
    assert "--browser chromium" in done.stderr
