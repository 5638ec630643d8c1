"""The anchor contract as committed: its interface and its code, made from ``anchor.vy`` by scripts/regenerate.py."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

CONTRACT = Path(__file__).with_name("contract") / "anchor.json"


class Compiled(msgspec.Struct, frozen=True):
    """What the compiler made: the ABI, the code that deploys, the code that stays on the chain (0x…)."""

    compiler: str
    abi: list[dict[str, Any]]
    bytecode: str
    runtime: str


@cache
def compiled() -> Compiled:
    """Return the committed contract."""
    return msgspec.json.decode(CONTRACT.read_bytes(), type=Compiled)
