"""Checking the printed page of a certificate: its own electronic signature, with the root certificate one trusts.

The proof inside a certificate stands for the record alone; what people read on the page is guarded by this signature.
"""

from __future__ import annotations

from io import BytesIO

from tiexin.infra.apart import run_apart
from tiexin.kernel.errors import InvalidInputError


class PageAlteredError(InvalidInputError):
    """The page of a certificate is not what its authority signed, or was signed by somebody else."""

    code = "certificate_altered"
    title = "The page of the certificate was altered"


def sealed_page(raw: bytes, *, authority: bytes) -> str:
    """Return who signed a certificate (PDF), the whole file as it stands.

    Args:
        raw: the file.
        authority: the root certificate (PEM or DER) that the signature must lead to.

    Raises:
        PageAlteredError: there is no signature over the whole file, it does not hold, or leads to another authority.
    """
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        der = pem.unarmor(authority)[2] if pem.detect(authority) else authority
        context = ValidationContext(trust_roots=[x509.Certificate.load(der)], allow_fetching=False)
        # The last signature covers the whole file, or something was added after it.
        last = PdfFileReader(BytesIO(raw)).embedded_signatures[-1]
        status = run_apart(lambda: async_validate_pdf_signature(last, signer_validation_context=context))
    except IndexError as error:
        msg = "The certificate bears no electronic signature any more: nothing guards the page."
        raise PageAlteredError(msg) from error
    except Exception as error:  # the reader raises many kinds for what is no PDF
        msg = f"The signature of the certificate or the root certificate cannot be read: {error}"
        raise PageAlteredError(msg) from error
    if not (status.intact and status.valid) or status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        msg = "The certificate was changed after it was signed: its page may show what was never certified."
        raise PageAlteredError(msg)
    if not status.trusted:
        msg = "The certificate was signed by somebody whose certificate is not of the authority you trust."
        raise PageAlteredError(msg)
    return str(status.signing_cert.subject.human_friendly)
