"""What tests of trust may ask for: the vectors of others, read where they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of test vectors (merkle, tessera); the test is skipped where it is not there."""
    shared = os.environ.get("TIEXIN_SHARED")
    if not shared:
        pytest.skip("TIEXIN_SHARED is not set: the vectors are not here")
    found = Path(shared) / "vectors"
    assert found.is_dir(), f"TIEXIN_SHARED is set, but {found} is not a folder"
    return found
