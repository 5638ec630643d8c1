"""What laundering looks like in payments, and the innocent business that looks like it.

A pattern is a list of legs; each leg is one payment event of one customer. Pure planning: nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.money.holdings import account_of
from tiexin.app.demo.streams import Draw

THOUSAND = 100_000
"""Fen of a thousand CNY."""
EVENING = 19 * HOUR


class Leg(msgspec.Struct, frozen=True):
    """A payment of a pattern: whose event it is, when (UTC second), and both accounts."""

    number: int
    at: int
    direction: str
    amount: int
    account: str
    other: str
    bank: str | None = None
    purpose: str = "transfer"
    instrument: str = "transfer"
    kind: str = "person"
    channel: str = "app"

    @property
    def flow(self) -> tuple[str, str]:
        """From which account to which."""
        return (self.account, self.other) if self.direction == "out" else (self.other, self.account)

    def data(self, currency: str) -> dict[str, Any]:
        """Return the data of the payment event."""
        data: dict[str, Any] = {
            "account": self.account,
            "direction": self.direction,
            "amount_minor": self.amount,
            "currency": currency,
            "purpose": self.purpose,
            "instrument": self.instrument,
        }
        if self.instrument != "cash":
            data |= {"counterparty_account": self.other, "counterparty_kind": self.kind}
        if self.bank:
            data["counterparty_bank"] = self.bank
        return data


class Scene:
    """What a pattern is planned with: its members, its stream, working days, the threshold, other banks' accounts."""

    def __init__(self, name: str, members: list[int], draw: Draw, days: list[int], threshold: int) -> None:
        self.name = name
        self.members = members
        self.draw = draw
        self.days = days
        self.threshold = threshold
        self._outside = 0

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.draw() * (high - low + 1))

    def outside(self) -> tuple[str, str]:
        """Return another account at another bank."""
        self._outside += 1
        return f"X{self.name}{self._outside:02d}".upper(), f"B0{self.between(1, 6)}"

    def pay(self, payer: int, payee: int, at: int, amount: int) -> Leg:
        """Return a transfer between two customers: the payer's event."""
        return Leg(payer, at, "out", amount, account_of(payer), account_of(payee))

    def receive(self, number: int, at: int, amount: int) -> Leg:
        """Return money that comes from another bank."""
        account, bank = self.outside()
        return Leg(number, at, "in", amount, account_of(number), account, bank, channel="system")

    def send(self, number: int, at: int, amount: int, to: tuple[str, str] | None = None) -> Leg:
        """Return money that goes to another bank."""
        account, bank = to or self.outside()
        return Leg(number, at, "out", amount, account_of(number), account, bank)


def _hundreds(amount: int) -> int:
    return amount // 10_000 * 10_000


