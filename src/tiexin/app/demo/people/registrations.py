"""The registers of the channels: who is known where, under which reference, and what is wrong there.

Every event keeps the one pseudonym of its person as ``subject``, so that figures by customer keep their meaning. What
an institution with separate registers really sees is ``data.channel_customer`` and the personal part; whoever resolves
identities starts from these, and finds the answer in the truth file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.people.mistakes import Known, Mistakes
from tiexin.app.demo.people.names import Names
from tiexin.app.demo.people.plan import RegistrationPlan, load_names, load_people
from tiexin.app.demo.person import Household, Person
from tiexin.app.demo.streams import Draw
from tiexin.app.demo.world import World

CHANNELS = {
    "branch": "branch",
    "app": "app",
    "phone": "phone",
    "partner": "partner",
    "insurance_desk": "branch",
    "wealth_desk": "branch",
}
"""The envelope's channel of a registration made in the period."""
RICH_FROM = 2_000_000
"""Fen a month from which the wealth desk looks after somebody."""
APP_SINCE = date(2012, 6, 1)
KNOWN_DAYS_MAX = 16 * 365
NEW_PER_YEAR = 0.06
"""Share of registrations that are made within a year of the period; the others are older."""


class Registrations:
    """Writes what each register knows of one customer after another, and plants who is who."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = load_people()
        self._mistakes = Mistakes(self._plan, Names(load_names()))
        self._first_day = world.period.first_day
        self._household: Household | None = None
        self._contact: Known = {}

    def live(self, person: Person) -> None:
        """Write all registrations of a customer."""
        world = self._world
        draw = world.streams.draw("registrations", person.number)
        found: list[dict[str, Any]] = []
        registers = self._plan.registrations
        known_at = [name for name, plan in registers.items() if draw() < _share(plan, person)]
        known_at = known_at or ["branch"]
        if draw() < self._plan.registered_twice:
            known_at.append(known_at[int(draw() * len(known_at))])
        # Everybody may be known under the telephone of whoever comes first in the household.
        contact = {"phone": person.phone, "email": person.email}
        if person.household is not self._household:
            self._household, self._contact = person.household, contact
        for index, register in enumerate(known_at):
            found += self._register(person, register, index, draw)
        world.plant("people", self._who(person, found))
        if person.number == person.household.customers[0]:
            world.plant("households", self._together(person.household))

    def truth(self) -> dict[str, Any]:
        """Return how many registrations each register has, and how often each mistake was planted in them."""
        tally = self._world.tally
        return {"identity": {"registrations": tally.group("registrations"), "mistakes": tally.group("mistakes")}}

    def _register(self, person: Person, register: str, index: int, draw: Draw) -> list[dict[str, Any]]:
        world, plan = self._world, self._plan.registrations[register]
        known, mistakes = self._mistakes.known(person, register, self._contact, draw)
        on = self._registered_on(person, register, draw)
        loaded = on < self._first_day
        night, second = int(draw() * self._plan.loaded_within_days), HOUR + int(draw() * 4 * HOUR)
        if loaded:
            at = world.period.start + min(night, world.period.days - 1) * DAY + second
        else:
            at = world.period.second_of(on) + 10 * HOUR + second
        sold = world.profile.catalogue
        reference = plan.prefix + world.streams.token("register", register, person.number, index)[:10].upper()
        data = {
            "register": register,
            "channel_customer": reference,
            "kyc": plan.kyc if known["id_number"] else "none",
            "product_line": plan.line if not sold or plan.line in sold else sold[0],
            "registered_on": on.isoformat(),
            "loaded": loaded,
            "personal": {part: value for part, value in known.items() if value},
        }
        branch = world.institution.unit_at(person.branch, at)
        desk = world.institution.wealth_desk(person.branch) if register == "wealth_desk" else None
        written = world.write(
            "register",
            at,
            "customer.registered.v1",
            data,
            channel="system" if loaded else CHANNELS[register],
            org=desk or branch,
        )
        if written is None:
            return []
        world.tally.add(f"registrations.{register}")
        for mistake in mistakes:
            world.tally.add(f"mistakes.{mistake}")
        return [{"register": register, "channel_customer": reference, "event": written, "mistakes": mistakes}]

    def _registered_on(self, person: Person, register: str, draw: Draw) -> date:
        """Return when the register came to know the customer: long ago for most, in the period for some."""
        ago, chance = draw(), draw()
        if chance < NEW_PER_YEAR * self._world.period.years:
            return self._first_day + timedelta(days=int(ago * self._world.period.days))
        grown_up = date(person.birth_date.year + 16, person.birth_date.month, 1)
        earliest = max(grown_up, self._first_day - timedelta(days=KNOWN_DAYS_MAX))
        if register == "app":
            earliest = max(earliest, APP_SINCE)
        days = max((self._first_day - earliest).days, 2)
        return self._first_day - timedelta(days=1 + int(ago * ago * (days - 1)))

    def _who(self, person: Person, registrations: list[dict[str, Any]]) -> dict[str, Any]:
        end = self._world.period.end_day
        return {
            "subject": person.subject,
            "number": person.number,
            "household": person.household.identity,
            "role": person.role,
            "name": person.name,
            "gender": person.gender,
            "birth_date": person.birth_date.isoformat(),
            "id_type": person.id_type,
            "id_number": person.id_number,
            "phone": person.phone,
            "email": person.email,
            "segment": person.segment,
            "occupation": person.occupation,
            "education": person.education,
            "income_minor": person.income,
            "digital_ease": person.digital_ease,
            "holds": sorted(person.holds),
            "life_events": [
                {"kind": event.kind, "on": event.on.isoformat()} for event in person.life_events if event.on < end
            ],
            "registrations": registrations,
        }

    def _together(self, household: Household) -> dict[str, Any]:
        world = self._world
        return {
            "household": household.identity,
            "kind": household.kind,
            "tenure": household.tenure,
            "address": household.address.text,
            "customers": [
                "p-" + world.streams.token("subject", number)
                for number in household.customers
                if number <= world.customers
            ],
            "relatives": [
                {"role": relative.role, "gender": relative.gender, "birth_date": relative.birth_date.isoformat()}
                for relative in household.relatives
            ],
        }


def _share(plan: RegistrationPlan, person: Person) -> float:
    rich = plan.rich if person.income >= RICH_FROM else 0
    held = plan.held if plan.holds in person.holds else 0
    return plan.share + plan.ease * person.digital_ease + rich + held
