"""`corsinspect probe`: what it prints, its exit status, and that no input ends in a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corsinspect.analysis import judge_all
from corsinspect.commands.probe import Wanted, print_map, probe_once, watch
from corsinspect.probe import Patience
from corsinspect.session import load
from tests.probe.serving import OK, serving

PAGE = "http://localhost:3000"
NAMED = b"Access-Control-Allow-Origin: http://localhost:3000\r\n"
METHODS = b"Access-Control-Allow-Methods: PUT\r\n"


def run(*arguments: str, stdin: str | None = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corsinspect", "probe", *arguments]
    if stdin is None:
        command = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
        return subprocess.run(command, capture_output=True, text=True, check=False)
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "says"),
    [
        pytest.param(("api.example", "--origin", PAGE), "", 64, "no URL", id="a URL without a scheme"),
        pytest.param(("http://a/", "--origin", f"{PAGE}/cart"), "", 64, "It writes", id="an origin with a path"),
        pytest.param(("http://a/", "--origin", PAGE, "-H", "junk"), "", 64, "no header", id="no header"),
        pytest.param(("http://169.254.169.254/", "--origin", PAGE), "", 2, "link-local", id="a link-local address"),
        pytest.param(("http://a.invalid/", "--origin", PAGE), "", 2, "no such host", id="no such host"),
        pytest.param(("-", "--origin", PAGE), "", 64, "no URL on stdin", id="an empty stdin"),
        pytest.param(("-", "--origin", PAGE), None, 64, "no URL on stdin", id="a closed stdin"),
        pytest.param(("http://127.0.0.1:1/", "--origin", PAGE), "", 2, "refused", id="a refused connection"),
        pytest.param(("http://a/",), "", 64, "--origin", id="no origin"),
    ],
)
def test_bad_input_is_said_in_words(arguments: tuple[str, ...], stdin: str | None, status: int, says: str) -> None:
    done = run(*arguments, stdin=stdin)
    assert done.returncode == status, done.stderr
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


async def test_what_is_blocked_is_explained_with_its_fix(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(OK + NAMED + b"Access-Control-Allow-Methods: GET\r\n\r\n") as server:
        assert await probe_once(Wanted(server.url, [PAGE], ["PUT"])) == 1
    said = capsys.readouterr().out
    assert "method-not-allowed" in said
    assert "as Chromium 156 would" in said
    assert "Access-Control-Allow-Methods: PUT" in said


async def test_what_was_not_sent_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(OK + NAMED + METHODS + b"\r\n") as server:
        assert await probe_once(Wanted(server.url, [PAGE], ["PUT"])) == 0
    said = capsys.readouterr().out
    assert "preflight ok" in said
    assert "PUT wasn't sent" in said


async def test_json_is_the_contract_of_check(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(OK + b"\r\n") as server:
        assert await probe_once(Wanted(server.url, [PAGE], format="json")) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["outcome"], said["reason"]) == ("blocked", "origin-missing")
    assert said["probe"] == {"engine": "chromium", "passes": False, "unsent": None}


async def test_har_is_judged_alike_when_read_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    async with serving(OK + NAMED + METHODS + b"\r\n", OK + b"X-A: 1\r\n\r\n") as server:
        await probe_once(Wanted(server.url, [PAGE], ["PUT"], send=True, format="har"))
    path = tmp_path / "probe.har"
    path.write_text(capsys.readouterr().out)
    loaded = load(path)
    assert not loaded.problems
    (call,) = judge_all(loaded.exchanges)
    assert (call.verdict.stage, call.verdict.reason) == ("actual", "origin-missing")


async def test_the_map_says_how_many_requests_first(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(OK + NAMED + METHODS + b"Access-Control-Allow-Headers: x-a\r\n\r\n") as server:
        wanted = Wanted(server.url, [PAGE, "null"], ["GET", "PUT"], ["X-A: 1", "X-B: 2"])
        assert await print_map(wanted) == 1
        assert len(server.heads) == 4
    said = capsys.readouterr()
    assert "Sending up to 6 requests" in said.err
    rows = [line.split() for line in said.out.splitlines() if line.startswith((PAGE, "null"))]
    assert [row[:2] for row in rows] == [[PAGE, "GET"], [PAGE, "PUT"], ["null", "GET"], ["null", "PUT"]]
    assert "✓ X-A ✗ X-B" in said.out


async def test_the_map_judges_with_credentials_what_was_asked_without(capsys: pytest.CaptureFixture[str]) -> None:
    star = OK + b"Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\r\n"
    async with serving(star) as server:
        assert await print_map(Wanted(server.url, [PAGE], headers=["X-A: 1"])) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(PAGE))
    assert "✓ allowed" in row
    assert "✗ origin-wildcard-with-credentials" in row


async def test_watching_ends_as_soon_as_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsinspect.commands.probe.ASK_AGAIN", 0.01)
    async with serving(OK + b"\r\n", OK + b"\r\n", OK + NAMED + b"\r\n") as server:
        assert await watch(Wanted(server.url, [PAGE]), 60.0) == 0
        assert len(server.heads) == 3


async def test_watching_ends_with_its_time() -> None:
    async with serving(OK + b"\r\n") as server:
        assert await watch(Wanted(server.url, [PAGE]), 0.0) == 1
        assert len(server.heads) == 1


async def test_urls_are_read_from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("corsinspect.commands.probe.PAUSE", 0.0)
    async with serving(OK + NAMED + b"\r\n") as server:
        monkeypatch.setattr("sys.stdin", [f"{server.url}/{number}\n" for number in range(3)])
        assert await probe_once(Wanted("-", [PAGE], patience=Patience(5))) == 0
    assert capsys.readouterr().out.count("✓ allowed") == 3
