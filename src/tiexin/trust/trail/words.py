"""What a reader sees of a trail: titles of steps and what is wrong with one, in both languages."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.kernel.text import Text
from tiexin.trust.trail.chain import Node, Step

FILE: Final = Path(__file__).parents[1] / "data" / "trail.yaml"
STEPS_PART: Final = "steps"
Words = Mapping[str, Mapping[str, Text]]
"""Part (``steps``, …) → code → what readers of the installation call it."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    titles: dict[str, Text]
    broken: dict[str, Text]


def title_of(node: Node, words: Words) -> Text:
    """Return what a step is called; the type itself where nobody gave it a name."""
    kind = _unversioned(node.type)
    titles = _table().titles
    found = titles.get(f"{kind}/{node.outcome}") or titles.get(kind) or Text(kind, kind)
    step = words.get(STEPS_PART, {}).get(node.step or "") or Text(node.step or "", node.step or "")
    return Text(found.zh.replace("{step}", step.zh), found.en.replace("{step}", step.en))


def broken_text(code: str | None) -> Text | None:
    """Return what is wrong with a step, in words."""
    return None if code is None else _table().broken[code]


def document(step: Step, *, words: Words, proof: str | None, actor: bool = True) -> dict[str, Any]:
    """Return a step as it is shown (JSON-ready).

    Args:
        step: the step.
        words: of the installation.
        proof: where its proof can be had, None while the log does not cover it.
        actor: whether to name who acted; customers see what was done, not by which member of staff.
    """
    node, trail = step.node, step.node.trail
    return {
        "position": node.position,
        "index": node.position - 1,
        "source": node.source,
        "id": node.id,
        "type": node.type,
        "time": iso_us(node.time_us),
        "case": node.case,
        "title": title_of(node, words),
        "actor": node.actor if actor else None,
        "inputs": trail.inputs if trail else [],
        "rule": trail.rule if trail else None,
        "reasons": trail.reasons if trail else [],
        "previous": step.previous,
        "proof": proof,
        "broken": step.broken,
        "broken_text": broken_text(step.broken),
    }


def _unversioned(kind: str) -> str:
    head, _, version = kind.rpartition(".")
    return head if head and version[:1] == "v" and version[1:].isdigit() else kind


@functools.cache
def _table() -> _Table:
    import yaml

    return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), _Table)
