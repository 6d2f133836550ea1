"""curl commands out of Calls, run by a real shell: every captured character must come out as it went in."""

import itertools
import shutil
import subprocess

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from corsinspect.advice.curl import curl, variables
from corsinspect.model import Call
from tests.analysis.build import API, GRANT, exchange, only, preflight

BASH = shutil.which("bash") or "/bin/sh"
SHELL = 'curl() { printf "%s\\0" "$@"; printf "\\n\\0"; }\n'
TOKEN = "‹redacted:20:0123456789ab›"
OTHER = "‹redacted:9:ba9876543210!›"


def words(call: Call, **environment: str) -> list[list[str]]:
    """What a shell gives to curl: the arguments of each command."""
    script = SHELL + curl(call)
    run = subprocess.run([BASH, "-c", script], capture_output=True, check=True, env=environment, timeout=20)
    assert run.stderr == b""
    commands: list[list[str]] = [[]]
    for word in run.stdout.decode().split("\0")[:-1]:
        if word == "\n":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands[:-1]


def headers(command: list[str]) -> list[str]:
    return [value for option, value in itertools.pairwise(command) if option == "-H"]


def test_a_preflighted_call_is_two_commands() -> None:
    call = only(
        preflight("PUT", "content-type", got={**GRANT, "Access-Control-Allow-Headers": "content-type"}),
        exchange("PUT", at=100.1, sent={"Content-Type": "application/json", "Host": "api.test"}, got={}),
    )
    asked, sent = words(call)
    assert asked[:6] == ["-i", "--globoff", "-X", "OPTIONS", "--url", API]
    assert "Access-Control-Request-Method: PUT" in headers(asked)
    assert sent[:6] == ["-i", "--globoff", "-X", "PUT", "--url", API]
    assert "Content-Type: application/json" in headers(sent)
    assert not any(line.startswith("Host") for line in headers(sent))


def test_secrets_are_variables_and_equal_ones_share_theirs() -> None:
    sent = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"sid={OTHER}; same={TOKEN}", "X-Api-Key": OTHER[:-2] + "›"}
    call = only(exchange(url=f"{API}?key=‹redacted:4:aaaaaaaaaaaa›", sent=sent))
    assert variables(curl(call)) == ["SECRET_URL", "AUTHORIZATION", "COOKIE"]
    (command,) = words(call, AUTHORIZATION="let me in", COOKIE="$(id)", SECRET_URL="k y")
    assert f"{API}?key=k y" in command
    lines = headers(command)
    assert "Authorization: Bearer let me in" in lines
    assert "Cookie: sid=$(id); same=let me in" in lines
    assert "X-Api-Key: $(id)" in lines


def test_a_header_cannot_name_a_file_or_a_variable_of_the_shell() -> None:
    call = only(exchange(sent={"@/etc/passwd": "x", "Path": TOKEN, "X-Empty": ""}))
    (command,) = words(call, PATH="leaked", SECRET_PATH="set by hand")
    assert headers(command)[-2:] == ["Path: set by hand", "X-Empty;"]


def test_a_body_is_a_variable() -> None:
    call = only(msgspec.structs.replace(exchange("POST", sent={"Content-Type": "text/plain"}), request_size=12))
    (command,) = words(call, BODY="@not a file")
    assert command[-2:] == ["--data-raw", "@not a file"]


def test_what_is_not_http_has_no_command() -> None:
    assert curl(only(exchange(None, "https://api.test:443/", failed="refused"))) == ""
    assert curl(only(exchange("GET", "file:///etc/passwd"))) == ""


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(max_codepoint=0xFF), max_size=30), st.text(st.characters(max_codepoint=0xFF), max_size=30))
def test_nothing_captured_gets_out_of_its_quotes(value: str, path: str) -> None:
    call = only(exchange("GET", f"{API}/{path}", sent={"X-Odd": "a" + value}))
    text = curl(call)
    assert all(line.isprintable() for line in text.split("\n"))
    (command,) = words(call)
    assert command[:3] == ["-i", "--globoff", "--url"]
    assert command[3].startswith(API) and command[3].isascii()
    assert [line for line in headers(command) if line.startswith("X-Odd: a")]
    assert len(command) == 4 + 2 * len(headers(command))
