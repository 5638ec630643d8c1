"""The documents of contacts over HTTP, for answers and for their description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class TextPair(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class ContactLine(BaseModel):
    """A contact in a list; ``facts`` are the simple members of its data, twelve at most, long texts cut."""

    position: int
    time: str
    type: str
    kind: str
    channel: str | None
    subject: str | None
    case: str | None
    journey: str | None
    step: str | None
    lifecycle: str | None
    actor: str | None
    org: str | None
    org_name: TextPair | None
    product: str | None
    segment: str | None
    team: str | None
    facts: dict[str, str | int | float | bool]
    personal: Literal["none", "sealed"]


class MeaningModel(BaseModel):
    """As what a searched text was understood, and the units it names."""

    sort: Literal["subject", "case", "event", "unit", "code", "content"]
    values: list[str]
    units: list[TextPair]


class ContactsModel(BaseModel):
    """One page of contacts, newest first; pass ``next`` as ``before`` to go on (null at the end)."""

    contacts: list[ContactLine]
    next: str | None
    meaning: MeaningModel | None


class FacetModel(BaseModel):
    """How many contacts bear a value (null: that state none)."""

    key: str | None
    n: int
    name: TextPair | None


class FacetsModel(BaseModel):
    """How many contacts fit and how they spread; a dimension narrowed down is counted as if it were not."""

    n: int
    first: str | None
    last: str | None
    facets: dict[str, list[FacetModel]]
    meaning: MeaningModel | None


class KindModel(BaseModel):
    """What a kind of event means, as its definition says."""

    type: str
    about: str | None
    members: dict[str, str]


class PersonalModel(BaseModel):
    """Whether there is personal content, and whether the caller may open it."""

    state: Literal["none", "sealed"]
    may_open: bool


class WholeContactModel(ContactLine):
    """A contact with everything but its personal content."""

    id: str
    source: str
    recorded: str
    data: dict[str, Any]
    extras: dict[str, Any]


class OneContactModel(BaseModel):
    """One contact, what its kind means, and what stands around it."""

    contact: WholeContactModel
    definition: KindModel
    personal: PersonalModel
    of_case: list[ContactLine]
    earlier: ContactLine | None
    later: ContactLine | None


class OpenedModel(BaseModel):
    """The personal content of one contact; ``erased`` when the person was erased and nobody can read it."""

    state: Literal["none", "open", "erased"]
    personal: dict[str, Any] | None


class ComplaintModel(BaseModel):
    """A complaint of a subject as it stands; ``answered`` is null while it is open."""

    case: str | None
    position: int
    received: str
    answered: str | None
    topic: str | None
    due_at: str | None
    timely: bool | None
    disputed: bool | None


class ScoreModel(BaseModel):
    """The last answer to one survey question, on its scale."""

    metric: str
    score: float
    scale_min: float
    scale_max: float
    time: str
    position: int


class SubjectModel(BaseModel):
    """What stands above the course of one subject."""

    subject: str
    n: int
    first: str
    last: str
    channels: list[FacetModel]
    kinds: list[FacetModel]
    segment: str | None
    products: list[str]
    org: str | None
    org_name: TextPair | None
    complaints: list[ComplaintModel]
    scores: list[ScoreModel]


class WordsModel(BaseModel):
    """What readers of this installation call its codes: part (topics, teams, …) → code → text."""

    words: dict[str, dict[str, TextPair]]


class FoundPeopleModel(BaseModel):
    """The references under which an identifier of a person is known, and how many ways were tried."""

    subjects: list[str]
    tried: int
