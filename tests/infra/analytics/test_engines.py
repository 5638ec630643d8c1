from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.infra.analytics.dialect import DialectError, to_spark
from tiexin.infra.analytics.engine import Engine, UnknownEngineError, open_engine

ROWS = pa.table({"n": pa.array([1, 2, 3, 4], pa.int64()), "name": ["a", None, "it's", 'q"\\']})


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "spark":
        pytest.importorskip("pyspark", reason="pyspark is not installed (extra spark)")
    opened = open_engine(request.param)
    pq.write_table(ROWS.slice(0, 2), tmp_path / "first.parquet")
    opened.register_parquet("rows", [tmp_path / "first.parquet"], ROWS.slice(2))
    yield opened
    opened.close()


def test_files_and_tail_are_one_view(engine: Engine) -> None:
    assert engine.query("SELECT n, name FROM rows ORDER BY n").to_pydict() == ROWS.to_pydict()


def test_parameters_are_values_never_text(engine: Engine) -> None:
    for name in ("a", "it's", 'q"\\'):
        found = engine.query("SELECT count(*) AS n FROM rows WHERE name = $name", {"name": name, "unused": 1})
        assert found.to_pydict() == {"n": [1]}
    found = engine.query("SELECT n FROM rows WHERE list_contains($wanted, n) ORDER BY n", {"wanted": [1, 4, 9]})
    assert found.to_pydict() == {"n": [1, 4]}


def test_a_quantile_is_exact_and_interpolated(engine: Engine) -> None:
    assert engine.query("SELECT quantile_cont(n, 0.5) AS p50 FROM rows").to_pydict() == {"p50": [2.5]}


def test_a_materialised_table_can_be_replaced_and_joined(engine: Engine) -> None:
    engine.materialise("kept", "SELECT n FROM rows WHERE n > $least", {"least": 2})
    engine.materialise("kept", "SELECT n FROM rows WHERE n > $least", {"least": 3})
    found = engine.query("SELECT r.name FROM rows AS r WHERE r.n IN (SELECT n FROM kept)")
    assert found.to_pydict() == {"name": ['q"\\']}


def test_a_view_without_any_source_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="at least one file or a tail"):
        engine.register_parquet("nothing", [], None)


def test_codes_run_over_files_and_tail_and_stand_for_one_dictionary(tmp_path: Path) -> None:
    pq.write_table(ROWS.slice(0, 2), tmp_path / "first.parquet")
    opened = open_engine("duckdb")
    opened.register_parquet("rows", [tmp_path / "first.parquet"], pa.concat_tables([ROWS.slice(2), ROWS.slice(0, 1)]))
    table = opened.encoded("rows", ["n", "name"])
    opened.close()
    assert table is not None
    assert table.column("n").to_pylist() == [1, 2, 3, 4, 1]
    assert [chunk.indices.to_pylist() for chunk in table.column("name").chunks] == [[0, None], [1, 2], [0]]
    assert table.column("name").chunk(1).dictionary.to_pylist() == ["a", "it's", 'q"\\']


def test_an_engine_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UnknownEngineError) as caught:
        open_engine("abacus")
    assert caught.value.facts == {"engine": "abacus", "known": ["duckdb", "spark"]}


@pytest.mark.parametrize(
    "sql",
    ["SELECT list(a ORDER BY b) FROM t", "SELECT approx_quantile(a, 0.5) FROM t", "SELECT a // 2 FROM t", "SELECT $x"],
)
def test_what_spark_would_answer_differently_is_refused(sql: str) -> None:
    with pytest.raises(DialectError):
        to_spark(sql)


def test_an_ordered_text_keeps_its_order_on_spark() -> None:
    assert "WITHIN GROUP (ORDER BY b" in to_spark("SELECT string_agg(a, ',' ORDER BY b) FROM t")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_bound_text_never_leaves_its_quotes(text: str) -> None:
    bound = to_spark("SELECT $x AS x", {"x": text})
    inside = bound.removeprefix("SELECT '").removesuffix("' AS x")
    assert bound == f"SELECT '{inside}' AS x"
    assert "'" not in inside.replace("\\\\", "").replace("\\'", "")
