"""The only door to imports: take files in, look into them, import them, mend what was rejected."""

from __future__ import annotations

import csv
import io
import threading
from itertools import islice
from typing import Any

import msgspec

from tiexin.imports.contracts import (
    FIXES_MAX,
    IMPORT_KIND,
    MAPPINGS_MAX,
    Plan,
    RejectsNotReadyError,
    SavedMapping,
    TooManyMappingsError,
    UnknownMappingError,
    UnknownUploadError,
    Upload,
    UploadInUseError,
)
from tiexin.imports.jobs import LOOK_LIMITS, rows_file
from tiexin.imports.store import ImportStore
from tiexin.imports.uploads import Incoming, Reserved, file_of, remove_upload, sweep
from tiexin.infra.jobs.api import Job, Jobs, JobState, NewJob, Workers
from tiexin.infra.settings import Settings
from tiexin.infra.sheets.cells import disarmed
from tiexin.kernel.clock import HOUR_US, Clock, SystemClock
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.record.api import MappingError, convert_mapping

SWEEP_EVERY_US = HOUR_US


class FixError(InvalidInputError):
    """Corrected rows do not fit the import they belong to."""

    code = "invalid_fix"


class Imports:
    """The imports of one installation; its tables are opened, and made, when they are first needed.

    Args:
        settings: of the installation.
        jobs: where imports are queued.
        workers: the processes that look into files.
    """

    def __init__(self, settings: Settings, jobs: Jobs, workers: Workers, *, clock: Clock | None = None) -> None:
        self.settings, self.jobs, self._workers = settings, jobs, workers
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._store: ImportStore | None = None
        self._reserved = Reserved()
        self._swept_us = 0

    def close(self) -> None:
        """Close the tables."""
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()

    # -- uploads ------------------------------------------------------------------------------------------------

    def receive(self, *, owner: str, name: str) -> Incoming:
        """Begin an upload; feed it and finish it."""
        self._sweep()
        return Incoming(self.settings, self._open(), self._reserved, owner=owner, name=name, clock=self._clock)

    def uploads(self, *, owner: str | None) -> list[Upload]:
        """Return the uploads of an owner, or all, newest first."""
        self._sweep()
        return self._open().list(owner)

    def upload(self, upload_id: str, *, owner: str | None) -> Upload:
        """Return an upload.

        Raises:
            UnknownUploadError: there is none of that id, or it belongs to somebody else.
        """
        found = self._open().get(upload_id)
        if found is None or (owner is not None and found.owner != owner):
            days = self.settings.upload_days_max
            msg = f"There is no upload {upload_id[:40]!r}. Uploads are kept for {days} days; send the file again."
            raise UnknownUploadError(msg)
        return found

    def remove(self, upload_id: str, *, owner: str | None) -> None:
        """Remove an upload and what was copied from it.

        Raises:
            UnknownUploadError: there is none of that id, or it belongs to somebody else.
            UploadInUseError: an import of it waits or runs.
        """
        found = self.upload(upload_id, owner=owner)
        if found.id in self._in_use():
            msg = f"{found.name} is being imported; cancel that first or wait for its end. Nothing was removed."
            raise UploadInUseError(msg, upload=found.id)
        remove_upload(self.settings, self._open(), found)

    # -- looking and trying -------------------------------------------------------------------------------------

    def look(self, upload_id: str, *, owner: str | None) -> dict[str, Any]:
        """Return what an upload seems to be, with a mapping to start from (JSON-ready)."""
        found = self.upload(upload_id, owner=owner)
        asked = {"upload": msgspec.to_builtins(found)}
        answer: dict[str, Any] = self._workers.ask(self.settings, "imports.look", asked, limits=LOOK_LIMITS)
        names = {column["name"] for column in answer["columns"]}
        answer["saved"] = [saved.name for saved in self.mappings() if names and _columns_in(saved.plan) <= names]
        return answer

    def try_out(self, upload_id: str, plan: Plan, *, owner: str | None) -> dict[str, Any]:
        """Return what the first rows of an upload would become (JSON-ready); nothing is stored.

        Raises:
            MappingError, ImportOptionError: the mapping or an option does not fit.
        """
        found = self.upload(upload_id, owner=owner)
        check(plan)
        asked = {"upload": msgspec.to_builtins(found), "plan": msgspec.to_builtins(plan)}
        answer: dict[str, Any] = self._workers.ask(self.settings, "imports.try", asked, limits=LOOK_LIMITS)
        return answer

    # -- importing ----------------------------------------------------------------------------------------------

    def start(
        self,
        upload_id: str,
        plan: Plan,
        *,
        owner: str | None,
        by: str,
        unit: str | None = None,
        mends: str | None = None,
    ) -> Job:
        """Queue the import of an upload; when this returns it is durable.

        Raises:
            UnknownUploadError: there is none of that id, or it belongs to somebody else.
            MappingError: the mapping is not valid.
            TooManyJobsError: too many jobs of this owner wait.
        """
        found = self.upload(upload_id, owner=owner)
        check(plan)
        about = {"upload": found.id, "file": found.name, "bytes": found.bytes, "kind": plan.kind, "mends": mends}
        new = NewJob(
            kind=IMPORT_KIND,
            owner=by,
            unit=unit,
            title=_title(found.name, mended=mends is not None),
            params={"upload": msgspec.to_builtins(found), "plan": msgspec.to_builtins(plan)},
            about={name: value for name, value in about.items() if value is not None},
        )
        return self.jobs.submit(new)

    def rejects(self, job: Job, *, offset: int = 0, limit: int = 100) -> dict[str, Any]:
        """Return rejected rows of an import that has ended: why, and their values where the upload is still there.

        Raises:
            RejectsNotReadyError: it waits or runs.
        """
        if not job.is_finished:
            msg = "The import has not ended; its rejected rows are shown when it has."
            raise RejectsNotReadyError(msg, state=job.state.value)
        columns, values = self._row_values(job)
        file = self.settings.home / "rejects" / f"{job.id}.jsonl"
        rows = []
        total = 0
        if file.is_file():
            with file.open("rb") as lines:
                for number, line in enumerate(lines):
                    total += 1
                    if offset <= number < offset + limit:
                        found = msgspec.json.decode(line)
                        place = values[number] if number < len(values) else None
                        # Both files are written in the same order; the line number is there to make sure.
                        found["values"] = place[1] if place and place[0] == found["line"] else None
                        rows.append(found)
        return {"total": total, "columns": columns, "rows": rows, "offset": offset}

    def rejects_csv(self, job: Job) -> tuple[list[bytes], int, int]:
        """Return the rejected rows as CSV in pieces, and how many rows and columns it has.

        The reason stands in front; nothing in it is run by a spreadsheet.
        """
        page = self.rejects(job, limit=1_000_000)
        columns = [column for column in page["columns"] if isinstance(column, str)]
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow([disarmed(title) for title in ["line", "reason", "reason_zh", "reason_en", *columns]])
        for row in page["rows"]:
            cells = [str(row["line"]), row["reason"], row["zh"], row["en"], *(row["values"] or [])]
            writer.writerow([disarmed(cell) for cell in cells])
        pieces = [b"\xef\xbb\xbf", buffer.getvalue().encode("utf-8", "replace")]
        return pieces, len(page["rows"]), len(columns) + 4

    def mend(self, job: Job, rows: list[dict[str, str]], *, by: str) -> Job:
        """Import corrected rows of an import with its own mapping; return the new job.

        Args:
            job: the import that rejected them.
            rows: one object a row, column to text; columns left out are empty.
            by: who mends.

        Raises:
            FixError: no rows, too many, or columns that the file does not have.
            RejectsNotReadyError: the import has not ended.
        """
        page = self.rejects(job, limit=1)
        columns = page["columns"]
        if not columns:
            msg = "The rows of this import cannot be mended here; correct the file and import it again."
            raise FixError(msg)
        if not 1 <= len(rows) <= FIXES_MAX:
            msg = f"Send 1 to {FIXES_MAX:,} corrected rows at once, not {len(rows):,}. Nothing was imported."
            raise FixError(msg, limit=FIXES_MAX)
        strange = sorted({name for row in rows for name in row} - set(columns))
        if strange:
            msg = f"The file has no column {strange[0]!r}. Nothing was imported."
            raise FixError(msg, columns=strange[:20])
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row.get(name, "") for name in columns] for row in rows)
        upload = msgspec.convert(job.params["upload"], Upload)
        with self.receive(owner=by, name=upload.name.removesuffix(".gz")) as incoming:
            incoming.feed(buffer.getvalue().encode("utf-8", "replace"))
            mended = incoming.finish()
        plan = _as_csv(msgspec.convert(job.params["plan"], Plan))
        return self.start(mended.id, plan, owner=None, by=by, unit=job.unit, mends=job.id)

    # -- mappings -----------------------------------------------------------------------------------------------

    def mappings(self) -> list[SavedMapping]:
        """Return the plans kept by name; they are everybody's who may import."""
        return list(self._open().mappings())

    def save_mapping(self, name: str, plan: Plan, *, owner: str) -> SavedMapping:
        """Keep a plan under a name, in place of an older one.

        Raises:
            MappingError: the mapping is not valid.
            TooManyMappingsError: 500 are kept already.
        """
        check(plan)
        store = self._open()
        kept = {saved.name for saved in store.mappings()}
        if name not in kept and len(kept) >= MAPPINGS_MAX:
            msg = f"{MAPPINGS_MAX} mappings are kept already, which is the limit; remove one that nobody needs."
            raise TooManyMappingsError(msg, limit=MAPPINGS_MAX)
        saved = SavedMapping(name=name, owner=owner, plan=plan, changed_us=self._clock.now_us())
        store.save_mapping(saved)
        return saved

    def remove_mapping(self, name: str) -> None:
        """Forget a plan.

        Raises:
            UnknownMappingError: none is kept under that name.
        """
        if not self._open().remove_mapping(name):
            msg = f"No mapping is kept under the name {name[:100]!r}."
            raise UnknownMappingError(msg)

    def _row_values(self, job: Job) -> tuple[list[str], list[tuple[int, list[str] | None]]]:
        upload = job.params.get("upload") or {}
        file = rows_file(self.settings, job=job.id, upload=str(upload.get("id")))
        if not file.is_file():
            return [], []
        with file.open("rb") as lines:
            columns: list[str] = msgspec.json.decode(next(iter(islice(lines, 1)), b"[]"))
            return columns, [tuple(msgspec.json.decode(line)) for line in lines]

    def _in_use(self) -> frozenset[str]:
        found = set()
        for state in (JobState.QUEUED, JobState.RUNNING):
            found |= {str(job.about.get("upload")) for job in self.jobs.list(kind=IMPORT_KIND, state=state, limit=500)}
        return frozenset(found)

    def _sweep(self) -> None:
        now_us = self._clock.now_us()
        if now_us - self._swept_us < SWEEP_EVERY_US:
            return
        self._swept_us = now_us
        sweep(self.settings, self._open(), now_us=now_us, in_use=self._in_use())

    def _open(self) -> ImportStore:
        with self._lock:
            if self._store is None:
                self._store = ImportStore(self.settings)
            return self._store


