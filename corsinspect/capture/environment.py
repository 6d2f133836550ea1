"""The environment in which a command's programs use the proxy and trust its certificates."""

import os
from collections.abc import Mapping
from pathlib import Path

import certifi

from corsinspect.session.private import write_private

PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "CORSINSPECT_PROXY")
EXCEPTIONS = ("NO_PROXY", "no_proxy")
"""What doesn't go through the proxy: nothing, as it's mostly this machine's own servers that are tested."""
ADDED = ("NODE_EXTRA_CA_CERTS", "DENO_CERT", "CORSINSPECT_CA")
"""These name an authority to trust besides the others."""
REPLACED = (
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"),
    *("GIT_SSL_CAINFO", "AWS_CA_BUNDLE", "CARGO_HTTP_CAINFO"),
)
"""These name all that there are, so they get a file with all of them."""


def environment(port: int, certificate: Path, folder: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """`inherited`, with the proxy on this port and its `certificate` in place of other proxies. A file that is needed
    for it goes to `folder`, which has to last as long as the command."""
    bundle = folder / "authorities.pem"
    before = inherited.get("SSL_CERT_FILE", "")
    known = Path(before) if before and os.access(before, os.R_OK) else Path(certifi.where())
    write_private(bundle, known.read_bytes().rstrip(b"\n") + b"\n" + certificate.read_bytes())
    return {
        **inherited,
        **dict.fromkeys(PROXIES, f"http://127.0.0.1:{port}"),
        **dict.fromkeys(EXCEPTIONS, ""),
        **dict.fromkeys(ADDED, str(certificate)),
        **dict.fromkeys(REPLACED, str(bundle)),
        "NODE_USE_ENV_PROXY": "1",  # Node's own fetch looks at HTTP_PROXY only then
    }
