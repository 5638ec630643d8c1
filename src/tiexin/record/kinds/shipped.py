"""The kinds that ship with Tiexin, one msgspec structure a type and version.

Each structure describes ``data`` without its reserved member ``personal``. Members beyond the named ones are
accepted and kept (an institution adds its own); named members must have the named type. Durations are seconds,
counts are integers, moments are RFC 3339 text with a zone, days are ISO 8601 dates.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.access import ACCESS
from tiexin.record.kinds.complaints import COMPLAINTS
from tiexin.record.kinds.customers import CUSTOMERS
from tiexin.record.kinds.decisions import DECISIONS
from tiexin.record.kinds.dialogue import DIALOGUE
from tiexin.record.kinds.money import MONEY
from tiexin.record.kinds.trail import TrailOrNone
from tiexin.record.kinds.values import Count, Day, Moment, Seconds, Topic
from tiexin.record.kinds.walks import WALKS

Outcome = Annotated[
    str,
    Meta(
        description="How a complaint ended: explanation, non_monetary_relief, monetary_relief, relief, closed, "
        "untimely, in_progress, or the institution's own code."
    ),
]


class JourneyStepRecorded(Struct):
    """A step of a journey happened; the step stands in the envelope (journey, case, step, lifecycle)."""

    trail: TrailOrNone = None


class CallEnded(Struct):
    """A telephone call ended; the envelope's time is when it entered the queue or the voice menu."""

    outcome: Annotated[
        Literal["answered", "abandoned", "phantom"],
        Meta(description="answered by a person, abandoned by the caller, or phantom (never offered to a person)."),
    ]
    queue_seconds: Seconds
    talk_seconds: Seconds
    menu_seconds: Seconds | None = None
    topic: Topic | None = None
    priority: int | None = None
    resolved: bool | None = None


class ChatEnded(Struct):
    """A chat ended; ``bot_only`` tells that no person took part."""

    outcome: Literal["answered", "abandoned"]
    queue_seconds: Seconds
    talk_seconds: Seconds
    bot_only: bool = False
    topic: Topic | None = None
    resolved: bool | None = None


class MessageReceived(Struct):
    """A message, letter, e-mail or post reached the institution; its words are personal."""

    topic: Topic | None = None


class AppSessionEnded(Struct):
    """A customer used the app or web bank."""

    seconds: Seconds
    screens: Count | None = None


class BranchTicketTaken(Struct):
    """A queue ticket was drawn in a branch."""

    ticket: str
    business: str | None = None
    elderly: bool = False


class BranchTicketCalled(Struct):
    """A queue ticket was called to a window."""

    ticket: str
    window: str
    wait_seconds: Seconds
    business: str | None = None
    elderly: bool = False


class BranchTicketServed(Struct):
    """The service of a queue ticket ended."""

    ticket: str
    window: str
    wait_seconds: Seconds
    service_seconds: Seconds
    business: str | None = None
    elderly: bool = False


class BranchTicketAbandoned(Struct):
    """A queue ticket was called and nobody came, or the customer gave it back."""

    ticket: str
    wait_seconds: Seconds
    business: str | None = None
    elderly: bool = False


class ComplaintReceived(Struct):
    """A complaint reached the institution; the envelope's case names it."""

    topic: Topic | None = None
    issue: str | None = None
    due_at: Moment | None = None
    business: Annotated[str, Meta(description="Class of business (JR/T 0169 B).")] | None = None
    reason: Annotated[str, Meta(description="Class of reason (JR/T 0169 C).")] | None = None
    channel_code: Annotated[str, Meta(description="Class of channel (JR/T 0169 A).")] | None = None
    demand: Annotated[str, Meta(description="What the customer asks for.")] | None = None
    origin: Annotated[str, Meta(description="How it came: own, regulator or court.")] | None = None
    level: Annotated[str, Meta(description="ordinary, complex or major.")] | None = None
    attempt: Count | None = None
    previous: Annotated[str, Meta(description="Case of the complaint that this one repeats.")] | None = None
    about: Annotated[str, Meta(description="Id of the event complained about.")] | None = None
    sheet: Annotated[str, Meta(description="Number of the regulator's sheet.")] | None = None
    group: Annotated[str, Meta(description="Group of customers who complain together.")] | None = None
    representative: Annotated[bool, Meta(description="Speaks for the group.")] | None = None


class ComplaintAnswered(Struct):
    """A complaint was answered; ``timely`` compares the answer with its deadline."""

    outcome: Outcome
    timely: bool
    resolved: bool | None = None
    trail: TrailOrNone = None


