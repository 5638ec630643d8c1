"""The only door to contacts: search, facets, one contact's surroundings, one subject's head and course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.contacts import subjects
from tiexin.contacts.conditions import Where, where_of
from tiexin.contacts.contracts import (
    DIMENSIONS,
    MEMBERS_MAX,
    PAGE_MAX,
    WHOLE,
    ContactFilter,
    FacetMember,
    Facets,
    Meaning,
    Page,
    Reach,
    SubjectHead,
)
from tiexin.contacts.meaning import bounded, seen, understand
from tiexin.contacts.store.lake import LakeCursor, LakeView
from tiexin.kernel.clock import Clock, SystemClock, from_us
from tiexin.kernel.errors import InvalidInputError, NotFoundError
from tiexin.record.api import NewestFilter, events_at, newest_events
from tiexin.record.contracts import HOUSE_PREFIXES

if TYPE_CHECKING:
    from datetime import date

    from tiexin.kernel.text import Text
    from tiexin.record.api import OrgTree, Record
    from tiexin.record.contracts import RecordedEvent

NEIGHBOURS_MAX = 60
"""Most contacts of the same case that are shown beside one."""
NO_CONTACT = (*HOUSE_PREFIXES, "record.", "org.")
CHUNK = 1_000


class PageSizeError(InvalidInputError):
    """More contacts a page were asked for than one holds; says the limit."""

    code = "page_too_large"


class ContactNotFoundError(NotFoundError):
    """No contact stands there, or the caller may not see it; the words are the same."""

    code = "contact_not_found"


class UnknownSubjectError(NotFoundError):
    """Nobody of this reference is among the contacts the caller may see."""

    code = "unknown_subject"


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """One contact with those of its case (oldest first), and the subject's contacts right before and after it."""

    contact: RecordedEvent
    of_case: list[RecordedEvent]
    earlier: RecordedEvent | None
    later: RecordedEvent | None


