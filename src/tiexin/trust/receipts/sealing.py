"""Signing of certificates (PAdES baseline B-B, with a time stamp B-T; ETSI EN 319 142-1) and of bundles (CMS)."""

from __future__ import annotations

import logging
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from tiexin.infra.apart import run_apart
from tiexin.kernel.errors import UnavailableError
from tiexin.trust.receipts.authority import Signing

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

FIELD: Final = "Tiexin"
PROOF_TYPE: Final = "application/vnd.c2sp.tlog-proof"
DIGEST: Final = "sha256"
COMMAND_SECONDS_MAX: Final = 60
STAMP_SECONDS_MAX: Final = 20
CMS_BYTES_MAX: Final = 64 * 1024
"""Room for a signature that a program makes, with its certificates and stamps."""

logging.getLogger("pyhanko").setLevel(logging.ERROR)


class SealingError(UnavailableError):
    """A signature or its time stamp could not be had; says from whom. Nothing was given out."""

    code = "certificate_not_signed"


def sealed_pdf(pdf: bytes, *, proof: bytes, name: str, signing: Signing) -> bytes:
    """Return a PDF with the proof attached, uncompressed so that a page can find it, and signed as a whole.

    Raises:
        SealingError: the signing program or the time-stamping authority failed.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    attached = IncrementalPdfFileWriter(BytesIO(pdf))
    _attach(attached, proof, name)
    if signing.command:
        return _by_command(attached, signing)
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    meta = PdfSignatureMetadata(field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES)
    signer = PdfSigner(meta, signing.signer, timestamper=_timestamper(signing.stamps))
    return bytes(run_apart(lambda: signer.async_sign_pdf(attached)).getvalue())


def sealed_text(text: bytes, *, signing: Signing) -> bytes:
    """Return a detached CMS signature (DER, RFC 5652) over a text.

    Raises:
        SealingError: the signing program or the time-stamping authority failed.
    """
    if signing.command:
        return _run(signing.command, text)
    stamper, signer = _timestamper(signing.stamps), signing.signer
    made = run_apart(lambda: signer.async_sign_general_data(text, DIGEST, detached=True, timestamper=stamper))
    return bytes(made.dump())


def _attach(writer: Any, proof: bytes, name: str) -> None:
    from pyhanko.pdf_utils import embed, generic

    content = embed.EmbeddedFileObject.from_file_data(
        writer, proof, compress=False, mime_type=PROOF_TYPE, params=embed.EmbeddedFileParams()
    )
    described = "Proof of inclusion (c2sp.org/tlog-proof)"
    evidence = generic.NameObject("/Supplement")
    spec = embed.FileSpec(name, name, content, description=described, af_relationship=evidence)
    embed.embed_file(writer, spec)


def _by_command(writer: Any, signing: Signing) -> bytes:
    """Sign by a program: it reads the bytes that the signature covers and writes the signature."""
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    steps = PdfCMSEmbedder().write_cms(FIELD, writer)
    next(steps)
    # The space is counted in hexadecimal digits.
    space = SignatureObject(
        timestamp=datetime.now(UTC), subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * CMS_BYTES_MAX
    )
    steps.send(SigObjSetup(sig_placeholder=space))
    prepared, stream = steps.send(SigIOSetup(md_algorithm=DIGEST, in_place=False))
    whole = stream.getvalue()
    covered = whole[: prepared.reserved_region_start] + whole[prepared.reserved_region_end :]
    signature = _run(signing.command, covered)
    steps.send(signature)
    return bytes(stream.getvalue())


def _run(command: tuple[str, ...], text: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=COMMAND_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        msg = f"The signing program {command[0]} did not run: {error}. Nothing was given out."
        raise SealingError(msg, program=command[0]) from error
    if done.returncode or not 0 < len(done.stdout) <= CMS_BYTES_MAX:
        said = done.stderr.decode(errors="replace").strip()[-300:]
        msg = (
            f"The signing program {command[0]} ended with {done.returncode} and {len(done.stdout)} bytes; "
            f"a signature has 1 to {CMS_BYTES_MAX}. {said} Nothing was given out."
        )
        raise SealingError(msg, program=command[0], limit=CMS_BYTES_MAX)
    return done.stdout


def _timestamper(address: str) -> TimeStamper | None:
    if not address:
        return None
    import httpx
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class HttpStamper(TimeStamper):
        """Asks a time-stamping authority over HTTP (RFC 3161, section 3.4)."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            kind = {"Content-Type": "application/timestamp-query"}
            try:
                async with httpx.AsyncClient(timeout=STAMP_SECONDS_MAX) as client:
                    answer = await client.post(address, content=req.dump(), headers=kind)
                    answer.raise_for_status()
                return tsp.TimeStampResp.load(answer.content)
            except (httpx.HTTPError, ValueError) as error:
                msg = f"The time-stamping authority {address} gave no stamp: {error}. Nothing was given out."
                raise SealingError(msg, address=address) from error

    return HttpStamper()  # type: ignore[no-untyped-call]
