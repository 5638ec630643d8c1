"""The customers of a generated institution. Customer 17 is the same person in a small run and in a large one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from tiexin.app.demo.institution import Institution
from tiexin.app.demo.people.households import WINDOW_DAYS, WINDOW_YEARS, Households, Slot
from tiexin.app.demo.people.names import Names
from tiexin.app.demo.people.plan import PeoplePlan, load_names, load_people
from tiexin.app.demo.person import ELDERLY_FROM, Household, LifeEvent, Person
from tiexin.app.demo.profile import Phrases, Profile
from tiexin.app.demo.streams import Choice, Draw, Spread, Streams, one_of
from tiexin.kernel.identifiers import resident_id_check

AGE_MAX = 110
CENTS_OF_TEN = 1_000
"""Incomes are whole tens of CNY."""
STUDIES = 0.82
"""Share of those of the age and schooling to study who do."""
STILL_WORKS = 0.08
"""Share of people past retirement age who still earn."""
SETTLED_YEARS = 5
CHANGED_ONCE = 0.6
"""Share of those who worked for some years who changed their job before."""
TERM = (9, 1)
DEGREE = (7, 1)


class People:
    """Makes the customers by number."""

    def __init__(self, profile: Profile, _phrases: Phrases, institution: Institution, streams: Streams) -> None:
        self._plan = plan = load_people()
        self._names = names = Names(load_names())
        self._streams = streams
        self._first_day = date.fromisoformat(profile.start)
        self._households = Households(plan, names, institution, streams, self._first_day)
        self._segments = [_segments(profile, age) for age in range(AGE_MAX)]
        self._education = {year: Choice(weights) for year, weights in plan.education.items()}
        self._occupations = {
            (segment, education): _occupations(plan, segment, education)
            for segment in {segment for o in plan.occupations.values() for segment in o.segments}
            for education in plan.graduates_at
        }
        self._incomes = {name: Spread(o.income.median, o.income.p95, unit=100) for name, o in plan.occupations.items()}
        self._ease = [_ease(plan, age) for age in range(AGE_MAX)]
        self._home, self._elsewhere = list(plan.regions.home), list(plan.regions.elsewhere)
        self._hosts = Choice(plan.mail_hosts)

    def person(self, number: int) -> Person:
        """Return the customer of this number (from 1)."""
        household, slot = self._households.of(number)
        draw = self._streams.draw("person", number)
        segment = self._segments[slot.age].pick(draw)
        name = self._name(household, slot, draw)
        id_number, id_type = self._identity(household, slot, draw)
        education = self._schooling(slot.birth_date.year, draw)
        occupation = self._occupation(slot, segment, education, draw)
        income = self._incomes[occupation].pick(draw)
        # Pay rises until about fifty: from 78 % of the table at 20 to 114 %.
        income = income * (78 + max(min(slot.age - 20, 30), 0) * 12 // 10) // 100
        phone, former = self._phone(draw), self._phone(draw)
        return Person(
            number=number,
            subject="p-" + self._streams.token("subject", number),
            segment=segment,
            age=slot.age,
            branch=household.branch,
            name=name,
            phone=phone,
            gender=slot.gender,
            birth_date=slot.birth_date,
            id_number=id_number,
            id_type=id_type,
            former_phone=former,
            email=self._email(name, slot, draw),
            household=household,
            role=slot.role,
            education=education,
            occupation=occupation,
            income=income // CENTS_OF_TEN * CENTS_OF_TEN,
            digital_ease=self._digital(slot.age, education, draw),
            life_events=self._life(household, slot, education, occupation, draw),
            holds=self._holds(segment, draw),
        )

    def _name(self, household: Household, slot: Slot, draw: Draw) -> str:
        if household.nature == "minority":
            return self._names.minority(slot.gender, draw)
        if household.nature == "foreign":
            return self._names.foreign(slot.gender, draw)
        return slot.surname + self._names.given(slot.gender, slot.birth_date.year, draw)

    def _identity(self, household: Household, slot: Slot, draw: Draw) -> tuple[str, str]:
        """Return a resident identity number (GB 11643: odd sequence for men), or a passport number of a foreigner."""
        places = self._home if draw() < self._plan.regions.home_share else self._elsewhere
        place, order = one_of(places, draw), int(draw() * 499)
        if household.nature == "foreign":
            return f"E{10_000_000 + int(draw() * 89_999_999)}", "passport"
        sequence = 2 * order + (1 if slot.gender == "M" else 2)
        body = f"{place}{slot.birth_date:%Y%m%d}{sequence:03d}"
        return body + resident_id_check(body), "resident_id"

    def _schooling(self, year: int, draw: Draw) -> str:
        last = next((border for border in self._education if year <= border), max(self._education))
        return self._education[last].pick(draw)

    def _occupation(self, slot: Slot, segment: str, education: str, draw: Draw) -> str:
        studies, works = draw() < STUDIES, draw() < STILL_WORKS
        found = self._occupations.get((segment, education)) or self._occupations["retail", education]
        occupation = found.pick(draw)
        plan = self._plan
        if slot.age < plan.graduates_at[education] and slot.age >= plan.study_starts_at and studies:
            return "student"
        if slot.age >= plan.retires_at[slot.gender] and not works and not plan.occupations[occupation].business:
            return "retired"
        # Somebody who keeps the house lives with somebody who earns.
        return "freelancer" if occupation == "homemaker" and slot.role != "partner" else occupation

    def _phone(self, draw: Draw) -> str:
        return one_of(self._plan.mobile_prefixes, draw) + f"{int(draw() * 100_000_000):08d}"

    def _email(self, name: str, slot: Slot, draw: Draw) -> str:
        spelled = (self._names.pinyin(name) or name).lower().replace(" ", "")
        local = "".join(char for char in spelled if char.isascii() and char.isalnum()) or "user"
        return f"{local}{slot.birth_date.year % 100:02d}{int(draw() * 1_000)}@{self._hosts.pick(draw)}"

    def _digital(self, age: int, education: str, draw: Draw) -> float:
        plan = self._plan.digital_ease
        nature = int((draw() + draw() - 1) * plan.nature)
        return min(max(self._ease[age] + plan.education[education] + nature, 2), 99) / 100

    def _holds(self, segment: str, draw: Draw) -> frozenset[str]:
        tables = self._plan.holds.items()
        return frozenset([name for name, shares in tables if draw() < shares.get(segment, shares["other"])])

    def _life(
        self, household: Household, slot: Slot, education: str, occupation: str, draw: Draw
    ) -> tuple[LifeEvent, ...]:
        plan, born = self._plan, slot.birth_date
        found: list[LifeEvent] = []
        degree_at = plan.graduates_at[education]
        if degree_at > plan.study_starts_at:
            found.append(LifeEvent("study", date(born.year + plan.study_starts_at, *TERM)))
        worked = occupation != "homemaker"
        if worked:
            found.append(LifeEvent("first_job", date(born.year + degree_at, *DEGREE) + timedelta(int(draw() * 150))))
        changes, when, ago = draw(), draw(), draw()
        pays = plan.occupations[occupation].salaried
        retires_on = _birthday(born, plan.retires_at[slot.gender])
        if worked and (occupation == "retired" or (pays and retires_on > self._first_day)):
            found.append(LifeEvent("retirement", retires_on))
        next_job = self._first_day + timedelta(int(when * WINDOW_DAYS))
        if pays and changes < plan.life["job_change"] * WINDOW_YEARS and next_job < retires_on:
            found.append(LifeEvent("job_change", next_job))
        years_worked = slot.age - degree_at
        if pays and years_worked >= SETTLED_YEARS and ago < CHANGED_ONCE:
            days = 200 + int(when * (years_worked - 2) * 365)
            found.append(LifeEvent("job_change", self._first_day - timedelta(days)))
        if slot.role in {"head", "partner"}:
            found += _of_household(household)
        elif household.moved_on:
            found.append(LifeEvent("moved", household.moved_on))
        found.sort(key=lambda event: (event.on, event.kind))
        return tuple(found)


def _of_household(household: Household) -> list[LifeEvent]:
    """Return what head and partner of a household live through together."""
    days = [("marriage", household.married_on), ("child", household.child_on), ("house", household.house_on)]
    days += [("moved", household.moved_on)]
    days += [("child", child.birth_date) for child in household.relatives if child.role == "child"]
    return [LifeEvent(kind, on) for kind, on in days if on is not None]


def _birthday(born: date, years: int) -> date:
    return date(born.year + years, born.month, min(born.day, 28))


def _segments(profile: Profile, age: int) -> Choice[str]:
    """Return the segments that somebody of this age may be of; the nearest one where none reaches there."""
    fitting = {
        name: segment.share / (segment.age[1] - segment.age[0] + 1)
        for name, segment in profile.segments.items()
        if segment.age[0] <= age <= segment.age[1]
        # From sixty on people are served as the elderly, whatever they own.
        and (age < ELDERLY_FROM or segment.age[0] >= ELDERLY_FROM or not _has_elderly(profile))
    }
    if not fitting:
        nearest = min(
            profile.segments, key=lambda name: min(abs(age - border) for border in profile.segments[name].age)
        )
        fitting = {nearest: 1.0}
    return Choice(fitting)


def _has_elderly(profile: Profile) -> bool:
    return any(segment.age[0] >= ELDERLY_FROM for segment in profile.segments.values())


def _occupations(plan: PeoplePlan, segment: str, education: str) -> Choice[str]:
    fitting = {
        name: occupation.segments.get(segment, 0)
        for name, occupation in plan.occupations.items()
        if not occupation.needs or education in occupation.needs
    }
    return Choice(fitting if any(fitting.values()) else {"service_worker": 1.0})


def _ease(plan: PeoplePlan, age: int) -> int:
    """Return digital ease in per cent at an age, straight between the points of the plan."""
    points = sorted(plan.digital_ease.by_age.items())
    if age <= points[0][0]:
        return points[0][1]
    for (young, more), (old, less) in pairwise(points):
        if age <= old:
            return more + (less - more) * (age - young) // (old - young)
    return points[-1][1]
