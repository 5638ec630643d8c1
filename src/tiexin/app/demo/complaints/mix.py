"""Keeps the mix of complaints by business and reason at its shares while each complaint has a real cause.

What service did to customers becomes complaints as it comes; the incidents that nobody saw fill what is missing of a
class and leave out what there is too much of. The counts are those of all customers before the present one, so that
the same customer complains alike in a small bank and in a large one.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate

from tiexin.app.demo.complaints.plan import ComplaintsPlan
from tiexin.app.demo.streams import Choice, Draw
from tiexin.app.demo.tally import Tally

AHEAD = 40
"""How many complaints the mix looks ahead; the more, the less it swings at the start."""
BUSINESS = "complaint_business"
REASON = "complaint_reason"
TRANSFERRED = "transferred_class"
REST = "rest"


class CauseMix:
    """Draws the causes of complaints."""

    def __init__(self, plan: ComplaintsPlan, tally: Tally) -> None:
        self._plan = plan
        self._tally = tally
        self._any = Choice({name: cause.weight for name, cause in plan.causes.items()})
        self._business = _shares(plan.own_volume.business)
        self._reason = _shares(plan.own_volume.reason)
        self._names = list(plan.causes)
        given = plan.transferred.business
        own = plan.own_volume.business
        rest = (100 - sum(given.values())) / (sum(own.values()) - sum(own[name] for name in given))
        self._transferred = {name: given[name] / own[name] if name in given else rest for name in own}
        self._sheets = {name: share / 100 for name, share in given.items()}
        self._sheets[REST] = 1 - sum(self._sheets.values())

    def cause(self, draw: Draw, *, complains: bool) -> str:
        """Return what befalls a customer; what leads to a complaint fills what the mix lacks."""
        if not complains:
            return self._any.pick(draw)
        weights = [
            cause.weight * self.room(cause.business, cause.reason, most=3.0) for cause in self._plan.causes.values()
        ]
        sums = list(accumulate(weights))
        return self._names[bisect(sums, draw() * sums[-1])]

    def transfers(self, business: str) -> float:
        """Return how much likelier than others a complaint of this business comes through the regulator."""
        lack = _lack(self._sheets, self.sheet_class(business), self._tally.counts, TRANSFERRED, 3.0)
        return self._transferred.get(business, 1.0) * lack

    def sheet_class(self, business: str) -> str:
        """Return the class of a business in the mix of transferred complaints."""
        return business if business in self._sheets else REST

    def room(self, business: str, reason: str, *, most: float = 1.0) -> float:
        """Return how much of its share a class still lacks: 1 is what it should have, 0 is too much already."""
        return _lack(self._business, business, self._tally.counts, BUSINESS, most) * _lack(
            self._reason, reason, self._tally.counts, REASON, most
        )


def _shares(per_cent: dict[str, float]) -> dict[str, float]:
    total = sum(per_cent.values())
    return {name: share / total for name, share in per_cent.items()}


def _lack(shares: dict[str, float], name: str, counts: dict[str, int], figure: str, most: float) -> float:
    wanted = shares.get(name, 0) * (counts.get(f"{figure}.all", 0) + AHEAD)
    missing = wanted - counts.get(f"{figure}.{name}", 0)
    ahead = shares.get(name, 0) * AHEAD
    return min(max(missing / ahead, 0.02), most) if ahead else 0.02
