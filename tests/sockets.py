"""What processes listen on, as the kernel tells it (Linux)."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

LISTENS = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
"""The kernel's tables of sockets, and the state of one that others can send to."""


def grouped(*groups: int) -> list[int]:
    """The processes of these groups."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if os.getpgid(int(folder.name)) in groups:
                found.append(int(folder.name))
    return found


def sockets_of(pids: Iterable[int]) -> set[str]:
    """The inodes of the sockets that these processes hold."""
    found: set[str] = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for fd in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):  # closed since it was listed, as a connection may be at any time
                    target = str(fd.readlink())
                    if target.startswith("socket:["):
                        found.add(target[8:-1])
    return found


def listened_on(inodes: set[str]) -> list[str]:
    """The addresses, as the kernel writes them, that are listened on by one of these sockets."""
    lines = [
        (line.split(), state)
        for table, state in LISTENS.items()
        for line in Path("/proc/net", table).read_text().splitlines()[1:]
    ]
    return [line[1] for line, state in lines if line[9] in inodes and line[3] == state]


def named(inodes: set[str]) -> list[str]:
    """The names of the local ones among these sockets that have one."""
    return [name for names in unix_sockets(inodes).values() for name in names]


def unix_sockets(inodes: set[str]) -> dict[str, list[str]]:
    """Those of them that are local ones, each with its name, if it has one."""
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return {line[6]: line[7:] for line in lines if line[6] in inodes}
