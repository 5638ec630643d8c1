"""From DuckDB's dialect to Spark's, refusing what would silently mean something else there.

The spike behind ADR 0020 found that sqlglot drops the ORDER BY of ``list(x ORDER BY y)`` on its way to Spark (one
variant too many on BPIC 2012) and keeps two arguments on ``percentile_cont``, which Spark rejects. The first is
refused here, the second rewritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from tiexin.infra.analytics.port import Parameters

REFUSED: dict[type[exp.Expr], str] = {
    exp.ApproxQuantile: "an approximate quantile differs between engines; use quantile_cont",
    exp.ApproxDistinct: "an approximate count differs between engines; use count(distinct …)",
    exp.IntDiv: "whole division of negative numbers differs between engines; use floor(a / b)",
}


class DialectError(ValueError):
    """The text uses something that Spark would answer differently; says what to write instead."""


def to_spark(sql: str, params: Parameters | None = None) -> str:
    """Return the Spark text of one SELECT written for DuckDB, its parameters bound as literals.

    Raises:
        DialectError: the text uses something that has no equal on Spark, or names a parameter not given.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in list(tree.walk()):
        _refuse(node)
        if isinstance(node, exp.Placeholder):
            node.replace(_bound(node.name, params or {}))
        elif isinstance(node, exp.PercentileCont) and node.expression is not None:
            # Spark's percentile(x, p) is exact and interpolates linearly, as quantile_cont does.
            node.replace(exp.Anonymous(this="PERCENTILE", expressions=[node.this, node.expression]))
    return str(tree.sql(dialect="spark"))


def _refuse(node: exp.Expr) -> None:
    for kind, reason in REFUSED.items():
        if isinstance(node, kind):
            raise DialectError(reason)
    if isinstance(node, exp.ArrayAgg | exp.Quantile) and node.find(exp.Order):
        msg = "Spark loses the order of a collected list; use string_agg(x, separator ORDER BY …)"
        raise DialectError(msg)


def _bound(name: str, params: Parameters) -> exp.Expr:
    if name not in params:
        msg = f"parameter ${name} was not given"
        raise DialectError(msg)
    return _literal(params[name])


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return exp.Array(expressions=[_literal(item) for item in value])
    return exp.convert(value)
