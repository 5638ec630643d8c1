"""The 15 entries of the log in the vectors, in order (vectors/README.md)."""

from __future__ import annotations

WORDS = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten"
LEAVES = WORDS.split()