class Contacts:
    """The contacts of one installation; one instance serves all requests, in several threads at once."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._lake = LakeView()
        self._tree: tuple[int, OrgTree, dict[str, Text]] | None = None

    def close(self) -> None:
        """Free the memory."""
        self._lake.close()

    # -- finding ------------------------------------------------------------------------------------------------

    def search(
        self,
        record: Record,
        wanted: ContactFilter,
        *,
        reach: Reach = WHOLE,
        before: tuple[int, int] | None = None,
        limit: int = 50,
    ) -> Page:
        """Return contacts newest first.

        Args:
            record: an open record.
            wanted: which contacts.
            reach: what the caller may see.
            before: time (UTC µs) and position of the last contact of the page before.
            limit: most contacts, 1 to 500.

        Raises:
            PageSizeError: the limit is out of bounds.
        """
        if not 1 <= limit <= PAGE_MAX:
            msg = f"A page has 1 to {PAGE_MAX} contacts."
            raise PageSizeError(msg, limit=PAGE_MAX)
        if wanted == ContactFilter(since_us=wanted.since_us, until_us=wanted.until_us) and reach.units is None:
            recent = NewestFilter(since_us=wanted.since_us, until_us=wanted.until_us)
            return _page(newest_events(record, recent, before=before, limit=limit + 1), limit)
        with self._lake.opened(record) as lake:
            meaning = self._meaning(record, wanted, reach, lake)
            quick = self._by_index(record, wanted, meaning)
            if quick is not None:
                found = newest_events(record, bounded(quick, reach), before=before, limit=limit + 1)
                return _page(found, limit, meaning)
            where = self._where(record, wanted, reach, meaning)
            positions = list(_newest(lake, where, before=before, limit=limit + 1))
        return _page(events_at(record, positions), limit, meaning)

    def facets(self, record: Record, wanted: ContactFilter, *, reach: Reach = WHOLE) -> Facets:
        """Return how many contacts fit and how they spread over each dimension."""
        with self._lake.opened(record) as lake:
            meaning = self._meaning(record, wanted, reach, lake)
            where = self._where(record, wanted, reach, meaning)
            n, first, last, facets = _spread(lake, where, DIMENSIONS)
            for by in {by for by, _ in where.parts} & {*DIMENSIONS}:
                facets[by] = _spread(lake, where, (by,), without=by)[3][by]
        return Facets(n=n, first_us=first, last_us=last, facets=facets, meaning=meaning)

    def positions(self, record: Record, wanted: ContactFilter, *, reach: Reach = WHOLE) -> list[int]:
        """Return the positions of all contacts that fit, newest first; for exports, after their number is known."""
        with self._lake.opened(record) as lake:
            where = self._where(record, wanted, reach, self._meaning(record, wanted, reach, lake))
            return list(_newest(lake, where, before=None, limit=None))

    @staticmethod
    def read(record: Record, positions: Sequence[int]) -> Iterator[RecordedEvent]:
        """Yield the contacts at positions, in their order, with bounded memory."""
        for start in range(0, len(positions), CHUNK):
            yield from events_at(record, positions[start : start + CHUNK])

    # -- one of them --------------------------------------------------------------------------------------------

    @staticmethod
    def contact(record: Record, position: int, *, reach: Reach = WHOLE) -> RecordedEvent:
        """Return the contact at a position, personal content sealed.

        Raises:
            ContactNotFoundError: there is none within reach.
        """
        found = events_at(record, [position])
        if not found or found[0].event.type.startswith(NO_CONTACT) or not seen(found[0].event, reach):
            msg = f"There is no contact at position {position} that you may see."
            raise ContactNotFoundError(msg, position=position)
        return found[0]

    def around(self, record: Record, position: int, *, reach: Reach = WHOLE) -> Surroundings:
        """Return a contact with the others of its case and those right before and after it of the same subject.

        Raises:
            ContactNotFoundError: there is none within reach.
        """
        one = self.contact(record, position, reach=reach)
        event = one.event
        of_case: list[RecordedEvent] = []
        if event.case is not None:
            of_case = newest_events(record, bounded(NewestFilter(case=event.case), reach), limit=NEIGHBOURS_MAX)[::-1]
        earlier, later = None, None
        if event.subject is not None:
            theirs = bounded(NewestFilter(subject=event.subject), reach)
            at = (event.time_us, position)
            earlier = next(iter(newest_events(record, theirs, before=at, limit=1)), None)
            later = subjects.next_after(record, theirs, at)
        return Surroundings(contact=one, of_case=of_case, earlier=earlier, later=later)

    def subject(self, record: Record, subject: str, *, reach: Reach = WHOLE) -> SubjectHead:
        """Return what stands above the course of one subject.

        Raises:
            UnknownSubjectError: nobody of this reference is within reach.
        """
        head = subjects.head_of(
            record, subject, bounded(NewestFilter(subject=subject), reach), names=self.units(record)
        )
        if head is None:
            msg = "Nobody of this reference is among the contacts you may see."
            raise UnknownSubjectError(msg, subject=subject)
        return head

    # -- the organisation ---------------------------------------------------------------------------------------

    def units(self, record: Record) -> dict[str, Text]:
        """Return the names of all units as they are today, by code."""
        return self._organisation(record)[1]

    def covered(self, record: Record, wanted: ContactFilter) -> list[str] | None:
        """Return the codes that the unit of a filter takes in; None when it names none."""
        if wanted.unit is None or wanted.unit == "":
            return None if wanted.unit is None else []
        tree, today = self._organisation(record)[0], self._today()
        covered = tree.covered(wanted.unit, on=today)
        if not wanted.unit_only:
            return covered
        return [code for code in covered if code == wanted.unit or tree.successor(code, on=today) == wanted.unit]

    def _organisation(self, record: Record) -> tuple[OrgTree, dict[str, Text]]:
        position = record.position()
        if self._tree is None or self._tree[0] != position:
            tree = record.org_tree()
            names = {unit.unit: unit.name for unit in tree.units(on=self._today())}
            self._tree = (position, tree, names)
        return self._tree[1], self._tree[2]

    def _today(self) -> date:
        return from_us(self._clock.now_us()).date()

    # -- inside -------------------------------------------------------------------------------------------------

    def _meaning(self, record: Record, wanted: ContactFilter, reach: Reach, lake: LakeCursor) -> Meaning | None:
        text = (wanted.q or "").strip()
        if not text:
            return None
        return understand(record, text, reach, units=self.units(record), lake=lake)

    def _where(self, record: Record, wanted: ContactFilter, reach: Reach, meaning: Meaning | None) -> Where:
        stripped = msgspec.structs.replace(wanted, q=(wanted.q or "").strip())
        return where_of(stripped, reach, units=self.covered(record, wanted), meaning=meaning)

    def _by_index(self, record: Record, wanted: ContactFilter, meaning: Meaning | None) -> NewestFilter | None:
        """Return the filter for the record's own indexes, None where only the lake can answer quickly."""
        named = {meaning.sort: meaning.values[0]} if meaning and meaning.sort in {"subject", "case"} else {}
        subject, case = named.get("subject", wanted.subject), named.get("case", wanted.case)
        columns = ("channel", "product", "segment", "journey", "step", "actor")
        equals = tuple((column, value) for column in columns if (value := getattr(wanted, column)) is not None)
        others = meaning is not None and not named
        twice = (subject, case) != (wanted.subject or subject, wanted.case or case)
        nothing = any(value == "" for _, value in equals) or wanted.unit == ""
        if not (subject or case) or others or twice or nothing:
            return None
        units = self.covered(record, wanted)
        return NewestFilter(
            since_us=wanted.since_us,
            until_us=wanted.until_us,
            subject=subject,
            case=case,
            equals=equals,
            types=wanted.types or None,
            units=None if units is None else tuple(units),
        )


