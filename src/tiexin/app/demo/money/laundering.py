"""Plants laundering among the customers, and the innocent look-alikes beside it.

Patterns span customers, who are made one after another. They are therefore planned by stretches of customer numbers,
from the stretch's own stream: a customer finds his legs without knowing how many customers there are, and memory holds
one stretch at a time. One pattern of each kind stands among the first 300 customers; a run that ends inside a stretch
leaves out the patterns whose members it does not hold, and changes no other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY
from tiexin.app.demo.money.holdings import sold_lines
from tiexin.app.demo.money.patterns import KINDS, Leg, Scene, mule_account
from tiexin.app.demo.money.paydays import Paydays
from tiexin.app.demo.money.plan import counterparty_names, load_money
from tiexin.app.demo.people.people import People
from tiexin.app.demo.people.plan import load_people
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, times
from tiexin.app.demo.world import World

STRETCH = 1_000
"""Customers beyond the first ones that share their patterns."""
NEAR = 150
"""Members of a pattern are found among this many customers in a row."""
TRIES_MAX = 600
WORKING_DAYS = 26
"""Working days a pattern may stretch over; where the period is shorter, it starts at once."""
YOUNG_UNTIL = 27
GROWN_UP = range(20, 66)


class Pattern(msgspec.Struct):
    """A planned pattern, and what was written of it: customer → (leg, event id)."""

    identity: str
    kind: str
    members: list[int]
    legs: list[Leg]
    written: dict[int, list[tuple[Leg, str]]]


class Laundering:
    """Writes each customer's share of the patterns; plants a pattern in the truth when its last member has lived."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = load_money().laundering
        self._currency = load_money().currency
        self._people = People(world.profile, world.phrases, world.institution, world.streams)
        self._businesses = {n for n, o in load_people().occupations.items() if o.business}
        paydays = Paydays(load_money(), world.profile.calendar, world.period)
        self._days = [
            world.period.start + index * DAY
            for index in range(world.period.days)
            if paydays.is_working(world.period.first_day + timedelta(days=index))
        ]
        retail = "retail" in sold_lines(world)
        # Customers of an insurer or broker cannot send to each other: only what one does alone is possible there.
        self._kinds = {name: kind for name, kind in KINDS.items() if retail or kind.alone}
        self._guilty = Choice({name: kind.weight for name, kind in self._kinds.items() if not kind.innocent})
        self._innocent = Choice({name: kind.weight for name, kind in self._kinds.items() if kind.innocent})
        self._branches = [unit.unit for unit in world.org.units if unit.level == "branch"]
        self._stretch = -1
        self._patterns: dict[int, list[Pattern]] = {}

    def live(self, person: Person) -> None:
        """Write the legs of the patterns that a customer has a share in."""
        stretch = self._stretch_of(person.number)
        if stretch != self._stretch:
            self._patterns = self._fill(stretch)
            self._stretch = stretch
        for pattern in self._patterns.get(person.number, ()):
            # A pattern with a hole in it would be no example of anything: who has a share in it leaves later or never.
            last = max(leg.at for leg in pattern.legs)
            self._world.stays_until = max(self._world.stays_until, last)
            if pattern.kind == "mule":
                self._open(person, pattern)
            roams = pattern.kind == "structuring"
            pattern.written[person.number] = [
                (leg, written)
                for leg in pattern.legs
                if leg.number == person.number and (written := self._pay(person, leg, roams=roams)) is not None
            ]
            if person.number == max(pattern.members):
                self._tell(pattern)

    def truth(self) -> dict[str, Any]:
        """Return what the kinds of patterns and the codes of counterparties are called in both languages."""
        kinds = {
            kind: {"name": self._plan.names[kind], "innocent": plan.innocent} for kind, plan in self._kinds.items()
        }
        return {"laundering_kinds": kinds, "counterparties": counterparty_names()}

    def _stretch_of(self, number: int) -> int:
        first = self._plan.first_customers
        return 0 if number <= first else 1 + (number - first - 1) // STRETCH

    def _fill(self, stretch: int) -> dict[int, list[Pattern]]:
        first = self._plan.first_customers
        draw = self._world.streams.draw("laundering", stretch)
        if stretch == 0:
            numbers, kinds = range(1, first + 1), list(self._kinds)
        else:
            start = first + (stretch - 1) * STRETCH
            numbers = range(start + 1, start + STRETCH + 1)
            kinds = [self._guilty.pick(draw) for _ in range(times(self._plan.per_thousand, draw()))]
            kinds += [self._innocent.pick(draw) for _ in range(times(self._plan.per_thousand, draw()))]
        taken: set[int] = set()
        found: dict[int, list[Pattern]] = {}
        for index, kind in enumerate(kinds):
            pattern = self._pattern(f"{kind}-{stretch}-{index + 1}", kind, numbers, taken)
            if pattern and max(pattern.members) <= self._world.customers:
                for member in pattern.members:
                    found.setdefault(member, []).append(pattern)
        return found

    def _pattern(self, identity: str, kind: str, numbers: range, taken: set[int]) -> Pattern | None:
        """Plan a pattern; each customer has a share in one at most."""
        draw = self._world.streams.draw("laundering", identity)
        low, high = KINDS[kind].members
        members: list[int] = []
        count = low + int(draw() * (high - low + 1))
        # Members live near each other, as people who know each other do.
        near = min(NEAR, len(numbers))
        first = int(draw() * (len(numbers) - near + 1))
        for _ in range(TRIES_MAX):
            number = numbers[first + int(draw() * near)]
            if number not in taken and self._fits(number, KINDS[kind].who):
                taken.add(number)
                members.append(number)
            if len(members) == count:
                return Pattern(identity, kind, members, self._legs(identity, kind, members, draw), {})
        return None

    def _legs(self, identity: str, kind: str, members: list[int], draw: Draw) -> list[Leg]:
        last = max(len(self._days) - WORKING_DAYS - 6, 0)
        start = int(draw() * (last + 1))
        name = f"{self._world.streams.token('scene', identity)[:8]}"
        scene = Scene(name, members, draw, self._days[start:], self._plan.cash_report_threshold * 100)
        return KINDS[kind].plan(scene)

    def _fits(self, number: int, who: str) -> bool:
        person = self._people.person(number)
        if who == "young":
            return person.age <= YOUNG_UNTIL
        if who == "business":
            return person.occupation in self._businesses
        return person.age in GROWN_UP

    def _open(self, person: Person, pattern: Pattern) -> None:
        """Open the account that a mule rents out, some days before it is used."""
        at = min(leg.at for leg in pattern.legs) - 5 * DAY
        at = max(at, self._world.period.start)
        opened_on = self._world.period.first_day + timedelta(days=(at - self._world.period.start) // DAY)
        data = {
            "account": mule_account(person.number),
            "account_kind": "current",
            "currency": self._currency,
            "opened_on": opened_on.isoformat(),
        }
        org = self._world.institution.unit_at(person.branch, at)
        self._world.write("mule", at, "account.opened.v1", data, channel="app", org=org, product="debit_card")

    def _pay(self, person: Person, leg: Leg, *, roams: bool) -> str | None:
        world, branch = self._world, person.branch
        if roams and leg.instrument == "cash":
            # Who stays below a threshold also goes to another branch every day.
            branch = self._branches[(leg.at // DAY) % len(self._branches)]
        org = world.institution.unit_at(branch, leg.at)
        data = leg.data(self._currency)
        return world.write("flow", leg.at, "payment.made.v1", data, channel=leg.channel, org=org, product="payment")

    def _tell(self, pattern: Pattern) -> None:
        world, kind = self._world, KINDS[pattern.kind]
        written = sorted(
            (pair for pairs in pattern.written.values() for pair in pairs), key=lambda pair: (pair[0].at, pair[1])
        )
        if not written:
            return
        row: dict[str, Any] = {
            "pattern": pattern.identity,
            "kind": pattern.kind,
            "innocent": kind.innocent,
            "subjects": ["p-" + world.streams.token("subject", number) for number in pattern.members],
            "accounts": sorted({account for leg, _ in written for account in leg.flow if account != "cash"}),
            "currency": self._currency,
            "amount_minor_total": sum(leg.amount for leg, _ in written),
            "first": world.ledger.iso(written[0][0].at),
            "last": world.ledger.iso(written[-1][0].at),
            "complete": len(written) == len(pattern.legs),
            "payments": [
                {
                    "event": event,
                    "at": world.ledger.iso(leg.at),
                    "from": leg.flow[0],
                    "to": leg.flow[1],
                    "amount_minor": leg.amount,
                }
                for leg, event in written
            ],
        }
        if pattern.kind == "structuring":
            row |= {"threshold_minor": self._plan.cash_report_threshold * 100, "source": self._plan.source}
        world.plant("laundering", row)
