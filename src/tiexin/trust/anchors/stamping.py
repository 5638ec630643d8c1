"""Time stamps of RFC 3161: an authority signs that it saw a checkpoint, and when.

The stamp covers the whole signed note, not its text alone, so it also shows that the log's signature is that old: a key
stolen later cannot sign for an earlier time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tiexin.kernel.clock import to_us
from tiexin.kernel.errors import InvalidInputError, UnavailableError
from tiexin.trust.anchors.options import AnchorSettingError, shown_address

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

REQUEST_SECONDS = 30
ANSWER_BYTES_MAX = 1024 * 1024
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class StampUnavailableError(UnavailableError):
    """The time-stamping authority does not answer, or answers with something else than a stamp; names its address."""

    code = "time_stamp_unavailable"


class StampInvalidError(InvalidInputError):
    """A time stamp does not hold for this checkpoint or this authority; the message says why."""

    code = "time_stamp_invalid"
    title = "The time stamp does not hold"


class Stamp(NamedTuple):
    """A stamp that was read: when (UTC µs), and by whom as far as it says so itself."""

    time_us: int
    authority: str


def request_stamp(url: str, checkpoint: bytes) -> bytes:
    """Return the authority's answer (DER of a TimeStampResp, with its certificate) over a signed checkpoint.

    Raises:
        StampUnavailableError: no answer, a refusal, or an answer to something else.
    """
    import httpx
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    if not url.startswith(("http://", "https://")):
        msg = "The address of the authority must begin with http:// or https://; the one given does not"
        raise AnchorSettingError(msg)
    where = shown_address(url, path=True)
    asked = TimestampRequestBuilder().data(checkpoint).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = httpx.post(
            url, content=asked.as_bytes(), headers={"content-type": QUERY, "accept": REPLY}, timeout=REQUEST_SECONDS
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        # What the transport says repeats the whole address, which may hold a password.
        said = (
            f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        )
        msg = f"The time-stamping authority at {where} did not answer as expected: {said}"
        raise StampUnavailableError(msg, tsa=where) from error
    if len(answer.content) > ANSWER_BYTES_MAX:
        msg = f"The authority at {where} answered with more than {ANSWER_BYTES_MAX} bytes"
        raise StampUnavailableError(msg, tsa=where, limit=ANSWER_BYTES_MAX)
    try:
        stamp = _decode(answer.content)
        _check_imprint(stamp, checkpoint)
    except StampInvalidError as error:
        msg = f"The authority at {where} gave no stamp: {error.message}"
        raise StampUnavailableError(msg, tsa=where) from error
    if stamp.tst_info.nonce != asked.nonce:
        msg = f"The authority at {where} answered another question than ours (the nonce differs)"
        raise StampUnavailableError(msg, tsa=where)
    return answer.content


def read_stamp(raw: bytes, checkpoint: bytes) -> Stamp:
    """Return what a stamp says of a checkpoint, without asking whether its authority is to be believed.

    Raises:
        StampInvalidError: it is no granted stamp, or covers something else.
    """
    stamp = _decode(raw)
    _check_imprint(stamp, checkpoint)
    return Stamp(to_us(stamp.tst_info.gen_time), _signer(stamp))


def verify_stamp(raw: bytes, checkpoint: bytes, *, roots: bytes) -> Stamp:
    """Return what a stamp says of a checkpoint, if a root (PEM, one or several) vouches for who signed it.

    Raises:
        StampInvalidError: the stamp does not hold.
        AnchorSettingError: the roots are no certificates.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    trusted = load_roots(roots)
    stamp = _decode(raw)
    _check_imprint(stamp, checkpoint)
    try:
        # Roots alone: whatever is handed over as an intermediate counts as trusted there. Certificates that the answer
        # encloses are used on the way to a root all the same.
        VerifierBuilder(roots=trusted).build().verify_message(stamp, checkpoint)
    except (VerificationError, ValueError) as error:
        msg = f"The stamp does not hold: {error}"
        raise StampInvalidError(msg) from error
    return Stamp(to_us(stamp.tst_info.gen_time), _signer(stamp))


def load_roots(pem: bytes) -> list[Certificate]:
    """Return the certificates of a PEM file.

    Raises:
        AnchorSettingError: there are none, or one cannot be read.
    """
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        msg = f"The roots of the time-stamping authority are no PEM certificates: {error}"
        raise AnchorSettingError(msg) from error


def _decode(raw: bytes) -> TimeStampResponse:
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        stamp = decode_timestamp_response(_in_order(raw))
        if stamp.status not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
            msg = f"it was refused (status {stamp.status}): {'; '.join(stamp.status_string) or 'no reason given'}"
            raise StampInvalidError(msg)
    except ValueError as error:
        msg = f"this is no answer of a time-stamping authority (RFC 3161): {error}"
        raise StampInvalidError(msg) from error
    return stamp


def _in_order(raw: bytes) -> bytes:
    """Return a stamp with its certificates in the order of DER (X.690, section 11.6).

    Authorities that run on OpenSSL enclose them as they come, which the reader refuses. The signature does not cover
    them, so their order changes nothing else.
    """
    from asn1crypto.cms import CertificateSet
    from asn1crypto.tsp import TimeStampResp

    try:
        answer = TimeStampResp.load(raw)
        if "time_stamp_token" not in answer or answer["time_stamp_token"].native is None:
            return raw
        signed = answer["time_stamp_token"]["content"]
        if len(signed["certificates"]) > 1:
            signed["certificates"] = CertificateSet(list(signed["certificates"]))
            return bytes(answer.dump())
    except (ValueError, TypeError, KeyError):
        # Whatever it is, the reader below says why it is no stamp.
        return raw
    return raw


def _check_imprint(stamp: TimeStampResponse, checkpoint: bytes) -> None:
    from cryptography.hazmat.primitives import hashes

    by_oid = {"2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.3": hashes.SHA512()}
    imprint = stamp.tst_info.message_imprint
    algorithm = by_oid.get(imprint.hash_algorithm.dotted_string)
    if algorithm is None:
        msg = f"its hash ({imprint.hash_algorithm.dotted_string}) is neither SHA-256 nor SHA-512"
        raise StampInvalidError(msg)
    digest = hashes.Hash(algorithm)
    digest.update(checkpoint)
    if imprint.message != digest.finalize():
        msg = "the stamp covers something else than this checkpoint"
        raise StampInvalidError(msg)


def _signer(stamp: TimeStampResponse) -> str:
    from cryptography.x509 import load_der_x509_certificate

    signers = {(each.issuer.public_bytes(), each.serial_number) for each in stamp.signed_data.signer_infos}
    for raw in stamp.signed_data.certificates:
        found = load_der_x509_certificate(raw)
        if (found.issuer.public_bytes(), found.serial_number) in signers:
            return found.subject.rfc4514_string()
    return ""
