"""Walks as the record tells them: read once, then only what is new, and events made of a walk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.journeys.walks.contracts import NewStep, Persona, Photo, Walk, WalkPlan, WalkState, WalkStep
from tiexin.journeys.walks.rules import moment_us
from tiexin.kernel.clock import iso_us
from tiexin.record.contracts import PAGE_EVENTS_MAX, Event, EventFilter, RecordedEvent

if TYPE_CHECKING:
    from tiexin.record.api import Record

SOURCE = "tiexin/walks"
TYPES = ("walk.planned.v1", "walk.step_recorded.v1", "walk.finished.v1", "walk.cancelled.v1")
HOME_CHANNEL = "branch"
"""Where a walk happens unless a step says otherwise."""


class Book:
    """Every walk of a record, kept in memory and brought up to date by position.

    Walks are few (hundreds a year), so memory holds them; each type is read on its own through the record's index.
    """

    def __init__(self, get_record: Callable[[], Record]) -> None:
        self._get_record = get_record
        self._lock = threading.Lock()
        self._walks: dict[str, Walk] = {}
        self._after = 0

    def walks(self) -> dict[str, Walk]:
        """Return the walks of the record as it stands, by name."""
        record = self._get_record()
        with self._lock:
            position = record.position()
            if position < self._after:  # another record was opened
                self._walks, self._after = {}, 0
            if position > self._after:
                found = [event for name in TYPES for event in _read(record, name, after=self._after, until=position)]
                for event in sorted(found, key=lambda each: each.position):
                    self._take(event)
                self._after = position
            return dict(self._walks)

    def _take(self, recorded: RecordedEvent) -> None:
        event = recorded.event
        data = event.data
        name = str(data["walk"])
        known = self._walks.get(name)
        if event.type == "walk.planned.v1":
            self._walks[name] = known or _planned(name, event)
            return
        if known is None:
            known = _planned(name, event)
        self._walks[name] = _with(known, event)


def _read(record: Record, name: str, *, after: int, until: int) -> list[RecordedEvent]:
    found: list[RecordedEvent] = []
    place: int | None = after
    while place is not None:
        page = record.read(EventFilter(type=name), after=place, limit=PAGE_EVENTS_MAX)
        found += [each for each in page.events if each.position <= until]
        place = page.next_after
    return found


def _planned(name: str, event: Event) -> Walk:
    data = event.data
    return Walk(
        walk=name,
        journey=str(data.get("journey") or event.journey or ""),
        persona=_persona(data.get("persona")),
        planned_for=str(data.get("planned_for") or iso_us(event.time_us)[:10]),
        state=WalkState.PLANNED,
        unit=data.get("unit") or event.org,
        shopper=data.get("shopper") or event.actor,
        planned_by=event.actor,
        steps=[str(step) for step in data.get("steps") or []],
    )


def _persona(value: Any) -> Persona:
    return Persona(value) if value in set(Persona) else Persona.ORDINARY


def _with(walk: Walk, event: Event) -> Walk:
    data = event.data
    if event.type == "walk.cancelled.v1":
        return msgspec.structs.replace(walk, state=WalkState.CANCELLED)
    if event.type == "walk.finished.v1":
        return msgspec.structs.replace(
            walk,
            state=WalkState.DONE,
            seconds=float(data["seconds"]),
            feeling=int(data["feeling"]),
            recommendation=data.get("recommendation"),
            finished=iso_us(event.time_us),
        )
    digests = [str(each) for each in data.get("photo_digests") or []]
    step = WalkStep(
        key=event.id,
        step=str(data["step"]),
        seconds=float(data["seconds"]),
        feeling=int(data["feeling"]),
        done=iso_us(event.time_us),
        channel=event.channel,
        note=data.get("note"),
        photos=[Photo(digest=each, media="", bytes=0, width=0, height=0) for each in digests],
    )
    done = sorted([*walk.done, step], key=lambda each: moment_us(each.done))
    state = WalkState.UNDER_WAY if walk.state is WalkState.PLANNED else walk.state
    return msgspec.structs.replace(walk, done=done, state=state)


# -- events of a walk --------------------------------------------------------------------------------------------


def planned_event(walk: str, plan: WalkPlan, *, by: str, now_us: int) -> Event:
    """Return the event that a walk was planned."""
    data: dict[str, Any] = {
        "walk": walk,
        "persona": plan.persona.value,
        "journey": plan.journey,
        "planned_for": plan.planned_for,
        "steps": plan.steps,
    }
    data |= {name: value for name, value in (("unit", plan.unit), ("shopper", plan.shopper)) if value is not None}
    return _event(walk, "planned", now_us, data, org=plan.unit, actor=by, channel="system")


def cancelled_event(walk: Walk, *, by: str, now_us: int) -> Event:
    """Return the event that a walk will not take place."""
    return _event(walk.walk, "cancelled", now_us, {"walk": walk.walk}, org=walk.unit, actor=by, channel="system")


def finished_events(walk: Walk, *, by: str) -> list[Event]:
    """Return the events of a finished walk: its steps in order, then its end; the same walk makes the same events."""
    common = {"walk": walk.walk, "journey": walk.journey, "persona": walk.persona.value}
    events = []
    for number, step in enumerate(walk.done, 1):
        data: dict[str, Any] = {
            **common,
            "step": step.step,
            "seconds": step.seconds,
            "feeling": step.feeling,
            "photos": len(step.photos),
            "photo_digests": [photo.digest for photo in step.photos],
        }
        if step.note is not None:
            data["note"] = step.note
        events.append(
            _event(
                walk.walk,
                f"step/{number}",
                moment_us(step.done),
                data,
                org=walk.unit,
                actor=by,
                channel=step.channel or HOME_CHANNEL,
                step=step.step,
            )
        )
    end: dict[str, Any] = {**common, "seconds": walk.seconds, "feeling": walk.feeling, "steps": len(walk.done)}
    if walk.recommendation is not None:
        end["recommendation"] = walk.recommendation
    finished_us = moment_us(walk.finished or "")
    return [*events, _event(walk.walk, "finished", finished_us, end, org=walk.unit, actor=by, channel="system")]


def _event(walk: str, what: str, time_us: int, data: dict[str, Any], **envelope: Any) -> Event:
    kind = f"walk.{'step_recorded' if what.startswith('step/') else what}.v1"
    # The journey stays out of the envelope: a shopper's step is no step of a customer.
    return Event(id=f"{walk}/{what}", source=SOURCE, type=kind, time_us=time_us, case=walk, data=data, **envelope)


def step_of(new: NewStep, *, photos: list[Photo]) -> WalkStep:
    """Return a step that was sent as it is kept."""
    return WalkStep(
        key=new.key,
        step=new.step,
        seconds=new.seconds,
        feeling=new.feeling,
        done=iso_us(moment_us(new.done)),
        channel=new.channel,
        note=new.note,
        photos=photos,
    )
