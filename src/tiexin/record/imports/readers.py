"""Chooses and opens the reader of a file, and settles what its data set and journey are called."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import Protocol

import msgspec

from tiexin.record.imports.bytesource import ByteSource, file_hash
from tiexin.record.imports.checkpoint import FORMAT, URN_PREFIX
from tiexin.record.imports.model import ImportKind, ImportOptionError, ImportSpec, Reader
from tiexin.record.imports.rowkeys import RowKeys
from tiexin.record.imports.times import zone_named

SUFFIXES = (".gz", ".xes", ".csv", ".tsv", ".tab", ".txt", ".parquet", ".jsonl", ".ndjson", ".json", ".xml")
SHIPPED = {
    ImportKind.CFPB: ("cfpb", "cfpb-api"),
    ImportKind.CALLS: ("calls",),
    ImportKind.TICKETS: ("tickets",),
}
"""The mappings that ship for a kind; the first whose columns the file has is taken."""


class KeyHolder(Protocol):
    """The part of the record that readers need."""

    def row_key(self) -> bytes:
        """Return the key for hashes of rows."""

    def pseudonymise(self, namespace: str, value: str) -> str:
        """Return the pseudonym of an identifier."""


def stem_of(path: Path) -> str:
    """Return the name of a file without its folder and the endings of its format."""
    name = path.name
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix) or name
    return name


def open_reader(path: Path, spec: ImportSpec, keys: KeyHolder) -> Reader:
    """Return the reader for a file.

    Raises:
        ImportFileMissingError: the file cannot be read.
        ImportOptionError: an option does not fit the kind.
        MappingError: the mapping is not valid or does not fit the file.
    """
    check_options(spec)
    stem = stem_of(path)
    source = spec.source or URN_PREFIX + stem
    row_keys = RowKeys(keys.row_key())
    if spec.kind is ImportKind.CLOUDEVENTS:
        from tiexin.record.imports.cloudevents import CloudEventsParquetReader, CloudEventsReader
        from tiexin.record.imports.tables import PARQUET_MAGIC

        with ByteSource(path) as stream:
            is_parquet = stream.take(len(PARQUET_MAGIC)).startswith(PARQUET_MAGIC)
        if is_parquet:
            return CloudEventsParquetReader(path, source=source)
        return CloudEventsReader(path, source=source)
    if spec.kind is ImportKind.XES:
        from tiexin.record.imports.xes import XesReader

        return XesReader(
            ByteSource(path),
            journey=spec.journey or stem,
            source=source,
            keys=row_keys,
            classifier=spec.classifier,
            encoding=spec.encoding,
            zone=zone_named(spec.zone) if spec.zone else None,
        )
    from tiexin.record.imports.mapped import MappedReader
    from tiexin.record.imports.mapping import parse_mapping

    mappings = [(name, parse_mapping(text, name=name)) for name, text in mapping_texts(spec)]
    return MappedReader(
        path,
        mappings,
        spec=spec,
        stem=stem,
        source=lambda mapping: spec.source or mapping.source or source,
        keys=row_keys,
        pseudonymise=keys.pseudonymise,
    )


def mapping_texts(spec: ImportSpec) -> list[tuple[str, str]]:
    """Return name and text of the mappings that may apply, in order of preference.

    Raises:
        ImportOptionError: a mapping is asked for and none is given.
        MappingError: the file of the mapping cannot be read.
    """
    if spec.mapping_text is not None:
        return [("the mapping", spec.mapping_text)]
    if spec.mapping is not None:
        from tiexin.record.imports.mapping import read_mapping

        return [(str(spec.mapping), read_mapping(spec.mapping))]
    if spec.kind not in SHIPPED:
        message = "`--as mapping` needs the mapping: --mapping M.yaml (make one with tiexin import --suggest FILE)."
        raise ImportOptionError(message, field="mapping")
    folder = resources.files("tiexin.record.imports") / "data"
    return [(f"{name}.yaml", (folder / f"{name}.yaml").read_text("utf-8")) for name in SHIPPED[spec.kind]]


def check_options(spec: ImportSpec) -> None:
    """Refuse options that the kind of file has no use for, rather than ignore them.

    Raises:
        ImportOptionError: names the option.
    """
    kind = spec.kind
    unused: dict[str, bool] = {
        "mapping": (spec.mapping or spec.mapping_text) is not None and kind in {ImportKind.XES, ImportKind.CLOUDEVENTS},
        "classifier": spec.classifier is not None and kind is not ImportKind.XES,
        "journey": spec.journey is not None and kind is ImportKind.CLOUDEVENTS,
        "source": spec.source is not None and kind is ImportKind.CLOUDEVENTS,
        "encoding": spec.encoding is not None and kind is ImportKind.CLOUDEVENTS,
        "zone": spec.zone is not None and kind is ImportKind.CLOUDEVENTS,
    }
    for name, wrong in unused.items():
        if wrong:
            message = f"--{name} does not apply to --as {kind.value}. Nothing was imported."
            raise ImportOptionError(message, field=name)
    if spec.max_rejects < 0:
        message = "--max-rejects is a number from 0 on. Nothing was imported."
        raise ImportOptionError(message, field="max_rejects")


def digest_of(path: Path, spec: ImportSpec) -> str:
    """Return a hash of the file and of everything that decides what its rows become."""
    texts = mapping_texts(spec) if spec.kind in SHIPPED or spec.kind is ImportKind.MAPPING else []
    decides = [FORMAT, spec.kind, spec.journey, spec.source, spec.encoding, spec.zone, spec.classifier, stem_of(path)]
    rest = msgspec.json.encode([decides, texts])
    return hashlib.sha256(file_hash(path).encode() + rest).hexdigest()
