"""`prompt`: a blocked call as a text for an AI assistant, as the dashboard copies it."""

from collections.abc import Sequence
from pathlib import Path

from corsinspect.advice.prompt import prompt as prompt_of
from corsinspect.advice.solution import solution
from corsinspect.analysis import by_server, judge_all, trace
from corsinspect.assistant.calls import Calls
from corsinspect.model import Call, Changes
from corsinspect.session.place import newest
from corsinspect.session.reader import load
from corsinspect.terminal import complain

DONE, NO_CALL, UNREADABLE = 0, 1, 2
LISTED = "`corsinspect check --format jsonl FILE` lists the calls with their ids"


def prompt(file: Path | None, id: str | None) -> int:
    """Prints it for the call with this id (None: the last one that was blocked) of a file (None: the newest session);
    returns the exit status."""
    path = file or newest()
    if path is None:
        complain("there is no saved session yet; `corsinspect` records one")
        return UNREADABLE
    loaded = load(path)
    calls = judge_all(loaded.exchanges, loaded.saids)
    call = _chosen(calls, id)
    if call is None:
        complain(f"{path}: {'no call has this id' if id is not None else 'no call was blocked'}; {LISTED}")
        return NO_CALL
    session = Calls()
    session.take(Changes(calls, []))
    own = by_server(call)
    print(prompt_of(own, trace(own), solution(own, session.beside(call))), end="")
    return DONE


def _chosen(calls: Sequence[Call], id: str | None) -> Call | None:
    if id is not None:
        return next((call for call in calls if call.id == id), None)
    by_outcome = {by_server(call).verdict.outcome: call for call in calls if not call.background}
    return by_outcome.get("blocked") or by_outcome.get("network-error")
