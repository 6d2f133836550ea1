"""Has a Firefox profile trust a certificate authority by NSS, the library that Firefox itself reads its profile with.

python -m corsinspect.capture.firefox.nss LIBRARY PROFILE CERTIFICATE NICKNAME TRUST

What `certutil -A` does, where that isn't installed. It's a process of its own: a library that isn't as we know it ends
that alone. Linux is tested.
"""

import ctypes
import os
import ssl
import sys
from pathlib import Path


class _Item(ctypes.Structure):
    """NSS's SECItem."""

    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_char_p), ("len", ctypes.c_uint))


def add(library: str, profile: str, certificate: str, nickname: str, trust: str) -> None:
    """Adds it in the place of an older one of that name, as a kept profile may have. Raises where that can't be done,
    or the library isn't as we know it."""
    nss, pointer, name = ctypes.CDLL(library), ctypes.c_void_p, nickname.encode()
    for function in (
        nss.PK11_GetInternalKeySlot,
        nss.PK11_FindCertFromNickname,
        nss.CERT_GetDefaultCertDB,
        nss.CERT_NewTempCertificate,
    ):
        function.restype = pointer
    _check(nss.NSS_InitReadWrite(b"sql:" + os.fsencode(profile)))
    slot, database = pointer(nss.PK11_GetInternalKeySlot()), pointer(nss.CERT_GetDefaultCertDB())
    if nss.PK11_NeedUserInit(slot):
        _check(nss.PK11_InitPin(slot, None, b""))
    while older := nss.PK11_FindCertFromNickname(name, None):
        _check(nss.SEC_DeletePermCertificate(pointer(older)))
        nss.CERT_DestroyCertificate(pointer(older))
    der = ssl.PEM_cert_to_DER_cert(Path(certificate).read_text())
    authority = pointer(nss.CERT_NewTempCertificate(database, ctypes.byref(_Item(0, der, len(der))), None, 0, 1))
    flags = (ctypes.c_uint * 3)()
    _check(nss.CERT_DecodeTrustString(flags, trust.encode()))
    _check(nss.PK11_ImportCert(slot, authority, ctypes.c_ulong(0), name, 0))
    _check(nss.CERT_ChangeCertTrust(database, authority, flags))
    nss.CERT_DestroyCertificate(authority)
    nss.PK11_FreeSlot(slot)
    _check(nss.NSS_Shutdown())


def _check(status: int) -> None:
    if status != 0:
        raise OSError("NSS refused")


if __name__ == "__main__":
    add(*sys.argv[1:])
