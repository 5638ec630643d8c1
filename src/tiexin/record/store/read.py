"""Reading events back: by filter with a stable cursor, by position, and how much there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database
from tiexin.kernel.clock import iso_us
from tiexin.record.contracts import HOUSE_PREFIXES, Event, EventFilter, PersonalState, RecordedEvent
from tiexin.record.subject_keys import SubjectKeys, open_personal
from tiexin.record.tables import counter, events

ACCESS_PREFIX = "access."


def position_of(connection: sa.Connection) -> int:
    """Return the position of the last event, 0 when the record is empty."""
    return int(connection.execute(sa.select(counter.c.position)).scalar_one())


def select_rows(connection: sa.Connection, wanted: EventFilter, *, after: int, limit: int) -> Sequence[sa.Row[Any]]:
    """Return up to ``limit`` rows beyond position ``after`` that fit the filter, in order of position."""
    query = sa.select(events).where(events.c.position > after, *_conditions(wanted))
    return connection.execute(query.order_by(events.c.position).limit(limit)).all()


def select_newest(
    connection: sa.Connection,
    wanted: EventFilter,
    *,
    types: Sequence[str],
    actor: str | None,
    before: int | None,
    limit: int,
) -> Sequence[sa.Row[Any]]:
    """Return up to ``limit`` rows of some types before a position that fit the filter, last position first."""
    query = sa.select(events).where(events.c.type.in_(types), *_conditions(wanted))
    if actor is not None:
        query = query.where(events.c.actor == actor)
    if before is not None:
        query = query.where(events.c.position < before)
    return connection.execute(query.order_by(events.c.position.desc()).limit(limit)).all()


def to_recorded(rows: Sequence[sa.Row[Any]], keys: SubjectKeys | None) -> list[RecordedEvent]:
    """Return rows as events; with ``keys`` the personal parts are decrypted, else they stay sealed."""
    owners = [row.subject for row in rows if row.personal is not None] if keys else []
    found = keys.find(owners) if keys and owners else {}
    return [_recorded(row, found if keys else None) for row in rows]


def _recorded(row: Any, keys: dict[str, Any] | None) -> RecordedEvent:
    data = msgspec.json.decode(row.data)
    state = PersonalState.NONE
    if row.personal is not None:
        state = PersonalState.SEALED
        if keys is not None:
            key = keys.get(row.subject)
            state = PersonalState.ERASED if key is None else PersonalState.OPEN
            if key is not None:
                data["personal"] = open_personal(key, bytes(row.personal), source=row.source, event_id=row.id)
    event = Event(
        id=row.id,
        source=row.source,
        type=row.type,
        time_us=row.time_us,
        data=data,
        subject=row.subject,
        channel=row.channel,
        journey=row.journey,
        case=row.case_id,
        actor=row.actor,
        step=row.step,
        lifecycle=row.lifecycle,
        org=row.org,
        product=row.product,
        segment=row.segment,
        team=row.team,
        extras=msgspec.json.decode(row.extras) if row.extras else None,
    )
    return RecordedEvent(position=row.position, recorded_us=row.recorded_us, event=event, personal=state)


def count(database: Database, orgs: frozenset[str] | None = None) -> dict[str, Any]:
    """Return events, subjects, first and last time (ISO) without the house's own events, and those apart.

    With ``orgs`` only the events of these units are counted.
    """
    system = sa.or_(*(_starts_with(prefix) for prefix in HOUSE_PREFIXES))
    reach = list(_conditions(EventFilter(orgs=orgs)))
    with database.read() as connection:
        own = connection.execute(sa.select(sa.func.count()).where(system, *reach)).scalar_one()
        total, first, last = connection.execute(
            sa.select(sa.func.count(), sa.func.min(events.c.time_us), sa.func.max(events.c.time_us)).where(
                ~system, *reach
            )
        ).one()
        subjects = connection.execute(
            sa.select(sa.func.count(sa.distinct(events.c.subject))).where(events.c.subject.is_not(None), *reach)
        ).scalar_one()
        position = position_of(connection)
        size = _size(connection, database)
    return {
        "events": int(total),
        "subjects": int(subjects),
        "first": None if first is None else iso_us(first),
        "last": None if last is None else iso_us(last),
        "bytes": size,
        "system_events": int(own),
        "position": position,
    }


def iterate(database: Database, wanted: EventFilter, *, page: int = 1_000) -> Iterator[Sequence[sa.Row[Any]]]:
    """Yield pages of rows in order of position until the end."""
    after = 0
    while True:
        with database.read() as connection:
            rows = select_rows(connection, wanted, after=after, limit=page)
        if not rows:
            return
        yield rows
        after = rows[-1].position


def _conditions(wanted: EventFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.since_us is not None:
        yield events.c.time_us >= wanted.since_us
    if wanted.until_us is not None:
        yield events.c.time_us < wanted.until_us
    if wanted.orgs is not None:
        yield events.c.org.in_(sorted(wanted.orgs))
    if not wanted.access:
        yield ~_starts_with(ACCESS_PREFIX)
    exact = {
        "subject": wanted.subject,
        "case_id": wanted.case,
        "journey": wanted.journey,
        "type": wanted.type,
        "channel": wanted.channel,
        "position": wanted.position,
    }
    for column, value in exact.items():
        if value is not None:
            yield events.c[column] == value


def _starts_with(prefix: str) -> sa.ColumnElement[bool]:
    """Return the condition that a type starts with a prefix, as a range, so that the index on types serves it."""
    return sa.and_(events.c.type >= prefix, events.c.type < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _size(connection: sa.Connection, database: Database) -> int:
    if database.is_sqlite:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.exec_driver_sql("SELECT pg_total_relation_size('events')").scalar_one())
