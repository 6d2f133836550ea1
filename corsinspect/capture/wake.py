"""What the proxy's process says to its parent, a byte each."""

WAKE = b"."
"""There is something new in the session file."""
FLUSHED = b"!"
"""A flush is done that was asked for."""
