"""`probe`: asks servers as a browser would, and prints what they would let a page do."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from corsinspect.analysis.lint import Linter
from corsinspect.analysis.lint.rules import tricks
from corsinspect.commands.lint import calls_by_server
from corsinspect.fetch.origin import OPAQUE
from corsinspect.model import Verdict
from corsinspect.probe import AddressRefused, Ask, Patience, Probed, ProbeError, ask, header_line, probe
from corsinspect.probe.ask import Engine, Mode
from corsinspect.probe.grid import cell, most_requests, passes
from corsinspect.report.har import har
from corsinspect.report.jsonl import row
from corsinspect.report.lint import json_lines
from corsinspect.report.lint import lines as lint_lines
from corsinspect.report.probed import announced, lines, table
from corsinspect.terminal import complain, wants_colour

PASSED, BLOCKED, UNREACHABLE, USAGE = 0, 1, 2, 64
Format = Literal["text", "json", "har"]
PAUSE = 0.2
"""Seconds between two probes: a policy is no reason for a flood."""
ASK_AGAIN = 2.0
"""Seconds between two tries of --watch."""
STDIN = "-"


class Wanted(NamedTuple):
    """What the command line asks for."""

    url: str
    origins: Sequence[str]
    methods: Sequence[str] = ("GET",)
    headers: Sequence[str] = ()
    credentials: bool = False
    send: bool = False
    engine: Engine = "chromium"
    mode: Mode = "cors"
    format: Format = "text"
    patience: Patience = Patience()


def asks_of(wanted: Wanted) -> list[Ask]:
    """Each URL from each origin with each method. Raises ProbeError where one can't be asked."""
    headers = tuple(map(header_line, wanted.headers))
    return [
        ask(
            url,
            origin,
            method=method,
            headers=headers,
            credentials=wanted.credentials,
            send=wanted.send,
            engine=wanted.engine,
            mode=wanted.mode,
        )
        for url in _urls(wanted.url)
        for origin in wanted.origins
        for method in wanted.methods
    ]


def _urls(url: str) -> list[str]:
    if url != STDIN:
        return [url]
    try:
        # there is no stdin where it was closed before the start
        found = [line.strip() for line in sys.stdin or () if line.strip()]
    except (OSError, ValueError):
        found = []
    if not found:
        raise ProbeError("There is no URL on stdin.", "Give one a line, or name it in place of the -.")
    return found


async def probe_once(wanted: Wanted) -> int:
    """Makes the calls, prints what came of each, and returns the exit status."""
    return max(map(status, await _probe_and_print(asks_of(wanted), wanted)))


async def probe_and_lint(wanted: Wanted) -> int:
    """The same, and asks from origins that should be refused, for what the servers' policies let others do."""
    asks = asks_of(wanted)
    found = await _probe_and_print(asks, wanted)
    trials = [trials_of(each) for each in asks]
    more = list(dict.fromkeys(trial for each in trials for trial in each.all))
    complain(announced(most_requests(more), _servers(more), wanted.engine))
    linter = Linter(made_up={origin for each in trials for origin in each.made_up})
    calls = [probed.call for probed in found if probed and probed.call]
    calls += [probed.call async for probed in _probed(more, wanted.patience) if probed and probed.call]
    some, findings = calls_by_server(linter.taking(calls)), linter.findings()
    if wanted.format == "json":
        _print(json_lines(findings, some))
    else:
        _print(["", f"Lint: {len(findings) or 'nothing'} found", *lint_lines(findings, linter.audiences(), some)])
    flawed = any(finding.severity == "error" for finding in findings)
    return max(map(status, found)) or (BLOCKED if flawed else PASSED)


class Trials(NamedTuple):
    """The same call from origins that a policy should refuse."""

    all: list[Ask]
    made_up: set[str]
    """Origins among them that nobody can have meant to allow."""


