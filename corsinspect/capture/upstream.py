"""Which servers' certificates the proxy believes.

A server on this machine is believed whatever it shows (self-signed and mkcert certificates are the rule there); any
other must show a certificate that this machine trusts, unless the person has accepted that very host for this run.
"""

import ipaddress
import ssl
from pathlib import Path

import certifi
from mitmproxy import command, tls
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.connection import Server
from OpenSSL import SSL

Address = tuple[str, int]

SYSTEM_STORE = Path("/etc/ssl/certs")


class UpstreamTls(TlsConfig):
    """mitmproxy's TLS settings, with the verification decided server by server instead of once for all."""

    name = "tlsconfig"  # the name under which mitmproxy knows the addon that it replaces

    def __init__(self, *, believe_loopback: bool = True) -> None:
        self.believe_loopback = believe_loopback
        self.accepted: set[Address] = set()

    @command.command("cors.trust")
    def trust(self, host: str) -> None:
        """Accept whatever certificate this `host:port` shows, until the proxy ends."""
        name, _, port = host.rpartition(":")
        self.accepted.add((name.strip("[]").lower(), int(port)))

    def tls_start_server(self, tls_start: tls.TlsData) -> None:
        super().tls_start_server(tls_start)
        server = tls_start.conn
        if tls_start.ssl_conn is not None and isinstance(server, Server) and self.believes(server):
            tls_start.ssl_conn.set_verify(SSL.VERIFY_NONE, None)

    def believes(self, server: Server) -> bool:
        """Whether this connected server's certificate isn't looked at."""
        if server.address and (server.address[0].lower(), server.address[1]) in self.accepted:
            return True
        # The address that was connected to, not the name: myapp.test in /etc/hosts is this machine too.
        return self.believe_loopback and server.peername is not None and _is_loopback(server.peername[0])


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def trusted_stores() -> dict[str, str]:
    """mitmproxy's options for whom to trust: certifi's list as ever, and this machine's own store where there is one
    (a company's authority, mkcert's), as the browser would."""
    system = ssl.get_default_verify_paths().capath or (str(SYSTEM_STORE) if SYSTEM_STORE.is_dir() else None)
    stores = {"ssl_verify_upstream_trusted_ca": certifi.where()}
    if system:
        stores["ssl_verify_upstream_trusted_confdir"] = system
    return stores
