"""Trying a file out before it is imported: what it seems to be, and what its first rows would become.

Nothing is stored, no key of the installation is used: pseudonyms of a trial hold for that trial alone.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tiexin.infra.settings import Settings
from tiexin.kernel.errors import TiexinError
from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.guesses import Column, Guess, guess
from tiexin.record.imports.mapped import columns_of
from tiexin.record.imports.mapping import parse_mapping
from tiexin.record.imports.model import ImportFileError, ImportKind, ImportSpec, Item, Reject, shown
from tiexin.record.imports.readers import SHIPPED, mapping_texts, open_reader
from tiexin.record.imports.reasons import TEXTS, Reason
from tiexin.record.imports.suggest import SAMPLE_ROWS, different_names, open_table_of
from tiexin.record.imports.tables import CsvTable, format_of
from tiexin.record.kinds.registry import KindRegistry
from tiexin.record.prepare import problems_of
from tiexin.record.wire import cloud_event

EXAMPLES = 3
EXAMPLE_CHARS = 60
TRIAL_ROWS = 2_000
EVENTS_SHOWN = 12
REJECTS_SHOWN = 20
ENVELOPE_ROLES = ("time", "id", "case", "step", "subject", "actor", "lifecycle", "team", "product")
OF_EVENTS = frozenset({"id", "source", "type", "time"})


class TrialKeys:
    """Keys for one trial; nothing made with them is kept."""

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def row_key(self) -> bytes:
        """Return the key for hashes of rows."""
        return self._key

    def pseudonymise(self, namespace: str, value: str) -> str:
        """Return a pseudonym that holds for this trial."""
        return hmac.new(self._key, f"{namespace}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def look_into(path: Path, *, name: str, encoding: str | None = None) -> dict[str, Any]:
    """Return what a file seems to be (JSON-ready): its kind, and for tables a mapping to start from.

    ``columns`` has, in file order: ``name``, up to three ``examples``, ``role`` (an attribute of the envelope, ``data``
    or ``personal``), ``confidence`` (``sure``, ``likely``, ``guess``), ``filled`` and ``distinct`` of the rows seen.

    Raises:
        ImportFileError, ImportLimitError, ImportOptionError: the file cannot be read.
    """
    with ByteSource(path) as stream:
        head = stream.take(4_096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return {"kind": ImportKind.XES.value, "format": "xes", "columns": [], "mapping": None, "rows_seen": 0}
    form = format_of(path)
    table = open_table_of(path, form, encoding)
    rows = [row.values for row in itertools.islice(table.rows(), SAMPLE_ROWS) if row.reject is None]
    names = [column for column in table.columns if "\0" not in column]
    if not rows:
        message = f"{path.name} has no rows to look into."
        raise ImportFileError(message, file=str(path))
    if names and _is_events(form, names):
        return {
            "kind": ImportKind.CLOUDEVENTS.value,
            "format": form,
            "columns": [],
            "mapping": None,
            "rows_seen": len(rows),
        }
    values = [[row[index] for row in rows] for index in range(len(names))]
    columns = [Column.of(column, found) for column, found in zip(names, values, strict=True)]
    found = guess(columns)
    mapping = _mapping(found, form, name)
    if isinstance(table, CsvTable):
        mapping["encoding"] = table.encoding.removesuffix("-sig")
        mapping["delimiter"] = table.delimiter
    roles = _roles(found)
    return {
        "kind": ImportKind.MAPPING.value,
        "format": form,
        "shipped": _shipped(set(names)),
        "needs_zone": any(column.is_local_time for column in (found.time, *found.other_times) if column),
        "rows_seen": len(rows),
        "columns": [
            {
                "name": column.name,
                "examples": _examples(cells),
                "role": roles.get(column.name, ("data", "guess"))[0],
                "confidence": roles.get(column.name, ("data", "guess"))[1],
                "filled": column.count,
                "distinct": column.distinct,
                "formats": column.formats,
                "bad_times": column.bad_times,
            }
            for column, cells in zip(columns, values, strict=True)
        ],
        "mapping": mapping,
    }


def try_out(path: Path, spec: ImportSpec, settings: Settings) -> dict[str, Any]:
    """Return what the first 2,000 rows of a file would become (JSON-ready): events, rejects, and how many of each.

    Raises:
        MappingError, ImportOptionError: the mapping or an option does not fit.
        ImportFileError, ImportLimitError: the file cannot be read at all.
    """
    reader = open_reader(path, spec, TrialKeys())
    kinds = KindRegistry(settings.kinds, settings.home / "kinds")
    read = 0
    events: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    accepted = rejected = 0
    fault: TiexinError | None = None
    items = _until_fault(itertools.islice(reader.items(), TRIAL_ROWS))
    for item in items:
        if isinstance(item, TiexinError):
            fault = item
            break
        read += 1
        reject = _judged(item, kinds)
        if reject is None and item.event is not None:
            accepted += 1
            if len(events) < EVENTS_SHOWN:
                events.append({"line": item.line, "event": cloud_event(item.event)})
        elif reject is not None:
            rejected += 1
            if len(rejects) < REJECTS_SHOWN:
                rejects.append({"line": item.line, **reject_words(reject)})
    if fault is not None and not read:
        raise fault
    return {
        "read": read,
        "accepted": accepted,
        "rejected": rejected,
        "whole": read < TRIAL_ROWS and fault is None,
        "events": events,
        "rejects": rejects,
        "fault": None if fault is None else fault.problem(),
    }


def reject_words(reject: Reject) -> dict[str, Any]:
    """Return a reject for people (JSON-ready): code, words in both languages, column, value, detail."""
    text = TEXTS[reject.reason]
    return {
        "reason": reject.reason.value,
        "zh": text.zh,
        "en": text.en,
        "column": reject.column,
        "value": reject.value,
        "detail": reject.detail,
    }


def _until_fault(items: Iterable[Item]) -> Iterator[Item | TiexinError]:
    try:
        yield from items
    except TiexinError as error:
        yield error


def _judged(item: Item, kinds: KindRegistry) -> Reject | None:
    if item.event is None:
        return item.reject or Reject(Reason.MALFORMED_ROW)
    try:
        problems = problems_of([item.event], kinds)
    except TiexinError as error:
        return Reject(Reason.ROW_TOO_LONG, detail=error.message)
    return Reject(Reason.RECORD_REFUSED, problems[0].member, None, problems[0].reason) if problems else None


def _is_events(form: str, names: list[str]) -> bool:
    return form in {"jsonl", "parquet"} and set(names) >= OF_EVENTS and (form == "parquet" or "specversion" in names)


def _shipped(names: set[str]) -> str | None:
    """Return the kind of file whose shipped mapping fits these columns, None if there is none."""
    for kind in SHIPPED:
        for title, text in mapping_texts(ImportSpec(kind=kind)):
            needed = columns_of(parse_mapping(text, name=title), required=True)
            if needed and needed <= names:
                return kind.value
    return None


def _roles(found: Guess) -> dict[str, tuple[str, str]]:
    roles: dict[str, tuple[str, str]] = {}
    for role in ENVELOPE_ROLES:
        column: Column | None = getattr(found, role)
        if column is not None:
            clear = column.named("time") and not column.bad_times if role == "time" else role != "step"
            roles[column.name] = (role, "sure" if clear else "likely")
    for column in found.data:
        typed = column.is_number or column.is_bool or column.formats
        roles[column.name] = ("data", "likely" if typed else "guess")
    for column in found.personal:
        # Personal content needs a subject whose key seals it; without one it is left out rather than laid open.
        role = "personal" if found.subject else "out"
        roles[column.name] = (role, "sure" if column.named("private") else "likely")
    return roles


def _mapping(found: Guess, form: str, name: str) -> dict[str, Any]:
    """Return the mapping to start from as a JSON object; it lacks ``time`` where no column of times was found."""
    kind = "journey.step_recorded.v1" if found.step else "contact.recorded.v1"
    event: dict[str, Any] = {"type": {"constant": kind}}
    for role in ENVELOPE_ROLES:
        column: Column | None = getattr(found, role)
        if column is None:
            continue
        if role == "time":
            event[role] = {"column": column.name, "formats": column.formats}
        elif role == "subject":
            event[role] = {"column": column.name, "pseudonymise": "customer"}
        else:
            event[role] = column.name
    nulls = sorted({"", *(word for column in found.all for word in column.null_words)})
    mapping: dict[str, Any] = {"mapping": 1, "name": name, "format": form, "nulls": nulls, "event": event}
    members = different_names([column.member for column in found.data])
    mapping["data"] = {member: _field(column) for member, column in zip(members, found.data, strict=True)}
    if found.subject:
        members = different_names([column.member for column in found.personal])
        mapping["personal"] = {member: column.name for member, column in zip(members, found.personal, strict=True)}
    return mapping


def _field(column: Column) -> Any:
    if column.formats:
        return {"column": column.name, "as": "moment", "formats": column.formats}
    if column.is_bool:
        return {"column": column.name, "as": "bool"}
    if column.is_number:
        return {"column": column.name, "as": "int" if column.is_whole else "float"}
    return column.name


def _examples(cells: list[Any]) -> list[str]:
    found: dict[str, None] = {}
    for cell in cells:
        text = (shown(cell) or "").strip()
        if text:
            found.setdefault(text if len(text) <= EXAMPLE_CHARS else text[: EXAMPLE_CHARS - 1] + "…")
        if len(found) >= EXAMPLES:
            break
    return list(found)


__all__ = ["TrialKeys", "look_into", "reject_words", "try_out"]
