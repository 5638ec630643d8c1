"""Everything the parts of the generator share: the profile made ready for drawing, the calendar, the ledger."""

from __future__ import annotations

from typing import Any

from tiexin.app.demo.changes import Changes, load_changes
from tiexin.app.demo.hours import Period
from tiexin.app.demo.institution import Institution
from tiexin.app.demo.ledger import Ledger
from tiexin.app.demo.person import Person
from tiexin.app.demo.profile import Phrases, Profile, SpreadPlan
from tiexin.app.demo.spool import Rows
from tiexin.app.demo.streams import Choice, Draw, Spread, Streams


class Wait:
    """Waiting in a queue: a share of zeros, otherwise log-normal seconds."""

    def __init__(self, plan: SpreadPlan) -> None:
        self._none = plan.none
        self._spread = Spread(plan.median, plan.p95)

    def pick(self, draw: Draw) -> int:
        """Return the seconds of one wait."""
        return 0 if draw() < self._none else self._spread.pick(draw)


class Hurt:
    """A bad experience that may become a complaint: what, when, where, the event that shows it, and what was felt."""

    __slots__ = ("about", "at", "days", "kind", "minutes", "org", "product")

    def __init__(
        self, kind: str, at: int, *, org: str, product: str, minutes: int = 20, days: int = 5, about: str | None = None
    ) -> None:
        self.kind = kind
        self.at = at
        self.org = org
        self.product = product
        self.minutes = minutes
        self.days = days
        self.about = about


class World:
    """The shared parts, made once for a run."""

    def __init__(
        self,
        *,
        profile: Profile,
        phrases: Phrases,
        period: Period,
        institution: Institution,
        streams: Streams,
        ledger: Ledger,
        rows: Rows,
        customers: int,
    ) -> None:
        self.profile = profile
        self.phrases = phrases
        self.period = period
        self.institution = institution
        slow = {unit.unit: unit.slow_factor for unit in profile.organisation.units}
        self.changes = Changes(load_changes(profile.profile), period, slow)
        self.streams = streams
        self.ledger = ledger
        self.tally = ledger.tally
        self.rows = rows
        self.customers = customers
        self.org = profile.organisation
        self.topics = Choice({name: topic.weight for name, topic in profile.topics.items()})
        self.waits = {kind: [Wait(plan) for plan in plans] for kind, plans in profile.waits.items()}
        self.patience = {kind: spread(plan) for kind, plan in profile.patience.items()}
        self.talk = {kind: spread(plan) for kind, plan in profile.talk.items()}
        self.hurts: list[Hurt] = []
        self.grievances: list[tuple[int, int | None]] = []
        """Complaints of the present customer: since when (UTC second), and until when unresolved (None: still)."""
        self.write = ledger.write
        """Write an event of the present customer; see :meth:`Ledger.write`."""
        self.leaves_at: int | None = None
        """When the present customer ends the relation (UTC second); known only while a leaver's life is lived again."""
        self.stays_until = 0
        """Until when the present customer surely stays (UTC second): something planted needs him so long."""

    def begin(self, person: Person, *, until: int | None = None) -> None:
        """Turn to a customer; a leaver's life is lived a second time with ``until``, from when on nothing happens."""
        self.drop()
        self.ledger.begin(person, until=until)
        self.leaves_at = until
        self.stays_until = 0
        self.hurts.clear()
        self.grievances.clear()

    def settle(self) -> None:
        """Let what was written, counted and planted since the last time stand."""
        self.ledger.settle()
        self.tally.settle()
        self.rows.settle()

    def drop(self) -> None:
        """Forget what was written, counted and planted since the last time."""
        self.ledger.drop()
        self.tally.drop()
        self.rows.drop()

    def plant(self, section: str, row: dict[str, Any]) -> None:
        """Add a row to a section of the truth file that grows with the customers; it is not kept in memory."""
        self.rows.add(section, row)

    def hurt(
        self, kind: str, at: int, *, org: str, product: str, minutes: int = 20, days: int = 5, about: str | None = None
    ) -> None:
        """Note a bad experience of the present customer; ``about`` is the id of the event that shows it."""
        self.hurts.append(Hurt(kind, at, org=org, product=product, minutes=minutes, days=days, about=about))

    def rate(self, person: Person, contact: str) -> float:
        """Return how many contacts of a kind a customer has on average over the whole period."""
        return self.profile.segments[person.segment].contacts[contact] * self.period.years


def spread(plan: SpreadPlan, *, unit: int = 1) -> Spread:
    """Return the distribution that a profile describes, its numbers multiplied by ``unit``."""
    return Spread(plan.median, plan.p95, unit=unit)
