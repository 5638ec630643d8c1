"""Spark, on this machine or a cluster: the same texts, transpiled."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tiexin.infra.analytics.dialect import to_spark
from tiexin.infra.analytics.port import Parameters
from tiexin.kernel.errors import UnavailableError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

THREADS_DEFAULT = 2


class SparkUnavailableError(UnavailableError):
    """Spark was asked for, but pyspark or Java is missing."""

    code = "spark_unavailable"


class SparkEngine:
    """A session of its own in the Spark application of this process, so that views of two analyses never meet.

    ``TIEXIN_SPARK_MASTER`` names a cluster; by default Spark runs inside this machine. The session's clock is UTC.
    """

    name = "spark"

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        with _quiet():
            self._session = _application(memory_limit=memory_limit, threads=threads or THREADS_DEFAULT).newSession()
        self._folder = tempfile.TemporaryDirectory(prefix="tiexin-spark-")
        self._kept: dict[str, DataFrame] = {}

    def query(self, sql: str, params: Parameters | None = None) -> pa.Table:
        """Return the rows of one SELECT."""
        with _quiet():
            return self._session.sql(to_spark(sql, params)).toArrow()

    def materialise(self, name: str, sql: str, params: Parameters | None = None) -> None:
        """Keep the rows of one SELECT as cached temporary view ``name``."""
        with _quiet():
            frame = self._session.sql(to_spark(sql, params)).cache()
            frame.count()  # A cache is filled on first use; fill it now, while its inputs are surely there.
            frame.createOrReplaceTempView(name)
        if name in self._kept:
            self._kept[name].unpersist()
        self._kept[name] = frame

    def register_parquet(
        self,
        name: str,
        paths: Sequence[Path],
        tail: pa.Table | None,
        *,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Make view ``name`` over files and tail, or over those of their rows that ``only`` keeps."""
        files = [str(path) for path in paths]
        if tail is not None:
            spill = Path(self._folder.name) / f"{name}-tail.parquet"
            pq.write_table(tail, spill)
            files.append(str(spill))
        if not files:
            msg = f"view {name} needs at least one file or a tail"
            raise ValueError(msg)
        with _quiet():
            frame = self._session.read.parquet(*files)
            for column, values in (only or {}).items():
                frame = frame.where(frame[column].isin(list(values)))
            frame.createOrReplaceTempView(name)

    def encoded(self, name: str, columns: Sequence[str]) -> pa.Table | None:  # noqa: ARG002 - Engine's own signature
        """Return None: rows of a cluster are not brought here to be counted."""
        return None

    def close(self) -> None:
        """Free cached rows; the application stays for the next analysis and ends with the process."""
        with _quiet():
            for frame in self._kept.values():
                frame.unpersist()
        self._kept.clear()
        self._folder.cleanup()


def _application(*, memory_limit: str | None, threads: int) -> SparkSession:
    # Workers must run the Python that we run in, else Spark takes whatever `python3` is first on PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        msg = "Spark is not installed; install tiexin[spark] or use --engine duckdb."
        raise SparkUnavailableError(msg) from error
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(threads),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": (memory_limit or "2g").lower().removesuffix("b"),
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
    }
    builder = SparkSession.builder.master(os.environ.get("TIEXIN_SPARK_MASTER") or f"local[{threads}]")
    builder = builder.appName("tiexin")
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        msg = f"Spark did not start (it needs Java 17): {error}"
        raise SparkUnavailableError(msg) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hide pyspark's notice that it does not know the newest pandas yet; we exchange Arrow tables only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        yield
