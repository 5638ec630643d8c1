"""People who may look at a demo: one of each role that works in an institution, with one-time passwords."""

from __future__ import annotations

import msgspec

from tiexin.access.api import open_access
from tiexin.access.contracts import Role
from tiexin.app.demo.profile import load_profile
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record

ROLES = (Role.ANALYST, Role.OFFICER, Role.AGENT, Role.AUDITOR)


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in now; the password works once and must then be changed."""

    name: str
    role: Role
    unit: str | None
    password: str


def add_users(settings: Settings, *, profile: str) -> list[NewUser]:
    """Add the first administrator and a user of each working role, named like it; those who are there are left alone.

    The agent belongs to the first branch of the institution, everybody else sees all of it.
    """
    branch = next(unit.unit for unit in load_profile(profile).organisation.units if unit.level == "branch")
    found = []
    with open_record(settings) as record, open_access(settings, record=record) as access:
        first = access.first_admin()
        if first is not None:
            found.append(NewUser(name=first[0], role=Role.ADMIN, unit=None, password=first[1]))
        there = {user.name for user in access.users.list()}
        for role in ROLES:
            if role.value in there:
                continue
            unit = branch if role is Role.AGENT else None
            _, password = access.users.add(role.value, role=role, unit=unit, by="local")
            if password is not None:
                found.append(NewUser(name=role.value, role=role, unit=unit, password=password))
    return found
