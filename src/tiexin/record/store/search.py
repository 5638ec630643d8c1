"""Reading events newest first by indexed conditions, and those of known positions.

The order is time, then position, both falling; a page ends with the pair that the next page begins before. Only
conditions that an index answers belong here, so that ten million events make no difference; everything else is asked
of the lake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from tiexin.record.contracts import HOUSE_PREFIXES
from tiexin.record.tables import events

REFERENCE_PREFIXES = ("record.", "org.")
SOURCES_MAX = 1_000
"""Most sources that are tried for an id; an installation has a handful."""
COMPLAINTS = "complaint.%"


class NewestFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which contacts to read newest first; every condition given must hold. The house's own events are never meant.

    ``equals`` are further columns of the envelope with the value they must have. ``types`` are beginnings of types
    (``complaint.``), any of which fits; ``units`` are codes of units. ``orgs`` are the units whose contacts may be
    seen (None: all); ``complaints_anyway`` lets complaints of other units through as well. Times are UTC µs,
    ``until_us`` is exclusive.
    """

    since_us: int | None = None
    until_us: int | None = None
    subject: str | None = None
    case: str | None = None
    equals: tuple[tuple[str, str], ...] = ()
    types: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    orgs: frozenset[str] | None = None
    complaints_anyway: bool = False


class SubjectCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of one kind and channel there are, with their first and last moment (UTC µs)."""

    type: str
    channel: str | None
    n: int
    first_us: int
    last_us: int


def newest(
    connection: sa.Connection, wanted: NewestFilter, *, before: tuple[int, int] | None, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return up to ``limit`` rows that fit, newest first, older than the pair (time, position) ``before``."""
    conditions = list(_conditions(wanted))
    if before is not None:
        time_us, position = before
        earlier = sa.or_(events.c.time_us < time_us, events.c.position < position)
        conditions += [events.c.time_us <= time_us, earlier]
    query = sa.select(events).where(*conditions).limit(limit)
    if wanted.subject is None and wanted.case is None:
        query = query.order_by(events.c.time_us.desc(), events.c.position.desc())
    else:
        # The plus keeps both stores from walking the index of times when that of subjects or cases is far shorter.
        query = query.order_by(sa.text("+time_us DESC"), sa.text("+events.position DESC"))
    return connection.execute(query).all()


def at(connection: sa.Connection, positions: Sequence[int]) -> list[sa.Row[Any]]:
    """Return the rows at positions, in the order given; positions where nothing stands are left out."""
    found = connection.execute(sa.select(events).where(events.c.position.in_(positions))).all()
    by_position = {row.position: row for row in found}
    return [by_position[position] for position in positions if position in by_position]


def with_id(connection: sa.Connection, event_id: str) -> list[int]:
    """Return the positions of the events with an id, whatever their source, through the unique index."""
    sources = list(_sources(connection))
    query = sa.select(events.c.position).where(events.c.source.in_(sources), events.c.id == event_id)
    return sorted(connection.execute(query).scalars())


def counts_of_subject(connection: sa.Connection, subject: str, wanted: NewestFilter) -> list[SubjectCount]:
    """Return how many events of each kind and channel a subject has, with the first and the last moment of each."""
    conditions = _conditions(wanted)
    query = (
        sa.select(
            events.c.type,
            events.c.channel,
            sa.func.count(),
            sa.func.min(events.c.time_us),
            sa.func.max(events.c.time_us),
        )
        .where(events.c.subject == subject, *conditions)
        .group_by(events.c.type, events.c.channel)
    )
    return [
        SubjectCount(type=kind, channel=channel, n=n, first_us=first, last_us=last)
        for kind, channel, n, first, last in connection.execute(query)
    ]


def _conditions(wanted: NewestFilter) -> Iterator[sa.ColumnElement[bool]]:
    for prefix in (*HOUSE_PREFIXES, *REFERENCE_PREFIXES):
        yield events.c.type.not_like(f"{prefix}%")
    for column, value in (("subject", wanted.subject), ("case_id", wanted.case), *wanted.equals):
        if value is not None:
            yield events.c[column] == value
    if wanted.units is not None:
        yield events.c.org.in_(wanted.units)
    if wanted.types is not None:
        yield sa.or_(*(events.c.type.like(f"{kind}%") for kind in wanted.types), sa.false())
    if wanted.since_us is not None:
        yield events.c.time_us >= wanted.since_us
    if wanted.until_us is not None:
        yield events.c.time_us < wanted.until_us
    if wanted.orgs is not None:
        mine = events.c.org.in_(sorted(wanted.orgs))
        yield sa.or_(mine, events.c.type.like(COMPLAINTS)) if wanted.complaints_anyway else mine


def _sources(connection: sa.Connection) -> Iterator[str]:
    """Yield the distinct sources by stepping through the index of sources and ids."""
    last = ""
    for _ in range(SOURCES_MAX):
        found = connection.execute(sa.select(sa.func.min(events.c.source)).where(events.c.source > last)).scalar()
        if found is None:
            return
        yield str(found)
        last = str(found)
