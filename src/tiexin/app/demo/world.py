"""Everything the parts of the generator share: the profile made ready for drawing, the calendar, the ledger."""

from __future__ import annotations

from typing import Any

from tiexin.app.demo.hours import Period
from tiexin.app.demo.institution import Institution
from tiexin.app.demo.ledger import Ledger
from tiexin.app.demo.people.people import Person
from tiexin.app.demo.profile import Phrases, Profile, SpreadPlan
from tiexin.app.demo.streams import Choice, Draw, Spread, Streams
from tiexin.app.demo.truth import Tally


class Wait:
    """Waiting in a queue: a share of zeros, otherwise log-normal seconds."""

    def __init__(self, plan: SpreadPlan) -> None:
        self._none = plan.none
        self._spread = Spread(plan.median, plan.p95)

    def pick(self, draw: Draw) -> int:
        """Return the seconds of one wait."""
        return 0 if draw() < self._none else self._spread.pick(draw)


class Hurt:
    """A bad experience that may become a complaint: what, when, where, and the facts its text names."""

    __slots__ = ("at", "days", "kind", "minutes", "org", "product", "topic")

    def __init__(
        self, kind: str, at: int, *, topic: str, org: str, product: str, minutes: int = 20, days: int = 5
    ) -> None:
        self.kind = kind
        self.at = at
        self.topic = topic
        self.org = org
        self.product = product
        self.minutes = minutes
        self.days = days


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
        tally: Tally,
    ) -> None:
        self.profile = profile
        self.phrases = phrases
        self.period = period
        self.institution = institution
        self.streams = streams
        self.ledger = ledger
        self.tally = tally
        self.org = profile.organisation
        self.topics = Choice({name: topic.weight for name, topic in profile.topics.items()})
        self.waits = {kind: [Wait(plan) for plan in plans] for kind, plans in profile.waits.items()}
        self.patience = {kind: spread(plan) for kind, plan in profile.patience.items()}
        self.talk = {kind: spread(plan) for kind, plan in profile.talk.items()}
        self.hurts: list[Hurt] = []

    def hurt(self, kind: str, at: int, *, org: str, product: str, minutes: int = 20, days: int = 5) -> None:
        """Note a bad experience of the present customer."""
        topic = self.profile.complaints.topic_of[kind]
        self.hurts.append(Hurt(kind, at, topic=topic, org=org, product=product, minutes=minutes, days=days))

    def rate(self, person: Person, contact: str) -> float:
        """Return how many contacts of a kind a customer has on average over the whole period."""
        return self.profile.segments[person.segment].contacts[contact] * self.period.years

    def write(self, family: str, at: int, kind: str, data: dict[str, Any], **attributes: str | None) -> str | None:
        """Write an event of the present customer; see :meth:`Ledger.write`."""
        return self.ledger.write(family, at, kind, data, **attributes)


def spread(plan: SpreadPlan, *, unit: int = 1) -> Spread:
    """Return the distribution that a profile describes, its numbers multiplied by ``unit``."""
    return Spread(plan.median, plan.p95, unit=unit)
