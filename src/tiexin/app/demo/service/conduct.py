"""Misconduct that is planted in conversations, and ordinary talk that resembles it: who, how often, which kind."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import msgspec

from tiexin.app.demo.institution import Institution
from tiexin.app.demo.profile import Profile
from tiexin.app.demo.service.plan import DISCOURTESY, MIS_SELLING, load_service, unit_of
from tiexin.app.demo.streams import Draw

SALES = ("guaranteed_returns", "like_a_deposit", "hides_surrender_loss", "above_risk_level", "sign_for_other")
SALE_TOPICS = {
    "fund_and_wealth": SALES,
    "deposit_rates": ("like_a_deposit", "guaranteed_returns"),
    "loan_progress": ("bundles_insurance", "sign_for_other"),
    "surrender_value": ("hides_surrender_loss",),
}
"""Mis-selling needs a sale: which kinds can happen when a conversation is about this."""
ALIKE_ANYWHERE = ("customer_quotes", "joke", "gives_name", "excuses_interruption", "explains_transfer", "quotes_rule")
ALIKE_IN_SALES = ("honest_not_guaranteed", "deposit_insurance", "explains_surrender", "warns_of_risk", "must_sign_self")
ALIKE_IN_LOANS = ("insurance_is_optional", "must_sign_self")
ENDS = frozenset({"cuts_short", "passes_on"})
"""After these the conversation is over and nothing was settled."""
TOPIC_OF = {kind: next(t for t, kinds in SALE_TOPICS.items() if kind in kinds) for kind in MIS_SELLING}
TOPIC_OF |= dict.fromkeys(ALIKE_IN_SALES, "fund_and_wealth") | {"insurance_is_optional": "loan_progress"}
"""What the talk is about in which a kind is planted; all other kinds are planted in telephone calls about anything."""


class Conduct(msgspec.Struct, frozen=True):
    """What happens in a conversation: misconduct of a kind, or something that only resembles it."""

    kind: str
    wrong: bool

    @property
    def group(self) -> str:
        """Whether it is mis-selling or discourtesy."""
        return "mis_selling" if self.kind in MIS_SELLING else "discourtesy"


class Planted(msgspec.Struct, frozen=True):
    """A conversation that surely takes place: what happens in it, and its topic (None: a call about anything)."""

    conduct: Conduct
    topic: str | None


class Conducts:
    """Decides for each conversation."""

    def __init__(self, profile: Profile, institution: Institution) -> None:
        self._plan = load_service(profile.profile).conduct
        organisation = profile.organisation
        self._habits: dict[str, dict[str, float]] = {}
        self._units: dict[str, str] = {}
        for habit in self._plan.people:
            unit = unit_of(organisation, habit.at)
            for staff in institution.people_of(unit)[habit.number - 1 : habit.number]:
                self._habits[staff] = habit.kinds
                self._units[staff] = unit
        self._tables: dict[tuple[str | None, str], tuple[list[str], list[float]]] = {}
        self._wrongs = [Conduct(kind, wrong=True) for kind in (*MIS_SELLING, *DISCOURTESY)]
        self._by_kind = {conduct.kind: conduct for conduct in self._wrongs}
        self._alike = {
            topic: [
                Conduct(kind, wrong=False)
                for kind in (*ALIKE_ANYWHERE, *(ALIKE_IN_LOANS if topic == "loan_progress" else ALIKE_IN_SALES))
            ]
            for topic in SALE_TOPICS
        }
        self._alike[""] = [Conduct(kind, wrong=False) for kind in ALIKE_ANYWHERE]
        alike = dict.fromkeys((*ALIKE_ANYWHERE, *ALIKE_IN_SALES, *ALIKE_IN_LOANS))
        self._planted = [*self._wrongs, *(Conduct(kind, wrong=False) for kind in alike)]

    def decide(self, staff: str | None, topic: str, draw: Draw) -> Conduct | None:
        """Return what happens in a conversation, mostly nothing; always takes one draw."""
        share = draw()
        habit = staff if staff in self._habits else None
        table = self._tables.get((habit, topic))
        if table is None:
            table = self._tables[habit, topic] = self._table(habit, topic)
        kinds, sums = table
        if staff is not None and sums and share < sums[-1]:
            return self._by_kind[next(k for k, reached in zip(kinds, sums, strict=True) if share < reached)]
        rest = share - (sums[-1] if sums and staff is not None else 0.0)
        if 0 <= rest < self._plan.look_alikes:
            alike = self._alike.get(topic) or self._alike[""]
            return alike[int(rest / self._plan.look_alikes * len(alike))]
        return None

    def planted(self, number: int) -> Planted | None:
        """Return what surely happens to the customer of this number: one kind after the other, for the first ones."""
        index, rest = divmod(number, self._plan.planted_every)
        if rest or not 0 < index <= len(self._planted):
            return None
        conduct = self._planted[index - 1]
        return Planted(conduct, TOPIC_OF.get(conduct.kind))

    def culprit(self, kind: str, *, unit: str | None = None) -> tuple[str, str] | None:
        """Return whoever does this most often (at a unit) and where he works; None: nobody has the habit."""
        having = [
            staff
            for staff, kinds in self._habits.items()
            if kind in kinds and (unit is None or self._units[staff] == unit)
        ]
        staff = max(having, key=lambda name: self._habits[name][kind], default=None)
        return (staff, self._units[staff]) if staff else None

    def truth(self) -> dict[str, Any]:
        """Return the planted habits and how often everybody else does it."""
        return {
            "habits": [
                {"staff": staff, "kind": kind, "chance": chance}
                for staff, kinds in sorted(self._habits.items())
                for kind, chance in kinds.items()
            ],
            "base": {"mis_selling": self._plan.base.mis_selling, "discourtesy": self._plan.base.discourtesy},
            "look_alikes": self._plan.look_alikes,
        }

    def _table(self, staff: str | None, topic: str) -> tuple[list[str], list[float]]:
        """Return the kinds that can happen and their running sums of chances."""
        possible = (*SALE_TOPICS.get(topic, ()), *DISCOURTESY)
        if staff is not None:
            chances = {kind: self._habits[staff][kind] for kind in possible if kind in self._habits[staff]}
        else:
            base, sales = self._plan.base, SALE_TOPICS.get(topic, ())
            chances = {kind: base.mis_selling / len(sales) for kind in sales}
            chances |= {kind: base.discourtesy / len(DISCOURTESY) for kind in DISCOURTESY}
        return list(chances), list(accumulate(chances.values()))
