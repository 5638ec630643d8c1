"""The parts of a generated life, in the order in which they are lived.

A part has ``live(person)``, and may have ``open()`` (called once before the first customer, for events of the house)
and ``truth()`` (sections of the truth file, asked for at the end). The life of a customer who leaves is lived twice:
first to find out when he leaves, then up to that moment. A part therefore counts nothing of its own while it lives; it
uses ``world.tally`` and ``world.plant``, which forget the first life. ``world.write`` returns None where nothing was
written, and what was not written is neither counted nor planted.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from tiexin.app.demo.complaints.complaints import Complaints
from tiexin.app.demo.money.laundering import Laundering
from tiexin.app.demo.money.money import Money
from tiexin.app.demo.people.registrations import Registrations
from tiexin.app.demo.person import Person
from tiexin.app.demo.service.calls import Calls
from tiexin.app.demo.service.cases import Cases
from tiexin.app.demo.service.chats import Chats
from tiexin.app.demo.service.desk import Desk
from tiexin.app.demo.service.plan import load_service
from tiexin.app.demo.service.tickets import Tickets
from tiexin.app.demo.service.visits import Visits
from tiexin.app.demo.service.walks import Walks
from tiexin.app.demo.surveys import Surveys
from tiexin.app.demo.world import World


class Part(Protocol):
    """What happens to a customer in one respect."""

    def live(self, person: Person) -> None:
        """Write everything of this kind that happens to a customer."""


@runtime_checkable
class Opens(Protocol):
    """A part that also writes events of the house itself."""

    def open(self) -> None:
        """Write the events that belong to no customer; called once, before the first."""


@runtime_checkable
class Tells(Protocol):
    """A part that also has sections in the truth file."""

    def truth(self) -> dict[str, Any]:
        """Return sections of the truth file by their key."""


def parts_of(world: World) -> list[Part]:
    """Return the parts in order; complaints come last, because they follow from all the rest."""
    surveys, tickets, desk = Surveys(world), Tickets(world), Desk(world)
    walked = load_service(world.profile.profile).walks.journeys.keys() & world.profile.journeys.keys()
    walks: list[Part] = [Walks(world, desk)] if walked else []
    return [
        Registrations(world),
        Money(world),
        Laundering(world),
        Calls(world, surveys, tickets, desk),
        Chats(world, surveys, desk),
        Visits(world, surveys, tickets, desk),
        Cases(world, surveys, desk),
        *walks,
        Complaints(world, surveys),
    ]
