"""The only door to access: open it, ask who calls, demand a right, name the reach of a caller."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tiexin.access.asking import (
    ANYBODY_KNOWN,
    CALLER_KEY,
    CODE_KEY,
    REFUSED_KEY,
    OutOfReachError,
    allow,
    bound,
    caller_of,
    changes_the_whole,
    exported,
    known_caller,
    may,
    noted,
    reach_of,
    sees_the_whole,
    still_holds,
    within_reach,
)
from tiexin.access.contracts import LOCAL, NOBODY
from tiexin.access.origin import SESSION_KEY, address_of, is_https, session_token
from tiexin.access.rules.csrf import is_csrf_token
from tiexin.access.rules.keys import OLD_SCOPES, UnknownCallerError
from tiexin.access.service import Access
from tiexin.access.sessions import SessionOverError
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock

if TYPE_CHECKING:
    from tiexin.record.api import Record

__all__ = [
    "ANYBODY_KNOWN",
    "CALLER_KEY",
    "CODE_KEY",
    "LOCAL",
    "NOBODY",
    "OLD_SCOPES",
    "REFUSED_KEY",
    "SESSION_KEY",
    "Access",
    "OutOfReachError",
    "SessionOverError",
    "UnknownCallerError",
    "address_of",
    "allow",
    "bound",
    "caller_of",
    "changes_the_whole",
    "exported",
    "is_csrf_token",
    "is_https",
    "known_caller",
    "may",
    "noted",
    "open_access",
    "reach_of",
    "sees_the_whole",
    "session_token",
    "still_holds",
    "within_reach",
]


def open_access(
    settings: Settings,
    *,
    record: Record | None = None,
    clock: Clock | None = None,
    random: Callable[[int], bytes] = os.urandom,
    monotonic: Callable[[], float] = time.monotonic,
) -> Access:
    """Open the users, sessions and keys of an installation, made on first use; use it as a context manager.

    Args:
        settings: of the installation.
        record: where events of access are written and the organisation is read; without one neither is done.
        clock: tells the present.
        random: source of secrets.
        monotonic: seconds that never go back, by which copies in memory age.

    Raises:
        DatabaseError: the database cannot be opened.
        SchemaError: the tables were made by a newer version.
    """
    return Access(settings, record=record, clock=clock, random=random, monotonic=monotonic)
