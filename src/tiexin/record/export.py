"""Writing the record out as CloudEvents JSONL that can be imported again."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from tiexin.kernel.errors import InvalidInputError
from tiexin.record.contracts import HOUSE_PREFIXES
from tiexin.record.wire import encode_event

if TYPE_CHECKING:
    from tiexin.record.service import Record

PRIVATE_MODE = 0o600


class ExportError(InvalidInputError):
    """The export's file cannot be written; names it."""

    code = "export_not_writable"


def export(record: Record, out: Path, *, everything: bool = False, with_personal: bool = False) -> int:
    """Write the record to ``out`` (gzip when its name ends in .gz), whole or not at all; return the events written.

    Leaves out ``system.*`` events without ``everything``, and personal content without ``with_personal``. Personal
    content is written in clear, so the file is readable by its owner only.

    Raises:
        ExportError: the file cannot be written.
    """
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_MODE)
        with os.fdopen(descriptor, "wb") as raw:
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="wb", mtime=0)) if out.suffix == ".gz" else raw
            written = _write(record, stream, everything=everything, with_personal=with_personal)
            if stream is not raw:
                stream.close()
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        msg = f"{out} cannot be written: {error.strerror or error}"
        raise ExportError(msg, file=str(out)) from error
    return written


def _write(record: Record, stream: IO[bytes], *, everything: bool, with_personal: bool) -> int:
    written = 0
    for found in record.iterate(personal=with_personal):
        if everything or not found.event.type.startswith(HOUSE_PREFIXES):
            stream.write(encode_event(found.event) + b"\n")
            written += 1
    return written
