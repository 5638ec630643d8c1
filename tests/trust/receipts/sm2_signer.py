"""A signing program as a licensed authority would bring it: SM2 with SM3 in a CMS (GB/T 35275 in the form of RFC 5652).

Usage: ``sm2_signer.py KEY CERTIFICATE``; reads what is to be signed, writes the detached signature (DER).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from asn1crypto import cms, pem, x509
from cryptography.hazmat.primitives import hashes

SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
DISTINGUISHING_ID = "distid:1234567812345678"
"""The usual one (GB/T 35276, section 10)."""


def sm3(content: bytes) -> bytes:
    """Return the SM3 digest (32 bytes)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


def signed(content: bytes, *, key: Path, certificate: Path) -> bytes:
    """Return a detached CMS over a content."""
    holder = x509.Certificate.load(pem.unarmor(certificate.read_bytes())[2])
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sm3(content)]}),
        ]
    )
    command = f"openssl pkeyutl -sign -inkey {key} -rawin -digest sm3 -pkeyopt {DISTINGUISHING_ID} -in /dev/stdin"
    made = subprocess.run(command.split(), input=attributes.dump(), check=True, capture_output=True).stdout
    signer: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": holder.issuer, "serial_number": holder.serial_number}
                )
            }
        ),
        "digest_algorithm": {"algorithm": SM3},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": SM2_WITH_SM3},
        "signature": made,
    }
    whole = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": SM3}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [holder],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": whole}).dump())


if __name__ == "__main__":
    sys.stdout.buffer.write(signed(sys.stdin.buffer.read(), key=Path(sys.argv[1]), certificate=Path(sys.argv[2])))
