"""The types that cross the border of the API keys."""

from __future__ import annotations

from enum import StrEnum

import msgspec

NAME_CHARS_MAX = 100
"""Longest name of a key in characters."""
LIFE_DAYS_MAX = 3_660
"""Longest life of a key in days."""
KEYS_MAX = 1_000
"""Most keys of one installation, revoked ones included."""


class Scope(StrEnum):
    """What a caller may do over HTTP."""

    EVENTS_WRITE = "events:write"
    """Append events."""
    EVENTS_READ = "events:read"
    """Read and follow events, without personal content."""
    EVENTS_PERSONAL = "events:personal"
    """See the personal content of events as well; needs events:read too."""
    FIGURES_READ = "figures:read"
    """Read journeys and quality figures."""
    ADMIN = "admin"
    """Administer the installation; includes none of the others."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a key. Times are UTC µs; ``revoked_us`` is None while the key stands."""

    id: str
    name: str
    scopes: list[Scope]
    created_us: int
    expires_us: int
    revoked_us: int | None = None


class StoredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is kept: the SHA-256 of its secret (32 bytes), never the secret."""

    key: ApiKey
    digest: bytes


class MadeKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new key with its token, which is shown this once and kept nowhere."""

    key: ApiKey
    token: str
