"""The profile of a generated institution: the typed shape of its data file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from tiexin.kernel.errors import NotFoundError
from tiexin.kernel.text import Text

PROFILES = ("bank", "insurer", "broker")


class ProfileUnknownError(NotFoundError):
    """There is no profile of this name; the facts list those there are."""

    code = "profile_unknown"


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of the organisation; ``weight`` is its share of customers, ``slow_factor`` stretches its waits."""

    unit: str
    level: str
    zh: str
    en: str
    parent: str | None = None
    weight: float = 0
    staff: int = 0
    slow_factor: float = 1


class UnitChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a unit when the share ``at`` of the period has passed."""

    kind: Literal["renamed", "moved", "merged", "closed"]
    unit: str
    at: float
    zh: str = ""
    en: str = ""
    parent: str = ""
    into: str = ""
    fallback: str = ""


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tree of units and where the central work sits."""

    founded: str
    contact_centre: str
    online_desk: str
    complaint_desk: str
    units: list[Unit]
    changes: list[UnitChange]


class Peak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days of unusual load, both ends included."""

    first: str
    last: str
    factor: float


class CalendarPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Opening days and hours and how contacts spread over them; weekday 0 is Monday."""

    open_weekdays: list[int]
    open_hours: tuple[int, int]
    holidays: list[tuple[str, str]]
    peaks: list[Peak]
    weekday_factor: list[float]
    holiday_factor: float
    hours: dict[str, list[int]]


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of customers; rates are per customer and year."""

    share: float
    age: tuple[int, int]
    contacts: dict[str, float]
    journeys: dict[str, float]


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What contacts are about, and how often the first one settles it."""

    weight: float
    resolved: float
    product: str


class SpreadPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A log-normal distribution by median and 95th percentile; ``none`` is the share of zeros."""

    median: float
    p95: float
    none: float = 0


class Business(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of counter business and how many seconds it takes."""

    weight: float
    service: SpreadPlan
    product: str


class ComplaintTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A team that answers complaints about its topics (an empty list: all others) in so many days."""

    topics: list[str]
    days: SpreadPlan


class Complaints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How complaints are answered; where they come from stands in a file of their own."""

    due_days: int
    teams: dict[str, ComplaintTeam]
    outcomes: dict[str, float]
    disputed: dict[str, float]
    disputed_late_extra: float
    repeat_when_disputed: float


class Surveys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which share of contacts answers a question."""

    answered: dict[str, float]


class Tickets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Service tickets after faults; hours are natural hours."""

    opened: float
    priorities: dict[str, float]
    sla_hours: int
    hours: SpreadPlan
    hours_per_reassignment: int
    reassigned: float
    reopened: float


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way from one step to the next; ways are tried in order, each with its chance. Waits are hours.

    ``after`` and ``times`` bound how often this passage was made before: it is tried from ``after`` to ``times`` - 1.
    """

    to: str
    p: float
    median: float
    p95: float
    clock: Literal["business", "natural"] = "business"
    after: int = 0
    times: int | None = None
    intake_p: dict[str, float] = {}


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a journey: who does it, where (the customer's branch or a named unit), how, and what may follow."""

    team: str | None = None
    channel: str | None = None
    actor: Literal["staff", "customer", "bot", "system"] = "staff"
    place: str = "branch"
    next: list[Way] = []


class Journey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A journey: its steps, the papers it may ask for, and what is planted in it."""

    product: str
    start: str
    intake: dict[str, float]
    slow_days: float
    slow_complaint: str | None
    paper_request: str
    ping_pong: tuple[str, str]
    bottleneck: tuple[str, str]
    steps: dict[str, Step]
    papers: tuple[str, ...] = ("income_proof", "bank_statement", "marriage_certificate", "tax_return", "address_proof")


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An institution to generate."""

    profile: str
    version: int
    name: dict[str, str]
    start: str
    utc_offset_hours: int
    organisation: Organisation
    calendar: CalendarPlan
    segments: dict[str, Segment]
    products: dict[str, float]
    topics: dict[str, Topic]
    branch_business: dict[str, Business]
    waits: dict[str, list[SpreadPlan]]
    patience: dict[str, SpreadPlan]
    talk: dict[str, SpreadPlan]
    complaints: Complaints
    surveys: Surveys
    tickets: Tickets
    personal: dict[str, float]
    journeys: dict[str, Journey]
    catalogue: list[str] = []
    """Lines of products that the institution sells; empty: all."""
    holds_money: bool = True
    """Whether customers have accounts here, with what flows through them."""


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names and sentences for personal content."""

    surnames: str
    given_first: str
    given_second: str
    mobile_prefixes: list[str]
    streets: list[str]
    complaints: dict[str, list[str]]
    messages: list[str]
    call_notes: list[str]


@cache
def load_profile(name: str = "bank") -> Profile:
    """Return the profile of this name.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return msgspec.convert(_profile(name), Profile)


def _profile(name: str) -> dict[str, Any]:
    """Return the profile as plain data, completed by the one that it extends."""
    plan = _read("profile", name)
    if "extends" in plan:
        return _extended(plan)
    more = _read("journeys", name, absent={})
    for segment, rates in more.get("rates", {}).items():
        plan["segments"][segment]["journeys"] |= rates
    plan["journeys"] |= more.get("journeys", {})
    return dict(plan)


def _extended(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a profile that says only how it differs: its own members, contacts against the base, journeys borrowed."""
    base = _profile(plan.pop("extends"))
    rates, factor, borrowed = plan.pop("rates"), plan.pop("contacts_factor"), plan.pop("borrow", {})
    journeys = plan.pop("journeys")
    for name, places in borrowed.items():
        journeys[name] = base["journeys"][name]
        for step in journeys[name]["steps"].values():
            step["place"] = places.get(step.get("place"), step.get("place", "branch"))
    for segment, entry in base["segments"].items():
        entry["journeys"] = rates[segment]
        entry["contacts"] = {kind: rate * factor.get(kind, 1) for kind, rate in entry["contacts"].items()}
    return base | plan | {"journeys": journeys}


@cache
def load_phrases(name: str = "bank") -> Phrases:
    """Return the names and sentences of the profile of this name.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return msgspec.convert(_read("phrases", name, absent={}) or _read("phrases", PROFILES[0]), Phrases)


@cache
def load_labels(name: str = "bank") -> dict[str, dict[str, Text]]:
    """Return what a reader sees for each code: part (steps, teams, topics, …) → code → text in both languages.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    labels = _read("labels", PROFILES[0])
    for part, texts in _read("labels", name, absent={}).items():
        labels.setdefault(part, {}).update(texts)
    return msgspec.convert(labels, dict[str, dict[str, Text]])


def load_data(part: str, name: str) -> Any:
    """Return the data file of a part for a profile: its own where it has one, else the one for every profile.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    import yaml

    own = _read(part, name, absent={})
    if "extends" in own:
        return load_data(part, own.pop("extends")) | own
    return own or yaml.safe_load(files(__package__).joinpath("data", f"{part}.yaml").read_text("utf-8"))


def _read(part: str, name: str, *, absent: Any = None) -> Any:
    """Return the data file of a part and profile, ``absent`` (if given) where the profile has none of it."""
    import yaml

    if name not in PROFILES:
        msg = f"There is no profile called {name}; there is: {', '.join(PROFILES)}."
        raise ProfileUnknownError(msg, profile=name, profiles=list(PROFILES))
    file = files(__package__).joinpath("data", f"{part}-{name}.yaml")
    if absent is not None and not file.is_file():
        return absent
    return yaml.safe_load(file.read_text("utf-8"))
