from __future__ import annotations

import pytest

from tests.trust.anchors.chain import Chain


@pytest.fixture(scope="session")
def chain() -> Chain:
    """One chain a worker; a test takes back what it did with ``chain.trial()``."""
    return Chain()
