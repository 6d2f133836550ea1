"""What the keys do: a class for each subject, whose action methods the `Dashboard` inherits."""

from corsinspect.dashboard.actions.asking import AskActions
from corsinspect.dashboard.actions.capturing import CaptureActions
from corsinspect.dashboard.actions.explaining import ExplainActions
from corsinspect.dashboard.actions.remarking import RemarkActions
from corsinspect.dashboard.actions.timing import TimeActions
from corsinspect.dashboard.actions.viewing import ViewActions

__all__ = ["AskActions", "CaptureActions", "ExplainActions", "RemarkActions", "TimeActions", "ViewActions"]
