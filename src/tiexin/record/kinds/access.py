"""Kinds of access: who came in, who was refused, what was taken out, whose rights changed."""

from __future__ import annotations

from msgspec import Struct

ACCESS: dict[str, type[Struct]] = {}
"""Type name → structure of its data."""
