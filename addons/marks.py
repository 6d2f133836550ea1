"""Shows verdicts in a person's own mitmproxy: a mark and a comment on each flow of a cross-origin call."""

from weakref import WeakValueDictionary

from mitmproxy import ctx, hooks, http

from corsinspect.model import Call, Outcome
from corsinspect.printable import printable

MARKS: dict[Outcome, str] = {
    "blocked": ":red_circle:",
    "network-error": ":warning:",
    "unknown": ":grey_question:",
    "opaque": ":white_circle:",
    "allowed": ":white_check_mark:",
}
"""Outcomes without a sign of their own leave the flow unmarked: pending ones, and calls that CORS isn't about."""


class Marks:
    """Finds flows by id without keeping them alive."""

    def __init__(self) -> None:
        self._flows: WeakValueDictionary[str, http.HTTPFlow] = WeakValueDictionary()
        self.current: http.HTTPFlow | None = None
        """The flow whose hook runs: mitmproxy shows it anew by itself (telling all addons of it costs 0.1 ms)."""

    def remember(self, id: str, flow: http.HTTPFlow) -> None:
        """This exchange is this flow's."""
        self._flows[id] = flow

    def show(self, call: Call) -> None:
        """Mark and comment the flows of a Call with its verdict. A mark or comment of the person's own stays."""
        mark = MARKS.get(call.verdict.outcome, "")
        if not mark:
            return
        comment = comment_on(call)
        touched: list[http.HTTPFlow] = []
        for exchange in call.exchanges:
            flow = self._flows.get(exchange.id)
            if flow is None or (flow.marked == mark and flow.comment == comment):
                continue
            if not flow.marked or flow.marked in MARKS.values():
                flow.marked = mark
            if not flow.comment or flow.comment.startswith("CORS "):
                flow.comment = comment
            if flow is not self.current:
                touched.append(flow)
        if touched:
            ctx.master.addons.trigger(hooks.UpdateHook(touched))


def comment_on(call: Call) -> str:
    """The verdict in one line."""
    verdict = call.verdict
    words = f"CORS {verdict.outcome}"
    if verdict.certainty != "certain":
        words += f" ({verdict.certainty})"
    if verdict.reason:
        words += f": {verdict.reason}"
    if verdict.stage and verdict.outcome != "allowed":
        words += f" at the {verdict.stage}"
    if verdict.header:
        words += f"; {verdict.header}: expected {_quoted(verdict.expected)}, found {_quoted(verdict.found)}"
    return printable(words)


def _quoted(value: str | None) -> str:
    return "none" if value is None else f'"{value}"'
