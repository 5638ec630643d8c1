"""Kinds of access: who came in, who was refused, what was taken out, whose rights changed.

The envelope's ``actor`` is who did it (a user, ``key:…``, ``local`` for a program on this machine), ``org`` the unit
of that user. Names of users are those of staff; no event of these kinds has a subject or personal content.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.values import Count, Moment

Method = Annotated[str, Meta(description="How: password, passkey, or oidc:<provider>.")]
Address = Annotated[str | None, Meta(description="Where the request came from: an IP address, or a page with filters.")]


class SignedIn(Struct):
    """A user signed in."""

    method: Method
    address: Address = None


class SignInFailed(Struct):
    """Somebody could not sign in; repeats within a minute are counted together.

    ``user`` is the user that exists under the name given; other names are not kept (they may be mistyped passwords).
    """

    reason: Annotated[str, Meta(description="refused, locked_out (delay after failures), locked, unknown, …")]
    method: Method
    count: Count
    user: str | None = None
    address: Address = None


class SignedOut(Struct):
    """A user signed out, or was signed out everywhere (``reason``)."""

    reason: Literal["asked", "password_changed", "password_reset", "locked", "role_changed"]
    user: str
    sessions: Count


class Refused(Struct):
    """A call was refused; repeats by the same caller within a minute are counted together."""

    status: int
    code: str
    count: Count
    method: str | None = None
    path: Annotated[str | None, Meta(description="Template of the address, without what callers put in.")] = None
    right: str | None = None
    unit: str | None = None
    address: Address = None


class Exported(Struct):
    """A table or chart was taken out as a file."""

    what: str
    format: str
    rows: Count | None = None
    columns: Count | None = None
    address: Address = None


class PersonalSearched(Struct):
    """Somebody looked for a person by number or name; what was typed is not kept."""

    found: Count


class PersonalOpened(Struct):
    """Somebody opened the personal content of one contact, or of several at once (``events``, at ``path``)."""

    position: Annotated[int | None, Meta(description="The contact's place in the record, if it is one.")] = None
    type: str | None = None
    path: Annotated[str | None, Meta(description="Template of the address; none for the page of one contact.")] = None
    events: Annotated[int | None, Meta(description="How many were opened; none for a stream.")] = None
    journey: str | None = None


class UserAdded(Struct):
    """A user was added."""

    user: str
    role: str
    unit: str | None = None


class UserChanged(Struct):
    """A user's role, unit, name or lock was changed; ``changes`` names each member with its new value."""

    user: str
    changes: dict[str, str | bool | None]


class PasswordChanged(Struct):
    """A user chose a new password, or was given a one-time password."""

    user: str
    one_time: bool
    passkeys_removed: Count | None = None


class KeyMade(Struct):
    """An API key was made."""

    key: str
    name: str
    scopes: list[str]
    expires: Moment


class KeyRevoked(Struct):
    """An API key was revoked."""

    key: str
    name: str


class PasskeyAdded(Struct):
    """A user registered a passkey."""

    user: str
    passkey: str


class PasskeyRemoved(Struct):
    """A user's passkey was removed."""

    user: str
    passkey: str


class SettingChanged(Struct):
    """A setting of the institution was changed; ``before`` and ``after`` are JSON texts, None where there was none."""

    setting: str
    before: str | None = None
    after: str | None = None


ACCESS: dict[str, type[Struct]] = {
    "access.signed_in.v1": SignedIn,
    "access.sign_in_failed.v1": SignInFailed,
    "access.signed_out.v1": SignedOut,
    "access.refused.v1": Refused,
    "access.exported.v1": Exported,
    "access.personal_searched.v1": PersonalSearched,
    "access.personal_opened.v1": PersonalOpened,
    "access.user_added.v1": UserAdded,
    "access.user_changed.v1": UserChanged,
    "access.password_changed.v1": PasswordChanged,
    "access.key_made.v1": KeyMade,
    "access.key_revoked.v1": KeyRevoked,
    "access.passkey_added.v1": PasskeyAdded,
    "access.passkey_removed.v1": PasskeyRemoved,
    "access.setting_changed.v1": SettingChanged,
}
"""Type name → structure of its data."""
