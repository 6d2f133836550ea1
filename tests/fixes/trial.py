"""One trial: a broken app is visited, its recipe pasted in, and the fixed app visited again."""

import asyncio
import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corsinspect.advice.causes import causes
from corsinspect.advice.recipes import Edit, Rendered, framework
from corsinspect.advice.solution import solution
from corsinspect.analysis.lint import Linter, LintFinding
from corsinspect.model import Call
from tests.fixes.calls import calls_for, calls_for_other
from tests.fixes.frameworks import CAUSES, HALF, Framework
from tests.fixes.lab import Lab, Visit
from tests.fixes.probing import unlike
from tests.fixes.server import Server
from tests.fixes.template import APPS, app, matches

STRANGERS = ("http://evil.example", "http://localhost.evil.example", "null")


@dataclass(frozen=True)
class Trial:
    """What was seen: the broken app, the recipe that its traffic suggests, and the app with it."""

    broken: Visit
    recipe: Rendered
    edits: tuple[Edit, ...]
    fixed: Visit
    strangers: list[str]
    """The origins that the fixed app allows when one that isn't listed asks."""
    exposed: tuple[bool, bool]
    """Whether the page may read X-Total-Count, before and after."""
    differing: list[str]
    """Where the probe came to something else than the page's call."""


async def attempt(lab: Lab, tried: Framework, variant: str, folder: Path) -> Trial:
    """Does it all for one variant of one framework."""
    wanted = calls_for(variant, tried.kind)
    path = wanted[0].path
    async with Server(tried, variant, _made(folder / "broken"), lab.page, other=lab.other) as server:
        broken = await _visited(lab, server, tried, variant)
        differing = await unlike(server.url, lab.page, wanted, broken.calls)
        exposed = await asyncio.to_thread(exposes, server.port, lab.other, path)
    calls = list(broken.calls.values())
    blocked = next(call for call in calls if call.verdict.outcome == "blocked")
    found = solution(blocked, calls, tried.recipe if tried.chosen else None)
    assert found.rendered is not None
    async with Server(tried, variant, _made(folder / "fixed"), lab.page, found.edits, lab.other) as server:
        fixed = await _visited(lab, server, tried, variant)
        differing += await unlike(server.url, lab.page, wanted, fixed.calls)
        strangers = await asyncio.to_thread(allowed_to, server.port, STRANGERS, path)
        still = await asyncio.to_thread(exposes, server.port, lab.other, path)
    return Trial(broken, found.rendered, found.edits, fixed, strangers, (exposed, still), differing)


async def _visited(lab: Lab, server: Server, tried: Framework, variant: str) -> Visit:
    """What the page's calls come to; where there is CORS code, another page calls first."""
    other = Visit({}, {})
    if variant in HALF:
        other = await lab.visit(server.url, calls_for_other(variant, tried.kind), lab.other)
    own = await lab.visit(server.url, calls_for(variant, tried.kind))
    return Visit(other.read | own.read, other.calls | own.calls)


def complaints(trial: Trial, tried: Framework, variant: str) -> list[str]:
    """What isn't as it should be; none if the recipe fixed the app."""
    wanted = {call.id: call.status for call in calls_for(variant, tried.kind)}
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
    recognised = bool(named) and named <= {*names, tried.shows}
    if not tried.chosen and not (recognised and trial.recipe.id in (tried.recipe, tried.passes_as)):
        found.append(f"broken: recognised as {sorted(map(str, named))}, recipe {trial.recipe.id}")
    likeliest = {cause.id for call in blocked for cause in causes(call, trial.broken.calls.values())[:2]}
    if variant in HALF:
        there = app((APPS / tried.template).read_text(), variant, (), {})
        sought = [edit for edit in trial.edits if edit.before]
        if sought and not any(matches(edit, there) for edit in sought):
            found.append(f"broken: it has nothing like {[edit.before for edit in sought]}")
    elif not likeliest & CAUSES[variant]:
        found.append(f"broken: the causes named are {sorted(likeliest)}")
    for id, before in trial.broken.read.items():
        if before is not None and trial.fixed.read[id] != before:
            found.append(f"fixed {id}: the page read {before} before, and {trial.fixed.read[id]} after")
    if trial.exposed == (True, False):
        found.append("fixed: X-Total-Count can't be read any longer")
    found += trial.differing
    found += [f"fixed: lint finds {finding.slug} in {finding.url}" for finding in flaws(trial.fixed.calls.values())]
    if trial.strangers:
        found.append(f"fixed: strangers are answered with {trial.strangers}")
    for id, status in wanted.items():
        call = trial.fixed.calls[id]
        if trial.fixed.read[id] != status:
            found.append(f"fixed {id}: the page read {trial.fixed.read[id]} ({call.verdict.reason}), not {status}")
        elif call.verdict.outcome != "allowed":
            found.append(f"fixed {id}: {call.verdict.outcome}, but the page read {status}")
    return found


def flaws(calls: Iterable[Call]) -> list[LintFinding]:
    """What lint finds in the answers to these calls."""
    linter = Linter()
    for call in calls:
        linter.add(call)
    return linter.findings()


def allowed_to(port: int, origins: Iterable[str], path: str = "/api/items") -> list[str]:
    """The origins that are allowed when pages of these ask, with a preflight and without."""
    allowed: list[str] = []
    for origin in origins:
        for method in ("GET", "OPTIONS"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asked = {"Access-Control-Request-Method": "PUT"} if method == "OPTIONS" else {}
            sent = {"Host": f"localhost:{port}", "Origin": origin, "Cookie": "session=1", **asked}
            connection.request(method, path, headers=sent)
            got = connection.getresponse().getheader("Access-Control-Allow-Origin")
            connection.close()
            allowed += [got] if got is not None else []
    return allowed


def exposes(port: int, origin: str, path: str) -> bool:
    """Whether a page of this origin may read X-Total-Count."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": f"localhost:{port}", "Origin": origin})
    got = connection.getresponse().getheader("Access-Control-Expose-Headers") or ""
    connection.close()
    return "x-total-count" in got.lower()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
