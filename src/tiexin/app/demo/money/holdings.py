"""What customers hold: accounts, cards, loans, policies, funds, and the risk they can bear.

What existed before the period comes with the nightly loads of its first days (``loaded``), as registrations do; the
rest follows from what happens in the period: a house brings a mortgage, a child a policy.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from tiexin.app.demo.hours import DAY, HOUR
from tiexin.app.demo.money.plan import Amount, load_money
from tiexin.app.demo.people.plan import load_people
from tiexin.app.demo.person import Person
from tiexin.app.demo.streams import Choice, Draw, Spread, Streams
from tiexin.app.demo.world import World
from tiexin.kernel.identifiers import luhn_check, organisation_code_check, unified_credit_code_check

LOADED_NIGHTS = 14
MORTGAGE_YEARS_MAX = 30
CHILD_POLICY = 0.45
SME_LOAN_YEARLY = 0.12
CONSUMER_LOAN_YEARLY = 0.045
NEW_ACCOUNT_YEARLY = 0.06
ASSESSMENT_DAYS = 365
BUSINESS_TYPES = (
    "餐饮店",
    "便利店",
    "建材经营部",
    "服装店",
    "汽修厂",
    "贸易有限公司",
    "电子商务有限公司",
    "装饰工程有限公司",
)
COMPANY_FROM = 5
"""Position in the list from which the business is a company; those before are sole traders."""


class Holdings(msgspec.Struct):
    """What a customer holds as far as payments need to know."""

    account: str
    primary: bool
    tolerance: str
    business_account: str | None = None
    loan: str | None = None
    loan_minor: int = 0
    loan_from: int = 0
    assessed: str | None = None
    """Id of the event in which he was asked what risk he can bear, and its UTC second."""
    assessed_at: int = 0


class Loan(msgspec.Struct, frozen=True):
    """A loan that is granted; amounts are fen."""

    loan: str
    product: str
    principal: int
    months: int
    repayment: int
    account: str


def sold_lines(world: World) -> frozenset[str]:
    """Return the lines of products that the institution sells: a bank all of them, an insurer or broker its own."""
    lines = world.profile.catalogue or [product.line for product in load_money().catalogue.values()]
    return frozenset(lines)


def account_of(number: int) -> str:
    """Return the reference of the current account of a customer."""
    return f"A{number:07d}-1"


class Opening:
    """Writes what one customer after another holds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = plan = load_money()
        self._businesses = {n for n, o in load_people().occupations.items() if o.business}
        self._regions = list(load_people().regions.home)
        self._amounts = {name: Amount(amount) for name, amount in plan.amounts.items()}
        self._policies = Choice({name: policy.weight for name, policy in plan.policies.items()})
        self._premiums = {n: Spread(p.premium.median, p.premium.p95, unit=100) for n, p in plan.policies.items()}
        self._tolerance = {border: Choice(weights) for border, weights in plan.tolerance.items()}
        self._deposits = Choice({n: 1.0 for n, p in plan.catalogue.items() if p.kind == "time_deposit"})
        self._first_day = world.period.first_day
        self._sold = sold_lines(world)
        self._branch = ""
        self._written: str | None = None

    def live(self, person: Person, draw: Draw) -> Holdings:
        """Write what a customer holds; return what payments need of it."""
        plan = self._plan
        self._branch = person.branch
        held = Holdings(
            account=account_of(person.number),
            primary=draw() < plan.of_segment(plan.primary, person.segment),
            tolerance=self._bears(person, draw),
        )
        sold = self._sold
        if self._world.profile.holds_money:
            self._account(person, held, draw)
        if "savings" in person.holds and "retail" in sold:
            self._deposit(person, draw)
        if "credit_card" in person.holds and "credit_card" in sold:
            self._credit_card(person, held, draw)
        if "insurance" in sold and ("policy" in person.holds or "retail" not in sold):
            self._policy(person, self._policies.pick(draw), self._before(person, draw), draw)
        if "wealth" in person.holds and "wealth" in sold:
            self._assessed(held, draw)
        if person.occupation in self._businesses and "retail" in sold:
            self._business(person, held, draw)
        self._loans(person, held, draw)
        return held

    def _account(self, person: Person, held: Holdings, draw: Draw) -> None:
        on, number = self._before(person, draw), self._card_number("debit", person.number, draw)
        data = {
            "account": held.account,
            "account_kind": "current" if "retail" in self._sold else "settlement",
            "currency": self._plan.currency,
            "opened_on": on.isoformat(),
        }
        at = self._write("account", "account.opened.v1", data, on, draw, product="debit_card")
        if "retail" not in self._sold:
            return
        card = {
            "card": f"D{person.number:07d}-1",
            "account": held.account,
            "card_kind": "debit",
            "issued_on": on.isoformat(),
            "loaded": on < self._first_day,
            "personal": {"number": number},
        }
        channel = "system" if on < self._first_day else "branch"
        self._world.write("card", at, "card.issued.v1", card, channel=channel, org=self._org(at), product="debit_card")

    def _deposit(self, person: Person, draw: Draw) -> None:
        name = self._deposits.pick(draw)
        product = self._plan.catalogue[name]
        on = max(self._before(person, draw), self._first_day - timedelta(days=30 * (product.months or 12) - 1))
        data = {
            "account": f"A{person.number:07d}-2",
            "account_kind": "time_deposit",
            "currency": self._plan.currency,
            "opened_on": on.isoformat(),
            "term_months": product.months,
            "rate_basis_points": product.rate,
            "amount_minor": self._amounts["time_deposit"].pick(draw),
            "product": name,
        }
        self._write("account", "account.opened.v1", data, on, draw, product="savings")

    def _credit_card(self, person: Person, held: Holdings, draw: Draw) -> None:
        on = self._before(person, draw)
        limit = max(person.income * (2 + int(draw() * 4)) // 100_000, 3) * 100_000
        data = {
            "card": f"C{person.number:07d}-1",
            "account": held.account,
            "card_kind": "credit",
            "issued_on": on.isoformat(),
            "currency": self._plan.currency,
            "limit_minor": limit,
            "personal": {"number": self._card_number("credit", person.number, draw)},
        }
        self._write("card", "card.issued.v1", data, on, draw, product="credit_card")

    def _policy(self, person: Person, name: str, on: date, draw: Draw, *, insured: str = "self") -> None:
        plan, product = self._plan.policies[name], self._plan.catalogue[name]
        premium = self._premiums[name].pick(draw)
        years = (product.months or 12) // 12
        # Policies of a year run anew every year: the one on the books began within the last twelve months.
        on = max(on, self._first_day - timedelta(days=365 * years - 1))
        serial = f"{on.year}{person.number:08d}"
        data = {
            "policy": f"P{person.number:07d}-{plan.kind}",
            "policy_kind": plan.kind,
            "product": name,
            "premium_minor": premium,
            "premium_every": "year",
            "currency": self._plan.currency,
            "starts_on": on.isoformat(),
            "sum_insured_minor": premium * plan.sum,
            "term_years": years,
            "insured": insured,
            # House rule: twelve digits and their Luhn digit behind the letters of the product.
            "personal": {"number": f"JC{plan.kind[:2].upper()}{serial}{luhn_check(serial)}"},
        }
        self._write("policy", "policy.issued.v1", data, on, draw, product="insurance")

    def _assessed(self, held: Holdings, draw: Draw) -> None:
        on = self._first_day - timedelta(days=int(draw() * ASSESSMENT_DAYS))
        valid = on + timedelta(days=ASSESSMENT_DAYS)
        data = {"tolerance": held.tolerance, "valid_until": valid.isoformat(), "assessed_on": on.isoformat()}
        held.assessed_at = self._write("risk", "customer.risk_assessed.v1", data, on, draw, product="wealth")
        held.assessed = self._written

    def _business(self, person: Person, held: Holdings, draw: Draw) -> None:
        """Open the account of a business; its unified credit code (GB 32100) names its kind and region."""
        index, on = int(draw() * len(BUSINESS_TYPES)), self._before(person, draw)
        region = self._regions[int(draw() * len(self._regions))]
        code = credit_code(self._world.streams, person.number, region, company=index >= COMPANY_FROM)
        name = f"江城市{person.household.address.district}{person.name[:1]}记{BUSINESS_TYPES[index]}"
        held.business_account = f"A{person.number:07d}-3"
        data = {
            "account": held.business_account,
            "account_kind": "business",
            "currency": self._plan.currency,
            "opened_on": on.isoformat(),
            "personal": {"name": name, "credit_code": code},
        }
        self._write("account", "account.opened.v1", data, on, draw, product="payment")

    def _loans(self, person: Person, held: Holdings, draw: Draw) -> None:
        here, consumer, business = draw() < self._plan.mortgage_here, draw(), draw()
        house, years = person.household.house_on, self._world.period.years
        heads = person.role == "head"
        child, insures = person.day_of("child"), draw() < CHILD_POLICY
        if child and child >= self._first_day and insures and person.gender == "F" and "insurance" in self._sold:
            self._policy(person, "policy_child", child + timedelta(days=20 + int(draw() * 40)), draw, insured="child")
        if "loan" not in self._sold:
            return
        bought = house is not None and self._first_day <= house < self._world.period.end_day
        if heads and here and house is not None and (person.household.tenure == "own_with_mortgage" or bought):
            self._mortgage(person, held, house, draw)
        if consumer < CONSUMER_LOAN_YEARLY * years and not person.elderly:
            self._loan(person, "consumer_loan", self._inside(draw), draw)
        if business < SME_LOAN_YEARLY * years and held.business_account:
            self._loan(person, "sme_loan", self._inside(draw), draw)

    def _mortgage(self, person: Person, held: Holdings, on: date, draw: Draw) -> None:
        principal = self._amounts["mortgage"].pick(draw)
        months = 12 * min(MORTGAGE_YEARS_MAX, max(65 - person.age, 5))
        held.loan = f"L{person.number:07d}-1"
        held.loan_minor = instalment(principal, months, self._plan.catalogue["mortgage"].rate or 0)
        held.loan_from = self._world.period.second_of(on) + 25 * DAY
        self._granted(Loan(held.loan, "mortgage", principal, months, held.loan_minor, held.account), on, draw)

    def _loan(self, person: Person, name: str, on: date, draw: Draw) -> None:
        principal, months = self._amounts["consumer_loan"].pick(draw), self._plan.catalogue[name].months or 12
        if name == "sme_loan":
            principal *= 6
        repayment = instalment(principal, months, self._plan.catalogue[name].rate or 0)
        loan = f"L{person.number:07d}-{2 if name == 'consumer_loan' else 3}"
        self._granted(Loan(loan, name, principal, months, repayment, account_of(person.number)), on, draw)

    def _granted(self, loan: Loan, on: date, draw: Draw) -> None:
        data = {
            "loan": loan.loan,
            "loan_kind": {"consumer_loan": "consumer", "sme_loan": "small_business"}.get(loan.product, loan.product),
            "principal_minor": loan.principal,
            "currency": self._plan.currency,
            "term_months": loan.months,
            "rate_basis_points": self._plan.catalogue[loan.product].rate,
            "granted_on": on.isoformat(),
            "account": loan.account,
            "repayment_minor": loan.repayment,
        }
        product = "sme_loan" if loan.product == "sme_loan" else "mortgage"
        self._write("loan", "loan.granted.v1", data, on, draw, product=product)

    def _bears(self, person: Person, draw: Draw) -> str:
        border = next((border for border in self._tolerance if person.age < border), max(self._tolerance))
        found, up = self._tolerance[border].pick(draw), draw()
        if person.segment == "affluent" and up < 0.5 and found < "C4":  # noqa: PLR2004
            return f"C{int(found[1]) + 1}"
        return found

    def _before(self, person: Person, draw: Draw) -> date:
        """Return when something was opened: mostly in the years before the period, sometimes within it."""
        ago, chance = draw(), draw()
        if chance < NEW_ACCOUNT_YEARLY * self._world.period.years:
            return self._first_day + timedelta(days=int(ago * self._world.period.days))
        grown_up = date(person.birth_date.year + 16, person.birth_date.month, 1)
        days = min((self._first_day - grown_up).days, 5_000)
        return self._first_day - timedelta(days=1 + int(ago * max(days - 1, 1)))

    def _inside(self, draw: Draw) -> date:
        return self._first_day + timedelta(days=int(draw() * self._world.period.days))

    def _card_number(self, kind: str, number: int, draw: Draw) -> str:
        """Return a card number: 19 digits for debit, 16 for credit cards, the last one by Luhn (ISO/IEC 7812)."""
        body = f"{self._plan.card_prefix[kind]}{number:09d}"
        if kind == "debit":
            body += f"{int(draw() * 1_000):03d}"
        return body + luhn_check(body)

    def _write(self, family: str, kind: str, data: dict[str, Any], on: date, draw: Draw, *, product: str) -> int:
        """Write something that was opened on a day, or its nightly load when that was before the period."""
        period, night, second = self._world.period, draw(), draw()
        if on < self._first_day:
            data["loaded"] = True
            day = int(night * min(LOADED_NIGHTS, period.days))
            at = period.start + day * DAY + HOUR + int(second * 4 * HOUR)
        else:
            at = period.second_of(on) + 10 * HOUR + int(second * 7 * HOUR)
        channel = "system" if on < self._first_day else "branch"
        org = self._org(at)
        self._written = self._world.write(family, at, kind, data, channel=channel, org=org, product=product)
        return at

    def _org(self, at: int) -> str:
        return self._world.institution.unit_at(self._branch, at)


def instalment(principal: int, months: int, rate_basis_points: int) -> int:
    """Return the monthly instalment of an annuity, in minor units; whole-number interest keeps it equal everywhere."""
    scale = 10**12
    monthly = scale * rate_basis_points // 120_000
    factor = scale
    for _ in range(months):
        factor = factor * (scale + monthly) // scale
    if factor == scale:
        return -(-principal // months)
    return principal * monthly * factor // (factor - scale) // scale


def credit_code(streams: Streams, number: int, region: str, *, company: bool) -> str:
    """Return the unified social credit code of a made-up business: 91 for companies, 92 for sole traders (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    value = int(streams.token("credit-code", number), 16)
    core = "MA"
    for _ in range(6):
        value, digit = divmod(value, len(alphabet))
        core += alphabet[digit]
    body = f"{'91' if company else '92'}{region}{core}"
    body += organisation_code_check(core)
    return body + unified_credit_code_check(body)
