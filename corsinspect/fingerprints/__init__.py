"""How frameworks, servers and reverse proxies look on the wire: data, and one matcher."""

from .gates import GATES, Gate, gate
from .matcher import Headers, answered_by, maker_of, recognise, recognise_all
from .names import Confidence, Layer, Match
from .pages import FIRST_BYTES, error_page
from .refusals import GRANTING, REFUSALS, Refusal, error_by_cors, looks_refused, refusal, refused

__all__ = [
    "FIRST_BYTES",
    "GATES",
    "GRANTING",
    "REFUSALS",
    "Confidence",
    "Gate",
    "Headers",
    "Layer",
    "Match",
    "Refusal",
    "answered_by",
    "error_by_cors",
    "error_page",
    "gate",
    "looks_refused",
    "maker_of",
    "recognise",
    "recognise_all",
    "refusal",
    "refused",
]
