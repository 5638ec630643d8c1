"""Checking an evidence bundle as a whole: its list, every file on it, and, where its authority is trusted, the seal.

The proofs of a bundle stand for the records alone. What lies beside them (attachments, certificates, the readable
copies of the records) is held to the list here, and the list to its signature when a root certificate is given.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import msgspec

from tiexin.infra.apart import run_apart
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.trust.receipts.zip_form import demand_plain
from tiexin.trust.rules.leaf import OpeningError, read_opening
from tiexin.trust.rules.tlog_proof import parse_proof
from tiexin.trust.rules.verdict import Verdict

MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.json.p7s"
PROOFS: Final = "proofs/"
ATTACHMENTS: Final = "attachments/"
PROOF: Final = ".tlog-proof"
UNPACKED_BYTES_MAX: Final = 256 * 1024 * 1024
FILES_MAX: Final = 20_000
FAULTS_SHOWN_MAX: Final = 5
_BROKEN: Final = (zipfile.BadZipFile, struct.error, zlib.error)
_HASH: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class BundleAlteredError(InvalidInputError):
    """A bundle is not what its list says, or its list is not what its authority signed; names the files."""

    code = "bundle_altered"
    title = "The bundle was altered"


class _Listed(msgspec.Struct, frozen=True):
    path: str
    sha256: str


class _Event(msgspec.Struct, frozen=True):
    index: int
    file: str
    proof: str


class _Manifest(msgspec.Struct, frozen=True):
    case: str
    files: list[_Listed]
    events: list[_Event]


class BundleReport(msgspec.Struct, frozen=True, kw_only=True):
    """What holds of a bundle: its case, its number of listed files, its attachments with the entries that name them.

    ``sealed_by`` is who signed the list, where that was checked against a trusted root certificate.
    """

    case: str
    files: int
    attachments: list[dict[str, Any]]
    sealed_by: str | None = None

    def texts(self) -> tuple[list[Text], list[Text]]:
        """Return what this adds to what a bundle proves, and to what it does not."""
        unnamed = [each["file"].removeprefix(ATTACHMENTS) for each in self.attachments if not each["named_by"]]
        shown = [
            Text(
                f"证据包里的 {self.files} 个文件与其清单一致，没有缺少、多出或被改动的文件。",
                f"The {self.files} files of the bundle are those on its list: none is missing, added or altered.",
            )
        ]
        limits: list[Text] = []
        if self.sealed_by is None:
            limits.append(
                Text(
                    "没有核对清单的签名，因此不能说明签发之后是否有文件被抽走（可用 --authority 指定根证书来核对）。",
                    "The signature of the list was not checked, so it does not show that nothing was left out "
                    "(--authority checks it with a root certificate).",
                )
            )
        else:
            shown.append(
                Text(
                    f"清单由“{self.sealed_by}”签名，其证书来自您所信任的机构。",
                    f"The list was signed by {self.sealed_by}, whose certificate comes from the authority you trust.",
                )
            )
        if unnamed:
            limits.append(
                Text(
                    f"下列附件没有在已证明的记录中提到，日志不能为其作证：{'、'.join(unnamed)}。",
                    "The log does not vouch for these attachments, as no proved record names them: "
                    f"{', '.join(unnamed)}.",
                )
            )
        return shown, limits


def is_bundle(raw: bytes) -> bool:
    """Tell whether a file begins like a ZIP file."""
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def check_bundle(raw: bytes, verdicts: Sequence[Verdict], *, authority: bytes | None = None) -> BundleReport:
    """Return what holds of a bundle whose proofs gave these verdicts (all of them hold).

    Args:
        raw: the ZIP file.
        verdicts: of every proof in it.
        authority: the root certificate (PEM) that the signature of the list must lead to; None leaves it unchecked.

    Raises:
        BundleAlteredError: a file is missing, added or altered, a record differs from its proof, or the seal does not
            hold.
    """
    files = _unpacked(raw)
    manifest = _manifest_of(files)
    _demand(_list_faults(manifest, files))
    _demand(_record_faults(manifest, files))
    named = _named(verdicts)
    attachments = [
        {"file": path, "sha256": digest, "named_by": named.get(digest, [])}
        for path, digest in ((each.path, each.sha256) for each in manifest.files)
        if path.startswith(ATTACHMENTS)
    ]
    sealed_by = None if authority is None else _seal_of(files, authority)
    return BundleReport(case=manifest.case, files=len(manifest.files), attachments=attachments, sealed_by=sealed_by)


def _unpacked(raw: bytes) -> dict[str, bytes]:
    try:
        demand_plain(raw)
        with zipfile.ZipFile(BytesIO(raw)) as bundle:
            entries = bundle.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > UNPACKED_BYTES_MAX or len(entries) > FILES_MAX:
                msg = f"A bundle has at most {FILES_MAX:,} files of {UNPACKED_BYTES_MAX:,} bytes together"
                raise BundleAlteredError(msg, limit=UNPACKED_BYTES_MAX)
            names = [entry.filename for entry in entries]
            # Of two files with one name, programs show different ones.
            _demand([f"{name} stands twice in the bundle" for name in sorted({n for n in names if names.count(n) > 1})])
            return {entry.filename: bundle.read(entry) for entry in entries if not entry.is_dir()}
    except (
        zipfile.BadZipFile,
        struct.error,
        zlib.error,
        NotImplementedError,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        msg = f"The bundle cannot be read as a ZIP file: {error}"
        raise BundleAlteredError(msg) from error


def _manifest_of(files: Mapping[str, bytes]) -> _Manifest:
    raw = files.get(MANIFEST)
    if raw is None:
        msg = f"The bundle has no list of its files ({MANIFEST}): it was taken out, or this is no evidence bundle"
        raise BundleAlteredError(msg)
    try:
        return msgspec.json.decode(raw, type=_Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        msg = f"The list of the bundle ({MANIFEST}) cannot be read: {error}"
        raise BundleAlteredError(msg) from error


def _list_faults(manifest: _Manifest, files: Mapping[str, bytes]) -> list[str]:
    listed = {each.path: each.sha256 for each in manifest.files}
    faults = [f"{path} is missing" for path in listed if path not in files]
    faults += [f"{path} is not on the list" for path in files if path not in listed and path not in {MANIFEST, SEAL}]
    faults += [
        f"{path} was altered"
        for path, digest in listed.items()
        if path in files and hashlib.sha256(files[path]).hexdigest() != digest
    ]
    return faults


def _record_faults(manifest: _Manifest, files: Mapping[str, bytes]) -> list[str]:
    """Return which readable records differ from what their proofs prove, and which proofs the list does not name."""
    faults = []
    for event in manifest.events:
        try:
            proof = parse_proof(files.get(event.proof, b""))
            same = read_opening(proof.extra or b"").canonical == files.get(event.file) and proof.index == event.index
        except (InvalidInputError, OpeningError):
            same = False
        if not same:
            faults.append(f"{event.file} differs from what {event.proof} proves")
    listed = {event.proof for event in manifest.events}
    proofs = [path for path in files if path.startswith(PROOFS) and path.endswith(PROOF)]
    return faults + [f"{path} belongs to no record on the list" for path in proofs if path not in listed]


def _named(verdicts: Sequence[Verdict]) -> dict[str, list[int]]:
    """Return which SHA-256 hashes stand in proved records, with the entries in which they do."""
    named: dict[str, list[int]] = {}
    for verdict in verdicts:
        if verdict.index is not None:
            for digest in sorted(set(_HASH.findall(verdict.canonical or ""))):
                named.setdefault(digest, []).append(verdict.index)
    return named


def _seal_of(files: Mapping[str, bytes], authority: bytes) -> str:
    """Return who signed the list.

    Raises:
        BundleAlteredError: the signature is missing or wrong, or its certificate leads to another authority.
    """
    from asn1crypto import cms, pem, x509
    from pyhanko.sign.general import CMSExtractionError
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    try:
        der = pem.unarmor(authority)[2] if pem.detect(authority) else authority
        root = x509.Certificate.load(der)
        signed = cms.ContentInfo.load(files.get(SEAL, b""), strict=True)["content"]
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = run_apart(
            lambda: async_validate_detached_cms(files[MANIFEST], signed, signer_validation_context=context)
        )
    except (ValueError, TypeError, KeyError, CMSExtractionError, SignatureValidationError) as error:
        msg = f"The signature of the list ({SEAL}) or the root certificate cannot be read: {error}"
        raise BundleAlteredError(msg) from error
    if not (status.intact and status.valid and status.trusted):
        why = "it does not fit the list" if not status.intact else "its certificate is not of the authority you trust"
        msg = f"The signature of the list ({SEAL}) does not hold: {why}"
        raise BundleAlteredError(msg)
    return str(status.signing_cert.subject.human_friendly)


def _demand(faults: Sequence[str]) -> None:
    if faults:
        rest = f" and {len(faults) - FAULTS_SHOWN_MAX} more" if len(faults) > FAULTS_SHOWN_MAX else ""
        msg = f"The bundle is not as it was made: {'; '.join(faults[:FAULTS_SHOWN_MAX])}{rest}"
        raise BundleAlteredError(msg, faults=len(faults))
