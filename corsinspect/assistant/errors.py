"""What a tool refuses."""

from corsinspect.errors import CorsinspectError


class ToolError(CorsinspectError):
    """The assistant asked for something that can't be; `what` and `hint` are for it to read."""


def unknown_call() -> ToolError:
    """No call has the id."""
    return ToolError("There is no call with this id.", "list_calls gives the ids of the calls that there are.")
