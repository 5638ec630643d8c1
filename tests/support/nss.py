"""Makes a certificate trusted in an NSS database, as ``certutil -A -t CT,C,C`` does (it is not on every machine).

Calls the NSS library that ``pdfsig`` itself uses, in a process of its own: NSS has one state a process.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path


class _Trust(ctypes.Structure):
    _fields_ = [("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("signing", ctypes.c_uint)]


def trust(folder: Path, certificate: Path) -> None:
    """Make a database in a folder, in which a PEM or DER certificate is trusted as an authority for e-mail and more."""
    folder.mkdir(exist_ok=True)
    subprocess.run([sys.executable, __file__, str(folder), str(certificate)], check=True, timeout=60)


def _main(folder: str, certificate: str) -> int:
    nss, smime = ctypes.CDLL("libnss3.so"), ctypes.CDLL("libsmime3.so")
    pointer = ctypes.c_void_p
    smime.CERT_DecodeCertFromPackage.restype = pointer
    for name in ("PK11_GetInternalKeySlot", "CERT_GetDefaultCertDB"):
        getattr(nss, name).restype = pointer
    text = Path(certificate).read_bytes()
    if nss.NSS_InitReadWrite(f"sql:{folder}".encode()):
        return 1
    slot = pointer(nss.PK11_GetInternalKeySlot())
    if nss.PK11_NeedUserInit(slot) and nss.PK11_InitPin(slot, None, b""):
        return 2
    found = pointer(smime.CERT_DecodeCertFromPackage(text, len(text)))
    if not found.value or nss.PK11_ImportCert(slot, found, ctypes.c_ulong(0), b"receipts authority", 0):
        return 3
    flags = _Trust()
    if nss.CERT_DecodeTrustString(ctypes.byref(flags), b"CT,C,C"):
        return 4
    changed = nss.CERT_ChangeCertTrust(pointer(nss.CERT_GetDefaultCertDB()), found, ctypes.byref(flags))
    nss.CERT_DestroyCertificate(found)
    nss.PK11_FreeSlot(slot)
    return 5 if changed or nss.NSS_Shutdown() else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:3]))
