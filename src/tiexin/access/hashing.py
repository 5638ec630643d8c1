"""Password hashes: argon2id, a bounded number at once, the same work whether a user exists or not."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from tiexin.access.policy import policy
from tiexin.access.rules.passwords import normalised

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@functools.cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, Type

    chosen = policy().argon2id
    return PasswordHasher(
        time_cost=chosen.passes, memory_cost=chosen.memory_kib, parallelism=chosen.lanes, type=Type.ID
    )


@functools.cache
def _places() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(policy().argon2id.at_once)


@functools.cache
def _nobodys() -> str:
    """A hash that no password fits, for names that do not exist."""
    import secrets

    return hash_password(secrets.token_hex(32))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its parameters and salt."""
    with _places():
        return _hasher().hash(normalised(password))


def is_password(password: str, kept: str | None) -> bool:
    """Tell whether a password fits a hash; without a hash the work is done all the same and the answer is no."""
    from argon2.exceptions import InvalidHashError, VerificationError

    against = kept or _nobodys()
    with _places():
        try:
            _hasher().verify(against, normalised(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than those in force."""
    return _hasher().check_needs_rehash(kept)
