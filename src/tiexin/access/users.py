"""Users: add, list, change, lock, reset; each act is an event in the record."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

import msgspec

from tiexin.access.audit import Audit
from tiexin.access.contracts import Role, User
from tiexin.access.hashing import hash_password, is_password
from tiexin.access.policy import common_passwords, policy
from tiexin.access.reach import Reach
from tiexin.access.rules.passwords import ONE_TIME_BYTES, check_password, new_user_name, one_time_password, user_name
from tiexin.access.store.people import PeopleStore, StoredUser
from tiexin.kernel.clock import Clock
from tiexin.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RefusedError

USERS_MAX: Final = 10_000
TEXT_CHARS_MAX: Final = 200
KEEP: Final = msgspec.UNSET
"""In place of a value that is not to change."""

Kept = msgspec.UnsetType


class UserInputError(InvalidInputError):
    """A user cannot be as asked for; says which member."""

    code = "invalid_user"


class UserExistsError(ConflictError):
    """The name is taken; nothing was changed."""

    code = "user_exists"


class UserNotFoundError(NotFoundError):
    """There is no such user."""

    code = "user_not_found"


class LastAdminError(RefusedError):
    """Nobody could manage users any more; nothing was changed."""

    code = "last_admin"


class WrongPasswordError(NotAllowedError):
    """The password that was to be replaced is not the right one; nothing was changed."""

    code = "wrong_password"
    title = "The present password is not right"


class Reset(msgspec.Struct, frozen=True):
    """A one-time password, to be shown this once, and how many passkeys the reset removed."""

    one_time_password: str
    passkeys_removed: int


class Users:
    """The users of one installation."""

    def __init__(
        self,
        store: PeopleStore,
        *,
        audit: Audit,
        reach: Reach,
        clock: Clock,
        random: Callable[[int], bytes],
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._audit = audit
        self._reach = reach
        self._clock = clock
        self._random = random
        self._changed = changed

    def list(self) -> list[User]:
        """Return every user, by name."""
        return [stored.user for stored in self._store.load()[1]]

    @staticmethod
    def form(name: str) -> str:
        """Return the name of a user in the form in which it is kept.

        Raises:
            UserNameError: nobody can have that name.
        """
        return user_name(name)

    def any(self) -> bool:
        """Tell whether there is a user."""
        return self._store.count() > 0

    def get(self, name: str) -> User:
        """Return a user.

        Raises:
            UserNotFoundError: there is none of that name.
        """
        return self._stored(name).user

    def add(  # noqa: PLR0913  (what a user is; each by name)
        self,
        name: str,
        *,
        role: Role,
        by: str,
        display_name: str | None = None,
        unit: str | None = None,
        subject: str | None = None,
        password: str | None = None,
        identity: str | None = None,
        tell: bool = True,
    ) -> tuple[User, str | None]:
        """Add a user; return it with its one-time password, unless a password or an identity was given.

        Raises:
            UserNameError: the name is not possible.
            UserInputError: role, unit and subject do not fit together, or the unit is unknown.
            PasswordError: the password is not possible.
            UserExistsError: the name is taken.
        """
        known = new_user_name(name)
        _check_texts(display_name=display_name, unit=unit, subject=subject)
        self._check_place(role, unit=unit, subject=subject)
        if self._store.count() >= USERS_MAX:
            msg = f"An installation has at most {USERS_MAX:,} users; none was added."
            raise UserInputError(msg, limit=USERS_MAX)
        one_time = None
        if password is not None:
            _check_new(password, name=known)
        elif identity is None:
            one_time = one_time_password(self._random(ONE_TIME_BYTES))
        secret = password or one_time
        user = User(
            name=known,
            display_name=(display_name or known).strip() or known,
            role=role,
            unit=unit,
            subject=subject,
            must_change_password=one_time is not None,
            has_password=secret is not None,
            created_us=self._clock.now_us(),
        )
        if not self._store.add(user, password=hash_password(secret) if secret else None, identity=identity):
            msg = f"There is a user {known} already. Nothing was changed."
            raise UserExistsError(msg, name=known)
        self._changed()
        if tell:  # else it is told when the user signs in first: a record that nobody has used stays empty
            self._audit.write("user_added", actor=by, org=unit, user=known, role=role.value, unit=unit)
        return user, one_time

    def change(
        self,
        name: str,
        *,
        by: str,
        role: Role | Kept = KEEP,
        unit: str | Kept | None = KEEP,
        display_name: str | Kept = KEEP,
        locked: bool | Kept = KEEP,
    ) -> User:
        """Change a user; a new role, unit or lock ends every session of the user.

        Raises:
            UserNotFoundError: there is none of that name.
            UserInputError: the change is not possible.
            LastAdminError: nobody could manage users any more.
        """
        before = self._stored(name).user
        asked: dict[str, Any] = {"role": role, "unit": unit, "display_name": display_name, "locked": locked}
        changes = {key: value for key, value in asked.items() if value is not KEEP and value != getattr(before, key)}
        if not changes:
            return before
        after: User = msgspec.structs.replace(before, **changes)
        _check_texts(display_name=after.display_name, unit=after.unit, subject=after.subject)
        if {"role", "unit"} & changes.keys():
            self._check_place(after.role, unit=after.unit, subject=after.subject)
        if before.role is Role.ADMIN and (after.role is not Role.ADMIN or after.locked):
            self._keep_an_admin(before.name)
        shown = {key: value.value if isinstance(value, Role) else value for key, value in changes.items()}
        columns = {key: int(value) if key == "locked" else value for key, value in shown.items()}
        ends = bool({"role", "unit", "locked"} & changes.keys())
        ended = self._store.change(before.name, columns, end_sessions=ends)
        self._changed()
        self._audit.write("user_changed", actor=by, org=before.unit, user=before.name, changes=shown)
        if ended:
            reason = "locked" if after.locked else "role_changed"
            self._audit.write("signed_out", actor=by, org=before.unit, user=before.name, reason=reason, sessions=ended)
        return after

    def reset(self, name: str, *, by: str) -> Reset:
        """Give a user a one-time password in place of the present one, end every session, remove every passkey.

        A reset is for an account that was lost or taken: whoever took it may have added a passkey of his own.

        Raises:
            UserNotFoundError: there is none of that name.
        """
        stored = self._stored(name)
        one_time = one_time_password(self._random(ONE_TIME_BYTES))
        removed = self._store.forget_passkeys(stored.user.name)
        self._set(stored, one_time, must_change=True, by=by, reason="password_reset", passkeys_removed=removed or None)
        return Reset(one_time, removed)

    def set_password(self, name: str, *, current: str, new: str) -> None:
        """Replace a user's password by one of the user's own; every session of the user ends.

        Raises:
            WrongPasswordError: the present password is another.
            PasswordError: the new one is not possible.
        """
        stored = self._stored(name)
        if not is_password(current, stored.password):
            msg = "The present password is not right. Nothing was changed."
            raise WrongPasswordError(msg)
        _check_new(new, name=stored.user.name, former=current)
        self._set(stored, new, must_change=False, by=stored.user.name, reason="password_changed")

    def _set(self, stored: StoredUser, password: str, *, must_change: bool, by: str, reason: str, **told: Any) -> None:
        values = {"password": hash_password(password), "must_change_password": int(must_change)}
        ended = self._store.change(stored.user.name, values, end_sessions=True)
        self._changed()
        user = stored.user
        self._audit.write("password_changed", actor=by, org=user.unit, user=user.name, one_time=must_change, **told)
        if ended:
            self._audit.write("signed_out", actor=by, org=user.unit, user=user.name, reason=reason, sessions=ended)

    def _stored(self, name: str) -> StoredUser:
        try:
            found = self._store.find(user_name(name))
        except InvalidInputError:
            found = None
        if found is None:
            msg = f"There is no user {name[:TEXT_CHARS_MAX]!r}. List them with: tiexin users list"
            raise UserNotFoundError(msg, name=name[:TEXT_CHARS_MAX])
        return found

    def _check_place(self, role: Role, *, unit: str | None, subject: str | None) -> None:
        if (role is Role.CUSTOMER) != (subject is not None):
            msg = "A customer, and nobody else, has a subject: the reference under which the record knows the person."
            raise UserInputError(msg, member="subject")
        if role is Role.CUSTOMER and unit is not None:
            msg = "A customer belongs to no unit."
            raise UserInputError(msg, member="unit")
        if unit is not None and not self._reach.may_be(unit):
            msg = f"The organisation has no unit {unit!r}. Nothing was changed."
            raise UserInputError(msg, member="unit", unit=unit)

    def _keep_an_admin(self, leaving: str) -> None:
        others = [user for user in self.list() if user.role is Role.ADMIN and not user.locked and user.name != leaving]
        if not others:
            msg = f"{leaving} is the only administrator who can sign in. Add another one first; nothing was changed."
            raise LastAdminError(msg, name=leaving)


def random_text(random: bytes) -> str:
    """Return random bytes as base64url text without padding."""
    return base64.urlsafe_b64encode(random).decode().rstrip("=")


def _check_new(password: str, *, name: str, former: str | None = None) -> None:
    rules = policy().passwords
    check_password(
        password,
        name=name,
        chars_min=rules.chars_min,
        chars_max=rules.chars_max,
        common=common_passwords(),
        former=former,
    )


def _check_texts(**texts: str | None) -> None:
    for member, text in texts.items():
        if text is not None and not (1 <= len(text) <= TEXT_CHARS_MAX and text.isprintable()):
            msg = f"{member} has 1 to {TEXT_CHARS_MAX} printable characters."
            raise UserInputError(msg, member=member, limit=TEXT_CHARS_MAX)
