"""Session files: written by the proxy, read by everything else; and the other formats that traffic is recorded in."""

from corsinspect.session.errors import Problem, SessionError
from corsinspect.session.follower import Follower
from corsinspect.session.reader import Loaded, load
from corsinspect.session.redaction.redact import Redactor
from corsinspect.session.writer import SessionWriter

__all__ = ["Follower", "Loaded", "Problem", "Redactor", "SessionError", "SessionWriter", "load"]
