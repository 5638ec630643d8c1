"""One subject: what stands above its course, drawn from its own contacts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.contacts.contracts import ComplaintCase, FacetMember, Score, SubjectHead
from tiexin.record.api import NewestFilter, newest_events, subject_counts

if TYPE_CHECKING:
    from tiexin.kernel.text import Text
    from tiexin.record.api import Record
    from tiexin.record.contracts import RecordedEvent

STORY_MAX = 2_000
"""Most complaints and surveys of one subject that are looked at."""
RECENT_MAX = 200
"""Most recent contacts that tell segment, products and unit."""
PRODUCTS_MAX = 12


def head_of(record: Record, subject: str, theirs: NewestFilter, *, names: Mapping[str, Text]) -> SubjectHead | None:
    """Return the head of a subject, None when nobody of this reference is within the filter.

    Args:
        record: an open record.
        subject: its reference.
        theirs: its contacts within the caller's reach.
        names: of units, by code.
    """
    counts = subject_counts(record, subject, theirs)
    if not counts:
        return None
    channels, kinds = Counter[str | None](), Counter[str | None]()
    for count in counts:
        channels[count.channel] += count.n
        kinds[count.type] += count.n
    recent = newest_events(record, theirs, limit=RECENT_MAX)
    story = newest_events(record, msgspec.structs.replace(theirs, types=("complaint.", "survey.")), limit=STORY_MAX)
    org = next((one.event.org for one in recent if one.event.org), None)
    return SubjectHead(
        subject=subject,
        n=sum(count.n for count in counts),
        first_us=min(count.first_us for count in counts),
        last_us=max(count.last_us for count in counts),
        channels=_members(channels),
        kinds=_members(kinds),
        segment=next((one.event.segment for one in recent if one.event.segment), None),
        products=list(dict.fromkeys(one.event.product for one in recent if one.event.product))[:PRODUCTS_MAX],
        org=org,
        org_name=names.get(org or ""),
        complaints=_complaints(story),
        scores=_scores(story),
    )


def next_after(record: Record, theirs: NewestFilter, at: tuple[int, int]) -> RecordedEvent | None:
    """Return the contact of a subject right after one (its time and position), None when that was the last."""
    later: RecordedEvent | None = None
    since = msgspec.structs.replace(theirs, since_us=at[0])
    before: tuple[int, int] | None = None
    while True:  # newest first down to the contact itself; a subject has few
        page = newest_events(record, since, before=before, limit=RECENT_MAX)
        for one in page:
            if (one.event.time_us, one.position) <= at:
                return later
            later = one
        if len(page) < RECENT_MAX:
            return later
        before = (page[-1].event.time_us, page[-1].position)


def _members(counts: Counter[str | None]) -> list[FacetMember]:
    return [FacetMember(key=key, n=n) for key, n in sorted(counts.items(), key=lambda one: (-one[1], one[0] or ""))]


def _complaints(story: Iterable[RecordedEvent]) -> list[ComplaintCase]:
    """Return the complaints, latest received first; events of one case belong together, others stand alone."""
    cases: dict[str, dict[str, Any]] = {}
    for one in sorted(story, key=lambda found: (found.event.time_us, found.position)):
        event, data = one.event, one.event.data
        if not event.type.startswith("complaint."):
            continue
        if event.type.startswith(("complaint.received.", "complaint.recorded.")):
            case = cases.setdefault(event.case or f"#{one.position}", {})
            case.setdefault("position", one.position)
            case.setdefault("received_us", event.time_us)
            case.setdefault("topic", _text(data.get("topic")) or _text(data.get("issue")))
            case.setdefault("due_at", _text(data.get("due_at")))
        case = cases.get(event.case or f"#{one.position}", {})
        if event.type.startswith(("complaint.answered.", "complaint.recorded.")) and data.get("outcome"):
            case["answered_us"] = event.time_us
            case["timely"] = data.get("timely") if isinstance(data.get("timely"), bool) else None
        if isinstance(data.get("disputed"), bool):
            case["disputed"] = data["disputed"]
    found = [
        ComplaintCase(
            case=None if name.startswith("#") else name,
            position=case["position"],
            received_us=case["received_us"],
            answered_us=case.get("answered_us"),
            topic=case.get("topic"),
            due_at=case.get("due_at"),
            timely=case.get("timely"),
            disputed=case.get("disputed"),
        )
        for name, case in cases.items()
    ]
    return sorted(found, key=lambda case: -case.received_us)


def _scores(story: Iterable[RecordedEvent]) -> list[Score]:
    latest: dict[str, Score] = {}
    for one in story:  # newest first
        data = one.event.data
        numbers = [data.get(name) for name in ("score", "scale_min", "scale_max")]
        metric = _text(data.get("metric"))
        if not one.event.type.startswith("survey.") or metric is None or metric in latest:
            continue
        if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
            continue
        score, low, high = (float(number or 0) for number in numbers)
        latest[metric] = Score(
            metric=metric,
            score=score,
            scale_min=low,
            scale_max=high,
            time_us=one.event.time_us,
            position=one.position,
        )
    return [latest[metric] for metric in sorted(latest)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
