"""Kinds: the compiled validator and the exported JSON Schema say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from tiexin.infra.settings import KindMode
from tiexin.record.kinds.registry import KindError, KindRegistry, export_schemas
from tiexin.record.kinds.shipped import SHIPPED

CALL = {"outcome": "answered", "queue_seconds": 1, "talk_seconds": 2.5}
TICKET = {"ticket": "A001", "window": "3", "wait_seconds": 60, "elderly": True}
CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("call.ended.v1", CALL, True),
    ("call.ended.v1", {**CALL, "own_member": {"deep": [1]}}, True),
    ("call.ended.v1", {**CALL, "outcome": "lost"}, False),
    ("call.ended.v1", {**CALL, "queue_seconds": -0.1}, False),
    ("call.ended.v1", {**CALL, "queue_seconds": "1"}, False),
    ("call.ended.v1", {"outcome": "answered"}, False),
    ("branch.ticket_called.v1", TICKET, True),
    ("branch.ticket_called.v1", {**TICKET, "elderly": "yes"}, False),
    ("complaint.recorded.v1", {}, True),
    ("complaint.recorded.v1", {"received_on": "2026-1-2"}, False),
    ("ticket.updated.v1", {"state": "New", "modification": -1}, False),
    ("survey.answered.v1", {"metric": "nps", "score": 9, "scale_min": 0, "scale_max": 10}, True),
    ("survey.answered.v1", {"metric": "stars", "score": 9, "scale_min": 0, "scale_max": 10}, False),
    ("journey.step_recorded.v1", {"anything": 1}, True),
]


@pytest.mark.parametrize(("kind", "data", "fits"), CASES)
def test_validator_and_schema_agree(kind: str, data: dict[str, Any], fits: bool) -> None:  # noqa: FBT001
    registry = KindRegistry()
    assert (registry.problem(kind, data) is None) is fits
    schema = registry.schema(kind)
    assert schema is not None
    assert jsonschema_rs.is_valid(schema, data) is fits


def test_every_shipped_kind_has_a_schema_file(tmp_path: Path) -> None:
    files = export_schemas(tmp_path)
    assert sorted(file.stem for file in files) == sorted(SHIPPED)
    for file in files:
        jsonschema_rs.validator_for(msgspec.json.decode(file.read_bytes()))


def test_every_type_ends_in_its_version() -> None:
    assert [name for name in SHIPPED if not name.rsplit(".", 1)[1].startswith("v")] == []


def test_an_unknown_kind_is_a_problem_only_when_strict() -> None:
    assert KindRegistry(KindMode.LENIENT).problem("a.b.v1", {}) is None
    assert "not a known kind" in str(KindRegistry(KindMode.STRICT).problem("a.b.v1", {}))
    assert KindRegistry().schema("a.b.v1") is None


def test_a_broken_schema_of_the_institution_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.b.v1.json").write_bytes(b'{"type": 7}')
    with pytest.raises(KindError, match=r"a\.b\.v1\.json"):
        KindRegistry(folder=tmp_path)