class ComplaintDisputed(Struct):
    """The customer told whether he accepts the answer to a complaint."""

    disputed: bool


class ComplaintRecorded(Struct):
    """A whole complaint in one row, as registers and regulators publish it."""

    outcome: Outcome | None = None
    timely: bool | None = None
    disputed: bool | None = None
    company: str | None = None
    issue: str | None = None
    sub_issue: str | None = None
    sub_product: str | None = None
    region: str | None = None
    received_on: Day | None = None
    forwarded_on: Day | None = None


class TicketUpdated(Struct):
    """A service ticket changed; the row with the highest ``modification`` is its last state."""

    state: str
    modification: Count
    reassignment_count: Count
    reopen_count: Count
    sla_met: bool
    opened_at: Moment
    active: bool | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    priority: str | None = None
    category: str | None = None
    contact_type: str | None = None


class SurveyAnswered(Struct):
    """A customer answered a survey question.

    csat: top-2 share of a five-point scale; nps: 0 to 10; ces: customer effort, 1 (very hard) to 7 (very easy).
    """

    metric: Literal["csat", "nps", "ces"]
    score: float
    scale_min: float
    scale_max: float
    topic: Topic | None = None
    about: Annotated[str, Meta(description="What was rated: the id of the contact or case.")] | None = None


class OrgUnitOpened(Struct):
    """A unit of the organisation exists from a day on."""

    unit: str
    level: Literal["head_office", "first_level_branch", "branch", "desk"]
    name_zh: str
    name_en: str
    valid_from: Day
    parent: str | None = None


class OrgUnitRenamed(Struct):
    """A unit bears other names from a day on."""

    unit: str
    name_zh: str
    name_en: str
    valid_from: Day


class OrgUnitMoved(Struct):
    """A unit reports to another parent from a day on."""

    unit: str
    parent: str
    valid_from: Day


class OrgUnitMerged(Struct):
    """A unit is absorbed by another from a day on; its figures follow."""

    unit: str
    into: str
    valid_from: Day


class OrgUnitClosed(Struct):
    """A unit is closed from a day on without a successor."""

    unit: str
    valid_from: Day


class OrgImprovementIntroduced(Struct):
    """Something meant to make a figure better was introduced in some units from a day on."""

    improvement: str
    units: list[str]
    aim: Annotated[str, Meta(description="The figure it is meant to make better.")]
    name_zh: str
    name_en: str
    valid_from: Day


class HoldPlaced(Struct):
    """A legal hold forbids the erasure of the subject until it ends (no end: until released)."""

    hold: str
    basis: Literal["complaint", "lawsuit", "sale_recording", "aml", "audit"]
    reason: str
    until: Day | None = None


class HoldReleased(Struct):
    """A legal hold was lifted."""

    hold: str
    reason: str


class SubjectErased(Struct):
    """The key of a subject was destroyed; its personal content can no longer be read."""

    reason: str


SHIPPED: dict[str, type[Struct]] = {
    "journey.step_recorded.v1": JourneyStepRecorded,
    "call.ended.v1": CallEnded,
    "chat.ended.v1": ChatEnded,
    "message.received.v1": MessageReceived,
    "app.session_ended.v1": AppSessionEnded,
    "branch.ticket_taken.v1": BranchTicketTaken,
    "branch.ticket_called.v1": BranchTicketCalled,
    "branch.ticket_served.v1": BranchTicketServed,
    "branch.ticket_abandoned.v1": BranchTicketAbandoned,
    "complaint.received.v1": ComplaintReceived,
    "complaint.answered.v1": ComplaintAnswered,
    "complaint.disputed.v1": ComplaintDisputed,
    "complaint.recorded.v1": ComplaintRecorded,
    "ticket.updated.v1": TicketUpdated,
    "survey.answered.v1": SurveyAnswered,
    "org.unit_opened.v1": OrgUnitOpened,
    "org.unit_renamed.v1": OrgUnitRenamed,
    "org.unit_moved.v1": OrgUnitMoved,
    "org.unit_merged.v1": OrgUnitMerged,
    "org.unit_closed.v1": OrgUnitClosed,
    "org.improvement_introduced.v1": OrgImprovementIntroduced,
    "record.hold_placed.v1": HoldPlaced,
    "record.hold_released.v1": HoldReleased,
    "system.subject_erased.v1": SubjectErased,
    **ACCESS,
    **COMPLAINTS,
    **CUSTOMERS,
    **DECISIONS,
    **DIALOGUE,
    **MONEY,
    **WALKS,
}
"""Type name → structure of its data. The version is the last part of the type."""
