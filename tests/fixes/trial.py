"""One trial: a broken app is visited, its recipe pasted in, and the fixed app visited again."""

import asyncio
import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corsinspect.advice.causes import causes
from corsinspect.advice.recipes import Rendered, framework, needs_of, render, suggestions
from tests.fixes.calls import calls_for
from tests.fixes.frameworks import CAUSES, Framework
from tests.fixes.lab import Lab, Visit
from tests.fixes.server import Server

STRANGERS = ("http://evil.example", "http://localhost.evil.example", "null")


@dataclass(frozen=True)
class Trial:
    """What was seen: the broken app, the recipe that its traffic suggests, and the app with it."""

    broken: Visit
    recipe: Rendered
    fixed: Visit
    strangers: list[str]
    """The origins that the fixed app allows when one that isn't listed asks."""


async def attempt(lab: Lab, tried: Framework, variant: str, folder: Path) -> Trial:
    """Does it all for one variant of one framework."""
    calls = calls_for(variant)
    async with Server(tried, variant, _made(folder / "broken"), lab.page) as server:
        broken = await lab.visit(server.url, calls)
    exchanges = [exchange for call in broken.calls.values() for exchange in call.exchanges]
    recipe, _ = suggestions(exchanges)[0]
    rendered = render(recipe, needs_of(broken.calls.values())[server.url])
    pieces = tried.pieces(rendered.code)
    async with Server(tried, variant, _made(folder / "fixed"), lab.page, pieces) as server:
        fixed = await lab.visit(server.url, calls)
        strangers = await asyncio.to_thread(allowed_to, server.port, STRANGERS)
    return Trial(broken, rendered, fixed, strangers)


def complaints(trial: Trial, tried: Framework, variant: str) -> list[str]:
    """What isn't as it should be; none if the recipe fixed the app."""
    wanted = {call.id: call.status for call in calls_for(variant)}
    found: list[str] = []
    for id, call in trial.broken.calls.items():
        readable, outcome = trial.broken.read[id] is not None, call.verdict.outcome
        if readable != (outcome == "allowed"):
            found.append(f"broken {id}: {outcome}, but the page read {trial.broken.read[id]}")
    blocked = [call for call in trial.broken.calls.values() if call.verdict.outcome == "blocked"]
    if not blocked:
        found.append("broken: nothing was blocked")
    named = {framework(call) for call in blocked}
    names = {tried.name, tried.passes_as}
    if not named or not named <= {*names, tried.shows} or trial.recipe.id not in (tried.recipe, tried.passes_as):
        found.append(f"broken: recognised as {sorted(map(str, named))}, recipe {trial.recipe.id}")
    likeliest = {cause.id for call in blocked for cause in causes(call, trial.broken.calls.values())[:2]}
    if not likeliest & CAUSES[variant]:
        found.append(f"broken: the causes named are {sorted(likeliest)}")
    if trial.strangers:
        found.append(f"fixed: strangers are answered with {trial.strangers}")
    for id, status in wanted.items():
        call = trial.fixed.calls[id]
        if trial.fixed.read[id] != status:
            found.append(f"fixed {id}: the page read {trial.fixed.read[id]} ({call.verdict.reason}), not {status}")
        elif call.verdict.outcome != "allowed":
            found.append(f"fixed {id}: {call.verdict.outcome}, but the page read {status}")
    return found


def allowed_to(port: int, origins: Iterable[str]) -> list[str]:
    """The origins that are allowed when pages of these ask, with a preflight and without."""
    allowed: list[str] = []
    for origin in origins:
        for method in ("GET", "OPTIONS"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asked = {"Access-Control-Request-Method": "PUT"} if method == "OPTIONS" else {}
            sent = {"Host": f"localhost:{port}", "Origin": origin, "Cookie": "session=1", **asked}
            connection.request(method, "/api/items", headers=sent)
            got = connection.getresponse().getheader("Access-Control-Allow-Origin")
            connection.close()
            allowed += [got] if got is not None else []
    return allowed


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
