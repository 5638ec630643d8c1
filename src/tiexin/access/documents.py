"""The documents of access over HTTP and on the command line: sessions, users, keys, events of the audit."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.access.contracts import ApiKey, Caller, Role, User
from tiexin.access.origin import COOKIE
from tiexin.access.rules.csrf import csrf_token
from tiexin.access.service import Access
from tiexin.kernel.clock import iso_us
from tiexin.record.contracts import RecordedEvent

__all__ = ["COOKIE", "audit_entry", "key_document", "session_document", "user_document"]


def session_document(access: Access, user: User | None, token: str | None) -> dict[str, Any]:
    """Return what a page needs to know of its session; the same form whether somebody is signed in or not."""
    caller = access.sessions.caller(user) if user else None
    return {
        "signed_in": user is not None,
        "user": _me(access, user) if user else None,
        "rights": sorted(caller.rights) if caller else [],
        "whole": caller is not None and caller.units is None,
        "csrf": csrf_token(token) if token and user else None,
        "methods": {
            "password": True,
            "passkey": access.passkeys.any(),
            "oidc": [{"id": provider.id, "name": provider.name} for provider in access.providers.listed()],
        },
        "demo": (access.settings.home / "demo").is_dir(),
    }


def _me(access: Access, user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": user.role,
        "unit": user.unit,
        "unit_name": access.reach.name(user.unit) if user.unit else None,
        "language": access.people.preferences(user.name).language,
        "must_change_password": user.must_change_password,
        "has_password": user.has_password,
        "passkeys": access.people.passkey_counts().get(user.name, 0),
    }


def user_document(access: Access, user: User, *, passkeys: int = 0) -> dict[str, Any]:
    """Return what those who manage users see of one."""
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": user.role,
        "unit": user.unit,
        "unit_name": access.reach.name(user.unit) if user.unit else None,
        "subject": user.subject if user.role is Role.CUSTOMER else None,
        "locked": user.locked,
        "must_change_password": user.must_change_password,
        "has_password": user.has_password,
        "passkeys": passkeys,
        "created": iso_us(user.created_us),
        "signed_in": iso_us(user.signed_in_us) if user.signed_in_us is not None else None,
    }


def key_document(key: ApiKey, *, now_us: int | None = None) -> dict[str, Any]:
    """Return what may be shown of a key."""
    document: dict[str, Any] = {
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "created": iso_us(key.created_us),
        "expires": iso_us(key.expires_us),
        "revoked": iso_us(key.revoked_us) if key.revoked_us is not None else None,
    }
    if now_us is not None:
        document["stands"] = key.revoked_us is None and now_us < key.expires_us
    return document


def audit_entry(recorded: RecordedEvent) -> dict[str, Any]:
    """Return one event of the audit."""
    event = recorded.event
    return {
        "position": recorded.position,
        "time": iso_us(event.time_us),
        "kind": event.type,
        "actor": event.actor,
        "unit": event.org,
        "data": event.data,
    }


def may_manage(caller: Caller, user: User) -> bool:
    """Tell whether a manager bound to units may touch a user: one of those units, never of the whole institution."""
    return caller.units is None or (user.unit is not None and user.unit in caller.units)


def encode(answer: Any) -> bytes:
    """Return JSON text."""
    return msgspec.json.encode(answer)
