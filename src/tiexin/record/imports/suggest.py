"""Looks into an unknown table and writes a commented mapping to start from."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tiexin.record.imports.bytesource import ByteSource
from tiexin.record.imports.guesses import Column, Guess, guess
from tiexin.record.imports.model import ImportFileError
from tiexin.record.imports.readers import stem_of
from tiexin.record.imports.tables import CsvTable, JsonLinesTable, ParquetTable, Table, format_of, json_lines

SAMPLE_ROWS = 5_000
MEMBERS_MAX = 200
NEST_MAX = 3


def suggest(path: Path, *, encoding: str | None = None) -> str:
    """Return a commented YAML mapping for a CSV, TSV, Parquet or JSON lines file, from its first 5,000 rows.

    The mapping is valid as it stands whenever a column of times was found. Guesses are marked as such; times without
    a zone are left for a person to decide.

    Raises:
        ImportFileMissingError: the file cannot be read.
        ImportFileError: it has no rows to look into.
    """
    form = format_of(path)
    table = open_table_of(path, form, encoding)
    rows = [row.values for row in itertools.islice(table.rows(), SAMPLE_ROWS) if row.reject is None]
    if not rows:
        message = f"{path.name} has no rows to look into."
        raise ImportFileError(message, file=str(path))
    names = [name for name in table.columns if "\0" not in name]
    columns = [Column.of(name, [row[index] for row in rows]) for index, name in enumerate(names)]
    return "".join(f"{line}\n" for line in _lines(path, form, table, guess(columns), len(rows)))


def open_table_of(path: Path, form: str, encoding: str | None) -> Table:
    """Return a file opened as a table of the format named; JSON lines get the columns their first rows have."""
    if form == "parquet":
        return ParquetTable(path)
    if form == "jsonl":
        return JsonLinesTable(path, columns=_members_of(path), encoding=encoding)
    return CsvTable(path, encoding=encoding)


def _members_of(path: Path) -> list[str]:
    import msgspec

    names: dict[str, None] = {}
    for _, line in itertools.islice(json_lines(ByteSource(path)), SAMPLE_ROWS // 10):
        try:
            found = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
        if isinstance(found, dict):
            names.update(dict.fromkeys(_paths(found, "", 1)))
        if len(names) > MEMBERS_MAX:
            break
    return list(names)[:MEMBERS_MAX]


def _paths(found: dict[str, Any], prefix: str, depth: int) -> list[str]:
    names: list[str] = []
    for name, value in found.items():
        if isinstance(value, dict) and depth < NEST_MAX:
            names += _paths(value, f"{prefix}{name}.", depth + 1)
        else:
            names.append(prefix + name)
    return names


def _lines(path: Path, form: str, table: Table, found: Guess, rows: int) -> list[str]:
    lines = [
        f"# A mapping to start from, guessed from the first {rows:,} rows of {path.name}. Check every line.",
        f"# 根据 {path.name} 前 {rows:,} 行推测的映射草稿，请逐行核对。",
        f"# Then: tiexin import {path.name} --as mapping --mapping THIS.yaml",
        "mapping: 1",
        f"name: {quoted(stem_of(path))}",
        f"source: {quoted('urn:tiexin:dataset:' + stem_of(path))}",
        f"format: {form}",
    ]
    if isinstance(table, CsvTable):
        lines.append(f"encoding: {table.encoding.removesuffix('-sig')}")
        lines.append(f"delimiter: {quoted(table.delimiter)}")
    if any(column.is_local_time for column in (found.time, *found.other_times) if column):
        lines.append("# The times have no zone of their own. Write the zone in which the clock stood, for example:")
        lines.append("# 时间没有时区，请写明其所在时区，例如：")
        lines.append("# zone: Asia/Shanghai")
    nulls = sorted({"", *(word for column in found.all for word in column.null_words)})
    lines.append(f"nulls: [{', '.join(map(quoted, nulls))}]")
    return [*lines, "event:", *_envelope(found), *_content(found)]


def _envelope(found: Guess) -> list[str]:
    kind = "journey.step_recorded.v1" if found.step else "contact.recorded.v1"
    lines = [f"  type: {{constant: {kind}}}  # choose from: tiexin record kinds"]
    if found.id:
        lines.append(f"  id: {quoted(found.id.name)}  # every value of the sample is different")
    else:
        lines.append("  # no id: no column has a different value in every row; rows get a keyed hash as id")
    if found.time:
        formats = ", ".join(map(quoted, found.time.formats))
        lines.append(f"  time: {{column: {quoted(found.time.name)}, formats: [{formats}]}}")
        if found.time.bad_times:
            lines.append(
                f"  # {found.time.bad_times:,} of {found.time.count:,} times do not fit; they will be rejected"
            )
            lines.append(f"  # {found.time.count:,} 个时间中有 {found.time.bad_times:,} 个不符合此格式，导入时会被拒绝")
        if found.time.ambiguous_day:
            lines.append("  # day and month may be the other way round: no day above 12 was seen")
    else:
        lines.append("  # time: no column of times was found; every event needs one")
        lines.append('  # time: {column: YOUR_COLUMN, formats: ["%Y-%m-%d %H:%M:%S"]}')
    if found.subject:
        lines.append(
            f"  subject: {{column: {quoted(found.subject.name)}, pseudonymise: customer}}  # a person's number?"
        )
    for name, column in (("case", found.case), ("step", found.step), ("actor", found.actor)):
        if column:
            lines.append(f"  {name}: {quoted(column.name)}")
    for name, column in (("lifecycle", found.lifecycle), ("team", found.team), ("product", found.product)):
        if column:
            lines.append(f"  {name}: {quoted(column.name)}")
    return lines


def _content(found: Guess) -> list[str]:
    lines: list[str] = []
    if found.data:
        lines.append("data:")
        names = different_names([column.member for column in found.data])
        lines += [f"  {quoted(name)}: {column.field()}" for name, column in zip(names, found.data, strict=True)]
    if not found.personal:
        return lines
    note = "" if found.subject else "# personal content needs a subject: map one above, then take the marks away\n"
    mark = "" if found.subject else "# "
    lines += note.splitlines()
    lines.append(f"{mark}personal:  # encrypted under the subject's key")
    names = different_names([column.member for column in found.personal])
    for name, column in zip(names, found.personal, strict=True):
        lines.append(f"{mark}  {quoted(name)}: {quoted(column.name)}")
    return lines


def different_names(names: list[str]) -> list[str]:
    """Return the names with a number behind those that stand before already."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found


def quoted(text: str) -> str:
    """Return a text as YAML: a plain word where that is safe, else in double quotes."""
    import msgspec

    plain = text.replace("_", "").replace("-", "").isalnum() and text.isascii() and text[:1].isalpha()
    if plain and text.lower() not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}:
        return text
    return msgspec.json.encode(text).decode()


__all__: Sequence[str] = ["suggest"]
