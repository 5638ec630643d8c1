"""API keys: create, list, revoke, recognise."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from tiexin.access.audit import Audit
from tiexin.access.contracts import ApiKey, MadeKey, StoredKey
from tiexin.access.rules.keys import ID_BYTES, SECRET_BYTES, make_key, recognise, split_token
from tiexin.access.store.keys import KeyStore
from tiexin.kernel.clock import Clock, SystemClock, iso_us
from tiexin.kernel.errors import NotFoundError, RefusedError

KEYS_MAX = 1_000
"""Most keys of one installation, revoked ones included."""
FRESH_SECONDS = 1.0
"""How old the copy in memory may be: a revocation made elsewhere holds after this time at the latest."""


class TooManyKeysError(RefusedError):
    """The installation holds as many keys as it may."""

    code = "too_many_keys"


class KeyNotFoundError(NotFoundError):
    """There is no standing key of that id."""

    code = "key_not_found"


class Keys:
    """The API keys of one installation, with a copy in memory for the server."""

    def __init__(
        self,
        store: KeyStore,
        *,
        audit: Audit | None = None,
        clock: Clock | None = None,
        random: Callable[[int], bytes] = os.urandom,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock or SystemClock()
        self._random = random
        self._monotonic = monotonic
        self._copy: dict[str, StoredKey] = {}
        self._loaded_at: float | None = None

    def create(self, *, name: str, scopes: Sequence[str], days: int = 365, by: str = "local") -> MadeKey:
        """Make a key and return it with its token, which cannot be shown again.

        Raises:
            KeyInputError: name, scopes or days are not possible.
            TooManyKeysError: there are 1,000 keys already.
        """
        random = self._random(ID_BYTES + SECRET_BYTES)
        made, stored = make_key(name=name, scopes=scopes, days=days, now_us=self._clock.now_us(), random=random)
        if len(self._store.load()) >= KEYS_MAX:
            msg = f"An installation holds at most {KEYS_MAX} API keys; none was made."
            raise TooManyKeysError(msg, limit=KEYS_MAX)
        self._store.add(stored)
        self._loaded_at = None
        if self._audit is not None:
            key = made.key
            scopes = [scope.value for scope in key.scopes]
            expires = iso_us(key.expires_us)
            self._audit.write("key_made", actor=by, key=key.id, name=key.name, scopes=scopes, expires=expires)
        return made

    def list(self) -> list[ApiKey]:
        """Return every key, oldest first, without secrets."""
        return [stored.key for stored in self._store.load()]

    def any_standing(self) -> bool:
        """Tell whether at least one key holds at present."""
        now_us = self._clock.now_us()
        return any(key.revoked_us is None and now_us < key.expires_us for key in self.list())

    def revoke(self, key_id: str, *, by: str = "local") -> ApiKey:
        """Revoke a key at once (other processes follow within a second).

        Raises:
            KeyNotFoundError: no standing key has that id.
        """
        if not self._store.revoke(key_id, now_us=self._clock.now_us()):
            msg = f"No standing API key has the id {key_id}. List them with: tiexin keys list"
            raise KeyNotFoundError(msg, id=key_id)
        self._loaded_at = None
        revoked = next(stored.key for stored in self._store.load() if stored.key.id == key_id)
        if self._audit is not None:
            self._audit.write("key_revoked", actor=by, key=key_id, name=revoked.name)
        return revoked

    def is_fresh(self) -> bool:
        """Tell whether the copy in memory is young enough for :meth:`recognise`."""
        return self._loaded_at is not None and self._monotonic() - self._loaded_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Load the copy in memory anew; blocks for one small query."""
        loaded_at = self._monotonic()
        self._copy = {stored.key.id: stored for stored in self._store.load()}
        self._loaded_at = loaded_at

    def recognise(self, token: str) -> ApiKey:
        """Return the key of a token from the copy in memory (see :meth:`is_fresh`).

        Raises:
            UnknownCallerError: the token is none of ours, was revoked or has expired.
        """
        parts = split_token(token)
        stored = self._copy.get(parts[0]) if parts else None
        return recognise(token, stored, now_us=self._clock.now_us())
