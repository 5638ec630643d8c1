"""Funds and wealth products: bought within what a customer can bear, now and then above it, some given back."""

from __future__ import annotations

from tiexin.app.demo.hours import DAY
from tiexin.app.demo.money.holdings import Holdings, sold_lines
from tiexin.app.demo.money.plan import Amount, load_money
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, times
from tiexin.app.demo.trails import Trails
from tiexin.app.demo.world import World

BROKER_FACTOR = 6
"""Whoever comes to a house that sells nothing else buys that much more of it."""
REDEEMED = 0.3
HELD_DAYS = 240
RETURN = 0.16
"""What is given back lies within this much of what was paid, either way, and more often above it."""
DESK_BELOW = 0.5
"""Digital ease below which a product is bought at the branch."""


class Funds:
    """Writes purchases and redemptions of one customer after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._trails = Trails(world)
        self._plan = plan = load_money()
        self._sold = sold_lines(world)
        self._amount = Amount(plan.amounts["fund"])
        risks = {name: product.risk for name, product in plan.catalogue.items() if product.kind in {"fund", "wealth"}}
        self._risk = {name: risk for name, risk in risks.items() if risk}
        levels = sorted({risk[1] for risk in self._risk.values()})
        self._fitting = {f"C{n}": Choice({k: 1.0 for k, r in self._risk.items() if r[1] <= n}) for n in "12345"}
        self._above = {
            f"C{n}": Choice({k: 1.0 for k, r in self._risk.items() if r[1] > n}) for n in "12345" if n < levels[-1]
        }

    def live(self, person: Person, held: Holdings, draw: Draw) -> None:
        """Write the purchases and redemptions of a customer."""
        world, plan = self._world, self._plan
        if "wealth" not in self._sold:
            return
        mean = plan.of_segment(plan.yearly["fund"], person.segment) * world.period.years
        mean *= 1 if "retail" in self._sold else BROKER_FACTOR
        for index in range(times(mean if held.primary else mean / 3, draw())):
            above = draw() < plan.above_tolerance and held.tolerance in self._above
            product = (self._above if above else self._fitting)[held.tolerance].pick(draw)
            amount, at = self._amount.pick(draw), world.period.moment("branch", draw)
            channel = "branch" if person.digital_ease < DESK_BELOW else "app"
            org = world.institution.unit_at(person.branch, at)
            holding = f"F{person.number:07d}-{index + 1}"
            data = {
                "holding": holding,
                "product": product,
                "amount_minor": amount,
                "currency": plan.currency,
                "risk_level": self._risk[product],
                "tolerance": held.tolerance,
                "confirmed_above_tolerance": above,
                "account": held.account,
                "trail": self._trails.bought(held.assessed if held.assessed_at < at else None, above=above),
            }
            written = world.write("fund", at, "fund.purchased.v1", data, channel=channel, org=org, product="wealth")
            gone, later, gain = draw() < REDEEMED, draw(), (draw() * 1.3 - 0.3) * RETURN
            if gone and written:
                amount += int(amount * gain)
                back = {"holding": holding, "product": product, "amount_minor": amount, "currency": plan.currency}
                sold = at + (7 + int(later * HELD_DAYS)) * DAY
                org = world.institution.unit_at(person.branch, sold)
                world.write("fund", sold, "fund.redeemed.v1", back, channel=channel, org=org, product="wealth")