def trials_of(wanted: Ask) -> Trials:
    """From an origin that doesn't exist, look-alikes of the page's, its own without https, and “null”."""
    scheme = "http" if wanted.url.scheme == "http" and not wanted.origin.startswith("https:") else "https"
    made_up = {f"{scheme}://{secrets.token_hex(8)}.example", *tricks(wanted.origin).values()}
    others = {OPAQUE, wanted.origin.replace("https:", "http:", 1)} - {wanted.origin}
    return Trials([wanted._replace(origin=origin) for origin in (*made_up, *others)], made_up)


async def _probe_and_print(asks: Sequence[Ask], wanted: Wanted) -> list[Probed | None]:
    if len(asks) > 1:
        complain(announced(most_requests(asks), _servers(asks), wanted.engine))
    found: list[Probed | None] = []
    async for probed in _probed(asks, wanted.patience):
        found.append(probed)
        if probed is not None and wanted.format != "har":
            _print(_lines(probed, wanted.format))
    if wanted.format == "har":
        exchanges = (exchange for probed in found if probed and probed.call for exchange in probed.call.exchanges)
        print(json.dumps(har(exchanges), indent=1))
    return found


async def print_map(wanted: Wanted) -> int:
    """Prints the policy as a table; the exit status is 0 if anything at all is granted."""
    asks = asks_of(wanted)
    complain(announced(most_requests(asks), _servers(asks), wanted.engine))
    found = [probed async for probed in _probed(asks, wanted.patience)]
    cells = [cell(probed) for probed in found if probed is not None]
    for url in dict.fromkeys(each.probed.ask.url.href for each in cells):
        _print([url, *table([each for each in cells if each.probed.ask.url.href == url])])
    if not any(passes(each.without) or passes(each.included) for each in cells):
        return max(map(status, found))
    return PASSED


async def _probed(asks: Sequence[Ask], patience: Patience) -> AsyncIterator[Probed | None]:
    """One after the other, with pauses; None for what corsinspect doesn't connect to, which is said."""
    for number, wanted in enumerate(asks):
        if number:
            await asyncio.sleep(PAUSE)
        try:
            yield await probe(wanted, patience=patience)
        except AddressRefused as refused:
            complain(str(refused))
            yield None


async def watch(wanted: Wanted, seconds: float) -> int:
    """Asks again and again: 0 as soon as all passes, 1 when the time is over."""
    asks = asks_of(wanted)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    said: list[Verdict | None] = []
    while True:
        found = [probed async for probed in _probed(asks, wanted.patience)]
        now = [probed.call.verdict if probed and probed.call else None for probed in found]
        if now != said:
            said = now
            _print(line for probed in found if probed for line in _lines(probed, wanted.format))
        if all(probed is not None and probed.passes for probed in found):
            return PASSED
        if loop.time() + ASK_AGAIN > end:
            complain(f"it didn't pass within {seconds:g} seconds")
            return BLOCKED
        await asyncio.sleep(ASK_AGAIN)


def status(probed: Probed | None) -> int:
    """0 passes, 1 blocked, 2 there is no answer that could be judged."""
    if probed is None:
        return UNREACHABLE
    if probed.passes:
        return PASSED
    outcome = None if probed.call is None else probed.call.verdict.outcome
    return BLOCKED if outcome == "blocked" else UNREACHABLE


def _servers(asks: Sequence[Ask]) -> list[str]:
    return list(dict.fromkeys(each.url.origin for each in asks))


def _lines(probed: Probed, format: Format) -> Iterator[str]:
    if format == "json":
        yield json.dumps(_object(probed))
    else:
        yield from lines(probed, colour=wants_colour())


def _object(probed: Probed) -> dict[str, Any]:
    """The object of `check --format jsonl`, with what is the probe's own."""
    call = probed.call
    own: dict[str, Any] = {"engine": probed.ask.engine, "passes": probed.passes, "unsent": probed.unsent}
    asked: dict[str, Any] = {"url": probed.url, "method": probed.ask.method, "page_origin": probed.ask.origin}
    return (asked if call is None else row(call)) | {"probe": own}


def _print(found: Iterable[str]) -> None:
    for line in found:
        print(line, flush=True)