def check(plan: Plan) -> None:
    """Pass if the mapping of a plan is valid by itself.

    Raises:
        MappingError: it is not, or a mapping is needed and missing.
    """
    if plan.mapping is not None:
        convert_mapping(plan.mapping, name="the mapping")
    elif plan.kind == "mapping":
        msg = "A table needs a mapping from its columns to events; ask for a suggestion first."
        raise MappingError(msg, field="mapping")


def _title(name: str, *, mended: bool) -> Text:
    if mended:
        return Text(f"补录 {name} 中修正过的行", f"Import the corrected rows of {name}")
    return Text(f"导入 {name}", f"Import {name}")


def _as_csv(plan: Plan) -> Plan:
    """Return the plan for corrected rows, which are CSV in UTF-8 whatever the file was."""
    if plan.mapping is None:
        return msgspec.structs.replace(plan, encoding="utf-8")
    mapping = {**plan.mapping, "format": "csv", "encoding": "utf-8", "delimiter": ","}
    return msgspec.structs.replace(plan, mapping=mapping, encoding=None)


def _columns_in(plan: Plan) -> set[str]:
    """Return the columns that a kept mapping names outright; good enough to offer it for a file that has them."""
    mapping = plan.mapping or {}
    found = set()
    for part in ("event", "data", "personal"):
        for value in (mapping.get(part) or {}).values():
            name = value if isinstance(value, str) else value.get("column")
            if isinstance(name, str):
                found.add(name)
    return found or {"\0"}


__all__ = ["Imports", "Upload", "check", "file_of"]
