"""Kinds of dialogue: what was said in calls and chats (the words are personal)."""

from __future__ import annotations

from msgspec import Struct

DIALOGUE: dict[str, type[Struct]] = {}
"""Type name → structure of its data."""
