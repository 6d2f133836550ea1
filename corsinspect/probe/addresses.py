"""Which address a host stands for, and whether a probe connects there.

A name is resolved once and the address connected to: what it stands for a moment later (DNS rebinding) doesn't matter.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from corsinspect.fetch.origin import is_address, is_loopback
from corsinspect.probe.errors import AddressRefused

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200")))
"""Where clouds hand out the secrets of a machine, besides link-local 169.254.169.254."""


class Address(NamedTuple):
    """Where to connect to."""

    text: str
    public: bool
    """Whether it's one of the whole internet, not of this machine or a network of one's own."""


Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, best first. Raises socket.gaierror, as the system's resolver does."""


async def resolve(host: str, port: int) -> list[str]:
    """By the system's resolver; localhost is this machine whatever that says, as for browsers."""
    name = host.strip("[]")
    if is_address(host):
        return [name]
    if is_loopback(host):
        return ["127.0.0.1", "::1"]
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def usable(host: str, addresses: list[str], before: Address | None) -> list[Address]:
    """The addresses among these that a probe connects to. `before`: where the last hop of the call was.

    Raises AddressRefused where none is left: link-local ones hold the metadata of cloud machines, and a public server
    must not choose what is asked in a private network.
    """
    parsed = [(text, _embedded(ipaddress.ip_address(text.partition("%")[0]))) for text in addresses]
    kept = [(text, ip) for text, ip in parsed if not (ip.is_link_local or ip in _METADATA)]
    if parsed and not kept:
        raise AddressRefused(
            f"{host} is a link-local address, and corsinspect doesn't connect to those.",
            "That is where clouds keep the secrets of their machines.",
        )
    found = [Address(text, ip.is_global) for text, ip in kept]
    if before is not None and before.public:
        found = [address for address in found if address.public]
        if not found:
            raise AddressRefused(
                f"A public server redirects to {host}, which is in a private network: not followed.",
                "Ask that URL itself, if it's meant.",
            )
    return found


def _embedded(ip: _Ip) -> _Ip:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
