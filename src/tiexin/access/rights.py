"""The one table of roles × rights, read from ``data/rights.yaml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

import msgspec

from tiexin.access.contracts import Right, Role
from tiexin.kernel.text import Text

TABLE = Path(__file__).parent / "data" / "rights.yaml"


WHOLE_ONLY: Final = frozenset({Right.RECORD_APPEND.value, Right.IMPORTS_RUN.value})
"""Rights of those alone who see the whole institution: an event may tell of any unit, and move one to another place."""


class RoleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A role: its name, what it is for, its rights, and whether it always sees the whole institution."""

    zh: str
    en: str
    about: Text
    rights: frozenset[Right]
    whole: bool = False


class RightsTable(msgspec.Struct, frozen=True, kw_only=True):
    """Every role with its rights and every right with its name, each exactly once."""

    effective: str
    roles: dict[Role, RoleEntry]
    rights: dict[Right, Text]


@functools.cache
def table() -> RightsTable:
    """Return the table; every role and every right of the contracts stands in it."""
    import yaml

    given = yaml.safe_load(TABLE.read_text("utf-8"))
    found = msgspec.convert({**given, "effective": str(given["effective"])}, RightsTable)
    if set(found.roles) != set(Role) or set(found.rights) != set(Right):
        msg = f"{TABLE} does not name every role and right exactly once"
        raise ValueError(msg)
    return found


@functools.cache
def rights_of(role: Role) -> frozenset[str]:
    """Return the rights of a role."""
    return frozenset(right.value for right in table().roles[role].rights)


def is_whole(role: Role) -> bool:
    """Tell whether a role sees the whole institution whatever the unit of the user."""
    return table().roles[role].whole


def document() -> dict[str, Any]:
    """Return the table as ``GET /v1/rights`` shows it: roles with names, rights with the roles that have them."""
    known = table()
    return {
        "effective": known.effective,
        "roles": [
            {"role": role, "zh": entry.zh, "en": entry.en, "about": entry.about, "whole": entry.whole}
            for role, entry in known.roles.items()
        ],
        "rights": [
            {
                "right": right,
                "zh": text.zh,
                "en": text.en,
                "roles": [role for role, entry in known.roles.items() if right in entry.rights],
            }
            for right, text in known.rights.items()
        ],
    }
