"""No secret that a browser tells over its debugging channel is written down: cookies, headers, URLs, bodies, texts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec
import pytest

from corsinspect.capture.listening import chromium_said, firefox_said
from corsinspect.said import Said
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.redaction.secret_shapes import looks_plain
from corsinspect.session.said_recorder import SaidRecorder
from corsinspect.session.sidecar import load_saids, sidecar_of

from .secrets import Kind, secrets

KINDS = [
    kind for kind in secrets() if kind.place != "failure" and not looks_plain(kind.value) and not kind.value.isalpha()
]
"""Of the ways in which a secret travels, those through a browser. A few of the drawn values happen to read like words,
which stay where no name beside them says otherwise."""
PLAIN = "https://api.test/items"
REFUSED = "Access to fetch at '{}' from origin 'https://app.test' has been blocked by CORS policy: {}"
NOW = 1_700_000_000.0


def quoted(kind: Kind) -> str:
    """What a browser quotes of it in its texts: URLs, those of redirects resolved, and what a server words freely."""
    if kind.place == "Location":
        return f" (redirected to '{urljoin(PLAIN, kind.text)}')"
    return kind.text if kind.name.startswith("text") or kind.place == "reason" else ""


def lines_of(kind: Kind, side: str) -> dict[str, str]:
    return {kind.place: kind.text} if kind.side == side and kind.place not in ("url", "reason") else {}


def from_chromium(number: int, kind: Kind) -> Iterator[Said]:
    """What is said of a request that the secret is all over, also where nothing is decoded: cookies' values, bodies,
    WebSockets' messages."""
    url, id, value = kind.text if kind.place == "url" else PLAIN, f"{number}", kind.value
    frame = {"url": url, "lineNumber": 1, "columnNumber": 1, "functionName": "f", "scriptId": value}
    cookie = {"cookie": {"name": "sid", "value": value}, "blockedReasons": ["SameSiteLax"], "cookieLine": value}
    hearing = chromium_said.Hearing(id, "Chromium")
    told: list[tuple[str, dict[str, Any]]] = [
        (
            "Network.requestWillBeSent",
            {
                "requestId": id,
                "request": {"url": url, "method": "POST", "headers": {"X-Own": value}, "postData": value},
                "timestamp": 1.0,
                "wallTime": NOW,
                "initiator": {"type": "script", "url": url, "stack": {"callFrames": [frame, frame]}},
                "type": "Fetch",
                "documentURL": url,
            },
        ),
        (
            "Network.requestWillBeSentExtraInfo",
            {"requestId": id, "headers": lines_of(kind, "request"), "associatedCookies": [cookie]},
        ),
        (
            "Network.responseReceivedExtraInfo",
            {
                "requestId": id,
                "statusCode": 200,
                "headers": lines_of(kind, "response"),
                "headersText": value,
                "blockedCookies": [cookie],
            },
        ),
        (
            "Log.entryAdded",
            {"entry": {"source": "javascript", "category": "cors", "text": REFUSED.format(url, quoted(kind))}},
        ),
        (
            "Network.loadingFailed",
            {
                "requestId": id,
                "timestamp": 2.0,
                "errorText": "net::ERR_FAILED",
                "corsErrorStatus": {"corsError": "InvalidAllowOriginValue", "failedParameter": quoted(kind)},
            },
        ),
        ("Network.webSocketFrameSent", {"requestId": id, "response": {"payloadData": value}}),
    ]
    for method, params in told:
        hearing.hear("s", method, msgspec.json.encode(params), NOW)
    return iter(hearing.rest())


def from_websockets(number: int, kind: Kind) -> Iterator[Said]:
    """What Chromium says of a handshake: it's answered where the secret is in its answer, else it fails."""
    url, id = kind.text if kind.place == "url" else PLAIN, f"{number}"
    url = url.replace("http", "ws", 1)
    answered = kind.side == "response" and bool(lines_of(kind, "response"))
    hearing = chromium_said.Hearing(id, "Chromium")
    asked = {"headers": lines_of(kind, "request")}
    answer = {"status": 101, "headers": lines_of(kind, "response"), "headersText": kind.value, "requestHeaders": {}}
    end: tuple[str, dict[str, Any]] = (
        ("HandshakeResponseReceived", {"timestamp": 2.0, "response": answer})
        if answered
        else ("FrameError", {"errorMessage": f"Error during WebSocket handshake: {quoted(kind)}"})
    )
    told: list[tuple[str, dict[str, Any]]] = [
        ("Created", {"url": url, "initiator": {"type": "script", "url": url, "lineNumber": 1}}),
        ("WillSendHandshakeRequest", {"timestamp": 1.0, "wallTime": NOW, "request": asked}),
        end,
        ("FrameReceived", {"response": {"payloadData": kind.value}}),
    ]
    for name, params in told:
        hearing.hear("s", f"Network.webSocket{name}", msgspec.json.encode({"requestId": id, **params}), NOW)
    return iter(hearing.rest())


def from_firefox(number: int, kind: Kind) -> Iterator[Said]:
    """The same of a Firefox, which tells no header lines."""
    url = kind.text if kind.place == "url" else PLAIN
    asked = {
        "resourceId": number + (1 << 32),
        "actor": "a",
        "url": url,
        "method": "POST",
        "startedDateTime": "2023-11-14T22:13:20.000Z",
        "cause": {"type": "fetch", "loadingDocumentUri": url},
        "securityFlags": 16,
        "blockedReason": 1005,
        "requestPostData": {"postData": {"text": kind.value}},
        "requestCookies": {"cookies": [{"name": "sid", "value": kind.value}]},
    }
    stack = {"resourceId": asked["resourceId"], "lastFrame": {"filename": url, "lineNumber": 1, "functionName": "f"}}
    error = {
        "pageError": {
            "errorMessage": REFUSED.format(url, quoted(kind)),
            "category": "CORSMissingAllowOrigin2",
            "timeStamp": NOW * 1000,
            "sourceName": url,
            "lineNumber": 1,
        }
    }
    hearing = firefox_said.Hearing(f"f{number}", "Firefox")
    for name, resource in (("network-event", asked), ("network-event-stacktrace", stack), ("error-message", error)):
        hearing.hear("resources-available-array", msgspec.Raw(msgspec.json.encode([[name, [resource]]])), NOW)
    return iter(hearing.rest())


@pytest.mark.parametrize("told", [from_chromium, from_websockets, from_firefox])
async def test_planted_secrets_are_not_found_again(
    told: Callable[[int, Kind], Iterator[Said]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    session = tmp_path / "session.jsonl"
    troubles: list[str] = []
    recorder = SaidRecorder(
        session, Redactor(), flushed=None, trouble=lambda where, problem: troubles.append(f"{where}: {problem!r}")
    )
    for number, kind in enumerate(KINDS):
        for said in told(number, kind):
            recorder.put(said)
    recorder.close()

    content = sidecar_of(session).read_text()
    found = [kind for kind in KINDS if kind.value in content]
    with capsys.disabled():
        print(f"\n{told.__name__}: {len(KINDS)} kinds of secrets told, {len(found)} found again")
        print(*(f"  found again: {kind.name}: {kind.text}" for kind in found), sep="\n")
    record_property("cases", len(KINDS))
    record_property("said", f"{told.__name__}: {len(found)} of {len(KINDS)} secrets found again")
    assert troubles == []
    assert len(load_saids(session)) == len(KINDS) >= 200
    assert found == []
