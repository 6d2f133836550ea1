"""A: asks the selected call's server itself; only when told to, and marked as corsinspect's own."""

from pathlib import Path

from corsinspect.model import HeaderList
from tests.dashboard.conftest import Screen, replaying
from tests.dashboard.story import PAGE, Story, grant, session
from tests.probe.serving import OK, Server, serving

NAMED = f"Access-Control-Allow-Origin: {PAGE}\r\n".encode()


def one_call(path: Path, server: Server, method: str, asked: HeaderList = ()) -> Path:
    story = Story()
    if method == "GET" and not asked:
        story.add(method, server.url, 200)
    else:
        story.preflighted(method, server.url, (204, grant("GET")), None, names="authorization" if asked else "x-a")
    return session(path, story.exchanges)


async def confirmed(screen: Screen) -> None:
    await screen.press("home", "A")
    await screen.sees("Ask http://127.0.0.1", "y send")
    await screen.press("y")


async def test_nothing_is_sent_before_a_person_says_so(tmp_path: Path) -> None:
    async with (
        serving(OK + NAMED + b"\r\n") as server,
        replaying(one_call(tmp_path / "s.jsonl", server, "GET")) as screen,
    ):
        await screen.press("home", "A")
        await screen.sees("Ask http://127.0.0.1")
        await screen.press("escape")
        await screen.sees("✗ 1 blocked")
        assert server.heads == []


async def test_what_it_says_is_marked_as_ours_and_stays_out_of_the_list(tmp_path: Path) -> None:
    async with (
        serving(OK + NAMED + b"\r\n") as server,
        replaying(one_call(tmp_path / "s.jsonl", server, "GET")) as screen,
    ):
        await confirmed(screen)
        await screen.sees("Asked by corsinspect, not by the page", "as Chromium 156 would")
        await screen.press("escape")
        await screen.sees("✗ 1 blocked")
        assert [head.split()[0] for head in server.heads] == [b"GET"]
        assert len(screen.app.book.rows) == 1


async def test_a_call_with_headers_is_asked_for_and_not_made(tmp_path: Path) -> None:
    answer = OK + NAMED + b"Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: x-a\r\n\r\n"
    async with serving(answer) as server, replaying(one_call(tmp_path / "s.jsonl", server, "PUT")) as screen:
        await confirmed(screen)
        await screen.sees("The server grants the preflight", "PUT wasn't sent")
        assert [head.split()[0] for head in server.heads] == [b"OPTIONS"]
        assert b"Access-Control-Request-Headers: x-a\r\n" in server.heads[0]


async def test_a_server_that_is_gone_is_said(tmp_path: Path) -> None:
    async with serving() as server:
        path = one_call(tmp_path / "s.jsonl", server, "GET")
    async with replaying(path) as screen:
        await confirmed(screen)
        await screen.sees("the server refused the connection")
