"""What can go wrong between a person and a running capture."""

from corsinspect.errors import CorsinspectError


class CaptureError(CorsinspectError):
    """The proxy or a browser can't start, or can't go on."""
