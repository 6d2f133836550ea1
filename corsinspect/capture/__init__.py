"""Capture: the proxy's own process, the browsers behind it, and the certificates that both need."""

from corsinspect.capture.browser import Browser, find
from corsinspect.capture.errors import CaptureError
from corsinspect.capture.proxy import Proxy

__all__ = ["Browser", "CaptureError", "Proxy", "find"]
