"""How frameworks, servers and reverse proxies look on the wire: data, and one matcher."""

from .matcher import Headers, answered_by, recognise, recognise_all
from .names import Confidence, Layer, Match
from .pages import FIRST_BYTES, error_page

__all__ = [
    "FIRST_BYTES",
    "Confidence",
    "Headers",
    "Layer",
    "Match",
    "answered_by",
    "error_page",
    "recognise",
    "recognise_all",
]
