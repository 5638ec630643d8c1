"""Access of one installation, opened: keys, and what the gate asks about who calls."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tiexin.access.audit import Audit
from tiexin.access.contracts import Caller, Role
from tiexin.access.institution.service import Institution
from tiexin.access.keys import Keys
from tiexin.access.passkeys import Passkeys
from tiexin.access.providers import Providers
from tiexin.access.reach import Reach
from tiexin.access.rules.keys import UnknownCallerError
from tiexin.access.sessions import Sessions
from tiexin.access.signing import Door
from tiexin.access.store.database import open_database
from tiexin.access.store.keys import KeyStore
from tiexin.access.store.people import PeopleStore
from tiexin.access.store.views import SavedViews
from tiexin.access.store.waiting import ChallengeStore, PasskeyStore
from tiexin.access.users import Users
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock, SystemClock

if TYPE_CHECKING:
    from tiexin.record.api import Record


FIRST_ADMIN = "admin"


class Access:
    """Users, sessions and keys of one installation; open it with :func:`tiexin.access.api.open_access`."""

    def __init__(
        self,
        settings: Settings,
        *,
        record: Record | None = None,
        clock: Clock | None = None,
        random: Callable[[int], bytes] = os.urandom,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._record = record
        self._database = open_database(settings)
        try:
            self.audit = Audit(record, self._clock)
            self.reach = Reach(record, self._clock, monotonic=monotonic)
            keys = KeyStore(self._database)
            self.keys = Keys(keys, audit=self.audit, clock=self._clock, random=random, monotonic=monotonic)
            self.people = PeopleStore(self._database)
            clock = self._clock
            self.sessions = Sessions(self.people, reach=self.reach, clock=clock, random=random, monotonic=monotonic)
            self.users = Users(
                self.people,
                audit=self.audit,
                reach=self.reach,
                clock=clock,
                random=random,
                changed=self.sessions.outdate,
            )
            self.door = Door(self.people, users=self.users, sessions=self.sessions, audit=self.audit, clock=clock)
            waiting = ChallengeStore(self._database)
            self.passkeys = Passkeys(
                PasskeyStore(self._database),
                people=self.people,
                waiting=waiting,
                door=self.door,
                audit=self.audit,
                clock=clock,
                random=random,
            )
            self.providers = Providers(
                settings.providers,
                people=self.people,
                users=self.users,
                door=self.door,
                waiting=waiting,
                clock=clock,
                random=random,
            )
            self.views = SavedViews(self._database, clock=self._clock)
            self.institution = Institution(self._database, record=record, clock=self._clock)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        """Return access itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the tables."""
        self.close()

    def close(self) -> None:
        """Write what is still to be counted and close the tables."""
        self.audit.flush(everything=True)
        self._database.close()

    def now_us(self) -> int:
        """Return the present by the clock of access, UTC µs."""
        return self._clock.now_us()

    def is_fresh(self) -> bool:
        """Tell whether the copies in memory are young enough to recognise callers by."""
        return self.keys.is_fresh() and self.sessions.is_fresh()

    def refresh(self) -> None:
        """Bring the copies in memory up to date; blocks for a small query."""
        self.keys.refresh()
        self.sessions.refresh()
        self.audit.flush()

    def still_holds(self, *, session: str | None = None, key: str | None = None) -> bool:
        """Tell whether the session or key with which something long was begun still stands; may block for a query.

        Args:
            session: token of a session.
            key: token of an API key.
        """
        if session is None and key is None:
            return True
        if not self.is_fresh():
            self.refresh()
        try:
            if session is not None:
                self.sessions.recognise(session, used=False)
            if key is not None:
                self.caller_of_token(key)
        except UnknownCallerError:
            return False
        return True

    def caller_of_token(self, token: str) -> Caller:
        """Return the caller whose API key this is, from the copy in memory (see :meth:`is_fresh`).

        Raises:
            UnknownCallerError: the token is none of ours, was revoked or has expired.
        """
        key = self.keys.recognise(token)
        return Caller(key_id=key.id, rights=frozenset(right.value for right in key.scopes))

    def first_admin(self) -> tuple[str, str] | None:
        """Make the first user of an installation without users; return name and one-time password, to be shown once."""
        if self.users.any():
            return None
        user, one_time = self.users.add(FIRST_ADMIN, role=Role.ADMIN, by="local", tell=False)
        return (user.name, one_time) if one_time else None
