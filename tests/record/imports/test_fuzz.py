"""Whatever bytes arrive: an event, a reject with its reason, or a typed error – never a crash."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.record.imports.conftest import HEAD, MAPPING
from tests.record.imports.test_xes import log, step, trace
from tiexin.kernel.errors import TiexinError
from tiexin.record.imports.mapping import parse_mapping
from tiexin.record.imports.model import ImportKind, ImportSpec
from tiexin.record.imports.readers import open_reader
from tiexin.record.imports.suggest import suggest

MAPPING_OF_EVERYTHING = """
mapping: 1
zone: Europe/Amsterdam
event: {type: topic, time: {column: at, formats: [iso, "%d/%m/%Y %H:%M", epoch_s]}, subject: customer, case: case}
data:
  number: {column: topic, as: int, default: 0}
  share: {column: words, as: float}
  took: {column: words, as: seconds}
  day: {column: at, as: day}
  moment: {column: at, as: moment}
  plain: {column: words, as: json}
"""
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WHOLE = log(trace("c1", step("a"), step("b", more='<int key="n" value="1"/>')), trace("c2", step("a"))).encode()


class Keys:
    """The two things that readers ask of a record."""

    def row_key(self) -> bytes:
        return b"k" * 32

    def pseudonymise(self, namespace: str, value: str) -> str:
        return f"{namespace}-{value.encode('utf-8', 'backslashreplace').hex()}"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def read_all(path: Path, spec: ImportSpec) -> int:
    """Return how many rows were read; typed errors are fine, and every row is an event or has a reason."""
    rows = 0
    try:
        for item in open_reader(path, spec, Keys()).items():
            rows += 1
            assert (item.event is None) != (item.reject is None)
            assert item.line >= 1
            if item.reject is not None:
                msgspec.json.encode(item.reject)
    except TiexinError as error:
        if error.status >= 500:
            raise
        msgspec.json.encode(error.problem())
    return rows


@FEW
@given(
    st.binary(max_size=400)
    | st.builds(
        lambda at, junk, size: WHOLE[: at % len(WHOLE)] + junk + WHOLE[at % len(WHOLE) + size :],
        st.integers(0, 10_000),
        st.binary(max_size=12)
        | st.sampled_from([b"<event>", b"</event>", b"<list key='l'>", b"<values>", b"</trace>"]),
        st.integers(0, 40),
    )
)
@example(WHOLE.replace(b"UTF-8", b"base64"))
@example(WHOLE.replace(b"UTF-8", b"utf-7"))
def test_any_log(folder: Path, content: bytes) -> None:
    path = folder / "any.xes"
    path.write_bytes(content)
    read_all(path, ImportSpec(kind=ImportKind.XES))


CELL = st.text(max_size=20) | st.sampled_from(
    [
        "2024-05-01",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "1e400",
        "-1e308",
        "٣",
        "1:2:3",
        "99999999999999999999",
    ]
)


@FEW
@given(st.lists(st.lists(CELL, min_size=3, max_size=6), max_size=5), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_table(folder: Path, rows: list[list[str]], encoding: str) -> None:
    path, mapping = folder / "any.csv", folder / "any.yaml"
    mapping.write_text(MAPPING_OF_EVERYTHING, "utf-8")
    text = HEAD + "".join(",".join(row) + "\n" for row in rows)
    path.write_bytes(text.encode(encoding, "replace"))
    read_all(path, ImportSpec(kind=ImportKind.MAPPING, mapping=mapping))


@FEW
@given(st.binary(max_size=300), st.sampled_from(["csv", "jsonl", "parquet", "csv.gz"]))
@example(b"PAR1\x00\x00PAR1", "parquet")
@example(b"\x1f\x8b\x08\x00", "csv.gz")
@example(b"a,b\n\xff\xfe", "csv")
def test_any_bytes(folder: Path, content: bytes, ending: str) -> None:
    path, mapping = folder / f"bytes.{ending}", folder / "bytes.yaml"
    path.write_bytes(content)
    mapping.write_text(MAPPING_OF_EVERYTHING, "utf-8")
    read_all(path, ImportSpec(kind=ImportKind.MAPPING, mapping=mapping))
    read_all(path, ImportSpec(kind=ImportKind.CLOUDEVENTS))
    try:
        parse_mapping(suggest(path), name="suggested")
    except TiexinError as error:
        if error.status >= 500:
            raise


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | CELL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CELL, inner, max_size=3),
    max_leaves=8,
)


@FEW
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("at", "case", "customer", "topic", "words"), JSON)), max_size=4))
def test_any_json_lines(folder: Path, rows: list[dict[str, object]]) -> None:
    import json

    path, mapping = folder / "any.jsonl", folder / "any.yaml"
    mapping.write_text(MAPPING_OF_EVERYTHING, "utf-8")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert read_all(path, ImportSpec(kind=ImportKind.MAPPING, mapping=mapping)) in {0, len(rows)}


@FEW
@given(st.text(max_size=200) | st.integers(0, len(MAPPING)).map(lambda at: MAPPING[:at]))
@example("? {a: b}\n: c")
@example("a: " + "[" * 2_000)
@example("mapping: 1\nevent: {type: {format: '{'}, time: at}\n")
def test_any_mapping(text: str) -> None:
    try:
        parse_mapping(text, name="any")
    except TiexinError as error:
        if error.status != 422:
            raise
