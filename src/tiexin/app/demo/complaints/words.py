"""The words of complaints: an opening, what happened, what came of it, what is asked for."""

from __future__ import annotations

from tiexin.app.demo.complaints.grievance import Grievance
from tiexin.app.demo.complaints.plan import ComplaintsPlan
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Draw, one_of
from tiexin.app.demo.world import World


class Words:
    """Writes the texts of complaints in Chinese, now and then in English."""

    def __init__(self, world: World, plan: ComplaintsPlan) -> None:
        self._world = world
        self._plan = plan

    def text(self, person: Person, grievance: Grievance, draw: Draw) -> str:
        """Return what the customer writes, or what a claim agent writes for him."""
        plan, words, institution = self._plan, self._plan.words, self._world.institution
        english, which = draw() < plan.english, draw()
        branch = institution.units[institution.unit_at(person.branch, grievance.at)]
        slots = {
            "name": person.name,
            "minutes": max(grievance.minutes, 2),
            "days": max(grievance.days, 3),
            "amount": grievance.amount,
            "branch": branch.en if english else branch.zh,
        }
        if grievance.agent is not None:
            # An agent sends the same words for each of his clients: that is what gives him away.
            return plan.agent_words[plan.agents.index(grievance.agent) % len(plan.agent_words)].format(**slots)
        if grievance.cause is None:
            told = self._world.phrases.complaints.get(grievance.topic, [""])
            return (told[int(which * len(told))] + self._asked(grievance, "zh", draw)).format(**slots)
        cause = plan.causes[grievance.cause]
        told = cause.en if english else cause.zh
        fact = told[int(which * len(told))]
        if english:
            sentence = f"{one_of(words.opening_en, draw)}{fact}. {one_of(words.result_en, draw)} "
            return (sentence + self._asked(grievance, "en", draw)).format(**slots)
        sentence = f"{one_of(words.opening_zh, draw)}{fact}。{one_of(words.result_zh, draw)}"
        return (sentence + self._asked(grievance, "zh", draw)).format(**slots)

    def _asked(self, grievance: Grievance, language: str, draw: Draw) -> str:
        words = self._plan.words
        asked = words.demand_zh if language == "zh" else words.demand_en
        return one_of(asked[grievance.demand], draw)
