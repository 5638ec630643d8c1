"""What tests of trust may ask for: the vectors of others, read where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shared import shared_folder


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of test vectors (merkle, tessera); the test is skipped where it is not there."""
    return shared_folder("vectors")
