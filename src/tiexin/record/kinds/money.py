"""Kinds of money: accounts, cards, loans, policies, funds and payments.

Amounts are integers in the currency's minor unit (fen, cents); accounts, cards, loans, policies and holdings are named
by references of the institution, their numbers are personal. ``loaded`` marks what existed before the record began.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tiexin.record.kinds.customers import Tolerance
from tiexin.record.kinds.trail import TrailOrNone
from tiexin.record.kinds.values import Count, Day

Minor = Annotated[int, Meta(gt=0, description="Amount in the currency's minor unit.")]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code.")]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code.")]
BasisPoints = Annotated[int, Meta(description="Hundredths of a per cent a year.")]
RiskLevel = Annotated[Literal["R1", "R2", "R3", "R4", "R5"], Meta(description="Risk of a product, R1 (least) to R5.")]


class AccountOpened(Struct):
    """An account was opened for a customer."""

    account: str
    account_kind: Annotated[str, Meta(description="current, savings, time_deposit, or the institution's own.")]
    currency: Currency
    opened_on: Day
    term_months: Count | None = None
    rate_basis_points: BasisPoints | None = None
    loaded: bool = False


class CardIssued(Struct):
    """A card was issued on an account."""

    card: str
    account: str
    card_kind: Literal["debit", "credit"]
    issued_on: Day
    currency: Currency | None = None
    limit_minor: Minor | None = None
    loaded: bool = False


class LoanGranted(Struct):
    """A loan was granted; ``repayment_minor`` is one instalment."""

    loan: str
    loan_kind: Annotated[str, Meta(description="mortgage, consumer, small_business, or the institution's own.")]
    principal_minor: Minor
    currency: Currency
    term_months: Count
    rate_basis_points: BasisPoints
    granted_on: Day
    account: str | None = None
    repayment_minor: Minor | None = None
    loaded: bool = False
    trail: TrailOrNone = None


class PolicyIssued(Struct):
    """An insurance policy was issued."""

    policy: str
    policy_kind: Annotated[str, Meta(description="life, critical_illness, medical, motor, child, annuity, …")]
    premium_minor: Minor
    premium_every: Literal["once", "month", "year"]
    currency: Currency
    starts_on: Day
    sum_insured_minor: Minor | None = None
    term_years: Count | None = None
    insured: Annotated[str, Meta(description="Who is insured, seen from the holder: self, partner, child, parent.")] = (
        "self"
    )
    loaded: bool = False


class FundPurchased(Struct):
    """A fund or wealth product was bought; ``confirmed_above_tolerance`` tells that a customer insisted on the risk."""

    holding: str
    product: str
    amount_minor: Minor
    currency: Currency
    risk_level: RiskLevel
    tolerance: Tolerance | None = None
    confirmed_above_tolerance: bool = False
    account: str | None = None
    trail: TrailOrNone = None


class FundRedeemed(Struct):
    """Units of a fund or wealth product were given back for money."""

    holding: str
    product: str
    amount_minor: Minor
    currency: Currency


class PaymentMade(Struct):
    """Money moved on a customer's account.

    A transfer between two accounts of the institution is one event, that of the payer (direction out,
    ``counterparty_bank`` absent). ``country`` stands where the other side is abroad.
    """

    account: str
    direction: Literal["in", "out"]
    amount_minor: Minor
    currency: Currency
    purpose: Annotated[str, Meta(description="What it was for: salary, rent, transfer, cash_deposit, … by own list.")]
    instrument: Literal["transfer", "card", "wallet", "direct_debit", "cash"] | None = None
    counterparty_account: str | None = None
    counterparty_bank: (
        Annotated[str, Meta(description="Code of the other bank; absent within the institution.")] | None
    ) = None
    counterparty_kind: Literal["person", "company", "merchant", "government", "own"] | None = None
    country: Country | None = None


MONEY: dict[str, type[Struct]] = {
    "account.opened.v1": AccountOpened,
    "card.issued.v1": CardIssued,
    "loan.granted.v1": LoanGranted,
    "policy.issued.v1": PolicyIssued,
    "fund.purchased.v1": FundPurchased,
    "fund.redeemed.v1": FundRedeemed,
    "payment.made.v1": PaymentMade,
}
"""Type name → structure of its data."""
