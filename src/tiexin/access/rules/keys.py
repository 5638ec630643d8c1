"""Pure rules of API keys: what a token looks like, when a key holds, which scopes exist.

A token is ``tx_<id>_<secret>``: the id (8 characters) finds the key, the secret is 32 random bytes in base64url.
A secret of 256 random bits cannot be guessed from its hash, so one round of SHA-256 is enough (a slow password hash
guards secrets that people choose; NIST SP 800-63B, 5.1.2.2 asks for it only there).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from tiexin.access.contracts import ApiKey, MadeKey, Right, StoredKey
from tiexin.kernel.clock import DAY_US, iso_us
from tiexin.kernel.errors import InvalidInputError, NotAllowedError

SECRET_BYTES = 32
ID_BYTES = 5
TOKEN = re.compile(r"tx_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
NO_DIGEST = bytes(32)
NAME_CHARS_MAX = 100
"""Longest name of a key in characters."""
LIFE_DAYS_MAX = 3_660
"""Longest life of a key in days."""
OLD_SCOPES: dict[str, tuple[Right, ...]] = {
    "events:write": (Right.RECORD_APPEND,),
    "events:read": (Right.RECORD_READ,),
    "events:personal": (Right.RECORD_PERSONAL,),
    "admin": (Right.USERS_MANAGE, Right.KEYS_MANAGE, Right.SETTINGS_MANAGE),
}
"""Names of scopes before there were roles; still understood when a key is made."""
LIFE = re.compile(r"([1-9][0-9]{0,4})\s*(d|w|m|y)?")
DAYS_OF = {"d": 1, "w": 7, "m": 30, "y": 365}


class KeyInputError(InvalidInputError):
    """A key was asked for with a name, life or scope that is not possible."""

    code = "invalid_key_input"


class UnknownCallerError(NotAllowedError):
    """The caller did not say who it is, or the key does not hold (any more)."""

    status = 401
    code = "unknown_caller"
    title = "We do not know who is calling"


def make_key(*, name: str, scopes: Sequence[str], days: int, now_us: int, random: bytes) -> tuple[MadeKey, StoredKey]:
    """Return a new key with its token, and the form in which it is kept.

    Args:
        name: who will use it, 1 to 100 characters.
        scopes: at least one name of :class:`Right`.
        days: how long it holds, 1 to 3,660.
        now_us: the present, UTC µs.
        random: 37 random bytes from a source fit for secrets.

    Raises:
        KeyInputError: name, scopes or days are not possible.
    """
    if not name.strip() or len(name) > NAME_CHARS_MAX or not name.isprintable():
        msg = f"A key needs a name of 1 to {NAME_CHARS_MAX} printable characters."
        raise KeyInputError(msg, limit=NAME_CHARS_MAX)
    if not 1 <= days <= LIFE_DAYS_MAX:
        msg = f"A key holds for 1 to {LIFE_DAYS_MAX} days, not {days}."
        raise KeyInputError(msg, limit=LIFE_DAYS_MAX)
    if len(random) != ID_BYTES + SECRET_BYTES:
        msg = f"{ID_BYTES + SECRET_BYTES} random bytes are needed"
        raise ValueError(msg)
    key_id = base64.b32encode(random[:ID_BYTES]).decode().lower()
    secret = base64.urlsafe_b64encode(random[ID_BYTES:]).decode().rstrip("=")
    key = ApiKey(
        id=key_id,
        name=name.strip(),
        scopes=check_scopes(scopes),
        created_us=now_us,
        expires_us=now_us + days * DAY_US,
    )
    return MadeKey(key=key, token=f"tx_{key_id}_{secret}"), StoredKey(key=key, digest=digest_of(secret))


def days_of(life: str) -> int:
    """Return the days of a life as people write it: ``30d``, ``12w``, ``6m`` (30 days each), ``1y``, or bare days.

    Raises:
        KeyInputError: the text says no length of time.
    """
    found = LIFE.fullmatch(life.strip().lower())
    if found is None:
        msg = f"{life!r} is no length of time. Write for example 30d, 12w, 6m or 1y."
        raise KeyInputError(msg, value=life)
    return int(found[1]) * DAYS_OF[found[2] or "d"]


def check_scopes(scopes: Sequence[str]) -> list[Right]:
    """Return the rights that scopes stand for in their fixed order, each once; old names are understood.

    Raises:
        KeyInputError: there is none, or one that does not exist.
    """
    known = [right.value for right in Right]
    asked = {right.value for scope in scopes for right in OLD_SCOPES.get(scope, ())} | {*scopes} - {*OLD_SCOPES}
    wrong = [scope for scope in scopes if scope not in known and scope not in OLD_SCOPES]
    if wrong or not scopes:
        msg = f"{wrong[0]!r} is not a scope." if wrong else "A key needs at least one scope."
        msg = f"{msg} Scopes are: {', '.join(known)}."
        raise KeyInputError(msg, scopes=known)
    return [right for right in Right if right.value in asked]


def digest_of(secret: str) -> bytes:
    """Return the SHA-256 of a secret (32 bytes)."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def split_token(token: str) -> tuple[str, str] | None:
    """Return id and secret of a token, or None if it does not look like one."""
    found = TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def recognise(token: str, stored: StoredKey | None, *, now_us: int) -> ApiKey:
    """Return the key whose token this is; ``stored`` is the key of the token's id, or None.

    The comparison takes the same time whether the id exists or not. Whoever holds the right secret learns that the
    key was revoked or has expired; anybody else learns nothing.

    Raises:
        UnknownCallerError: the token is none of ours, or its key does not hold.
    """
    parts = split_token(token)
    digest = digest_of(parts[1]) if parts else NO_DIGEST
    kept = stored.digest if stored else bytes(reversed(digest))
    if parts is None or not hmac.compare_digest(digest, kept) or stored is None:
        msg = "This API key is not known here. Make one with: tiexin keys create NAME --scope SCOPE"
        raise UnknownCallerError(msg)
    if stored.key.revoked_us is not None:
        msg = f"The API key {stored.key.id} was revoked at {iso_us(stored.key.revoked_us)}."
        raise UnknownCallerError(msg)
    if now_us >= stored.key.expires_us:
        msg = f"The API key {stored.key.id} expired at {iso_us(stored.key.expires_us)}."
        raise UnknownCallerError(msg)
    return stored.key
