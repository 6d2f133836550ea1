"""The text of `corsinspect ca`: what to trust where, for whoever points their own browser or tool at the proxy."""

import shlex

from corsinspect.capture.ca import CaPaths, fingerprint

_TEXT = """\
corsinspect's certificate authority

  certificate  {pem}
  SHA-256      {fingerprint}

A browser that corsinspect starts trusts it already, for that browser's own profile only.
Your own browser or tool, pointed at the proxy, needs it for https pages. Its key never leaves this machine;
still, whoever could read that key could read what the browser sends: remove the trust when you are done.

curl            curl --proxy http://127.0.0.1:8080 --cacert {pem_shell} https://…
Node.js         NODE_EXTRA_CA_CERTS={pem_shell} node …
Python requests REQUESTS_CA_BUNDLE={pem_shell} python …

Firefox         Settings → Privacy & Security → View Certificates → Authorities → Import…,
                tick "Trust this CA to identify websites".
                Remove: the same list, "corsinspect", Delete or Distrust.

Chrome, Edge, Brave and others on Linux (needs certutil, package libnss3-tools or nss-tools)
  trust         certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n corsinspect -i {pem_shell}
  remove        certutil -d sql:$HOME/.pki/nssdb -D -n corsinspect

The whole system
  Debian, Ubuntu  sudo cp {pem_shell} /usr/local/share/ca-certificates/corsinspect.crt && sudo update-ca-certificates
    remove        sudo rm /usr/local/share/ca-certificates/corsinspect.crt && sudo update-ca-certificates --fresh
  Fedora, Arch    sudo trust anchor {pem_shell}
    remove        sudo trust anchor --remove {pem_shell}
  macOS           security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {pem_shell}
    remove        security delete-certificate -c corsinspect
  Windows         certutil -user -addstore Root "{pem}"
    remove        certutil -user -delstore Root corsinspect

A new authority: delete the folder {folder}; the next start makes one, and trust in the old one should be removed.
"""


def trust_text(paths: CaPaths) -> str:
    """What to trust and how, per tool and system, and how to take it back; the files must exist (`ensure_ca`)."""
    return _TEXT.format(
        pem=paths.certificate,
        pem_shell=shlex.quote(str(paths.certificate)),
        fingerprint=fingerprint(paths.certificate),
        folder=paths.folder,
    )
