"""The typed shape of ``people.yaml`` and ``names.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class HouseholdPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of household: who of it is a customer, and their ages on the first day."""

    kind: str
    weight: float
    head: tuple[int, int]
    partner: Literal["customer", "other"] | None = None
    minors: int = 0
    grown: tuple[int, int] | None = None
    elders: int = 0

    @property
    def customers(self) -> int:
        """How many customers it has."""
        return 1 + (self.partner == "customer") + (self.grown is not None) + self.elders


class Money(msgspec.Struct, frozen=True):
    """A log-normal amount, CNY."""

    median: float
    p95: float


class Occupation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody lives on."""

    zh: str
    en: str
    segments: dict[str, float]
    income: Money
    needs: list[str] = []
    salaried: bool = True
    business: bool = False


class DigitalEase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Per cent by age, then what education adds, then how far people differ by nature."""

    by_age: dict[int, int]
    education: dict[str, int]
    nature: int


class Regions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Region codes (GB/T 2260) of birth places."""

    home_share: float
    home: dict[str, str]
    elsewhere: dict[str, str]


class RegistrationPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel at which people are registered, and who is."""

    line: str
    share: float
    prefix: str
    kyc: Literal["none", "basic", "full"]
    ease: float = 0
    rich: float = 0
    holds: str = ""
    held: float = 0


class PeoplePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the customers are; see the comments of the data file."""

    households: list[HouseholdPlan]
    tenure: dict[str, float]
    rent_young: float
    education: dict[int, dict[str, float]]
    graduates_at: dict[str, int]
    study_starts_at: int
    occupations: dict[str, Occupation]
    retires_at: dict[str, int]
    life: dict[str, float]
    digital_ease: DigitalEase
    nature_of_name: dict[str, float]
    regions: Regions
    city: str
    districts: dict[str, list[str]]
    estates: list[str]
    mobile_prefixes: list[str]
    mail_hosts: dict[str, float]
    holds: dict[str, dict[str, float]]
    registrations: dict[str, RegistrationPlan]
    registered_twice: float
    loaded_within_days: int
    mistakes: dict[str, dict[str, float]]


class GivenNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Given names of a generation: whole ones, and characters to make more of."""

    names: list[str]
    first: str
    second: str


class ForeignNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Given names by gender and what stands behind them."""

    M: list[str]
    F: list[str]
    second: list[str]
    join: str = " "


class NamesPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names and what registers confuse in them."""

    surnames: dict[float, str]
    compound_surnames: dict[float, list[str]]
    given: dict[int, dict[str, GivenNames]]
    minority: list[ForeignNames]
    foreign: ForeignNames
    sounds: dict[str, str]
    similar: list[str]
    traditional: str


@cache
def load_people() -> PeoplePlan:
    """Return who the customers are."""
    return msgspec.convert(_read("people"), PeoplePlan)


@cache
def load_names() -> NamesPlan:
    """Return the names."""
    return msgspec.convert(_read("names"), NamesPlan)


def _read(name: str) -> object:
    import yaml

    folder = files("tiexin.app.demo").joinpath("data")
    found: object = yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8"))
    return found
