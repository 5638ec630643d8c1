"""The libraries that speak with a chain, loaded so that they leave the process as it was.

web3 brings py_ecc, which on import raises Python's recursion limit to 100,000 for the whole process. Decoders written
in C trust that limit: with it, a request of deeply nested JSON would overflow the stack and end a server.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tiexin.kernel.errors import UnavailableError

NO_WEB3 = "Anchors on a chain need the package web3: pip install 'tiexin[chain]'"


class ChainUnavailableError(UnavailableError):
    """The chain does not answer, or web3 is not installed; names the address. What was sent may still be confirmed."""

    code = "chain_unavailable"


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Let nobody change the recursion limit meanwhile, not even for a moment: other threads are reading requests."""
    change = sys.setrecursionlimit
    sys.setrecursionlimit = lambda _limit: None
    try:
        yield
    finally:
        sys.setrecursionlimit = change


def load_web3() -> None:
    """Import web3 and what it needs; call it before anything else of theirs is imported.

    Raises:
        ChainUnavailableError: the packages are not installed.
    """
    try:
        with recursion_limit_kept():
            import eth_account  # noqa: F401
            import web3  # noqa: F401
    except ModuleNotFoundError as error:
        raise ChainUnavailableError(NO_WEB3) from error
