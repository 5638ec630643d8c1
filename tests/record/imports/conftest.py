from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tiexin.infra.settings import load_settings
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event
from tiexin.record.imports.model import ImportKind, ImportReport, ImportSpec
from tiexin.record.imports.runner import run_import

MAPPING = """
mapping: 1
source: urn:tiexin:dataset:visits
zone: Europe/Amsterdam
event:
  type: {constant: message.received.v1}
  time: {column: at, formats: [iso, "%d/%m/%Y %H:%M"]}
  case: case
  subject: {column: customer, pseudonymise: customer}
  team: {column: team, optional: true}
data:
  topic: topic
personal:
  words: words
"""
HEAD = "at,case,customer,topic,words\n"

Importer = Callable[..., ImportReport]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def record(home: Path) -> Iterator[Record]:
    with open_record(load_settings(home, environment={})) as opened:
        yield opened


@pytest.fixture
def mapping_file(tmp_path: Path) -> Path:
    path = tmp_path / "visits.yaml"
    path.write_text(MAPPING, "utf-8")
    return path


@pytest.fixture
def import_csv(record: Record, tmp_path: Path, mapping_file: Path) -> Importer:
    """Write a CSV file of that text (or those bytes) and import it through the mapping of visits."""

    def run(
        content: str | bytes, *, name: str = "visits.csv", mapping: str | None = None, **options: object
    ) -> ImportReport:
        if mapping is not None:
            mapping_file.write_text(mapping, "utf-8")
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        spec = ImportSpec(kind=ImportKind.MAPPING, mapping=mapping_file, **options)  # type: ignore[arg-type]
        return run_import(record, path, spec)

    return run


@pytest.fixture
def events(record: Record) -> Callable[[], list[Event]]:
    """The events of the record in order of position, personal content in clear."""
    return lambda: [recorded.event for recorded in record.iterate(personal=True)]
