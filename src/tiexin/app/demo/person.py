"""A customer, as every part of the generator knows him."""

from __future__ import annotations

from datetime import date

import msgspec

ELDERLY_FROM = 60


class LifeEvent(msgspec.Struct, frozen=True):
    """What changes a life on a day: study, first_job, marriage, child, house, moved, job_change, retirement."""

    kind: str
    on: date


class Address(msgspec.Struct, frozen=True):
    """A made-up postal address, in its parts so that registers can write it in different ways."""

    city: str
    district: str
    street: str
    house: int
    estate: str
    building: int
    unit: int
    room: str

    @property
    def text(self) -> str:
        """The address written out in full."""
        return (
            f"{self.city}{self.district}{self.street}{self.house}号"
            f"{self.estate}{self.building}栋{self.unit}单元{self.room}室"
        )


class Relative(msgspec.Struct, frozen=True):
    """Somebody of a household who is no customer: partner or child."""

    role: str
    gender: str
    birth_date: date


class Household(msgspec.Struct, frozen=True):
    """People who live together.

    ``kind`` is single, couple, family or three_generations; ``tenure`` own, own_with_mortgage or rent; ``nature`` han,
    minority or foreign; ``customers`` are numbers, also of customers beyond the size of a small run. Days may lie
    after the generated period.
    """

    identity: str
    kind: str
    customers: tuple[int, ...]
    relatives: tuple[Relative, ...]
    branch: str
    address: Address
    former_address: Address
    tenure: str
    nature: str
    married_on: date | None
    child_on: date | None
    house_on: date | None
    moved_on: date | None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A customer; ``subject`` is the pseudonym that events carry, what names him stands only in personal content.

    ``age`` is that on the first day of the generated period; ``income`` is fen a month before tax; ``digital_ease``
    runs from 0 (everything at the counter) to 1 (everything in the app); ``life_events`` are in order of time and may
    lie after the period. ``role`` in the household is head, partner, child or elder; ``holds`` says which of
    credit_card, savings, policy and wealth the customer has beside the current account.
    """

    number: int
    subject: str
    segment: str
    age: int
    branch: str
    name: str
    phone: str
    gender: str
    birth_date: date
    id_number: str
    id_type: str
    former_phone: str
    email: str
    household: Household
    role: str
    education: str
    occupation: str
    income: int
    digital_ease: float
    life_events: tuple[LifeEvent, ...]
    holds: frozenset[str]

    @property
    def elderly(self) -> bool:
        """Whether the customer is 60 or older, the age from which branches give priority."""
        return self.age >= ELDERLY_FROM

    def day_of(self, kind: str) -> date | None:
        """Return the last day on which something of this kind happens in the customer's life, None if it never does."""
        for event in reversed(self.life_events):
            if event.kind == kind:
                return event.on
        return None
