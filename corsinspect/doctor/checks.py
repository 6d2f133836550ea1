"""All checks of `doctor`, in the order in which they are made and shown."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from corsinspect.doctor import authority, browsers, localhost, network, terminals, versions
from corsinspect.doctor.finding import Answer, Finding, Machine


class Check(NamedTuple):
    """One thing to look at."""

    name: str
    """For machines and people."""
    look: Callable[[Machine], Answer]


CHECKS = (
    Check("python", versions.python),
    Check("mitmproxy", versions.mitmproxy),
    Check("textual", versions.textual),
    Check("terminal", terminals.terminal),
    Check("terminal-size", terminals.size),
    Check("utf-8", terminals.utf_8),
    Check("clipboard", terminals.clipboard),
    Check("clock", authority.clock),
    Check("sessions", network.sessions),
    Check("authority", authority.files),
    Check("authority-key", authority.mode),
    Check("authority-trust", authority.trust),
    Check("port", network.port),
    Check("proxy-variables", network.proxy_variables),
    Check("no-proxy", network.no_proxy),
    Check("browsers", browsers.found),
    Check("firefox-trust", browsers.firefox_trust),
    Check("display", browsers.display),
    Check("localhost-chromium", localhost.chromium),
    Check("localhost-firefox", localhost.firefox),
)


def findings(machine: Machine, checks: tuple[Check, ...] = CHECKS) -> Iterator[Finding]:
    """What each check finds, as soon as it's known: the last two open browsers and take some seconds."""
    for check in checks:
        state, text, remedy = check.look(machine)
        yield Finding(check=check.name, state=state, text=text, remedy=remedy)
