"""Who works where, as what, since when, and how they truly differ from one another."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.institution import Institution
from tiexin.app.demo.profile import Profile, Unit
from tiexin.app.demo.service.plan import ServicePlan, load_service, unit_of
from tiexin.app.demo.streams import Draw, Streams

PHONE_TEAMS = ("phone_team_a", "phone_team_b", "phone_team_night")
NIGHT_EVERY = 8


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the staff table; ``joined`` is an ISO 8601 day, ``language`` lists BCP 47 tags with spaces between."""

    staff: str
    unit: str
    role: str
    joined: str
    team: str
    language: str


def staff_rows(profile: Profile, institution: Institution, streams: Streams) -> list[Colleague]:
    """Return the staff table of the institution, unit after unit in the order of the profile."""
    plan, rows = load_service(profile.profile), []
    for unit in profile.organisation.units:
        roles = plan.roles["branch" if unit.level == "branch" else "desk"]
        named = {number: role for role, numbers in roles.items() if role != "others" for number in numbers}
        for number, staff in enumerate(institution.people_of(unit.unit), start=1):
            role = named.get(number, str(roles["others"]))
            rows.append(
                Colleague(
                    staff=staff,
                    unit=unit.unit,
                    role=role,
                    joined=_joined(plan.joined_years, streams.share("joined", staff)),
                    team=_team(profile, plan, unit, role, number),
                    language="zh en" if streams.share("english", staff) < plan.speaks_english else "zh",
                )
            )
    return rows


class Staff:
    """Answers who does a piece of work and how that person differs from the others."""

    def __init__(self, profile: Profile, institution: Institution, streams: Streams) -> None:
        self._institution = institution
        plan, organisation = load_service(profile.profile), profile.organisation
        self.rows = staff_rows(profile, institution, streams)
        self._roles: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            self._roles.setdefault((row.unit, row.role), []).append(row.staff)
        self._teams: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            self._teams.setdefault((row.unit, row.team), []).append(row.staff)
        self._effects: dict[str, tuple[float, float]] = {}
        self._told: list[dict[str, Any]] = []
        for effect in plan.effects:
            unit = unit_of(organisation, effect.at)
            people = institution.people_of(unit)
            chosen = people if effect.number is None else people[effect.number - 1 : effect.number]
            for staff in chosen:
                pace, kindness = self._effects.get(staff, (1.0, 0.0))
                self._effects[staff] = (pace * effect.pace, kindness + effect.kindness)
            if chosen:
                who = None if effect.number is None else chosen[0]
                self._told.append({"unit": unit, "staff": who, "pace": effect.pace, "kindness": effect.kindness})

    def pick(self, unit: str, role: str, draw: Draw) -> str:
        """Return one of those who have a role at a unit, or one of everybody there if none has."""
        people = self._roles.get((unit, role))
        return people[int(draw() * len(people))] if people else self._institution.staff(unit, draw)

    def on_team(self, unit: str, team: str, draw: Draw) -> str:
        """Return one of a team at a unit, or one of everybody there if it has no such team."""
        people = self._teams.get((unit, team))
        return people[int(draw() * len(people))] if people else self._institution.staff(unit, draw)

    def pace(self, staff: str) -> float:
        """Return how much longer (above 1) or shorter somebody's work takes."""
        effect = self._effects.get(staff)
        return effect[0] if effect else 1.0

    def kindness(self, staff: str) -> float:
        """Return what somebody's manner adds to the feeling of those he serves."""
        effect = self._effects.get(staff)
        return effect[1] if effect else 0.0

    def truth(self) -> list[dict[str, Any]]:
        """Return what was planted: unit, person (None: everybody there), pace and kindness."""
        return self._told


def _joined(years: tuple[int, int], share: float) -> str:
    """Return a day of those years; months of 28 days will do."""
    year, day = divmod(int(share * (years[1] - years[0] + 1) * 336), 336)
    return f"{years[0] + year}-{1 + day // 28:02d}-{1 + day % 28:02d}"


def _team(profile: Profile, plan: ServicePlan, unit: Unit, role: str, number: int) -> str:
    if unit.unit == profile.organisation.contact_centre and role == "agent":
        return PHONE_TEAMS[2] if number % NIGHT_EVERY == 0 else PHONE_TEAMS[number % 2]
    if unit.unit == profile.organisation.online_desk and role == "agent":
        return "chat_team"
    return plan.teams.get(role, "counter")
