"""The types that cross the border of imports."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import ConflictError, InvalidInputError, NotFoundError, TooLargeError

IMPORT_KIND = "import"
"""The kind of the jobs."""
ADVICE = (
    "Send a CSV, TSV, JSON lines, XES or Parquet file, plain or gzipped (.gz). From Excel, save the sheet as CSV "
    "UTF-8; unpack archives first. Nothing was kept."
)
MAPPINGS_MAX = 500
FIXES_MAX = 1_000
"""Most corrected rows that are sent at once; as many as an import sets aside by default."""


class UnknownUploadError(NotFoundError):
    """There is no such upload, it has expired, or it belongs to somebody else."""

    code = "unknown_upload"


class UploadTooLargeError(TooLargeError):
    """The file is larger than an upload may be, or all uploads together are; nothing was kept."""

    code = "upload_too_large"


class UploadTypeError(InvalidInputError):
    """The file is nothing that can be imported; nothing was kept."""

    status = 415
    code = "upload_type"
    title = "This is no file that can be imported"

    def __init__(self, what: str) -> None:
        super().__init__(f"The file is {what}. {ADVICE}", found=what)


class UploadInUseError(ConflictError):
    """An import of this upload waits or runs; nothing was removed."""

    code = "upload_in_use"


class UnknownMappingError(NotFoundError):
    """No mapping is kept under this name."""

    code = "unknown_mapping"


class TooManyMappingsError(ConflictError):
    """As many mappings are kept as there may be."""

    code = "too_many_mappings"


class RejectsNotReadyError(ConflictError):
    """The import has not ended; what it rejects is not complete."""

    code = "import_not_ended"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent in. ``name`` is what its owner calls it and never a path; times are UTC microseconds."""

    id: str
    owner: str
    name: str
    format: str
    bytes: int
    sha256: str
    created_us: int
    expires_us: int

    def document(self) -> dict[str, Any]:
        """Return the upload as the HTTP interface shows it (JSON-ready)."""
        return {
            "id": self.id,
            "name": self.name,
            "format": self.format,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "created": iso_us(self.created_us),
            "expires": iso_us(self.expires_us),
        }


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an upload is to be imported; see :class:`tiexin.record.api.ImportSpec`. ``mapping`` is a JSON object."""

    kind: str
    mapping: dict[str, Any] | None = None
    journey: str | None = None
    source: str | None = None
    encoding: str | None = None
    zone: str | None = None
    classifier: str | None = None
    max_rejects: int = 1_000


class SavedMapping(msgspec.Struct, frozen=True, kw_only=True):
    """A plan kept under a name, for the next file of the same kind."""

    name: str
    owner: str
    plan: Plan
    changed_us: int