def structuring(scene: Scene) -> list[Leg]:
    """Cash just below the reporting threshold, once a working day, then all of it leaves."""
    (who,) = scene.members
    legs = []
    for day in scene.days[: scene.between(8, 14)]:
        amount = _hundreds(scene.threshold - scene.between(100, 4_800) * 100)
        at = day + scene.between(36_000, 57_600)
        account = account_of(who)
        legs.append(Leg(who, at, "in", amount, account, "cash", None, "cash_deposit", "cash", "person", "branch"))
    total = sum(leg.amount for leg in legs)
    legs.append(scene.send(who, legs[-1].at + scene.between(4, 30) * HOUR, total * scene.between(94, 98) // 100))
    return legs


def fan_in(scene: Scene) -> list[Leg]:
    """Many send to one within days; the one passes it on."""
    collector, *feeders = scene.members
    start, legs = scene.days[0] + EVENING, []
    for feeder in feeders:
        at = start + int(scene.draw() * 4 * DAY)
        legs.append(scene.pay(feeder, collector, at, scene.between(8, 30) * THOUSAND - scene.between(0, 40) * 1_000))
    legs += [
        scene.receive(collector, start + int(scene.draw() * 4 * DAY), scene.between(8, 30) * THOUSAND) for _ in "123"
    ]
    total = sum(leg.amount for leg in legs)
    last = max(leg.at for leg in legs)
    return [*legs, scene.send(collector, last + scene.between(2, 20) * HOUR, total * scene.between(93, 98) // 100)]


def fan_out(scene: Scene) -> list[Leg]:
    """One large sum arrives and goes to many within two days."""
    source, *takers = scene.members
    start = scene.days[0] + 10 * HOUR
    total = scene.between(60, 110) * THOUSAND * len(takers) // 2
    legs = [scene.receive(source, start, total)]
    for taker in takers:
        at = start + HOUR + int(scene.draw() * 2 * DAY)
        legs.append(scene.pay(source, taker, at, _hundreds(total // len(takers) * scene.between(85, 99) // 100)))
    return legs


def cycle(scene: Scene) -> list[Leg]:
    """Money goes round and comes back to where it started, a little less of it at each stop."""
    amount, at = scene.between(60, 200) * THOUSAND, scene.days[0] + 11 * HOUR
    legs = []
    for payer, payee in zip(scene.members, [*scene.members[1:], scene.members[0]], strict=True):
        legs.append(scene.pay(payer, payee, at, amount))
        amount = amount * scene.between(975, 995) // 1_000
        at += scene.between(3, 20) * HOUR + scene.between(0, 3_000)
    return legs


def scatter_gather(scene: Scene) -> list[Leg]:
    """One sends to several, who all send to one and the same other."""
    source, sink, *between = scene.members
    at, legs = scene.days[0] + 10 * HOUR, []
    for middle in between:
        amount = scene.between(30, 90) * THOUSAND
        first = at + int(scene.draw() * DAY)
        legs.append(scene.pay(source, middle, first, amount))
        later = first + scene.between(6, 60) * HOUR
        legs.append(scene.pay(middle, sink, later, amount * scene.between(960, 990) // 1_000))
    return legs


def pass_through(scene: Scene) -> list[Leg]:
    """What comes in leaves within hours, again and again, to one account elsewhere."""
    (who,) = scene.members
    to, legs = scene.outside(), []
    for day in scene.days[: 2 * scene.between(4, 6) : 2]:
        at, amount = day + scene.between(9, 15) * HOUR + scene.between(0, 3_000), scene.between(40, 180) * THOUSAND
        legs.append(scene.receive(who, at, amount))
        legs.append(scene.send(who, at + scene.between(20, 280) * 60, amount * scene.between(980, 995) // 1_000, to))
    return legs


def mule(scene: Scene) -> list[Leg]:
    """A fresh account of a young person takes small sums of strangers by night and empties at once."""
    (who,) = scene.members
    account, to, legs = mule_account(who), scene.outside(), []
    for _ in range(scene.between(8, 14)):
        at = scene.days[6] + scene.between(0, 9) * DAY + scene.between(20, 28) * HOUR + scene.between(0, 3_000)
        amount = scene.between(1_000, 9_800) * 100
        came = scene.receive(who, at, amount)
        gone = scene.send(who, at + scene.between(4, 90) * 60, amount * scene.between(970, 998) // 1_000, to)
        legs += [msgspec.structs.replace(leg, account=account) for leg in (came, gone)]
    return legs


def mule_account(number: int) -> str:
    """Return the reference of the account that a mule opens for it."""
    return f"A{number:07d}-9"


def group_buy_organiser(scene: Scene) -> list[Leg]:
    """Innocent: neighbours pay one of them their equal shares of an order, who pays the shop the whole."""
    organiser, *neighbours = scene.members
    legs = []
    for round_ in range(3):
        start, share = scene.days[round_ * 3] + EVENING, scene.between(58, 168) * 100
        count = len(neighbours) + 4
        for neighbour in neighbours:
            leg = scene.pay(neighbour, organiser, start + int(scene.draw() * 4 * HOUR), share)
            legs.append(msgspec.structs.replace(leg, purpose="group_buy"))
        for _ in range(4):
            leg = scene.receive(organiser, start + int(scene.draw() * 4 * HOUR), share)
            legs.append(msgspec.structs.replace(leg, purpose="group_buy"))
        shop = scene.send(organiser, start + 14 * HOUR, share * (count + 1), ("M-FARM", "B05"))
        legs.append(msgspec.structs.replace(shop, purpose="shopping", kind="merchant"))
    return legs


def family_pooling(scene: Scene) -> list[Leg]:
    """Innocent: relatives lend for a home; the whole goes to the developer as down payment."""
    buyer, *relatives = scene.members
    start, legs = scene.days[0] + 10 * HOUR, []
    for relative in relatives:
        leg = scene.pay(relative, buyer, start + int(scene.draw() * 9 * DAY), scene.between(4, 16) * 10 * THOUSAND)
        legs.append(msgspec.structs.replace(leg, purpose="family_loan"))
    for _ in "12":
        leg = scene.receive(buyer, start + int(scene.draw() * 9 * DAY), scene.between(4, 20) * 10 * THOUSAND)
        legs.append(msgspec.structs.replace(leg, purpose="family_loan"))
    total = sum(leg.amount for leg in legs)
    paid = scene.send(buyer, start + 10 * DAY, total, ("E11", "B04"))
    return [*legs, msgspec.structs.replace(paid, purpose="down_payment", kind="company", channel="branch")]


def shop_owner(scene: Scene) -> list[Leg]:
    """Innocent: takings brought to the bank every other working day, as large as they are, also above the threshold."""
    (who,) = scene.members
    legs = []
    for day in scene.days[:24:2]:
        amount = scene.threshold * scene.between(24, 140) // 100 // 5_000 * 5_000
        at, account = day + scene.between(36_000, 57_600), account_of(who)
        legs.append(Leg(who, at, "in", amount, account, "cash", None, "cash_deposit", "cash", "person", "branch"))
    return legs


class Kind(msgspec.Struct, frozen=True):
    """A kind of pattern: how many customers it takes (from, to), how it runs, whether it is innocent."""

    plan: Callable[[Scene], list[Leg]]
    members: tuple[int, int]
    weight: float
    who: str = "anybody"
    innocent: bool = False

    @property
    def alone(self) -> bool:
        """Whether one customer with one account is enough."""
        return self.members == (1, 1) and self.who != "young"


KINDS: dict[str, Kind] = {
    "structuring": Kind(structuring, (1, 1), 22),
    "fan_in": Kind(fan_in, (6, 9), 14),
    "fan_out": Kind(fan_out, (7, 10), 12),
    "cycle": Kind(cycle, (3, 5), 14),
    "scatter_gather": Kind(scatter_gather, (5, 7), 12),
    "pass_through": Kind(pass_through, (1, 1), 14),
    "mule": Kind(mule, (1, 1), 12, who="young"),
    "group_buy_organiser": Kind(group_buy_organiser, (6, 9), 30, innocent=True),
    "family_pooling": Kind(family_pooling, (4, 6), 30, innocent=True),
    "shop_owner": Kind(shop_owner, (1, 1), 40, who="business", innocent=True),
}
"""The typologies are those that the FATF and the open simulators AMLSim and AMLGentex name."""
