"""What runs in a process of its own: the import of an upload, and looking into a file that nobody knows yet.

Everything that reads what somebody sent in runs here, under limits of memory and time, never in the server.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final, Self

import msgspec

from tiexin.imports.contracts import IMPORT_KIND, Plan, Upload
from tiexin.imports.uploads import file_of
from tiexin.infra.files import private_folder
from tiexin.infra.jobs.api import JobKind, JobRun, Limits
from tiexin.infra.settings import Settings
from tiexin.kernel.errors import TiexinError
from tiexin.kernel.text import Text
from tiexin.record.api import Attempt, ImportKind, ImportSpec, Reject, look_into, open_record, run_import, try_out

ROW_BYTES_KEPT: Final = 64 * 1024
"""Longest rejected row whose values are kept for repair."""
MIB: Final = 1024**2
LOOK_LIMITS: Final = Limits(memory_bytes=2_048 * MIB, wall_seconds=120, cpu_seconds=100)
SUFFIXES: Final = (".gz", ".xes", ".csv", ".tsv", ".tab", ".txt", ".parquet", ".jsonl", ".ndjson", ".json", ".xml")


def kind() -> JobKind:
    """Return the kind of job that imports an upload; interrupted, it goes on where it stood."""
    return JobKind(
        name=IMPORT_KIND, title=Text("导入文件", "Import a file"), runner="tiexin.imports.jobs:run", resumes=True
    )


def questions() -> dict[str, Callable[[Settings, dict[str, Any]], Any]]:
    """Return what may be asked about an upload, by name."""
    return {"imports.look": _look, "imports.try": _try}


def rows_file(settings: Settings, *, job: str, upload: str) -> Path:
    """Return where the values of rejected rows lie; they go with the upload they were copied from."""
    return settings.home / "rejects" / f"{job}.{upload}.rows"


def run(attempt: JobRun) -> dict[str, Any]:
    """Import the upload of a job; return the counts over all attempts.

    Raises:
        TiexinError: as :func:`tiexin.record.api.run_import`; the facts carry the counts so far.
    """
    job, settings = attempt.job, attempt.settings
    upload = msgspec.convert(job.params["upload"], Upload)
    plan = msgspec.convert(job.params["plan"], Plan)
    file = file_of(settings, upload)
    total = max(file.stat().st_size, 1) if file.exists() else 1
    with open_record(settings) as record, RejectedRows(rows_file(settings, job=job.id, upload=upload.id)) as rejected:
        notes = job.notes or {}
        if "since" not in notes:
            notes = {"since": record.position()}
            attempt.note(notes)

        def tell(share: float, rows: int) -> None:
            what = Text(f"已读 {rows:,} 行", f"{rows:,} rows read")
            attempt.progress(int(share * total), total=total, what=what)

        found = Attempt(name=job.id, since=notes["since"], rejected=rejected.add, columns=rejected.head)
        try:
            report = run_import(record, file, spec_of(upload, plan), tell, attempt=found)
        except TiexinError as error:
            raise _renamed(error, file, upload.name) from error
    counts = msgspec.to_builtins(report)
    counts.pop("rejects_file")
    return {**counts, "upload": upload.id}


def spec_of(upload: Upload, plan: Plan) -> ImportSpec:
    """Return how the record is to read an upload; what has no name of its own is named after the file."""
    stem = stem_of(upload.name)
    kind_of = ImportKind(plan.kind)
    source, journey, text = plan.source, plan.journey, None
    if kind_of in {ImportKind.XES, ImportKind.MAPPING}:
        source = source or (plan.mapping or {}).get("source") or f"urn:tiexin:dataset:{stem}"
    if kind_of is ImportKind.XES:
        journey = journey or stem
    if plan.mapping is not None:
        mapping = plan.mapping
        parts = [mapping, *(mapping.get("rows") or [])]
        if journey is None and not any((part.get("event") or {}).get("journey") for part in parts):
            steps = any((part.get("event") or {}).get("step") for part in parts)
            journey = stem if steps else None
        text = msgspec.json.encode(mapping).decode()
    return ImportSpec(
        kind=kind_of,
        mapping_text=text,
        journey=journey,
        source=source,
        encoding=plan.encoding,
        zone=plan.zone,
        classifier=plan.classifier,
        max_rejects=plan.max_rejects,
    )


def stem_of(name: str) -> str:
    """Return a file's name without the endings of its format."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix) or name
    return name


class RejectedRows:
    """The values of rejected rows, so that they can be mended: the columns, then a line a row.

    Readable by its owner only; the file lives no longer than the upload it copies from.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: list[str] = []
        self._file: IO[bytes] | None = None
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        """Begin anew: an earlier attempt tells the same rows again."""
        self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Make what was written durable."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._opened.close()

    def head(self, columns: list[str]) -> None:
        """Take the names of the columns."""
        self._columns = columns

    def add(self, line: int, row: Any, _reject: Reject) -> None:
        """Write one row down."""
        if self._file is None:
            private_folder(self._path.parent)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = self._opened.enter_context(os.fdopen(descriptor, "wb"))
            self._file.write(msgspec.json.encode(self._columns) + b"\n")
        values = None if row is None else [cell_text(cell) for cell in list(row)[: max(len(self._columns), 1)]]
        text = msgspec.json.encode([line, values])
        if len(text) > ROW_BYTES_KEPT:
            text = msgspec.json.encode([line, None])
        self._file.write(text + b"\n")


def cell_text(cell: Any) -> str:
    """Return a cell as the text somebody can mend."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dict | list):
        return msgspec.json.encode(cell, enc_hook=str).decode("utf-8", "replace")
    return str(cell).encode("utf-8", "replace").decode()


def _look(settings: Settings, arguments: dict[str, Any]) -> Any:
    upload = msgspec.convert(arguments["upload"], Upload)
    file = file_of(settings, upload)
    try:
        return look_into(file, name=stem_of(upload.name))
    except TiexinError as error:
        raise _renamed(error, file, upload.name) from error


def _try(settings: Settings, arguments: dict[str, Any]) -> Any:
    upload = msgspec.convert(arguments["upload"], Upload)
    plan = msgspec.convert(arguments["plan"], Plan)
    file = file_of(settings, upload)
    try:
        return try_out(file, spec_of(upload, plan), settings)
    except TiexinError as error:
        raise _renamed(error, file, upload.name) from error


def _renamed(error: TiexinError, file: Path, name: str) -> TiexinError:
    """Let an error speak of the file as its owner calls it, not of where it lies on our disk."""
    if isinstance(rejects := error.facts.get("rejects_file"), str):
        error.message = error.message.replace(rejects, "the rejected rows").replace("--max-rejects", "limit of rejects")
    error.message = _without_path(error.message, file, name)
    error.facts = {key: _without_path(value, file, name) for key, value in error.facts.items()}
    error.facts.pop("rejects_file", None)
    return error


def _without_path(value: Any, file: Path, name: str) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(str(file), name).replace(file.name, name)
