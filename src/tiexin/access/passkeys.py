"""Passkeys: register, list, remove, sign in; checked by the library webauthn.

Source: W3C Web Authentication Level 3, sections 7.1 (registering) and 7.2 (signing in); user verification is required,
so a passkey is something one has together with something one is or knows.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiexin.access.audit import Audit
from tiexin.access.contracts import User
from tiexin.access.signing import Door, SignInRefusedError
from tiexin.access.store.people import PeopleStore
from tiexin.access.store.waiting import ChallengeStore, PasskeyStore, StoredPasskey
from tiexin.kernel.clock import SECOND_US, Clock
from tiexin.kernel.errors import InvalidInputError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

PASSKEY: Final = "passkey"
REGISTER: Final = "passkey.register"
SIGN_IN: Final = "passkey.sign_in"
CHALLENGE_BYTES: Final = 32
WAIT_US: Final = 5 * 60 * SECOND_US
PASSKEYS_MAX: Final = 20
NAME_CHARS_MAX: Final = 100
REFUSED_PASSKEY: Final = "This passkey does not open an account here. Try again, or sign in with name and password."
HOUSE_NAME: Final = "贴心 Tiexin"


class PasskeyPlaceError(RefusedError):
    """The address of the page is not one that passkeys can belong to."""

    code = "passkey_needs_a_name"


class PasskeyRefusedError(InvalidInputError):
    """What the browser sent does not register a passkey; nothing was kept."""

    code = "passkey_refused"
    title = "This passkey could not be added"


class PasskeyNotFoundError(NotFoundError):
    """The user has no such passkey."""

    code = "passkey_not_found"


class TooManyPasskeysError(RefusedError):
    """The user has as many passkeys as one may."""

    code = "too_many_passkeys"


class Place(msgspec.Struct, frozen=True):
    """Where the page stands: the name that passkeys belong to, and the origin that the browser will state."""

    name: str
    origin: str


def place_of(host: str, *, https: bool) -> Place:
    """Return the place of a Host header.

    Raises:
        PasskeyPlaceError: the host is a bare address; passkeys belong to names.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return Place(name, f"{'https' if https else 'http'}://{host}")
    msg = f"Passkeys belong to a name, and this page stands at the address {name}. Open it as localhost or by its name."
    raise PasskeyPlaceError(msg)


