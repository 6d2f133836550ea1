"""The port, the variables that lead programs past the proxy, and the folder for sessions."""

import errno
import shutil
import socket

from corsinspect.capture.proxy import USUAL_PORT
from corsinspect.doctor.finding import Answer, Machine, fault, ok, warning
from corsinspect.session import Redactor
from corsinspect.session.place import sessions_dir

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]", "127.0.0.0/8", "*")
"""What in NO_PROXY exempts this machine."""
LITTLE = 100 << 20
"""Bytes; a day's session may have as many."""


def port(machine: Machine) -> Answer:
    """Whether the proxy can have its port."""
    wanted = _port(machine)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the proxy does: a port just left is free
        try:
            probe.bind(("127.0.0.1", wanted))
            probe.listen()
        except OSError as problem:
            return _taken(machine, wanted, problem)
    return ok(f"port {wanted} is free")


def _taken(machine: Machine, wanted: int, problem: OSError) -> Answer:
    if problem.errno == errno.EACCES:
        return fault(f"Port {wanted} may not be opened by this user.", "Choose one above 1023 with --port N.")
    text = f"Port {wanted} is in use by another program."
    if machine.port is None:
        return warning(
            f"{text} corsinspect takes any free one instead.",
            "Point your own browser or tool at the address in the status line, or choose a port with --port N.",
        )
    return fault(text, "Choose another with --port N, or leave --port out and a free one is taken.")


def proxy_variables(machine: Machine) -> Answer:
    """Whether HTTP_PROXY and the like lead elsewhere."""
    redactor = Redactor()  # userinfo in them is a password
    elsewhere: list[str] = []
    for name in [*PROXIES, *map(str.lower, PROXIES)]:
        value = machine.env.get(name)
        if value and not value.rstrip("/").endswith((f"127.0.0.1:{_port(machine)}", f"localhost:{_port(machine)}")):
            elsewhere.append(f"{name}={redactor.url(value)}")
    if not elsewhere:
        return ok("no HTTP_PROXY or the like leads elsewhere")
    return warning(
        f"{', '.join(elsewhere)}: programs that you start go there, and corsinspect doesn't see them.",
        f"Set them to http://127.0.0.1:{_port(machine)} for the program to be captured. If servers can be reached only "
        "by that proxy, pass it on: corsinspect --upstream http://PROXY:PORT.",
    )


def no_proxy(machine: Machine) -> Answer:
    """Whether NO_PROXY takes calls to this machine out."""
    for name in ("NO_PROXY", "no_proxy"):
        exempt = [host.strip() for host in machine.env.get(name, "").split(",")]
        if taken := [host for host in exempt if host in LOOPBACK]:
            return warning(
                f"{name} has {', '.join(taken)}: programs that follow it (Node.js, curl, Python) skip every proxy for "
                "this machine. Browsers that corsinspect opens don't follow it.",
                "Start the program to be captured with NO_PROXY= no_proxy= in front.",
            )
    return ok("NO_PROXY doesn't exempt this machine")


def sessions(machine: Machine) -> Answer:
    """Whether sessions can be kept."""
    try:
        folder = sessions_dir()
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return fault(
            f"Sessions can't be kept: {problem.filename}: {problem.strerror}.",
            "Make it a folder of yours, or set XDG_STATE_HOME to one that you can write to.",
        )
    if free < LITTLE:
        return warning(f"Only {free >> 20} MB are free for sessions in {folder}.", "Free some space.")
    return ok(str(folder))


def _port(machine: Machine) -> int:
    return machine.port or USUAL_PORT
