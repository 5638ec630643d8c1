"""Kinds of money: accounts, cards, loans, policies, funds and payments."""

from __future__ import annotations

from msgspec import Struct

MONEY: dict[str, type[Struct]] = {}
"""Type name → structure of its data."""
