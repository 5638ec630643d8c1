"""Survey answers that follow from what the customer really lived through."""

from __future__ import annotations

import msgspec

from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw
from tiexin.app.demo.world import World

CONTENT = 0.88
"""Feeling after a contact where nothing went wrong, between 0 and 1."""
NOISE = 0.7
"""People who lived through the same thing answer this far apart at most (triangular)."""
METRICS = Choice({"csat": 5, "nps": 3, "ces": 2})
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
CSAT_TOP2 = 4
PROMOTER = 9
PASSIVE = 7


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """What is rated: the id of the contact or case (None: it was not written), when it ended, and where."""

    about: str | None
    at: int
    channel: str
    org: str
    product: str | None = None
    topic: str | None = None
    journey: str | None = None
    team: str | None = None


class Surveys:
    """Asks after a contact and writes the answer of those who answer."""

    def __init__(self, world: World) -> None:
        self._world = world

    def ask(self, after: str, rated: Rated, *, feeling: float, draw: Draw) -> None:
        """Maybe write an answer about a contact; always takes the same count of draws, whatever the answer."""
        chance, metric, noise, delay = draw(), METRICS.pick(draw), draw() + draw() - 1, int(draw() * 7_200)
        if rated.about is None or chance >= self._world.profile.surveys.answered[after]:
            return
        low, high = SCALES[metric]
        felt = min(max(feeling + noise * NOISE, 0.0), 0.999999)
        score = low + int(felt * (high - low + 1))
        data = {"metric": metric, "score": score, "scale_min": low, "scale_max": high, "about": rated.about}
        if rated.topic:
            data["topic"] = rated.topic
        written = self._world.write(
            "survey",
            rated.at + 60 + delay,
            "survey.answered.v1",
            data,
            channel=rated.channel,
            org=rated.org,
            product=rated.product,
            journey=rated.journey,
            team=rated.team,
        )
        if written:
            self._count(metric, score)

    def _count(self, metric: str, score: int) -> None:
        tally = self._world.tally
        if metric == "nps":
            part = "promoters" if score >= PROMOTER else "passives" if score >= PASSIVE else "detractors"
            tally.add(f"nps.{part}")
            return
        tally.add(f"{metric}.n")
        tally.add(f"{metric}.score_total", score)
        if metric == "csat":
            tally.add("csat.top2", score >= CSAT_TOP2)


def feeling_after(person: Person, *, wait: int, bearable: int, solved: bool | None = True) -> float:
    """Return the feeling after a contact: waiting beyond what is bearable and being left unsolved take away from it."""
    lost = min(0.30, 0.12 * wait / bearable)
    if solved is False:
        lost += 0.28
    return CONTENT - lost + (0.03 if person.elderly else 0.0)
