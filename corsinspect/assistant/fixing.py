"""get_fix: header lines, and code for the framework of the server; where it goes, and what not to do."""

from collections.abc import Sequence

from corsinspect.advice.causes import causes
from corsinspect.advice.prompt import NEVER
from corsinspect.advice.recipes import recipe, recipes
from corsinspect.advice.solution import Solution, solution
from corsinspect.analysis import by_server
from corsinspect.assistant.answers import FixFacts, FixFound, Never
from corsinspect.assistant.calls import handle
from corsinspect.assistant.errors import ToolError
from corsinspect.assistant.explaining import seen_causes
from corsinspect.model import Call

EDIT_SERVER = (
    "Make this change in the server's code or configuration, restart the server, have the page repeat the call "
    "(reload it), then ask verify_fixed."
)
NOT_BLOCKED = "Nothing to fix: CORS doesn't block this call by the server's own answer."
NOT_BY_HEADERS = "No CORS header fixes this call. The causes say what has to change instead."


def get_fix(call: Call, beside: Sequence[Call], framework: str | None = None) -> FixFound:
    """The fix for a call; `beside`: the session's calls to the same server; `framework`: a recipe's name, where the
    recognised one is wrong."""
    if framework is not None and recipe(framework) is None:
        raise ToolError("There is no recipe of this name.", f"Those there are: {', '.join(recipes())}.")
    own = by_server(call)
    found = solution(own, beside, framework)
    certainty = "chosen" if found.rendered is not None and found.recognised is None else None
    if found.recognised is not None:
        certainty = found.recognised.confidence
    return FixFound(
        call=handle(own),
        by_headers=bool(found.fix),
        framework=None if found.rendered is None else found.rendered.id,
        certainty=certainty,
        frameworks=[] if certainty in ("certain", "likely", "chosen") or not found.fix else list(recipes()),
        do_not=[Never(what, why) for what, why in NEVER],
        next=_next(own, found),
        captured=_facts(own, beside, found),
    )


def _next(call: Call, found: Solution) -> str:
    if found.fix or found.around:
        return EDIT_SERVER
    return NOT_BY_HEADERS if call.verdict.outcome in ("blocked", "network-error") else NOT_BLOCKED


def _facts(call: Call, beside: Sequence[Call], found: Solution) -> FixFacts:
    rendered = found.rendered
    needs_causes = not found.fix and call.verdict.outcome in ("blocked", "network-error")
    return FixFacts(
        server=found.server,
        answers=list(found.fix),
        title="" if rendered is None else rendered.title,
        install="" if rendered is None else rendered.install,
        edits=list(found.edits),
        restart="" if rendered is None else rendered.restart,
        notes=[*found.cautions, *(() if rendered is None else rendered.notes)],
        causes=seen_causes(causes(call, beside)) if needs_causes else [],
    )
