"""What the keys do, by what it is about: each class holds the app and has the action methods of one subject."""

from corsinspect.dashboard.acts.calls import CallActs
from corsinspect.dashboard.acts.capture import CaptureActs
from corsinspect.dashboard.acts.remarking import RemarkActs
from corsinspect.dashboard.acts.timing import TimeActs
from corsinspect.dashboard.acts.viewing import ViewActs

__all__ = ["CallActs", "CaptureActs", "RemarkActs", "TimeActs", "ViewActs", "actions"]


def actions(acts: object) -> dict[str, object]:
    """The action methods, by name: Textual looks for them on the app."""
    return {name: getattr(acts, name) for name in dir(acts) if name.startswith("action_")}
