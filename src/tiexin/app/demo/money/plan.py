"""The typed shape of ``money.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from tiexin.app.demo.profile import SpreadPlan
from tiexin.app.demo.streams import Draw, Spread
from tiexin.kernel.text import Text

HUNDRED = 10_000
"""Fen of a hundred CNY."""


class Bank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another institution that money goes to and comes from."""

    zh: str
    en: str
    weight: float


class Employer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays salaries, on which day of the month, from which bank (none: this one), to which occupations."""

    zh: str
    en: str
    day: int
    weight: float
    of: list[str]
    bank: str | None = None


class AmountPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A log-normal amount, CNY; ``round`` is the share that is paid in whole hundreds."""

    median: float
    p95: float
    round: float = 0


class BonusPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bonus before the Spring Festival, in months' pay."""

    days_before_festival: int
    months: SpreadPlan
    share: float


class CatalogueProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product: rates are basis points a year, fees fen."""

    line: str
    kind: str
    zh: str
    en: str
    risk: str | None = None
    months: int | None = None
    rate: int | None = None
    fee: int | None = None


class PolicyPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An insurance product: what it costs a year and how many times that is insured."""

    weight: float
    kind: str
    premium: SpreadPlan
    sum: int


class LaunderingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many patterns are planted, and the threshold that structuring stays below (CNY)."""

    cash_report_threshold: int
    source: str
    first_customers: int
    per_thousand: float
    names: dict[str, Text]


class MoneyPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people hold and how their money moves; see the comments of the data file."""

    currency: str
    card_prefix: dict[str, str]
    banks: dict[str, Bank]
    wallets: dict[str, Bank]
    foreign_banks: dict[str, str]
    employers: dict[str, Employer]
    pension_day: int
    pension_payer: str
    salary_share: float
    bonus: BonusPlan
    primary: dict[str, float]
    mortgage_here: float
    yearly: dict[str, dict[str, float]]
    elsewhere_yearly: dict[str, float]
    festival_gift: float
    amounts: dict[str, AmountPlan]
    lucky: list[int]
    hours: dict[str, list[int]]
    bounds: dict[str, list[float] | float]
    catalogue: dict[str, CatalogueProduct]
    policies: dict[str, PolicyPlan]
    tolerance: dict[int, dict[str, float]]
    above_tolerance: float
    laundering: LaunderingPlan

    def of_segment(self, table: dict[str, float], segment: str) -> float:
        """Return a number by segment; segments that a table does not name share its ``other`` (or 0)."""
        return table.get(segment, table.get("other", 0.0))


class Amount:
    """Draws amounts in fen, some of them round."""

    __slots__ = ("_round", "_spread")

    def __init__(self, plan: AmountPlan) -> None:
        self._spread = Spread(plan.median, plan.p95, unit=100)
        self._round = plan.round

    def pick(self, draw: Draw, scale: int = 100) -> int:
        """Return one amount, ``scale`` per cent of what the plan says; takes three numbers of the stream."""
        # Where the table is coarse, the fen below its steps come from a number of their own.
        amount = self._spread.pick(draw) * scale // 100
        amount += int(draw() * (amount // 40 + 1))
        if draw() < self._round:
            return max(amount // HUNDRED, 1) * HUNDRED
        return amount


@cache
def load_money() -> MoneyPlan:
    """Return what people hold and how their money moves."""
    import yaml

    folder = files("tiexin.app.demo").joinpath("data")
    return msgspec.convert(yaml.safe_load(folder.joinpath("money.yaml").read_text("utf-8")), MoneyPlan)


PRODUCT_COLUMNS = (
    "product", "line", "kind", "name_zh", "name_en", "risk_level", "tolerance_min", "months", "rate_basis_points",
    "fee_minor", "currency",
)  # fmt: skip


def product_rows() -> list[dict[str, str]]:
    """Return the rows of ``reference/products.csv``; a product of risk R3 asks for a customer of tolerance C3."""
    plan = load_money()
    return [
        dict(
            zip(
                PRODUCT_COLUMNS,
                (
                    code,
                    product.line,
                    product.kind,
                    product.zh,
                    product.en,
                    product.risk or "",
                    product.risk.replace("R", "C") if product.risk else "",
                    _text(product.months),
                    _text(product.rate),
                    _text(product.fee),
                    plan.currency,
                ),
                strict=True,
            )
        )
        for code, product in plan.catalogue.items()
    ]


def counterparty_names() -> dict[str, Text]:
    """Return the names of banks, wallets and employers by their code."""
    plan = load_money()
    named = plan.banks | plan.wallets
    return {code: Text(bank.zh, bank.en) for code, bank in named.items()} | {
        code: Text(employer.zh, employer.en) for code, employer in plan.employers.items()
    }


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
