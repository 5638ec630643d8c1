"""Signing in with a password: the growing delay, the same words and work for every failure, a new session."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import threading
from collections.abc import Iterator
from typing import Final

from tiexin.access.audit import Audit
from tiexin.access.contracts import User
from tiexin.access.hashing import hash_password, is_outdated, is_password
from tiexin.access.policy import policy
from tiexin.access.rules.delays import wait_us
from tiexin.access.rules.passwords import NAME_CHARS_MAX, user_name
from tiexin.access.sessions import Sessions
from tiexin.access.store.people import PeopleStore, StoredUser
from tiexin.access.users import Users, WrongPasswordError
from tiexin.kernel.clock import HOUR_US, SECOND_US, Clock
from tiexin.kernel.errors import InvalidInputError, NotAllowedError

PASSWORD: Final = "password"  # noqa: S105  (the name of a way to sign in)
REFUSED_WORDS: Final = "Name and password do not fit together. Check both; after some failures you will have to wait."

TURNS: Final = 256


class SignInRefusedError(NotAllowedError):
    """Sign-in failed; says the same whatever the reason."""

    status = 401
    code = "sign_in_refused"
    title = "Sign-in was not possible"


class LockedOutError(NotAllowedError):
    """After failures the next attempt has to wait; the wait stands in the facts."""

    status = 429
    code = "locked_out"
    title = "Please wait before trying again"


class Door:
    """Lets people in, and makes those wait who fail often."""

    def __init__(self, store: PeopleStore, *, users: Users, sessions: Sessions, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._users = users
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._turns = _Turns()

    def by_password(self, name: str, password: str, *, address: str, former: str | None) -> str:
        """Return the token of a new session for a user.

        Args:
            name: as typed.
            password: as typed.
            address: where the request comes from (an IP address).
            former: token of the session that the browser has already, which ends.

        Raises:
            LockedOutError: too many failures for this account or address; ``retry_after_seconds`` says how long.
            SignInRefusedError: name and password do not fit together, or the user is locked.
        """
        stored = self._find(name)
        known = stored.user if stored else None
        account = _account_key(name)
        with self._turns.of(account, _address_key(address)):
            self.check_delay(account, address, method=PASSWORD, user=known)
            fits = is_password(password[: policy().passwords.chars_max + 1], stored.password if stored else None)
            if stored is None or not fits or stored.user.locked:
                reason = "locked" if fits else "refused"
                self.failed(account, address, method=PASSWORD, user=known, reason=reason)
                raise SignInRefusedError(REFUSED_WORDS)
            self._store.forgive(account)
        if stored.password is not None and is_outdated(stored.password):
            self._store.change(stored.user.name, {"password": hash_password(password)}, end_sessions=False)
        return self.enter(stored.user, method=PASSWORD, address=address, former=former)

    def change_password(self, user: User, *, current: str, new: str, address: str) -> None:
        """Replace the password of a signed-in user; guessing the present one slows down as sign-in does.

        Raises:
            LockedOutError: too many wrong passwords.
            WrongPasswordError: the present password is another.
            PasswordError: the new one is not possible.
        """
        account = _account_key(user.name)
        with self._turns.of(account, _address_key(address)):
            self.check_delay(account, address, method=PASSWORD, user=user)
            try:
                self._users.set_password(user.name, current=current, new=new)
            except WrongPasswordError:
                self.failed(account, address, method=PASSWORD, user=user, reason="wrong_password")
                raise
            self._store.forgive(account)

    def enter(self, user: User, *, method: str, address: str, former: str | None) -> str:
        """Start a session for a user who has shown who he is; return its token."""
        token = self._sessions.start(user.name, method=method, former=former)
        if user.signed_in_us is None:
            self._audit.tell_of_user(user)
        self._audit.write("signed_in", actor=user.name, org=user.unit, method=method, address=address)
        return token

    def leave(self, user: User, token: str) -> None:
        """End a session at the wish of its user."""
        self._sessions.end(token)
        self._audit.write("signed_out", actor=user.name, org=user.unit, user=user.name, reason="asked", sessions=1)

    def check_delay(self, account: str | None, address: str, *, method: str, user: User | None = None) -> None:
        """Pass if neither account nor address has to wait.

        Raises:
            LockedOutError: one of them has.
        """
        rules, now_us = policy().lock_out, self._clock.now_us()
        until_us = 0
        bounds = [
            (account, rules.account_free, rules.account_first_seconds, rules.account_longest_seconds),
            (_address_key(address), rules.address_free, rules.address_first_seconds, rules.address_longest_seconds),
        ]
        for key, free, first, longest in bounds:
            if key is None:
                continue
            found = self._store.failures(key)
            if now_us - found.last_us < rules.forgotten_after_hours * HOUR_US:
                wait = wait_us(found.failures, free=free, first_seconds=first, longest_seconds=longest)
                until_us = max(until_us, found.last_us + wait)
        if until_us > now_us:
            self._tell(address, method=method, user=user, reason="locked_out")
            seconds = -(-(until_us - now_us) // SECOND_US)
            msg = f"Sign-in failed several times. Please wait {seconds} seconds, then try again. Nothing was changed."
            raise LockedOutError(msg, retry_after_seconds=seconds)

    def failed(self, account: str | None, address: str, *, method: str, reason: str, user: User | None = None) -> None:
        """Count a failure for an account and an address, and write it into the record."""
        now_us = self._clock.now_us()
        forgotten_us = now_us - policy().lock_out.forgotten_after_hours * HOUR_US
        for key in (account, _address_key(address)):
            if key is not None:
                self._store.fail(key, now_us=now_us, forgotten_us=forgotten_us)
        self._tell(address, method=method, user=user, reason=reason)

    def _tell(self, address: str, *, method: str, user: User | None, reason: str) -> None:
        self._audit.repeated(
            "sign_in_failed",
            actor=user.name if user else "unknown",
            org=user.unit if user else None,
            user=user.name if user else None,
            method=method,
            reason=reason,
            address=address,
        )

    def _find(self, name: str) -> StoredUser | None:
        try:
            return self._store.find(user_name(name))
        except InvalidInputError:
            return None


class _Turns:
    """Lets one guess after another be checked for an account or an address.

    Between looking at the failures and counting a new one lies the slow hash; guesses sent at the same moment would
    all look before any is counted, and so get round the delay.
    """

    def __init__(self) -> None:
        # A fixed number, so that made-up names take no memory; two that share a lock only wait for each other.
        self._locks = tuple(threading.Lock() for _ in range(TURNS))

    @contextlib.contextmanager
    def of(self, *keys: str) -> Iterator[None]:
        """Hold the turn of every key; always taken in the same order, so nobody waits in a circle."""
        with contextlib.ExitStack() as held:
            for place in sorted({hash(key) % TURNS for key in keys}):
                held.enter_context(self._locks[place])
            yield


def _account_key(name: str) -> str:
    """Return the key of an account's failures: a hash, for what was typed as a name may be a password."""
    try:
        known = user_name(name)
    except InvalidInputError:
        known = name[:NAME_CHARS_MAX]
    return "user:" + hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:32]


def _address_key(address: str) -> str:
    """Return the key of an address's failures; of IPv6 the network of 64 bits, which one household may own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address:{address[:64]}"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return f"address:{parsed.ipv4_mapped}"
        return f"address:{ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"address:{parsed}"
