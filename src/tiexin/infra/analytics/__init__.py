"""Analytics engines: one SQL text in DuckDB's dialect, run by DuckDB or, transpiled, by Spark (ADR 0020)."""
