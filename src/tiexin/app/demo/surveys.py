"""Survey answers that follow from what the customer really lived through."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw
from tiexin.app.demo.world import World

CONTENT = 0.88
"""Feeling after a contact where nothing went wrong, between 0 and 1."""
NOISE = 0.7
"""People who lived through the same thing answer this far apart at most (triangular)."""
METRICS = Choice({"csat": 5, "nps": 3, "ces": 2})
UNHAPPY_ANSWER = 1.6
ANSWER_SLOPE = 0.8
"""Whoever feels worst answers 1.6 times as often as the base share, whoever feels best 0.8 times."""
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
        if rated.about is None:
            return
        felt = min(max(feeling + noise * NOISE, 0.0), 0.999999)
        answers = chance < self._world.profile.surveys.answered[after] * (UNHAPPY_ANSWER - ANSWER_SLOPE * felt)
        self._count_asked(felt, answers=answers)
        if not answers:
            return
        low, high = SCALES[metric]
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

    def _count_asked(self, felt: float, *, answers: bool) -> None:
        tally, felt_of_1000 = self._world.tally, int(felt * 1_000)
        tally.add("survey_response.asked")
        tally.add("survey_response.asked_felt_total", felt_of_1000)
        if answers:
            tally.add("survey_response.answered")
            tally.add("survey_response.answered_felt_total", felt_of_1000)

    def truth(self) -> dict[str, Any]:
        """Return how answering depends on feeling, with the felt totals (0 to 1,000) of those asked and heard."""
        return {
            "surveys": {
                **self._world.tally.group("survey_response"),
                "answer_factor": {"unhappiest": UNHAPPY_ANSWER, "happiest": round(UNHAPPY_ANSWER - ANSWER_SLOPE, 6)},
                "base_response": self._world.profile.surveys.answered,
            }
        }

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
