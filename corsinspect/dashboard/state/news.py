"""What happened in the background, said once: the difference between a source's facts before and now."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from corsinspect.dashboard.state.facts import SourceFacts


class News(NamedTuple):
    """One thing to tell; `text` is still as captured."""

    text: str
    severity: Literal["information", "warning", "error"] = "information"


def news(before: SourceFacts, now: SourceFacts) -> Iterator[News]:
    """What to say to a person who looks at something else meanwhile."""
    opened, closed = Counter(now.browsers) - Counter(before.browsers), Counter(before.browsers) - Counter(now.browsers)
    for name in opened:
        yield News(f"{name} is open and ready: repeat the failing call.")
    for name in closed:
        yield News(f"{name} was closed.")
    for warning in now.warnings:
        if warning not in before.warnings:
            yield News(warning, "warning")
    if before.died is not None and now.died is None:
        yield News("The proxy is running again on the same port.")
    if now.session_gone and not before.session_gone:
        text = f"The session file {now.session} was moved or deleted."
        yield News(
            f"{text} The capture continues, but other programs can't find what it writes from now on.", "warning"
        )
