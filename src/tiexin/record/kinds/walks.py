"""Kinds of mystery-shopper walks: planned, step by step, finished."""

from __future__ import annotations

from msgspec import Struct

WALKS: dict[str, type[Struct]] = {}
"""Type name → structure of its data."""
