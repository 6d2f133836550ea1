"""The transport of Firefox's protocol, and the listener, against a browser of a few lines."""

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from corsinspect.capture.listening import firefox as module
from corsinspect.capture.listening import rdp
from corsinspect.capture.listening.firefox import FirefoxListener
from corsinspect.capture.listening.rdp import Connection, Packet
from tests.capture.wire import until

HELLO = {"from": "root", "applicationType": "browser", "traits": {}}
TAB = {"actor": "tab1", "url": "about:blank"}
ANSWERS: dict[str, dict[str, Any]] = {
    "getProcess": {"processDescriptor": {"actor": "process1"}},
    "getWatcher": {"actor": "watcher1"},
    "getNetworkParentActor": {"network": {"actor": "network1"}},
    "listTabs": {"tabs": [TAB]},
}


def framed(packet: dict[str, Any]) -> bytes:
    data = json.dumps(packet, ensure_ascii=False).encode()
    return b"%d:%s" % (len(data), data)


class Ends:
    """A Connection, the other end of it, and what came of it."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.taken: list[Packet] = []
        self.closed = 0
        self.connection = Connection(ours, self.taken.append, self._closed)

    def _closed(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("seed", range(5))
async def test_packets_arrive_whole_and_in_order_however_they_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    ends = Ends()
    packets = [{"from": f"a{n}", "type": "event", "text": "é:1" * chance.randrange(400)} for n in range(40)]
    data = b"".join(map(framed, packets))
    while data:
        length = chance.randrange(1, 3000)
        ends.theirs.sendall(data[:length])
        data = data[length:]
        await asyncio.sleep(0)
    await until(lambda: len(ends.taken) == len(packets))

    assert [json.loads(packet.raw) for packet in ends.taken] == packets
    ends.connection.close()
    ends.theirs.close()


async def test_answers_go_to_who_asked_and_events_in_between_do_not() -> None:
    ends = Ends()
    answers: list[Packet] = []
    ends.connection.ask("a", "one", answers.append)
    ends.connection.ask("a", "two", answers.append)
    ends.connection.send("b", "release")
    said = [{"from": "a", "n": 1}, {"from": "a", "type": "event"}, {"from": "a", "error": "no", "type": "x"}]
    ends.theirs.sendall(b"".join(map(framed, said)))
    await until(lambda: len(answers) == 2)

    assert [answer.error for answer in answers] == [None, "no"]
    assert [packet.type for packet in ends.taken] == ["event"]
    assert ends.theirs.recv(1000) == b"".join(
        b"%d:%s" % (len(asked), asked)
        for asked in (b'{"to":"a","type":"one"}', b'{"to":"a","type":"two"}', b'{"to":"b","type":"release"}')
    )
    ends.connection.close()
    ends.theirs.close()


async def test_what_cannot_be_read_or_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdp, "LONGEST", 1000)
    ends = Ends()
    ends.theirs.sendall(b"5:{nope" + b"3000:" + b"9:" * 1500 + framed({"from": "a", "type": "event"}))
    await until(lambda: ends.taken)

    assert (ends.connection.skipped, [packet.sender for packet in ends.taken], ends.closed) == (2, ["a"], 0)
    ends.connection.close()
    ends.theirs.close()


@pytest.mark.parametrize("data", [b"HTTP/1.1 200 OK\r\n", b"bulk a b 3:abc", b":{}", b"12345678901:", b""])
async def test_what_is_not_the_protocol_ends_it(data: bytes) -> None:
    ends = Ends()
    ends.theirs.sendall(data)
    ends.theirs.shutdown(socket.SHUT_WR)
    await until(lambda: ends.closed)

    assert ends.taken == []
    ends.theirs.close()


class Heard:
    """A listener, and what it did."""

    def __init__(self, path: Path, url: str | None) -> None:
        self.events: list[str | None] = []
        self.heard = self.closed = 0
        self.listener = FirefoxListener(
            path, url=url, event=lambda packet: self.events.append(packet.type), heard=self._heard, closed=self._closed
        )

    def _heard(self) -> None:
        self.heard += 1

    def _closed(self) -> None:
        self.closed += 1


@asynccontextmanager
async def firefox(
    path: Path, answer: Callable[[dict[str, Any]], list[dict[str, Any]]], hello: dict[str, Any]
) -> AsyncIterator[list[dict[str, Any]]]:
    """A browser that answers by `answer`; what it was asked."""
    asked: list[dict[str, Any]] = []
    tasks: list[asyncio.Task[Any]] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        writer.write(framed(hello))
        try:
            while True:
                length = int((await reader.readuntil(b":"))[:-1])
                asked.append(json.loads(await reader.readexactly(length)))
                for packet in answer(asked[-1]):
                    writer.write(framed(packet))
        except (asyncio.IncompleteReadError, OSError):
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async with await asyncio.start_unix_server(speak, path):
        yield asked
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


def known(asked: dict[str, Any]) -> list[dict[str, Any]]:
    if asked["type"] == "watchTargets" and asked["targetType"] == "frame":
        blank = {"from": asked["to"], "type": "target-available-form", "target": {"url": "about:blank"}}
        return [blank, {"from": asked["to"]}]
    return [ANSWERS.get(asked["type"], {}) | {"from": asked["to"]}]


async def test_the_browser_is_asked_for_no_more_than_what_tells(tmp_path: Path) -> None:
    path = tmp_path / "s"
    heard = Heard(path, "http://localhost/")
    await asyncio.sleep(0.1)  # it isn't there yet
    async with firefox(path, known, HELLO) as asked:
        await until(lambda: heard.heard and asked[-1]["type"] == "navigateTo")
        heard.listener.close()

    assert [each["type"] for each in asked if each["type"] not in ("watchTargets", "listTabs")] == [
        *("getProcess", "getWatcher", "getNetworkParentActor", "watchResources"),
        *("setSaveRequestAndResponseBodies", "navigateTo"),
    ]
    assert (asked[-1]["to"], asked[-1]["url"], heard.closed) == ("tab1", "http://localhost/", 0)


async def test_a_listener_that_takes_over_navigates_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with firefox(path, known, HELLO) as asked:
        heard = Heard(path, None)
        await until(lambda: heard.heard)
        heard.listener.close()

    assert not {"listTabs", "navigateTo"} & {each["type"] for each in asked}


def answers_with_error(type: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    def answer(asked: dict[str, Any]) -> list[dict[str, Any]]:
        error = {"from": asked["to"], "error": "unrecognizedPacketType", "message": "x"}
        return [error] if asked["type"] == type else known(asked)

    return answer


@pytest.mark.parametrize(
    ("answer", "hello"),
    [
        (known, {"from": "root", "applicationType": "mail"}),
        (known, {"from": "root", "version": 7}),
        (lambda asked: [{"from": asked["to"], "process": {"actor": "p"}}], HELLO),
        *((answers_with_error(type), HELLO) for type in ("getWatcher", "watchTargets", "watchResources", "listTabs")),
    ],
    ids=["another app", "another hello", "another answer", "watcher", "targets", "resources", "tabs"],
)
async def test_an_unknown_protocol_is_let_go_of(
    answer: Callable[[dict[str, Any]], list[dict[str, Any]]], hello: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "s"
    async with firefox(path, answer, hello):
        heard = Heard(path, "http://localhost/")
        await until(lambda: heard.closed)

    assert (heard.heard, heard.closed) == (0, 1)


@pytest.mark.parametrize(("within", "times"), [(60.0, 3), (-1.0, 1)], ids=["at its start", "later"])
async def test_a_navigation_that_the_starting_browser_drops_is_made_again(
    within: float, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DROPPED_WITHIN", within)
    number = 0

    def dropping(asked: dict[str, Any]) -> list[dict[str, Any]]:
        nonlocal number
        if asked["type"] != "navigateTo":
            return known(asked)
        number += 1
        request = {
            "resourceId": number,
            "actor": f"event{number}",
            "url": "http://localhost/",
            "method": "GET",
            "startedDateTime": "2026-11-28T23:27:21.206Z",
            "cause": {"type": "document", "loadingDocumentUri": None},
        }
        updates = {"contentSize": 0} if number < 3 else {"status": "200"}
        return [
            {"from": asked["to"]},
            {"from": "w", "type": "resources-available-array", "array": [["network-event", [request]]]},
            {
                "from": "w",
                "type": "resources-updated-array",
                "array": [["network-event", [{"resourceId": number, "resourceUpdates": updates}]]],
            },
        ]

    path = tmp_path / "s"
    async with firefox(path, dropping, HELLO):
        heard = Heard(path, "http://localhost/")
        await until(lambda: heard.events.count("resources-updated-array") == times)
        await asyncio.sleep(0.1)
        heard.listener.close()

    assert (number, heard.heard) == (times, 1)


async def test_a_browser_that_never_comes_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECT_LIMIT", 0.1)
    heard = Heard(tmp_path / "s", None)
    await until(lambda: heard.closed)

    assert heard.heard == 0
