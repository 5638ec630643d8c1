"""How money moves: pay and pensions, rents and instalments, shopping, transfers to the people one always sends to.

A transfer between two accounts of the institution is written once, as the payer's. Whom somebody sends to follows from
numbers alone: a friend always has a lower number, so that he is a customer in every run that holds the payer.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from math import isqrt
from typing import Any

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.money.holdings import Holdings, account_of, sold_lines
from tiexin.app.demo.money.paydays import Paydays
from tiexin.app.demo.money.plan import Amount, MoneyPlan, load_money
from tiexin.app.demo.people.plan import load_people
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, Spread, times
from tiexin.app.demo.world import World

Party = tuple[str, str, str | None]
"""The other side of a payment: account, kind, bank (None: this institution)."""
FRIENDS_AMONG = 3_000
"""Friends are found among this many customers of the lower numbers."""
RENT_DAYS = 28
MORTGAGE_DAY = 20
ALLOWANCE_DAY = 3
TERM_MONTHS = {2, 9}
UTILITIES_EVERY = 2
RENT_EVERY = 3
GIFTS = 4
CASH_IN = 0.3
MASK = (1 << 64) - 1
LANDLORD, FAMILY, HOME, ABROAD, FRIEND, BUYER, SUPPLIER, GUEST = 1, 2, 3, 4, 10, 30, 50, 100
"""Whom a customer knows, as numbers; where there are several of a kind, they follow."""
FAMILY_SHARE = 0.4
HALF = 0.5
SETTLEMENTS_YEARLY = 5
OTHER_BANK = 0.45
"""Share of friends who bank elsewhere."""


class Payments:
    """Writes the payments of one customer after another."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = plan = load_money()
        self.paydays = Paydays(plan, world.profile.calendar, world.period)
        self._amounts = {name: Amount(amount) for name, amount in plan.amounts.items()}
        self._bonus = Spread(plan.bonus.months.median, plan.bonus.months.p95, unit=100)
        self._banks = Choice({name: bank.weight for name, bank in plan.banks.items()})
        self._bank_codes = list(plan.banks)
        self._wallets = Choice({name: bank.weight for name, bank in plan.wallets.items()})
        self._foreign = list(plan.foreign_banks.items())
        self._salaried = {name for name, occupation in load_people().occupations.items() if occupation.salaried}
        self._employers = {name: _employers(plan, name) for name in self._salaried}
        self._retail = "retail" in sold_lines(world)
        self._account = ""
        self._known = 0
        self._scale = 100
        self._branch = ""

    def live(self, person: Person, held: Holdings, draw: Draw) -> None:
        """Write all payments of a customer."""
        self._account, self._branch = held.account, person.branch
        self._scale = scale_of(person)
        self._known = int(self._world.streams.token("known", person.number), 16)
        if not self._retail:
            self._settle(person, draw)
            return
        if held.primary:
            self._earn(person, draw)
            self._dwell(person, held, draw)
            self._happens(person, draw)
            self._festival(person, draw)
        elif held.loan:
            self._instalments(held, draw)
        self._by_hand(person, held, draw)

    def _settle(self, person: Person, draw: Draw) -> None:
        """Write what customers of an insurer or broker move: to and from their own account at a bank."""
        if not self._world.profile.holds_money:
            return
        own = (self._stranger(HOME), "own", self._bank_codes[person.number % len(self._bank_codes)])
        for _ in range(times(SETTLEMENTS_YEARLY * self._world.period.years, draw())):
            at, amount, comes_in = self.paydays.moment(draw), self._amounts["fund"].pick(draw), draw() < HALF
            if comes_in:
                self._in(at, amount, "deposit", own)
            else:
                self._out(at, amount, "withdrawal", own, "app")

    def _earn(self, person: Person, draw: Draw) -> None:
        retires = person.day_of("retirement")
        retires_at = self._world.period.second_of(retires) if retires else self._world.period.end
        if person.occupation in self._salaried:
            self._salaries(person, retires_at, draw)
        if person.occupation == "retired" or (person.occupation in self._salaried and retires):
            payer = self._plan.pension_payer
            amount = person.income if person.occupation == "retired" else person.income * 45 // 100
            for midnight in self.paydays.monthly(self._plan.pension_day):
                if midnight >= retires_at:
                    self._in(midnight + 9 * HOUR + int(draw() * HOUR), amount, "pension", (payer, "government", None))
        if person.occupation == "student":
            home = self._stranger(HOME)
            for midnight in self.paydays.monthly(ALLOWANCE_DAY):
                at = midnight + 19 * HOUR + int(draw() * 3 * HOUR)
                self._in(at, person.income // 10_000 * 10_000, "allowance", (home, "person", "B01"))

    def _salaries(self, person: Person, until: int, draw: Draw) -> None:
        """Pay the salary month by month; who changes his job inside the period is paid by another from then on."""
        first, second = self._employers[person.occupation].pick(draw), self._employers[person.occupation].pick(draw)
        changes = person.day_of("job_change")
        changes_at = self._world.period.second_of(changes) if changes else self._world.period.end
        amount = int(person.income * self._plan.salary_share)
        raised = amount + amount * int(draw() * 18) // 100
        for name, since, before, pay in ((first, 0, changes_at, amount), (second, changes_at, until, raised)):
            employer = self._plan.employers[name]
            days = self.paydays.monthly(employer.day)
            for midnight in days[bisect_left(days, since) :]:
                if midnight >= min(before, until):
                    break
                at = midnight + 9 * HOUR + int(draw() * 3 * HOUR)
                self._in(at, pay + int(draw() * draw() * pay // 12), "salary", (name, "company", employer.bank))
        if draw() < self._plan.bonus.share:
            months = self._bonus.pick(draw)
            for midnight in self.paydays.bonuses:
                if midnight < until:
                    at = midnight + 10 * HOUR + int(draw() * 2 * HOUR)
                    self._in(at, amount * months // 100, "bonus", (first, "company", self._plan.employers[first].bank))

    def _dwell(self, person: Person, held: Holdings, draw: Draw) -> None:
        if person.role != "head":
            return
        streams, household = self._world.streams, person.household
        day, phase = 1 + int(draw() * (RENT_DAYS - 1)), int(draw() * RENT_EVERY)
        rent = self._amounts["rent"].pick(draw, self._scale)
        if household.tenure == "rent":
            landlord, bank = self._friend(person, LANDLORD)
            until = self._world.period.second_of(household.house_on) if household.house_on else self._world.period.end
            for midnight in self.paydays.monthly(day)[phase::RENT_EVERY]:
                if midnight > until:
                    break
                at = midnight + 9 * HOUR + int(draw() * 12 * HOUR)
                self._out(at, RENT_EVERY * rent, "rent", (landlord, "person", bank), "app")
        if held.loan:
            self._instalments(held, draw)
        provider = f"U-{1 + int(streams.share('utility', household.branch) * 3)}"
        for midnight in self.paydays.monthly(day)[phase % UTILITIES_EVERY :: UTILITIES_EVERY]:
            amount = self._amounts["utilities"].pick(draw)
            at = midnight + 8 * HOUR + int(draw() * 2 * HOUR)
            self._out(at, amount, "utilities", (provider, "company", None), "system", instrument="direct_debit")

    def _instalments(self, held: Holdings, draw: Draw) -> None:
        for midnight in self.paydays.monthly(MORTGAGE_DAY):
            if midnight >= held.loan_from:
                at = midnight + 7 * HOUR + int(draw() * HOUR)
                side = (held.loan or "", "own", None)
                self._out(at, held.loan_minor, "loan_repayment", side, "system", instrument="direct_debit")

    def _happens(self, person: Person, draw: Draw) -> None:
        """Write what the events of a life cost: weddings, births, homes, studies."""
        period, paydays = self._world.period, self.paydays
        for event in person.life_events:
            if not period.first_day <= event.on < period.end_day:
                continue
            at = paydays.on(event.on, draw)
            if event.kind == "marriage":
                self._out(
                    at, self._amounts["wedding_banquet"].pick(draw), "wedding", ("M-BANQUET", "merchant", None), "app"
                )
                for _ in range(GIFTS):
                    friend = self._stranger(GUEST + int(draw() * 1e6))
                    amount = self._amounts["wedding_gift"].pick(draw)
                    self._in(at + int(draw() * DAY), amount, "gift", (friend, "person", self._banks.pick(draw)))
            elif event.kind == "child" and person.gender == "F":
                self._out(at, self._amounts["hospital"].pick(draw), "hospital", ("M-HOSPITAL", "merchant", None), "app")
            elif event.kind == "house" and person.role == "head":
                amount = self._amounts["down_payment"].pick(draw)
                self._out(at - 3 * DAY, amount, "down_payment", ("E11", "company", "B04"), "branch")
        if person.occupation == "student":
            amount = self._amounts["tuition"].pick(draw)
            for midnight in paydays.monthly(5):
                # The months of the calendar, not of the list: a period may begin anywhere in the year.
                if datetime.fromtimestamp(midnight + period.offset, UTC).month in TERM_MONTHS:
                    self._out(midnight + 12 * HOUR, amount, "tuition", ("M-SCHOOL", "merchant", "B03"), "app")

    def _festival(self, person: Person, draw: Draw) -> None:
        for midnight in self.paydays.festivals:
            sends, which = draw() < self._plan.festival_gift, draw()
            at = midnight - 4 * HOUR + int(draw() * 20 * HOUR)
            if sends:
                whom, bank = self._friend(person, FAMILY)
                amount = self._plan.lucky[int(which * len(self._plan.lucky))]
                self._out(at, amount, "red_packet", (whom, "person", bank), "app")

    def _by_hand(self, person: Person, held: Holdings, draw: Draw) -> None:
        """Write what people do when they feel like it."""
        years, plan = self._world.period.years, self._plan
        for kind, by_segment in plan.yearly.items():
            often = (
                plan.of_segment(by_segment, person.segment) if held.primary else plan.elsewhere_yearly.get(kind, 0.0)
            )
            count = times(often * years, draw()) if often else 0
            if not count or kind == "fund":
                continue
            write = getattr(self, f"_{kind}")
            for _ in range(count):
                write(person, held, draw)

    def _shopping(self, person: Person, _held: Holdings, draw: Draw) -> None:
        at, amount = self.paydays.moment(draw), self._amounts["shopping"].pick(draw, self._scale)
        wallet = draw() < person.digital_ease
        shop = f"M-{int(draw() * draw() * 4_000):04d}"
        if wallet:
            self._out(at, amount, "shopping", (shop, "merchant", self._wallets.pick(draw)), "app", instrument="wallet")
        else:
            self._out(at, amount, "shopping", (shop, "merchant", None), "partner", instrument="card")

    def _transfer(self, person: Person, _held: Holdings, draw: Draw) -> None:
        at, amount, who = self.paydays.moment(draw), self._amounts["transfer"].pick(draw, self._scale), draw()
        whom, bank = self._friend(person, FAMILY if who < FAMILY_SHARE else FRIEND + int(who * 5))
        channel = "app" if draw() < person.digital_ease else "branch"
        if channel == "branch":
            at = self._world.period.moment("branch", draw)
        self._out(at, amount, "transfer", (whom, "person", bank), channel)

    def _cash(self, _person: Person, _held: Holdings, draw: Draw) -> None:
        at, amount, comes_in = (
            self._world.period.moment("branch", draw),
            self._amounts["cash"].pick(draw),
            draw() < CASH_IN,
        )
        direction, purpose = ("in", "cash_deposit") if comes_in else ("out", "cash_withdrawal")
        self._write(at, direction, amount, {"purpose": purpose, "instrument": "cash"}, "branch")

    def _business_receipt(self, _person: Person, held: Holdings, draw: Draw) -> None:
        self._account = held.business_account or held.account
        at, amount = self.paydays.moment(draw), self._amounts["business_receipt"].pick(draw)
        # Half of what comes in is the day's takings from a wallet, the other half is paid by regular customers.
        if draw() < HALF:
            wallet = self._wallets.pick(draw)
            self._in(at, amount, "takings", (wallet, "merchant", wallet))
        else:
            buyer = self._stranger(BUYER + int(draw() * draw() * 9))
            self._in(at, amount, "goods", (buyer, "company", self._banks.pick(draw)))
        self._account = held.account

    def _supplier(self, _person: Person, held: Holdings, draw: Draw) -> None:
        self._account = held.business_account or held.account
        seller = self._stranger(SUPPLIER + int(draw() * 4))
        amount = self._amounts["supplier"].pick(draw)
        self._out(self.paydays.moment(draw), amount, "goods", (seller, "company", self._banks.pick(draw)), "web")
        self._account = held.account

    def _abroad(self, _person: Person, held: Holdings, draw: Draw) -> None:
        bank, country = self._foreign[int(draw() * len(self._foreign))]
        purpose = "imports" if held.business_account else "study_abroad"
        whom = self._stranger(ABROAD)
        side = {"purpose": purpose, "instrument": "transfer", "counterparty_account": whom, "counterparty_bank": bank}
        side |= {"counterparty_kind": "company" if held.business_account else "person", "country": country}
        at = self._world.period.moment("branch", draw)
        self._write(at, "out", self._amounts["abroad"].pick(draw), side, "branch")

    def _friend(self, person: Person, whom: int) -> tuple[str, str | None]:
        """Return account and bank of somebody a customer always sends to; the same one is always the same person."""
        customers = person.household.customers
        if whom == FAMILY and customers[0] != person.number:
            return account_of(customers[0]), None
        value = self._mixed(whom)
        elsewhere, value = value % 100 < OTHER_BANK * 100, value // 100
        if elsewhere or person.number == 1:
            return self._stranger(whom), self._bank_codes[value % len(self._bank_codes)]
        return account_of(person.number - 1 - value % min(person.number - 1, FRIENDS_AMONG)), None

    def _stranger(self, whom: int) -> str:
        """Return the account of somebody who banks elsewhere."""
        return f"X{self._mixed(whom):016x}"[:12]

    def _mixed(self, whom: int) -> int:
        """Return a number that belongs to the customer and somebody he knows (SplitMix64: cheaper than a hash each)."""
        value = (self._known + whom * 0x9E3779B97F4A7C15) & MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        return value ^ (value >> 31)

    def _in(self, at: int, amount: int, purpose: str, party: Party) -> None:
        self._write(at, "in", amount, _side(purpose, "transfer", party), "system")

    def _out(
        self, at: int, amount: int, purpose: str, party: Party, channel: str, *, instrument: str = "transfer"
    ) -> None:
        self._write(at, "out", amount, _side(purpose, instrument, party), channel)

    def _write(self, at: int, direction: str, amount: int, side: dict[str, Any], channel: str) -> None:
        data = {
            "account": self._account,
            "direction": direction,
            "amount_minor": max(amount, 1),
            "currency": "CNY",
            **side,
        }
        world = self._world
        org = world.institution.unit_at(self._branch, at)
        world.write("pay", at, "payment.made.v1", data, channel=channel, org=org, product="payment")


def scale_of(person: Person) -> int:
    """Return by how many per cent of the usual somebody spends: the root of income over 9,000 CNY, from 45 to 350."""
    return min(max(isqrt(person.income // 90), 45), 350)


def _side(purpose: str, instrument: str, party: Party) -> dict[str, Any]:
    whom, kind, bank = party
    side = {"purpose": purpose, "instrument": instrument, "counterparty_account": whom, "counterparty_kind": kind}
    if bank:
        side["counterparty_bank"] = bank
    return side


def _employers(plan: MoneyPlan, occupation: str) -> Choice[str]:
    fitting = {name: employer.weight for name, employer in plan.employers.items() if occupation in employer.of}
    return Choice(fitting or {name: employer.weight for name, employer in plan.employers.items()})
