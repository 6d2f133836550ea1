"""What stops a probe before a server was asked.

What a server does, or that there is none, raises nothing: it's an Exchange with its failure, and judged.
"""

from corsinspect.errors import CorsinspectError


class ProbeError(CorsinspectError):
    """What is asked for can't be asked: no URL, no origin, a header that no page can set."""


class NeverSent(ProbeError):
    """A browser wouldn't send it either: to the page, that is a network error."""


class AddressRefused(ProbeError):
    """The address isn't one that corsinspect connects to."""
