"""Workflow commands for GitHub Actions: an annotation per call that something is wrong with.

GitHub shows ten of each level for a step; the log has them all.
"""

from collections.abc import Iterable

from corsinspect.policy.judging import Judged, Unmet
from corsinspect.policy.levels import Severity
from corsinspect.printable import printable
from corsinspect.report.answer import Answers, plain
from corsinspect.report.neighbours import Neighbours
from corsinspect.report.tally import Tally

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


class Writer:
    """What is expected or known is a notice, however grave."""

    def __init__(self, session: Neighbours, *, colour: bool) -> None:
        del colour
        self._answers = Answers(session)
        self._tally = Tally()

    def begin(self) -> Iterable[str]:
        return ()

    def call(self, judged: Judged) -> Iterable[str]:
        self._tally.add(judged.call)
        if judged.severity is None:
            return
        answer = self._answers.of(judged.call)
        place = {} if judged.source is None else {"file": judged.source.file, "line": str(judged.source.line or 1)}
        title = f"{answer.headline} ({judged.why})" if judged.why else answer.headline
        command = "notice" if judged.standing in ("expected", "known") else _COMMANDS[judged.severity]
        yield _command(command, [answer.name, *plain(answer)], **place, title=title)

    def end(self, unmet: Iterable[Unmet]) -> Iterable[str]:
        for each in unmet:
            yield _command(_COMMANDS[each.severity], [each.what], title="CORS policy")
        yield _command("notice", [self._tally.summary()], title="CORS")


def _command(name: str, lines: Iterable[str], **properties: str) -> str:
    """Each value is printable first, so that no line of captured text can be a command of its own."""
    said = ",".join(f"{key}={_escaped(printable(value), property=True)}" for key, value in properties.items())
    return f"::{name} {said}::{'%0A'.join(_escaped(printable(line)) for line in lines)}"


def _escaped(text: str, *, property: bool = False) -> str:
    text = text.replace("%", "%25")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
