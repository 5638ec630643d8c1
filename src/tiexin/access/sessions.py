"""Sessions: opaque tokens of 256 random bits, kept hashed, recognised from a copy in memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from tiexin.access.contracts import Caller, Role, User
from tiexin.access.policy import policy
from tiexin.access.reach import Reach
from tiexin.access.rights import WHOLE_ONLY, is_whole, rights_of
from tiexin.access.rules.keys import UnknownCallerError
from tiexin.access.store.people import PeopleStore, StoredSession
from tiexin.access.users import random_text
from tiexin.kernel.clock import HOUR_US, SECOND_US, Clock

TOKEN_BYTES = 32
FRESH_SECONDS = 1.0
"""How old the copy in memory may be: an act done elsewhere holds after this time at the latest."""
SEEN_US = 60 * SECOND_US
"""How exactly the last use of a session is kept."""


class SessionOverError(UnknownCallerError):
    """The session has ended, or never was; the way back in is to sign in."""

    code = "session_over"
    title = "Please sign in again"


class Sessions:
    """The sessions of one installation."""

    def __init__(
        self,
        store: PeopleStore,
        *,
        reach: Reach,
        clock: Clock,
        random: Callable[[int], bytes],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._reach = reach
        self._clock = clock
        self._random = random
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._loaded_at: float | None = None
        self._version = -1
        self._needs_reach = False
        self._users: dict[str, User] = {}
        self._sessions: dict[bytes, StoredSession] = {}
        self._seen_us: dict[bytes, int] = {}
        self._unsaved: set[bytes] = set()

    def is_fresh(self) -> bool:
        """Tell whether the copy in memory is young enough for :meth:`recognise`."""
        return self._loaded_at is not None and self._monotonic() - self._loaded_at < FRESH_SECONDS

    def outdate(self) -> None:
        """Make the copy in memory old: something was changed."""
        self._loaded_at = None

    def refresh(self) -> None:
        """Bring the copy in memory up to date; blocks for one small query where nothing has changed."""
        with self._lock:
            loaded_at = self._monotonic()
            self._save_seen()
            if self._store.version() != self._version:
                version, users, sessions = self._store.load()
                self._users = {stored.user.name: stored.user for stored in users}
                self._needs_reach = any(user.unit is not None for user in self._users.values())
                self._sessions = {session.digest: session for session in sessions}
                kept = {digest: moment for digest, moment in self._seen_us.items() if digest in self._sessions}
                self._seen_us = kept
                self._version = version
            self._loaded_at = loaded_at
            needs_reach = self._needs_reach
        if needs_reach:
            self._reach.refresh()

    def start(self, user: str, *, method: str, former: str | None) -> str:
        """Start a session for a user in place of the one with the token ``former``; return its token.

        The token is new at every sign-in, so nobody can have known it before (session fixation).
        """
        token = random_text(self._random(TOKEN_BYTES))
        now_us = self._clock.now_us()
        session = StoredSession(
            digest=digest_of(token),
            user=user,
            method=method,
            created_us=now_us,
            seen_us=now_us,
            expires_us=now_us + policy().sessions.absolute_hours * HOUR_US,
        )
        self._store.start_session(session, instead_of=digest_of(former) if former else None)
        self.outdate()
        return token

    def end(self, token: str) -> None:
        """End a session."""
        self._store.end_session(digest_of(token))
        self.outdate()

    def recognise(self, token: str, *, used: bool = True) -> tuple[User, Caller]:
        """Return whose session a token stands for, from the copy in memory (see :meth:`is_fresh`).

        Args:
            token: as the cookie holds it.
            used: whether this is a use that keeps the session from becoming idle.

        Raises:
            SessionOverError: it stands for none, or for one that is over.
        """
        digest = digest_of(token)
        session = self._sessions.get(digest)
        user = self._users.get(session.user) if session else None
        now_us = self._clock.now_us()
        if session is None or user is None or user.locked or self._is_over(session, now_us):
            msg = "Your session is over. Sign in again; what you had entered is still on your screen."
            raise SessionOverError(msg)
        if used and now_us - self._seen_us.get(digest, session.seen_us) >= SEEN_US:
            self._seen_us[digest] = now_us
            self._unsaved.add(digest)
        return user, self.caller(user)

    def caller(self, user: User) -> Caller:
        """Return the caller that a signed-in user is."""
        # A one-time password opens nothing but the door to a password of one's own.
        rights = frozenset[str]() if user.must_change_password else rights_of(user.role)
        units: frozenset[str] | None = None
        if user.role is Role.CUSTOMER:
            units = frozenset()
        elif user.unit is not None and not is_whole(user.role):
            units = self._reach.of(user.unit)
            rights -= WHOLE_ONLY
        return Caller(rights=rights, user=user.name, role=user.role, units=units, unit=user.unit, subject=user.subject)

    def _is_over(self, session: StoredSession, now_us: int) -> bool:
        idle_us = policy().sessions.idle_minutes * 60 * SECOND_US
        seen_us = max(session.seen_us, self._seen_us.get(session.digest, 0))
        return now_us >= session.expires_us or now_us - seen_us >= idle_us

    def _save_seen(self) -> None:
        if self._unsaved:
            unsaved, self._unsaved = self._unsaved, set()
            self._store.saw({digest: self._seen_us[digest] for digest in unsaved if digest in self._seen_us})


def digest_of(token: str) -> bytes:
    """Return the SHA-256 of a session's token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