def _page(found: list[RecordedEvent], limit: int, meaning: Meaning | None = None) -> Page:
    page = found[:limit]
    last = (page[-1].event.time_us, page[-1].position) if len(found) > limit else None
    return Page(contacts=page, before=last, meaning=meaning)


def _newest(lake: LakeCursor, where: Where, *, before: tuple[int, int] | None, limit: int | None) -> Iterator[int]:
    condition, params = where.sql(), dict[str, Any](where.params)
    if before is not None:
        condition += " AND time_us <= $cut_us AND (time_us < $cut_us OR position < $cut_at)"
        params |= {"cut_us": before[0], "cut_at": before[1]}
    cut = "" if limit is None else f" LIMIT {int(limit)}"
    order = "ORDER BY time_us DESC, position DESC"
    for row in lake.rows(f"SELECT position, time_us FROM events WHERE {condition} {order}{cut}", params):
        yield row[0]


def _spread(
    lake: LakeCursor, where: Where, dimensions: Sequence[str], *, without: str | None = None
) -> tuple[int, int | None, int | None, dict[str, list[FacetMember]]]:
    """Return the number, the first and last moment, and the members of each dimension, most contacts first."""
    sets = ", ".join(f"({name})" for name in dimensions)
    sql = (
        f"SELECT GROUPING({', '.join(dimensions)}) AS sort, COALESCE({', '.join(dimensions)}) AS member, COUNT(*), "
        f"MIN(time_us), MAX(time_us) FROM {{source}} WHERE {where.sql(without=without)} "
        f"GROUP BY GROUPING SETS ((), {sets})"
    )
    everything = 2 ** len(dimensions) - 1
    n, times, counts = 0, list[int](), {name: dict[str | None, int]() for name in dimensions}
    for sort, member, count, first, last in lake.counted(sql, where.params):
        if sort == everything:
            n += count
            times += [moment for moment in (first, last) if moment is not None]
            continue
        # GROUPING sets a bit for each column that is not grouped by; the first column is the highest bit.
        name = dimensions[len(dimensions) - (everything - sort).bit_length()]
        counts[name][member] = counts[name].get(member, 0) + count
    facets = {
        name: [FacetMember(key=key, n=count) for key, count in sorted(found.items(), key=_largest_first)[:MEMBERS_MAX]]
        for name, found in counts.items()
    }
    return n, min(times, default=None), max(times, default=None), facets


def _largest_first(entry: tuple[str | None, int]) -> tuple[int, str]:
    return -entry[1], entry[0] or ""
