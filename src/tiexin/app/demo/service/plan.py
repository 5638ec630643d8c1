"""The typed shape of ``service-*.yaml``: staffing, people and their differences, conduct, transcripts, walks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from tiexin.app.demo.profile import Organisation

MIS_SELLING = (
    "guaranteed_returns",
    "like_a_deposit",
    "hides_surrender_loss",
    "above_risk_level",
    "sign_for_other",
    "bundles_insurance",
)
DISCOURTESY = ("interrupts", "blames", "cuts_short", "taboo_words", "refuses_name", "passes_on")


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Staffing serves this share of callers within so many seconds."""

    share: float
    within: int


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A medium's line: mean seconds of service and patience, conversations at once a person has, fewest people."""

    service: int
    patience: int
    at_once: int
    fewest: int


class Short(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """Local hours (``since`` to ``until``) in which only a share of the planned staff is there; Monday is 0."""

    medium: str
    weekdays: list[int]
    since: int
    until: int
    share: float


class QueuesPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the desks are staffed."""

    customers: int
    target: Target
    peak_foreseen: float
    elderly_share: float
    phone: Line
    chat: Line
    understaffed: list[Short]


class Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody (without a number: everybody of a unit) differs from the others."""

    at: str
    pace: float
    kindness: float
    number: int | None = None


class Habit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody does wrong, each with its chance in a conversation where it can happen."""

    at: str
    number: int
    kinds: dict[str, float]


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often everybody else does it."""

    mis_selling: float
    discourtesy: float


class ConductPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Misconduct and what merely resembles it."""

    base: Base
    people: list[Habit]
    look_alikes: float
    planted_every: int


class Noise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of turns with a slip."""

    phone: float
    chat: float


class TranscriptsPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Share of contacts written down, by medium; share of customers who speak English."""

    phone: float
    chat: float
    branch: float
    english: float
    noise: Noise


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As whom a shopper comes: how often, how much longer it takes, how much feeling it costs (of 4 points)."""

    weight: float
    factor: float
    lost: float


class Barrier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A branch in which a persona waits longer still."""

    at: str
    persona: str
    factor: float
    lost: float


class WalksPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mystery-shopper walks."""

    per_unit_and_month: float
    journeys: dict[str, list[tuple[str, int]]]
    personas: dict[str, Persona]
    barriers: list[Barrier]
    advice: dict[str, list[str]]


class ServicePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an institution serves."""

    queues: QueuesPlan
    roles: dict[str, dict[str, Any]]
    teams: dict[str, str]
    joined_years: tuple[int, int]
    speaks_english: float
    effects: list[Effect]
    conduct: ConductPlan
    transcripts: TranscriptsPlan
    walks: WalksPlan


@cache
def load_service(name: str = "bank") -> ServicePlan:
    """Return the service plan of a profile; a profile without its own serves as the bank does."""
    import yaml

    data = files("tiexin.app.demo").joinpath("data")
    file = data.joinpath(f"service-{name}.yaml")
    if not file.is_file():
        file = data.joinpath("service-bank.yaml")
    return msgspec.convert(yaml.safe_load(file.read_text("utf-8")), ServicePlan)


def unit_of(organisation: Organisation, at: str) -> str:
    """Return the unit that a plan names by its part in the organisation (see ``service-bank.yaml``).

    Raises:
        AttributeError: the organisation has no such part.
    """
    part, _, index = at.partition("/")
    if part != "branch":
        return str(getattr(organisation, part))
    branches = list(branches_of(organisation))
    return branches[int(index) % len(branches)]


def branches_of(organisation: Organisation) -> Iterator[str]:
    """Yield the branches in the order of the profile."""
    return (unit.unit for unit in organisation.units if unit.level == "branch")
