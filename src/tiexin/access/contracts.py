"""The types that cross the border of access: roles, rights, and who calls."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What somebody is to the institution; each user has exactly one."""

    ADMIN = "admin"
    ANALYST = "analyst"
    OFFICER = "officer"
    AGENT = "agent"
    AUDITOR = "auditor"
    CUSTOMER = "customer"
    REGULATOR = "regulator"


class Right(StrEnum):
    """What a caller may do; also the scope of an API key. Which role has which stands in ``data/rights.yaml``."""

    RECORD_APPEND = "record:append"
    """Append events."""
    RECORD_READ = "record:read"
    """Read, search and follow events, without personal content."""
    RECORD_PERSONAL = "record:personal"
    """See the personal content of events as well; needs record:read too."""
    FIGURES_READ = "figures:read"
    """Read journeys, quality figures and their definitions."""
    EXPORT = "export"
    """Take tables, charts and contacts out as files; every export is an event."""
    IMPORTS_RUN = "imports:run"
    """Upload files, map them, import them."""
    WALKS_WRITE = "walks:write"
    """Plan and record mystery-shopper walks."""
    COMPLAINTS_ALL = "complaints:all"
    """See complaints of every unit, whatever the caller's own unit (consumer protection)."""
    AUDIT_READ = "audit:read"
    """Read sign-ins, exports, refusals and changes of rights."""
    USERS_MANAGE = "users:manage"
    """Add, change and lock users."""
    KEYS_MANAGE = "keys:manage"
    """Make and revoke API keys."""
    SETTINGS_MANAGE = "settings:manage"
    """Change calendars, branches and appearance of the installation."""
    TRUTH_READ = "truth:read"
    """Compare the findings with what was planted (demo only)."""
    TRUST_READ = "trust:read"
    """See the state of the verifiable log: head, witnesses, anchors, audits."""
    TRUST_AUDIT = "trust:audit"
    """Run an audit of the log against the record."""
    RECEIPTS_MAKE = "receipts:make"
    """Make receipts, certificates and evidence bundles of contacts that the caller may see."""
    OWN_READ = "own:read"
    """See the contacts that concern oneself."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls and what they may do.

    ``user`` is the name of a signed-in user, ``key_id`` that of an API key; both None for a program on this machine.
    ``units`` are the units of the organisation whose contacts the caller may see (its own unit with everything below
    it and what merged into that), None for the whole institution; ``unit`` is that unit
    itself. ``subject`` is set for customers alone: the only party they may see.
    """

    rights: frozenset[str]
    user: str | None = None
    role: Role | None = None
    key_id: str | None = None
    units: frozenset[str] | None = None
    unit: str | None = None
    subject: str | None = None

    @property
    def name(self) -> str:
        """How the record names this caller (the ``actor`` of what it does)."""
        return self.user or (f"key:{self.key_id}" if self.key_id else "local")


LOCAL_RIGHTS = frozenset({Right.RECORD_APPEND.value, Right.RECORD_READ.value, Right.FIGURES_READ.value})
"""What a program on this machine may do without a key: everything but personal content and administration."""
LOCAL = Caller(rights=LOCAL_RIGHTS)
NOBODY = Caller(rights=frozenset())
"""A caller that has not said who it is, at the few addresses that answer it."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a key. Times are UTC µs; ``revoked_us`` is None while the key stands."""

    id: str
    name: str
    scopes: list[Right]
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


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in, as shown to those who manage users. Times are UTC µs.

    ``unit`` is the unit of the organisation that bounds what the user sees (None: the whole institution);
    ``subject`` is set for customers alone. ``locked`` is an act of an administrator, not the delay after failures.
    """

    name: str
    display_name: str
    role: Role
    unit: str | None = None
    subject: str | None = None
    locked: bool = False
    must_change_password: bool = False
    has_password: bool = True
    created_us: int
    signed_in_us: int | None = None


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How a user wants the console; None takes what the browser asks for."""

    language: str | None = None
    appearance: str | None = None
    easy_mode: bool = False
    read_aloud: bool = False
