"""Where data and vectors of others lie: beside the repository, or where TIEXIN_SHARED says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared"


def shared_folder(name: str) -> Path:
    """Return a folder of what is shared; the test is skipped where nothing is there, and fails where it should be."""
    told = os.environ.get("TIEXIN_SHARED")
    if not told and not BESIDE.is_dir():
        pytest.skip(f"no folder ../shared, and TIEXIN_SHARED is not set: {name} of others are not here")
    found = Path(told or BESIDE) / name
    assert found.is_dir(), f"{found} is not a folder"
    return found
