"""What the OpenAPI says about the answers of quality; the answers themselves are encoded from contracts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model


class TextModel(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class FigureModel(BaseModel):
    """One figure with its observations, 95 % interval, definition and the way to its contacts."""

    id: str
    value: float | None = Field(description="null where it cannot be known; `missing` says why")
    n: int
    low: float | None
    high: float | None
    unit: str
    definition: str
    contacts: str = Field(description="Address of the contacts behind the figure.")
    rankable: bool = Field(description="false below 30 observations: not to be compared with others")
    missing: str | None = None


class ScopeModel(BaseModel):
    """What the figures cover."""

    position: int
    events: int
    first: str | None
    last: str | None
    first_us: int | None
    last_us: int | None
    since: str | None
    until: str | None
    channel: str | None
    branch: str | None
    product: str | None
    segment: str | None


class StandingModel(BaseModel):
    """A figure's target in its own unit, and what the figure's interval says about it."""

    target: float
    verdict: Literal["met", "open", "missed"] | None


class TargetsSourceModel(BaseModel):
    """Who set the targets, and from which day they hold."""

    effective_from: str
    source: TextModel


class OverviewModel(BaseModel):
    """Figures by id, and how those with a target stand to it."""

    scope: ScopeModel
    figures: dict[str, FigureModel]
    targets: dict[str, StandingModel]
    targets_source: TargetsSourceModel


class GroupModel(BaseModel):
    """Figures of one period or one member of a dimension."""

    key: str | None
    name: TextModel | None
    label: str | None = Field(description="Local date of a period: 2025-03, 2025-Q1, or the first day (weeks, days).")
    since: str | None = Field(description="First moment of a period, with the offset of the zone of the trend.")
    until: str | None = Field(description="Moment before which a period ends.")
    since_us: int | None
    until_us: int | None
    figures: dict[str, FigureModel]


class GroupsModel(BaseModel):
    """Figures of several periods or members."""

    scope: ScopeModel
    dimension: str | None
    step: str | None
    zone: str | None = Field(description="Time zone in which the periods of a trend begin and end.")
    groups: list[GroupModel]


class DefinitionModel(BaseModel):
    """How a figure is counted."""

    id: str
    name: TextModel
    short: TextModel
    text: TextModel
    interval: TextModel
    unit: str
    better: str
    source: str


class ContactModel(BaseModel):
    """One contact behind a figure, without personal content."""

    position: int
    time_us: int
    type: str
    source: str
    id: str
    subject: str | None
    channel: str | None
    case: str | None
    org: str | None
    product: str | None
    segment: str | None


class ContactPageModel(BaseModel):
    """One page of contacts."""

    contacts: list[ContactModel]
    next_after: int | None


class SharedModel(BaseModel):
    """A share of one member with its observations and interval."""

    share: float | None
    n: int
    low: float | None
    high: float | None
    rankable: bool


class SingleModel(BaseModel):
    """One figure as a document of its own."""

    n: int
    value: float | None
    low: float | None
    high: float | None
    definition: str
    contacts: str
    rankable: bool
    missing: str | None
    scope: ScopeModel


_Names = dict[str, str]
_Values = dict[str, float | None]
_COMMON: dict[str, Any] = {
    "definitions": (_Names, ...),
    "contacts": (_Names, ...),
    "rankable": (dict[str, bool], ...),
    "missing": (_Names, ...),
    "scope": (ScopeModel, ...),
}


def _document(name: str, singles: tuple[str, ...], families: tuple[str, ...] = (), **more: Any) -> type[BaseModel]:
    members: dict[str, Any] = dict(more)
    for single in singles:
        members[single] = (float | None, ...)
        members |= {f"{single}_n": (int, ...), f"{single}_low": (float | None, ...)}
        members[f"{single}_high"] = (float | None, ...)
    for family in families:
        members |= {family: (_Values, ...), f"{family}_n": (int, ...)}
        members |= {f"{family}_low": (_Values, ...), f"{family}_high": (_Values, ...)}
    config = ConfigDict(title=name)
    return create_model(name, __config__=config, **members, **_COMMON)


CallsModel = _document(
    "CallsModel",
    (
        "answered_share",
        "abandoned_share",
        "asa_seconds",
        "within_20s_share",
        "within_20s_share_without_short_abandons",
        "talk_mean_seconds",
    ),
    ("wait_seconds",),
    offered=(int, ...),
)
ComplaintsModel = _document(
    "ComplaintsModel",
    ("timely_share", "disputed_share", "repeat_share", "per_10000"),
    ("resolution_km_hours",),
    n=(int, ...),
    disputed_by_timely=(dict[str, SharedModel], ...),
    disputed_by_outcome=(dict[str, SharedModel], ...),
)
TicketsModel = _document(
    "TicketsModel",
    ("sla_met_share", "reopened_share"),
    ("resolution_hours", "resolution_km_hours"),
    n=(int, ...),
    sla_met_by_reassignments=(_Values, ...),
    sla_met_by_reassignments_n=(dict[str, int], ...),
    sla_met_by_reassignments_low=(_Values, ...),
    sla_met_by_reassignments_high=(_Values, ...),
)
CesModel = _document("CesModel", ("mean", "easy_share"))
FcrModel = _document("FcrModel", ("first_contact_resolution", "repeat_share", "resolved_share"))
