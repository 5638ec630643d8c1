"""The part of a life that is about money: what somebody holds, then what moves."""

from __future__ import annotations

from tiexin.app.demo.money.funds import Funds
from tiexin.app.demo.money.holdings import Opening
from tiexin.app.demo.money.payments import Payments
from tiexin.app.demo.person import Person
from tiexin.app.demo.world import World


class Money:
    """Lives through what one customer after another holds and pays."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opening = Opening(world)
        self._payments = Payments(world)
        self._funds = Funds(world)

    def live(self, person: Person) -> None:
        """Write all holdings and payments of a customer."""
        draw = self._world.streams.draw("money", person.number)
        held = self._opening.live(person, draw)
        self._payments.live(person, held, draw)
        self._funds.live(person, held, draw)
