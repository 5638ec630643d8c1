"""The one place that opens an analytics engine."""

from __future__ import annotations

from tiexin.infra.analytics.port import Engine, EngineName, Parameters, Scalar, UnknownEngineError

__all__ = ["Engine", "EngineName", "Parameters", "Scalar", "UnknownEngineError", "open_engine"]


def open_engine(name: str = "duckdb", *, memory_limit: str | None = None, threads: int | None = None) -> Engine:
    """Open an engine; the caller closes it.

    Args:
        name: ``duckdb`` or ``spark``.
        memory_limit: how much memory it may take, for example ``"2GB"`` (default: the engine's own).
        threads: how many threads it may use (default: one per core for DuckDB, two for Spark).

    Raises:
        UnknownEngineError: there is no engine of this name.
        UnavailableError: Spark was asked for but pyspark or Java is missing.
    """
    if name == EngineName.DUCKDB:
        from tiexin.infra.analytics.duck import DuckEngine

        return DuckEngine(memory_limit=memory_limit, threads=threads)
    if name == EngineName.SPARK:
        from tiexin.infra.analytics.spark import SparkEngine

        return SparkEngine(memory_limit=memory_limit, threads=threads)
    known = [str(engine) for engine in EngineName]
    msg = f"There is no engine {name!r}; choose one of {', '.join(known)}."
    raise UnknownEngineError(msg, engine=name, known=known)
