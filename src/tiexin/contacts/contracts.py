"""The types that cross the border of contacts: what is searched for, who may see what, and what is found."""

from __future__ import annotations

import msgspec

from tiexin.kernel.text import Text
from tiexin.record.contracts import RecordedEvent

PAGE_MAX = 500
"""Most contacts one page holds."""
QUERY_CHARS_MAX = 200
"""Longest text that can be searched for."""
CSV_ROWS_MAX = 1_000_000
"""Most contacts one CSV export holds."""
XLSX_ROWS_MAX = 100_000
"""Most contacts one workbook holds."""
DIMENSIONS = ("type", "channel", "org", "product", "segment", "journey", "step")
"""Columns by which found contacts are counted."""
MEMBERS_MAX = 50
"""Most members of a dimension that a facet names, largest first."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may see: the contacts of these units (None: of all), and complaints of other units if it may."""

    units: frozenset[str] | None = None
    complaints_anyway: bool = False


WHOLE = Reach()


class ContactFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts to find; every condition given must hold. Times are UTC µs, ``until_us`` is exclusive.

    ``q`` is a text that names something: see :func:`tiexin.contacts.meaning.understand`. ``types`` are beginnings of
    event types, any of which fits. ``unit`` takes in what lies below it and what merged into it, unless ``unit_only``.
    """

    q: str | None = None
    types: tuple[str, ...] = ()
    channel: str | None = None
    unit: str | None = None
    unit_only: bool = False
    product: str | None = None
    segment: str | None = None
    journey: str | None = None
    step: str | None = None
    actor: str | None = None
    case: str | None = None
    subject: str | None = None
    since_us: int | None = None
    until_us: int | None = None


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """As what a searched text was understood: ``subject``, ``case``, ``event``, ``unit``, ``code`` or ``content``.

    ``values`` are what it stands for: references, positions of events, codes of units. A ``code`` is a text that
    stands in the envelope (an actor, a journey, a step, a product, a segment); ``content`` one that stands in the
    data, such as the number of a queue ticket or a topic.
    """

    sort: str
    values: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts newest first; pass ``before`` of one page to get the next (None at the end)."""

    contacts: list[RecordedEvent]
    before: tuple[int, int] | None
    meaning: Meaning | None = None


class FacetMember(msgspec.Struct, frozen=True, kw_only=True):
    """How many contacts bear a value (None: that state none)."""

    key: str | None
    n: int


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """How many contacts there are, from when to when (UTC µs), and how they spread over each dimension.

    A dimension that is narrowed down itself is counted as if it were not, so that its other members stay in sight.
    """

    n: int
    first_us: int | None
    last_us: int | None
    facets: dict[str, list[FacetMember]]
    meaning: Meaning | None = None


class ComplaintCase(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint of a subject as it stands; times are UTC µs, ``answered_us`` is None while it is open."""

    case: str | None
    position: int
    received_us: int
    answered_us: int | None
    topic: str | None
    due_at: str | None
    timely: bool | None
    disputed: bool | None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The last answer of a subject to one survey question, on its scale."""

    metric: str
    score: float
    scale_min: float
    scale_max: float
    time_us: int
    position: int


class SubjectHead(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above the course of one subject. Times are UTC µs."""

    subject: str
    n: int
    first_us: int
    last_us: int
    channels: list[FacetMember]
    kinds: list[FacetMember]
    segment: str | None
    products: list[str]
    org: str | None
    org_name: Text | None
    complaints: list[ComplaintCase]
    scores: list[Score]
