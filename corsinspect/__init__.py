"""corsinspect: which call CORS blocked, at which step, by which header, and what the server must change."""

__version__ = "0.1.0"
