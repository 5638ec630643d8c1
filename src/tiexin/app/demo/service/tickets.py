"""Service tickets after faults: reassigned, sometimes reopened, later than promised the more hands they pass."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.hours import HOUR
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, one_of
from tiexin.app.demo.world import World, spread

TEAMS = ("it_service", "payments_operations", "app_operations")
REASSIGNMENTS_MAX = 6
CLOSES_AFTER_HOURS = 120


class _Ticket(msgspec.Struct):
    """A ticket as its last row shows it."""

    case: str
    opened: int
    product: str
    data: dict[str, Any]
    team: str
    rows: int = 0


class Tickets:
    """Opens tickets and lives through them to their end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = world.profile.tickets
        self._hours = spread(self._plan.hours, unit=HOUR)
        self._priorities = Choice(self._plan.priorities)

    def open(self, person: Person, at: int, *, category: str, contact: str, about: str | None) -> None:
        """Maybe write a ticket about a contact (none when the contact lies outside the period)."""
        world, plan = self._world, self._plan
        if about is None:
            return
        draw = world.streams.draw("ticket", person.number, about)
        if draw() >= plan.opened:
            return
        opened = at + 60 + int(draw() * 1_800)
        ticket = _Ticket(
            case=f"it-{about}",
            opened=opened,
            product="payment",
            team=one_of(TEAMS, draw),
            data={
                "state": "New",
                "modification": 0,
                "reassignment_count": 0,
                "reopen_count": 0,
                "sla_met": True,
                "opened_at": world.ledger.iso(opened),
                "active": True,
                "priority": self._priorities.pick(draw),
                "category": category,
                "contact_type": contact,
            },
        )
        self._row(ticket, opened)
        self._work(ticket, opened, draw)
        if ticket.rows:
            self._count(ticket)

    def _work(self, ticket: _Ticket, at: int, draw: Draw) -> None:
        plan, handed_on = self._plan, 0
        at += 120 + int(draw() * HOUR)
        self._row(ticket, at, state="Active")
        while handed_on < REASSIGNMENTS_MAX and draw() < plan.reassigned:
            handed_on += 1
            at += 600 + int(draw() * 2 * plan.hours_per_reassignment * HOUR)
            ticket.team = one_of(TEAMS, draw)
            self._row(ticket, at, reassignment_count=handed_on)
        at = self._resolve(ticket, at, draw)
        if draw() < plan.reopened:
            at += HOUR + int(draw() * 48 * HOUR)
            self._row(ticket, at, state="Active", reopen_count=1)
            at = self._resolve(ticket, at, draw)
        closed = at + CLOSES_AFTER_HOURS * HOUR
        self._row(ticket, closed, state="Closed", active=False, closed_at=self._world.ledger.iso(closed))

    def _resolve(self, ticket: _Ticket, at: int, draw: Draw) -> int:
        at += self._hours.pick(draw)
        self._row(ticket, at, state="Resolved", resolved_at=self._world.ledger.iso(at))
        return at

    def _row(self, ticket: _Ticket, at: int, **changes: Any) -> None:
        data = ticket.data | changes
        data["modification"] = ticket.rows
        # What was promised is kept as long as the ticket was resolved in time; afterwards nothing makes it late.
        late = at - ticket.opened > self._plan.sla_hours * HOUR and data["state"] != "Closed"
        data["sla_met"] = data["sla_met"] and not late
        written = self._world.write(
            "it",
            at,
            "ticket.updated.v1",
            dict(data),
            channel="system",
            case=ticket.case,
            org=self._world.org.contact_centre,
            team=ticket.team,
            product=ticket.product,
        )
        if written:
            ticket.data = data
            ticket.rows += 1

    def _count(self, ticket: _Ticket) -> None:
        tally, data = self._world.tally, ticket.data
        tally.add("tickets.n")
        tally.add("tickets.sla_met", data["sla_met"])
        tally.add("tickets.reopened", data["reopen_count"] > 0)
        tally.add("tickets.resolved", "resolved_at" in data)
