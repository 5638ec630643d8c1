"""Waiting as it follows from load and staffing: Erlang-A, worked out once for each kind of half hour.

A customer's wait is drawn from the steady state of the half hour in which he calls, so customers stay independent of
one another and a large run holds the small one. The load is that of the whole institution, not of the sample.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, HOUR, YEAR_DAYS, Period
from tiexin.app.demo.profile import Profile
from tiexin.app.demo.service.erlang import Queue, State, erlang_a, staff_for
from tiexin.app.demo.service.plan import Line, load_service
from tiexin.app.demo.streams import Draw

HALF = 1_800
MEDIA = {"phone": ("call", "phone"), "chat": ("chat", "online")}
"""Medium → the rate of contacts and the hours of the day it follows."""
GRID = 1_024
STEPS = 64


class Slot(msgspec.Struct, frozen=True):
    """A half hour: people at work, the queue they form, what callers meet, mean wait of callers served first."""

    people: int
    queue: Queue
    state: State
    first_seconds: float


class Queues:
    """The lines of the contact centre and the online desk over the period."""

    def __init__(self, profile: Profile, period: Period) -> None:
        self._profile = profile
        self._period = period
        self._plan = load_service(profile.profile).queues
        self._weekday = period.first_day.weekday()
        self._slots: dict[tuple[str, int, int], Slot] = {}
        self._known: dict[tuple[str, float, float, int, float], Slot] = {}
        # Quantiles of the exponential distribution with mean 1.
        self._patience = [-math.log1p(-(index + 0.5) / GRID) for index in range(GRID)]
        self._daily = {medium: self._contacts_a_day(rate) for medium, (rate, _) in MEDIA.items()}
        self._hours = {medium: profile.calendar.hours[hours] for medium, (_, hours) in MEDIA.items()}
        self._impatient = {medium: self.line(medium).patience for medium in MEDIA}

    def line(self, medium: str) -> Line:
        """Return the plan of a medium's line."""
        found: Line = getattr(self._plan, medium)
        return found

    def meet(self, medium: str, at: int, draw: Draw, *, first: bool = False) -> tuple[int, int]:
        """Return the seconds a customer would wait at a UTC second, and the seconds he is willing to.

        ``first`` tells that he is served before all others. Always takes three draws.
        """
        slot = self.slot(medium, at)
        chance, place, patience = draw(), draw(), draw()
        willing = 1 + int(self._patience[int(patience * GRID)] * self._impatient[medium])
        if chance >= slot.state.waits:
            return 0, willing
        if first:
            return 1 + int(self._patience[int(place * GRID)] * slot.first_seconds), willing
        return slot.state.offered[int(place * STEPS)], willing

    def slot(self, medium: str, at: int) -> Slot:
        """Return the half hour around a UTC second (outside the period: that of its nearest day)."""
        day, second = divmod(at - self._period.start, DAY)
        day = min(max(day, 0), self._period.days - 1)
        key = (medium, day, second // HALF)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._slot(medium, day, second // HALF)
        return slot

    def truth(self) -> dict[str, Any]:
        """Return how an ordinary Monday is staffed and what Erlang-A expects of it, and where people are missing."""
        monday = next(
            (d for d in range(self._period.days) if (self._weekday + d) % 7 == 0 and self._ordinary(d)), 0
        )  # fmt: skip
        media = {}
        for medium in MEDIA:
            line = self.line(medium)
            slots = [self._slot(medium, monday, half) for half in range(48)]
            media[medium] = {
                "service_seconds_mean": line.service,
                "patience_seconds_mean": line.patience,
                "at_once": line.at_once,
                "ordinary_monday": [
                    {
                        "half_hour": f"{half // 2:02d}:{half % 2 * 30:02d}",
                        "people": slot.people,
                        "load_erlang": round(slot.queue.arrivals * slot.queue.service, 3),
                        "waits_share": round(slot.state.waits, 6),
                        "abandons_share": round(slot.state.abandons, 6),
                        "mean_wait_seconds": round(slot.state.mean_wait, 3),
                    }
                    for half, slot in enumerate(slots)
                ],
            }
        target = {"share": self._plan.target.share, "within_seconds": self._plan.target.within}
        short = [
            {"medium": s.medium, "weekdays": s.weekdays, "from": s.since, "until": s.until, "share": s.share}
            for s in self._plan.understaffed
        ]
        return {"target": target, "understaffed": short, "media": media}

    def _ordinary(self, day: int) -> bool:
        calendar = self._profile.calendar
        return self._period.factors[day] == calendar.weekday_factor[(self._weekday + day) % 7]

    def _contacts_a_day(self, rate: str) -> float:
        """Return how many contacts the desk has on a day of factor 1."""
        mean = sum(segment.share * segment.contacts[rate] for segment in self._profile.segments.values())
        factors = self._period.ordinary
        return self._plan.customers * mean / YEAR_DAYS / (sum(factors) / len(factors))

    def _slot(self, medium: str, day: int, half: int) -> Slot:
        factor, ordinary = self._period.factors[day], self._period.ordinary[day]
        foreseen = ordinary + (factor - ordinary) * self._plan.peak_foreseen
        short = self._short(medium, (self._weekday + day) % 7, half // 2)
        key = (medium, factor, foreseen, half // 2, short)
        slot = self._known.get(key)
        if slot is None:
            slot = self._known[key] = self._staffed(medium, factor, foreseen, half // 2, short)
        return slot

    def _short(self, medium: str, weekday: int, hour: int) -> float:
        """Return the share of the planned staff that is there."""
        share = 1.0
        for short in self._plan.understaffed:
            if short.medium == medium and weekday in short.weekdays and short.since <= hour < short.until:
                share = min(share, short.share)
        return share

    def _staffed(self, medium: str, factor: float, foreseen: float, hour: int, short: float) -> Slot:
        line, target, hours = self.line(medium), self._plan.target, self._hours[medium]
        ordinary = self._daily[medium] * max(hours[hour], 0.25) / sum(hours) / HOUR
        planned = staff_for(
            arrivals=ordinary * foreseen, service=line.service, within=target.within, share=target.share
        )
        people = max(round(-(-planned // line.at_once) * short), line.fewest)
        queue = Queue(
            arrivals=ordinary * factor, service=line.service, servers=people * line.at_once, patience=line.patience
        )
        # Callers served first wait for a free person and for each other only (non-preemptive priority).
        release = queue.servers / queue.service
        first = 1 / max(release - queue.arrivals * self._plan.elderly_share, release / 4)
        return Slot(people, queue, erlang_a(queue, steps=STEPS), first)
