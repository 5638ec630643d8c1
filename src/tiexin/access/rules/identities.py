"""Pure rules of what the claims of a provider say about a person: name, role, unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiexin.access.contracts import Role

CLAIM_CHARS_MAX = 200


def text_claim(claims: Mapping[str, Any], name: str) -> str | None:
    """Return a claim that is a text of sensible length; dots lead into nested objects."""
    values = _claim(claims, name)
    return values[0] if len(values) == 1 else None


def role_of(claims: Mapping[str, Any], name: str, roles: Mapping[str, str]) -> Role | None:
    """Return the first role (in the order of the mapping) that one of the texts of a claim stands for."""
    given = set(_claim(claims, name))
    return next((Role(role) for text, role in roles.items() if text in given), None)


def unit_of(claims: Mapping[str, Any], name: str, units: Mapping[str, str]) -> str | None:
    """Return the unit that a claim stands for; without a mapping the text itself.

    None where the claim is missing or stands for no unit, which is not to be taken for the whole institution.
    """
    given = text_claim(claims, name) if name else None
    if given is None or not units:
        return given
    return units.get(given)


def _claim(claims: Mapping[str, Any], name: str) -> list[str]:
    found: Any = claims
    for part in name.split(".") if name else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str) and 0 < len(value) <= CLAIM_CHARS_MAX]
