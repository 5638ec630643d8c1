"""Who lives with whom. Customers come in blocks of numbers; a block is filled with households by its own stream.

Membership therefore follows from a number alone: no run needs to know how many customers there are. Where a small run
ends inside a block, its last households have members who are not (yet) customers.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from tiexin.app.demo.institution import Institution
from tiexin.app.demo.people.names import Names
from tiexin.app.demo.people.plan import HouseholdPlan, PeoplePlan
from tiexin.app.demo.person import Address, Household, Relative
from tiexin.app.demo.streams import Choice, Draw, Streams, one_of

BLOCK = 60
BLOCKS_MAX = 4
WINDOW_DAYS = 3 * 365
"""Things that may happen around the period are drawn for this long from its first day."""
WINDOW_YEARS = 3
MARRIES = (22, 39)
MOTHERS = (24, 41)
BUYS = (25, 55)
"""Ages from and to (exclusive) at which these things happen."""
PARENT_YEARS = 20
"""Years that parents are older than their children, at least."""
YOUNG_UNTIL = 30
ADULT = 18
HALF = 0.5
SECOND_CHILD = 0.4
ALONE_IS_HER = 0.65


class Slot(msgspec.Struct, frozen=True):
    """The place of a customer in a household, before anything else is known of him."""

    role: str
    gender: str
    birth_date: date
    age: int
    surname: str


class _Adult(msgspec.Struct, frozen=True):
    """Somebody grown up while a household is put together."""

    role: str
    gender: str
    age: int
    surname: str
    customer: bool = True


class Households:
    """Puts households together, a block of customer numbers at a time; the last few blocks are remembered."""

    def __init__(
        self, plan: PeoplePlan, names: Names, institution: Institution, streams: Streams, first_day: date
    ) -> None:
        self._plan = plan
        self._names = names
        self._branches = institution.branches
        self._streams = streams
        self._first_day = first_day
        self._tenure = Choice(plan.tenure)
        # A household that does not fit into the rest of a block is not an option there.
        self._kinds = [
            Choice({index: p.weight for index, p in enumerate(plan.households) if p.customers <= left})
            for left in range(1, 1 + max(p.customers for p in plan.households))
        ]
        parents = sorted({unit.parent or "" for unit in institution.units.values() if unit.level == "branch"})
        districts = list(plan.districts)
        self._district = {
            unit.unit: districts[parents.index(unit.parent or "") % len(districts)]
            for unit in institution.units.values()
            if unit.level == "branch"
        }
        self._blocks: dict[int, list[tuple[Household, Slot]]] = {}

    def of(self, number: int) -> tuple[Household, Slot]:
        """Return the household of a customer and his place in it."""
        block, index = divmod(number - 1, BLOCK)
        found = self._blocks.get(block)
        if found is None:
            if len(self._blocks) >= BLOCKS_MAX:
                del self._blocks[next(iter(self._blocks))]
            found = self._blocks[block] = self._fill(block)
        return found[index]

    def _fill(self, block: int) -> list[tuple[Household, Slot]]:
        draw = self._streams.draw("households", block)
        found: list[tuple[Household, Slot]] = []
        while len(found) < BLOCK:
            left = BLOCK - len(found)
            plan = self._plan.households[self._kinds[min(left, len(self._kinds)) - 1].pick(draw)]
            first = block * BLOCK + len(found) + 1
            household, slots = self._household(plan, first, draw)
            found += [(household, slot) for slot in slots]
        return found

    def _household(self, plan: HouseholdPlan, first: int, draw: Draw) -> tuple[Household, list[Slot]]:
        adults = self._adults(plan, draw)
        nature = self._nature(plan, draw)
        head = adults[0]
        partner = next((adult for adult in adults if adult.role == "partner"), None)
        mother = min(head.age, partner.age) if partner else head.age
        minors = self._minors(plan, mother, draw)
        slots = [
            Slot(adult.role, adult.gender, self._birth(adult.age, draw), adult.age, adult.surname)
            for adult in adults
            if adult.customer
        ]
        relatives = [
            Relative(adult.role, adult.gender, self._birth(adult.age, draw)) for adult in adults if not adult.customer
        ]
        relatives += minors
        children = [slot.birth_date for slot in slots if slot.role == "child"] + [minor.birth_date for minor in minors]
        tenure = self._tenure.pick(draw)
        if head.age < YOUNG_UNTIL and draw() < self._plan.rent_young:
            tenure = "rent"
        branch = self._branches.pick(draw)
        household = Household(
            identity=f"h-{first:07d}",
            kind=plan.kind,
            customers=tuple(range(first, first + len(slots))),
            relatives=tuple(relatives),
            branch=branch,
            address=self._address(branch, draw),
            former_address=self._address(self._branches.pick(draw), draw),
            tenure=tenure,
            nature=nature,
            married_on=self._married(head.age, min(children, default=None), partner, draw),
            child_on=self._ahead("child", draw, when=partner is not None and MOTHERS[0] <= mother < MOTHERS[1]),
            house_on=self._bought(tenure, head.age, draw),
            moved_on=self._moved(draw),
        )
        return household, slots

    def _adults(self, plan: HouseholdPlan, draw: Draw) -> list[_Adult]:
        """Return the grown-ups, head first; the head of a couple is the husband as often as the wife."""
        low, high = plan.head
        age, gender = low + int(draw() * (high - low + 1)), "M" if draw() < HALF else "F"
        surname, other = self._names.surname(draw), self._names.surname(draw)
        gap, child, child_at, mothers = int(draw() * 8) - 2, draw(), draw(), draw() < self._share("mother_surname")
        adults = [_Adult("head", gender, age, surname)]
        younger = age
        if plan.partner:
            # A husband is 2 years younger to 5 years older than his wife.
            partner = max(age - gap if gender == "M" else age + gap, ADULT + 4)
            younger = min(age, partner)
            adults.append(_Adult("partner", "F" if gender == "M" else "M", partner, other, plan.partner == "customer"))
        fathers = surname if gender == "M" else other
        if plan.grown:
            oldest = max(min(plan.grown[1], younger - PARENT_YEARS), plan.grown[0])
            years = plan.grown[0] + int(child * (oldest - plan.grown[0] + 1))
            name = (other if gender == "M" else surname) if mothers else fathers
            adults.append(_Adult("child", "M" if child_at < HALF else "F", years, name))
        if plan.elders:
            adults += self._elders(plan, adults[0], draw)
        return adults

    def _elders(self, plan: HouseholdPlan, head: _Adult, draw: Draw) -> list[_Adult]:
        """Return one or both parents of the head; the father bears the head's surname."""
        age = head.age + PARENT_YEARS + 2 + int(draw() * 9)
        alone, surname, gap = draw(), self._names.surname(draw), int(draw() * 3)
        grandmother = _Adult("elder", "F", age, surname)
        grandfather = _Adult("elder", "M", age + gap, head.surname)
        if plan.elders > 1:
            return [grandfather, grandmother]
        return [grandmother if alone < ALONE_IS_HER else grandfather]

    def _minors(self, plan: HouseholdPlan, mother: int, draw: Draw) -> list[Relative]:
        """Return the children under 18; a mother was 20 at least."""
        chances = [(draw(), draw(), draw()) for _ in range(plan.minors)]
        oldest = min(ADULT - 1, mother - PARENT_YEARS - 1)
        found = []
        for index, (there, age, gender) in enumerate(chances):
            if index == 0 or there < SECOND_CHILD:
                birth = self._birth(int(age * (oldest + 1)), draw)
                found.append(Relative("child", "M" if gender < HALF else "F", birth))
        return found

    def _married(self, age: int, oldest: date | None, partner: _Adult | None, draw: Draw) -> date | None:
        years, day, chance = 24 + int(draw() * 8), int(draw() * 365), draw()
        if partner is None:
            marries = MARRIES[0] <= age < MARRIES[1] and chance < self._plan.life["marriage"] * WINDOW_YEARS
            return self._first_day + timedelta(days=day * WINDOW_YEARS) if marries else None
        known = self._first_day - timedelta(days=max((age - years) * 365 + day, 30))
        if oldest is not None and known > oldest - timedelta(days=240):
            return oldest - timedelta(days=240 + day)
        return known

    def _ahead(self, kind: str, draw: Draw, *, when: bool) -> date | None:
        """Return a day in the window of something that happens to some of those to whom it may happen."""
        chance, day = draw(), draw()
        if not when or chance >= self._plan.life[kind] * WINDOW_YEARS:
            return None
        return self._first_day + timedelta(days=int(day * WINDOW_DAYS))

    def _bought(self, tenure: str, age: int, draw: Draw) -> date | None:
        ago, ahead = draw(), self._ahead("house", draw, when=tenure == "rent" and BUYS[0] <= age < BUYS[1])
        if tenure == "rent":
            return ahead
        years = min(age - 24, 18 if tenure == "own_with_mortgage" else 30)
        return self._first_day - timedelta(days=60 + int(ago * max(years, 1) * 365))

    def _moved(self, draw: Draw) -> date | None:
        """Return when they came to their present address, if that was not long ago."""
        chance, day = draw(), draw()
        if chance >= 2 * WINDOW_YEARS * self._plan.life["moved"]:
            return None
        return self._first_day + timedelta(days=int((2 * day - 1) * WINDOW_DAYS))

    def _nature(self, plan: HouseholdPlan, draw: Draw) -> str:
        chance = draw()
        if chance < self._share("foreign") and plan.customers == 1:
            return "foreign"
        return "minority" if chance < self._share("foreign") + self._share("minority") else "han"

    def _share(self, name: str) -> float:
        return self._plan.nature_of_name[name]

    def _birth(self, age: int, draw: Draw) -> date:
        """Return a birthday on which somebody of this age on the first day was born."""
        first = self._first_day
        return date(first.year - age, first.month, min(first.day, 28)) - timedelta(days=int(draw() * 365))

    def _address(self, branch: str, draw: Draw) -> Address:
        district = self._district[branch]
        floor, door = 1 + int(draw() * draw() * 32), 1 + int(draw() * 4)
        return Address(
            city=self._plan.city,
            district=district,
            street=one_of(self._plan.districts[district], draw),
            house=1 + int(draw() * draw() * 400),
            estate=one_of(self._plan.estates, draw),
            building=1 + int(draw() * 18),
            unit=1 + int(draw() * 3),
            room=f"{floor}{door:02d}",
        )
