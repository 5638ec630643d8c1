"""The evidence bundle of a case: records, proofs, certificates, attachments and a signed list, as a plain ZIP file."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiexin.kernel.clock import from_us, iso_us
from tiexin.kernel.errors import TooLargeError
from tiexin.trust.receipts.certificate.values import PAGE_PATH, ZONE, local_time
from tiexin.trust.receipts.making import make_certificate
from tiexin.trust.receipts.sealing import sealed_text
from tiexin.trust.rules.leaf import read_opening
from tiexin.trust.rules.tlog_proof import parse_proof

if TYPE_CHECKING:
    from tiexin.record.contracts import RecordedEvent
    from tiexin.trust.receipts.authority import Signing
    from tiexin.trust.receipts.kinds import ReceiptKinds

FORMAT: Final = "tiexin.bundle/v1"
DATA: Final = Path(__file__).parents[1] / "data" / "bundle"
ATTACHMENTS_BYTES_MAX: Final = 48 * 1024 * 1024
"""What all attachments together may take, so that the page can still open the bundle."""
CERTIFICATES_MAX: Final = 100
"""Most certificates in one bundle; every record has its proof anyway."""
_HASH: Final = re.compile(r"(?:sha256[:-])?([0-9a-f]{64})")


class AttachmentsTooLargeError(TooLargeError):
    """The attachments of a bundle take more than one holds; says the limit. No bundle was made."""

    code = "attachments_too_large"


class BundleInput(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle is made of.

    ``events`` are those of the case that the caller may see, oldest first; ``proofs`` theirs, in the same order;
    ``log`` holds the public files of the log by name; ``attachments`` are files by name, ``trail`` by path;
    ``authority`` is the root certificate (PEM) or b"" for a licensed one, whose chain stands in the signature;
    ``made_us`` is UTC µs.
    """

    case: str
    events: Sequence[RecordedEvent]
    proofs: Sequence[bytes]
    log: Mapping[str, bytes]
    kinds: ReceiptKinds
    signing: Signing
    made_us: int
    authority: bytes = b""
    attachments: Mapping[str, bytes] = {}
    trail: Mapping[str, bytes] = {}
    address: str | None = None
    house: str = ""
    stamps: tuple[str, ...] = ()


def make_bundle(given: BundleInput) -> bytes:
    """Return the bundle as a ZIP file with stored (uncompressed) members, its list signed.

    Raises:
        AttachmentsTooLargeError: the attachments take more than 48 MiB.
        SealingError: a signature could not be had.
    """
    size = sum(map(len, given.attachments.values()))
    if size > ATTACHMENTS_BYTES_MAX:
        msg = f"All attachments together have at most {ATTACHMENTS_BYTES_MAX:,} bytes; these have {size:,}."
        raise AttachmentsTooLargeError(msg, limit=ATTACHMENTS_BYTES_MAX)
    files = dict(_files(given))
    manifest = _json(_manifest(given, files))
    files["manifest.json"] = manifest
    files["manifest.json.p7s"] = sealed_text(manifest, signing=given.signing)
    return _zip(files, given.made_us)


def _files(given: BundleInput) -> Iterator[tuple[str, bytes]]:
    for language in ("zh", "en"):
        yield f"README.{language}.md", _readme(given, language)
    certificates = 0
    for recorded, proof in zip(given.events, given.proofs, strict=True):
        name = str(recorded.position)
        yield f"events/{name}.json", read_opening(parse_proof(proof).extra or b"").canonical
        yield f"proofs/{name}.tlog-proof", proof
        if given.kinds.of(recorded.event.type) is not None and certificates < CERTIFICATES_MAX:
            certificates += 1
            yield (
                f"certificates/{name}.pdf",
                make_certificate(
                    proof,
                    kinds=given.kinds,
                    signing=given.signing,
                    address=given.address,
                    house=given.house,
                    stamps=given.stamps,
                ),
            )
    yield from given.trail.items()
    for name, content in given.attachments.items():
        yield f"attachments/{name}", content
    yield "references.json", _json(_references(given))
    for name, content in given.log.items():
        yield f"log/{name}", content
    if given.authority:
        yield "authority.pem", given.authority


def _manifest(given: BundleInput, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "case": given.case,
        "made": iso_us(given.made_us),
        "by": given.house,
        "events": [
            {
                "position": one.position,
                "index": one.position - 1,
                "type": one.event.type,
                "time": iso_us(one.event.time_us),
                "file": f"events/{one.position}.json",
                "proof": f"proofs/{one.position}.tlog-proof",
            }
            for one in given.events
        ],
        "files": [
            {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ],
    }


def _references(given: BundleInput) -> dict[str, Any]:
    """Return which hashes of recordings and documents the records name, and which attachment has which of them."""
    found = [(one.position, member, digest) for one in given.events for member, digest in _hashes(one.event.data)]
    attached = []
    for name, content in given.attachments.items():
        digest = hashlib.sha256(content).hexdigest()
        fits = sorted({position for position, _, named in found if named == digest})
        attached.append({"file": f"attachments/{name}", "sha256": digest, "named_by": fits})
    named = [{"position": position, "member": member, "sha256": digest} for position, member, digest in found]
    return {"named": named, "attached": attached}


def _hashes(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in {"trail", "personal"}:  # commitments of a trail are salted and fit no file
                yield from _hashes(member, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _hashes(member, f"{at}[{number}]")
    elif isinstance(value, str) and (found := _HASH.fullmatch(value)):
        yield at, found[1]


def _readme(given: BundleInput, language: str) -> bytes:
    chinese = language == "zh"
    head = "| 序号 | 时间 | 类别 | 文件 |" if chinese else "| No. | Time | Kind | File |"
    rows = [head, "|---|---|---|---|"]
    for one in given.events:
        kind = given.kinds.of(one.event.type)
        word = one.event.type if kind is None else f"{kind.text.zh if chinese else kind.text.en} `{one.event.type}`"
        rows.append(
            f"| {one.position} | {local_time(one.event.time_us, ZONE)} | {word} | `events/{one.position}.json` |"
        )
    page = f"{given.address.rstrip('/')}{PAGE_PATH}" if given.address else PAGE_PATH
    house = given.house or ("本机构" if chinese else "the institution")
    text = (DATA / f"README.{language}.md").read_text("utf-8")
    made = local_time(given.made_us, ZONE)
    return text.format(case=given.case, house=house, made=made, table="\n".join(rows), page=page).encode()


def _json(document: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _zip(files: Mapping[str, bytes], made_us: int) -> bytes:
    stream, moment = BytesIO(), from_us(made_us).timetuple()[:6]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as bundle:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, date_time=moment)
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, content)
    return stream.getvalue()
