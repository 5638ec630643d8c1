"""The definitions of all figures as Markdown, for the guide; a test keeps the guide equal to it."""

from __future__ import annotations

from tiexin.kernel.text import Language, Text
from tiexin.quality.definitions import rules

HEADINGS = Text(zh="| 指标 | 怎样计数 | 区间 |", en="| Figure | How it is counted | Interval |")


def definitions_table(language: Language) -> str:
    """Return one table row a figure, in the order of publication."""
    rows = [HEADINGS.in_language(language), "|---|---|---|"]
    for rule in rules().values():
        found = rule.definition
        told = [text.in_language(language) for text in (found.name, found.text, found.interval)]
        rows.append(f"| {told[0]}<br>`{found.id}` | {told[1]} | {told[2]} |")
    return "\n".join(rows) + "\n"