class Passkeys:
    """The passkeys of one installation."""

    def __init__(
        self,
        store: PasskeyStore,
        *,
        people: PeopleStore,
        waiting: ChallengeStore,
        door: Door,
        audit: Audit,
        clock: Clock,
        random: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._people = people
        self._waiting = waiting
        self._door = door
        self._audit = audit
        self._clock = clock
        self._random = random

    def any(self) -> bool:
        """Tell whether anybody has a passkey, so that offering to sign in with one makes sense."""
        return self._store.any()

    def of(self, user: User) -> list[StoredPasskey]:
        """Return the passkeys of a user, oldest first."""
        return self._store.of(user.name)

    def begin_registering(self, user: User, place: Place) -> bytes:
        """Return what the browser needs to make a passkey (JSON text).

        Raises:
            TooManyPasskeysError: the user has 20 already.
        """
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers.structs import (
            AuthenticatorSelectionCriteria,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        known = self._store.of(user.name)
        if len(known) >= PASSKEYS_MAX:
            msg = f"An account has at most {PASSKEYS_MAX} passkeys. Remove one that you no longer use."
            raise TooManyPasskeysError(msg, limit=PASSKEYS_MAX)
        options = generate_registration_options(
            rp_id=place.name,
            rp_name=HOUSE_NAME,
            user_id=hashlib.sha256(f"tiexin/user/{user.name}".encode()).digest(),
            user_name=user.name,
            user_display_name=user.display_name,
            challenge=self._challenge(REGISTER, place, user=user.name),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[_descriptor(passkey.id) for passkey in known],
        )
        return options_to_json(options).encode()

    def finish_registering(self, user: User, place: Place, *, name: str, credential: dict[str, Any]) -> StoredPasskey:
        """Keep the passkey that a browser has made.

        Raises:
            PasskeyRefusedError: the answer fits no challenge of ours, or is not sound.
        """
        from webauthn import verify_registration_response
        from webauthn.helpers import bytes_to_base64url

        if not 1 <= len(name.strip()) <= NAME_CHARS_MAX or not name.isprintable():
            msg = f"A passkey has a name of 1 to {NAME_CHARS_MAX} printable characters."
            raise PasskeyRefusedError(msg, limit=NAME_CHARS_MAX)
        challenge = self._answered(REGISTER, credential, place, user=user.name)
        try:
            if challenge is None:
                msg = "no such challenge waits"
                raise ValueError(msg)  # noqa: TRY301  (the same words for every fault)
            found = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.name,
                expected_origin=place.origin,
                require_user_verification=True,
            )
        except Exception as error:
            msg = "The passkey could not be checked. Nothing was kept; please try again."
            raise PasskeyRefusedError(msg) from error
        passkey = StoredPasskey(
            id=bytes_to_base64url(found.credential_id),
            user_name=user.name,
            name=name.strip(),
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            created_us=self._clock.now_us(),
        )
        if not self._store.add(passkey):
            msg = "This passkey is known already."
            raise PasskeyRefusedError(msg)
        self._audit.write("passkey_added", actor=user.name, org=user.unit, user=user.name, passkey=passkey.name)
        return passkey

    def remove(self, user: User, passkey_id: str) -> None:
        """Forget a passkey of a user.

        Raises:
            PasskeyNotFoundError: the user has none of that id.
        """
        found = self._store.find(passkey_id)
        if found is None or not self._store.remove(user.name, passkey_id):
            msg = "You have no such passkey."
            raise PasskeyNotFoundError(msg)
        self._audit.write("passkey_removed", actor=user.name, org=user.unit, user=user.name, passkey=found.name)

    def begin_signing_in(self, place: Place) -> bytes:
        """Return what the browser needs to sign in with any passkey it holds for this place (JSON text)."""
        from webauthn import generate_authentication_options, options_to_json
        from webauthn.helpers.structs import UserVerificationRequirement

        options = generate_authentication_options(
            rp_id=place.name,
            challenge=self._challenge(SIGN_IN, place),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options).encode()

    def sign_in(self, place: Place, *, credential: dict[str, Any], address: str, former: str | None) -> str:
        """Return the token of a new session for the owner of a passkey.

        Raises:
            LockedOutError: too many failures from this address.
            SignInRefusedError: the answer is not sound, the passkey is unknown, or its owner is locked.
        """
        from webauthn import verify_authentication_response

        self._door.check_delay(None, address, method=PASSKEY)
        challenge = self._answered(SIGN_IN, credential, place)
        stored = self._store.find(str(credential.get("id", ""))[:2_000])
        owner = self._people.find(stored.user_name) if stored else None
        reason = "refused"
        if challenge is not None and stored is not None and owner is not None:
            try:
                found = verify_authentication_response(
                    credential=credential,
                    expected_challenge=challenge,
                    expected_rp_id=place.name,
                    expected_origin=place.origin,
                    credential_public_key=stored.public_key,
                    credential_current_sign_count=stored.sign_count,
                    require_user_verification=True,
                )
            except Exception as error:  # noqa: BLE001  (the library raises what its parsers raise)
                reason = "refused" if "sign count" not in str(error).lower() else "copied_passkey"
            else:
                if not owner.user.locked:
                    self._store.used(stored.id, sign_count=found.new_sign_count, now_us=self._clock.now_us())
                    return self._door.enter(owner.user, method=PASSKEY, address=address, former=former)
                reason = "locked"
        self._door.failed(None, address, method=PASSKEY, reason=reason, user=owner.user if owner else None)
        raise SignInRefusedError(REFUSED_PASSKEY)

    def _challenge(self, purpose: str, place: Place, *, user: str = "") -> bytes:
        challenge = self._random(CHALLENGE_BYTES)
        now_us = self._clock.now_us()
        kept = {"user": user, "place": place.name}
        self._waiting.keep(challenge, purpose=purpose, data=kept, now_us=now_us, expires_us=now_us + WAIT_US)
        return challenge

    def _answered(self, purpose: str, credential: dict[str, Any], place: Place, *, user: str = "") -> bytes | None:
        """Return the challenge that an answer names, if it is one of ours, for this user and place, and unused."""
        from webauthn.helpers import base64url_to_bytes

        try:
            client_data = msgspec.json.decode(base64url_to_bytes(credential["response"]["clientDataJSON"]))
            challenge = base64url_to_bytes(client_data["challenge"])
        except (KeyError, TypeError, ValueError, msgspec.DecodeError):
            return None
        kept = self._waiting.take(challenge, purpose=purpose, now_us=self._clock.now_us())
        return challenge if kept == {"user": user, "place": place.name} else None


def _descriptor(passkey_id: str) -> PublicKeyCredentialDescriptor:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey_id))
