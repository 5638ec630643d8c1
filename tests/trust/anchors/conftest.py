from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.trust.anchors.nodes import Authority, Node, anvil, authority
from tiexin.trust.anchors.libraries import recursion_limit_kept

# What these raise for the whole process would let other tests of this worker overflow the stack.
with recursion_limit_kept():
    import eth  # noqa: F401

    from tests.trust.anchors.chain import Chain


@pytest.fixture(scope="session")
def chain() -> Chain:
    """One chain a worker; a test takes back what it did with ``chain.trial()``."""
    return Chain()


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """One real node a worker; each test deploys a contract of its own."""
    with anvil() as running:
        yield running


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """One time-stamping authority a worker."""
    with authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running
