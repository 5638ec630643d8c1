"""The data file of the complaints: mixes, causes, chances and words."""

from __future__ import annotations

import msgspec

from tiexin.app.demo.profile import load_data


class Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of complaints in per cent by business and by reason, and where they were read."""

    source: str
    business: dict[str, float]
    reason: dict[str, float] = {}


class HurtPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a bad experience: chance of a complaint, its topic, reason and demand; business by product."""

    chance: float
    topic: str
    reason: str
    demand: str
    business: str | None = None


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An incident that befalls customers, with the sentences in which they tell it."""

    business: str
    reason: str
    weight: float
    topic: str
    product: str
    demand: str
    zh: list[str]
    en: list[str]


class Office(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office that transfers complaints."""

    office: str
    zh: str
    en: str


class GroupPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that befell many: a share of customers, and every so many of the first ones, within some days."""

    group: str
    cause: str
    at: float
    share: float
    every: int
    first: int
    days: int


class AgentPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organised claim agent: clients are a share of customers, and every so many of the first ones."""

    agent: str
    phone: str
    address: str
    cause: str
    share: float
    every: int
    first: int


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of the text of a complaint."""

    opening_zh: list[str]
    opening_en: list[str]
    result_zh: list[str]
    result_en: list[str]
    demand_zh: dict[str, list[str]]
    demand_en: dict[str, list[str]]


class ComplaintsPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    own_volume: Mix
    transferred: Mix
    products: dict[str, str]
    hurts: dict[str, HurtPlan]
    incidents_per_year: float
    complains_after_incident: float
    direct_to_regulator: float
    escalates: float
    to_court: float
    withdrawn: float
    channels: dict[str, float]
    channel_codes: dict[str, str]
    offices: list[Office]
    sheet_days: int
    english: float
    groups: list[GroupPlan]
    agents: list[AgentPlan]
    agent_words: list[str]
    causes: dict[str, Cause]
    words: Words


def load_complaints(profile: str) -> ComplaintsPlan:
    """Return how customers of this profile complain."""
    return msgspec.convert(load_data("complaints", profile), ComplaintsPlan)
