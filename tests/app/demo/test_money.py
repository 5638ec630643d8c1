"""Money is plausible, and what is planted in it can be found again with simple arithmetic on the events alone."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate
from tiexin.app.demo.hours import Period
from tiexin.app.demo.money.holdings import account_of, credit_code, instalment
from tiexin.app.demo.money.patterns import KINDS
from tiexin.app.demo.money.paydays import Paydays
from tiexin.app.demo.money.plan import load_money, product_rows
from tiexin.app.demo.profile import load_profile
from tiexin.app.demo.streams import Streams
from tiexin.kernel.identifiers import is_luhn, is_unified_credit_code

PAYMENT = "payment.made.v1"
MONEY = {"account", "card", "loan", "policy", "fund", "payment"}


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The smallest bank in which everything is planted: 300 customers over 3 months."""
    plan = Plan(customers=300, months=3, seed=4)
    done = generate(plan, tmp_path_factory.mktemp("smallest"))
    events = [msgspec.json.decode(line) for line in done.files[0].read_bytes().splitlines()]
    return Bank(plan, done, events, msgspec.json.decode(done.truth.read_bytes()))


def local(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"]) + timedelta(hours=8)


def test_numbers_of_cards_policies_and_businesses_have_their_check_digits(bank: Bank) -> None:
    for event in bank.of("card.issued.v1"):
        number = event["data"]["personal"]["number"]
        assert is_luhn(number)
        assert len(number) == {"debit": 19, "credit": 16}[event["data"]["card_kind"]]
        # No country will ever have the code 999: no real card starts like this.
        assert number.startswith("9999")
    for event in bank.of("policy.issued.v1"):
        assert is_luhn(event["data"]["personal"]["number"][4:])
    codes = [e["data"]["personal"]["credit_code"] for e in bank.of("account.opened.v1") if "personal" in e["data"]]
    assert len(codes) > 20
    assert all(is_unified_credit_code(code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert {code[:2] for code in codes} == {"91", "92"}


def test_everything_is_counted_in_minor_units_of_a_known_account(bank: Bank) -> None:
    opened = {event["data"]["account"]: event["subject"] for event in bank.of("account.opened.v1")}
    for event in bank.of(PAYMENT):
        data = event["data"]
        assert type(data["amount_minor"]) is int
        assert data["amount_minor"] > 0
        assert data["currency"] == "CNY"
        assert opened[data["account"]] == event["subject"]
        other = data.get("counterparty_account")
        if other and other.startswith("A"):
            assert "counterparty_bank" not in data
            assert other in opened
            assert data["direction"] == "out"
    for event in bank.of("fund.purchased.v1"):
        above = event["data"]["risk_level"][1] > event["data"]["tolerance"][1]
        assert above == event["data"]["confirmed_above_tolerance"]


def test_what_existed_before_comes_in_the_nights_of_the_first_days(bank: Bank) -> None:
    start = datetime.fromisoformat(bank.truth["period"]["start"])
    for event in bank.events:
        data = event["data"]
        if event["type"].partition(".")[0] not in MONEY | {"customer"} or "loaded" not in data:
            continue
        on = next(
            (
                data[key]
                for key in ("opened_on", "registered_on", "issued_on", "granted_on", "starts_on")
                if key in data
            ),
            None,
        )
        if data["loaded"]:
            assert event["channel"] == "system"
            assert datetime.fromisoformat(event["time"]) - start < timedelta(days=14)
            assert 1 <= local(event).hour < 5
            assert on is None or on < "2025-01-01"
        elif on:
            assert on >= "2025-01-01"


def test_lives_drive_money(bank: Bank) -> None:
    """Retired people get pensions, students allowances; nobody is paid before a job or after retirement."""
    people = {person["subject"]: person for person in bank.truth["people"]}
    purposes: dict[str, set[str]] = defaultdict(set)
    for event in bank.of(PAYMENT):
        purposes[event["subject"]].add(event["data"]["purpose"])
        person = people[event["subject"]]
        retired = next((e["on"] for e in person["life_events"] if e["kind"] == "retirement"), None)
        day = local(event).date().isoformat()
        if event["data"]["purpose"] == "pension":
            assert retired
            assert day >= retired
        if event["data"]["purpose"] == "salary" and retired:
            assert day <= retired
    homes = {
        s for s, p in people.items() if any(e["kind"] == "house" and e["on"] >= "2025-01-01" for e in p["life_events"])
    }
    granted = {
        e["subject"]
        for e in bank.of("loan.granted.v1")
        if e["data"]["granted_on"] >= "2025-01-01" and e["data"]["loan_kind"] == "mortgage"
    }
    assert granted
    assert granted <= homes
    assert {"salary", "pension", "allowance"} <= set().union(*purposes.values())
    assert all("pension" not in purposes[s] for s, p in people.items() if p["occupation"] == "student")


def test_pay_days_come_before_holidays() -> None:
    profile = load_profile()
    period = Period(profile, months=12)
    paydays = Paydays(load_money(), profile.calendar, period)
    days = [period.first_day + timedelta(days=(midnight - period.start) // 86_400) for midnight in paydays.monthly(5)]
    # 5 January 2025 is a Sunday, 5 April a holiday after one, 5 October in the golden week that begins on the first.
    assert [day.isoformat() for day in days] == [
        "2025-01-03", "2025-02-05", "2025-03-05", "2025-04-03", "2025-04-30", "2025-06-05",
        "2025-07-04", "2025-08-05", "2025-09-05", "2025-09-30", "2025-11-05", "2025-12-05",
    ]  # fmt: skip
    assert [(midnight - period.start) // 86_400 for midnight in paydays.festivals] == [27]
    assert [(midnight - period.start) // 86_400 for midnight in paydays.bonuses] == [15]


def test_shares_lie_within_their_stated_bounds(bank: Bank) -> None:
    bounds = load_money().bounds
    events = bank.of(PAYMENT)
    night = sum(local(event).hour >= 23 or local(event).hour < 6 for event in events) / len(events)
    weekend = sum(local(event).weekday() >= 5 for event in events) / len(events)
    for share, name in ((night, "night_share"), (weekend, "weekend_share")):
        low, high = bounds[name]  # type: ignore[misc]
        assert low <= share <= high
    first = Counter(int(str(e["data"]["amount_minor"])[0]) for e in events if e["data"]["purpose"] == "shopping")
    gaps = [abs(first[digit] / first.total() - math.log10(1 + 1 / digit)) for digit in range(1, 10)]
    assert max(gaps) < bounds["benford_distance_max"]  # type: ignore[operator]
    sent = [e["data"]["amount_minor"] for e in events if e["data"]["purpose"] == "transfer"]
    assert 0.6 < sum(amount % 10_000 == 0 for amount in sent) / len(sent) < 0.85
    months = bank.plan.months / 12
    money = sum(event["type"].partition(".")[0] in MONEY for event in bank.events)
    assert 14 < money / bank.plan.customers / months < 25


def test_people_send_to_the_same_few(bank: Bank) -> None:
    partners: dict[str, Counter[str]] = defaultdict(Counter)
    for event in bank.of(PAYMENT):
        if event["data"]["purpose"] in {"transfer", "rent"}:
            partners[event["data"]["account"]][event["data"]["counterparty_account"]] += 1
    busy = [count for count in partners.values() if count.total() >= 6]
    assert len(busy) > 20
    assert sum(len(count) / count.total() for count in busy) / len(busy) < 0.75


def test_an_annuity_is_repaid_to_the_fen() -> None:
    principal, months, rate = 100_000_000, 360, 335
    repayment = instalment(principal, months, rate)
    assert repayment == 440_713
    left = float(principal)
    for _ in range(months):
        left = left * (1 + rate / 120_000) - repayment
    assert abs(left) < 1_000
    assert instalment(1_200, 12, 0) == 100


def test_a_business_keeps_its_credit_code() -> None:
    code = credit_code(Streams(1), 17, "420106", company=True)
    assert code == credit_code(Streams(1), 17, "420106", company=True)
    assert is_unified_credit_code(code)
    assert code.startswith("91420106MA")


def test_the_catalogue_is_a_table() -> None:
    rows = product_rows()
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    assert {row["risk_level"] for row in rows} == {"", "R1", "R2", "R3", "R4", "R5"}
    assert all(row["tolerance_min"][1:] == row["risk_level"][1:] for row in rows)
    assert all(row["name_zh"] and row["name_en"] for row in rows)
    assert {row["product"] for row in rows} >= {"mortgage", "fund_money", "policy_medical"}


# What is planted is found again, from the events alone.


def edges(bank: Bank) -> list[tuple[str, str, int, str, str]]:
    """Every payment as (from, to, amount, time, event id)."""
    found = []
    for event in bank.of(PAYMENT):
        data = event["data"]
        ends = (data["account"], data.get("counterparty_account", "cash"))
        sender, taker = ends if data["direction"] == "out" else ends[::-1]
        found.append((sender, taker, data["amount_minor"], event["time"], event["id"]))
    return found


@pytest.fixture(params=["smallest", "bank"])
def planted(request: pytest.FixtureRequest) -> Bank:
    found: Bank = request.getfixturevalue(request.param)
    return found


def rows(bank: Bank, kind: str) -> list[dict[str, Any]]:
    found = [row for row in bank.truth["laundering"] if row["kind"] == kind and row["complete"]]
    assert found, kind
    assert len(found) == sum(row["kind"] == kind for row in bank.truth["laundering"])
    return found


def test_even_the_smallest_bank_has_one_of_each(planted: Bank) -> None:
    kinds = {row["kind"]: row["innocent"] for row in planted.truth["laundering"]}
    assert kinds == {name: kind.innocent for name, kind in KINDS.items()}
    told = planted.truth["laundering_kinds"]
    assert {kind: row["innocent"] for kind, row in told.items()} == kinds
    assert all(row["name"]["zh"] and row["name"]["en"] for row in told.values())
    banks = {e["data"]["counterparty_bank"] for e in planted.of(PAYMENT) if "counterparty_bank" in e["data"]}
    assert {bank for bank in banks if not bank.startswith("F-")} <= set(planted.truth["counterparties"])


def test_rows_of_the_truth_are_the_events(planted: Bank) -> None:
    known = {edge[4]: edge for edge in edges(planted)}
    subjects = {event["id"]: event["subject"] for event in planted.of(PAYMENT)}
    for row in planted.truth["laundering"]:
        for payment in row["payments"]:
            sender, taker, amount, at, _ = known[payment["event"]]
            assert (payment["from"], payment["to"], payment["amount_minor"], payment["at"]) == (
                sender,
                taker,
                amount,
                at,
            )
            assert subjects[payment["event"]] in row["subjects"]
        assert row["amount_minor_total"] == sum(payment["amount_minor"] for payment in row["payments"])
        assert row["first"] == row["payments"][0]["at"] <= row["payments"][-1]["at"] == row["last"]
    ordinary = {e["id"] for e in planted.of(PAYMENT) if e["id"].startswith("pay-")}
    assert not ordinary & {payment["event"] for row in planted.truth["laundering"] for payment in row["payments"]}


def test_structuring_stays_below_the_threshold_and_shops_do_not(planted: Bank) -> None:
    deposits: dict[str, list[int]] = defaultdict(list)
    for event in planted.of(PAYMENT):
        if event["data"]["purpose"] == "cash_deposit":
            deposits[event["data"]["account"]].append(event["data"]["amount_minor"])
    for row in rows(planted, "structuring"):
        threshold = row["threshold_minor"]
        assert threshold == 5_000_000
        suspects = {
            account
            for account, amounts in deposits.items()
            if sum(0.9 * threshold <= amount < threshold for amount in amounts) >= 8
            and sum(amount >= threshold for amount in amounts) <= 1
        }
        assert suspects & set(row["accounts"])
        shops = {account for row in rows(planted, "shop_owner") for account in row["accounts"]}
        assert not suspects & shops


def test_fans_cycles_and_gatherings_have_their_shape(planted: Bank) -> None:
    for row in rows(planted, "fan_in"):
        into = Counter(payment["to"] for payment in row["payments"])
        assert into.most_common(1)[0][1] == len(row["payments"]) - 1 >= 8
    for row in rows(planted, "fan_out"):
        out = Counter(payment["from"] for payment in row["payments"])
        assert out.most_common(1)[0][1] == len(row["payments"]) - 1 >= 6
    for row in rows(planted, "cycle"):
        passages = [(payment["from"], payment["to"]) for payment in row["payments"]]
        assert all(one[1] == two[0] for one, two in zip(passages, passages[1:] + passages[:1], strict=True))
        amounts = [payment["amount_minor"] for payment in row["payments"]]
        assert amounts == sorted(amounts, reverse=True)
    for row in rows(planted, "scatter_gather"):
        out, into = Counter(p["from"] for p in row["payments"]), Counter(p["to"] for p in row["payments"])
        assert out.most_common(1)[0][1] == into.most_common(1)[0][1] == len(row["payments"]) // 2
        assert out.most_common(1)[0][0] != into.most_common(1)[0][0]


def test_cycles_are_found_by_following_the_money(planted: Bank) -> None:
    """Follow each large transfer to the next one of nearly the same sum within two days."""
    large = [edge for edge in edges(planted) if edge[2] >= 5_000_000 and edge[0][0] == edge[1][0] == "A"]
    following: dict[str, list[tuple[str, str, int, str, str]]] = defaultdict(list)
    for edge in large:
        following[edge[0]].append(edge)

    def returns(start: str, edge: tuple[str, str, int, str, str], depth: int) -> bool:
        if edge[1] == start:
            return True
        return depth < 6 and any(
            returns(start, after, depth + 1)
            for after in following[edge[1]]
            if after[3] > edge[3] and 0.95 * edge[2] <= after[2] <= edge[2]
        )

    found = {edge[0] for edge in large if returns(edge[0], edge, 0)}
    assert found == {row["payments"][0]["from"] for row in rows(planted, "cycle")}


def test_what_passes_through_leaves_at_once(planted: Bank) -> None:
    for kind in ("pass_through", "mule"):
        for row in rows(planted, kind):
            own = row["payments"][0]["to"]
            came = sum(p["amount_minor"] for p in row["payments"] if p["to"] == own)
            went = sum(p["amount_minor"] for p in row["payments"] if p["from"] == own)
            assert 0.95 < went / came < 1
            assert len({p["to"] for p in row["payments"] if p["from"] == own}) == 1
    opened = {event["data"]["account"]: event for event in planted.of("account.opened.v1")}
    for row in rows(planted, "mule"):
        account = opened[row["payments"][0]["to"]]
        assert account["time"] <= row["first"]
        assert account["data"]["account"].endswith("-9")


def test_look_alikes_are_innocent_for_a_reason(planted: Bank) -> None:
    for row in rows(planted, "group_buy_organiser"):
        shares = Counter(p["amount_minor"] for p in row["payments"] if p["from"] != row["payments"][-1]["from"])
        assert len(shares) == 3
        assert sum(amount * count for amount, count in shares.items()) < 3_000_000
    for row in rows(planted, "family_pooling"):
        assert row["payments"][-1]["to"] == "E11"
        assert row["payments"][-1]["amount_minor"] == sum(p["amount_minor"] for p in row["payments"][:-1])
    for row in rows(planted, "shop_owner"):
        assert (
            max(p["amount_minor"] for p in row["payments"])
            >= 5_000_000
            > min(p["amount_minor"] for p in row["payments"])
        )


def test_a_larger_bank_keeps_the_patterns_of_a_smaller_one(tmp_path: Path, smallest: Bank) -> None:
    large = generate(msgspec.structs.replace(smallest.plan, customers=420), tmp_path)
    truth = msgspec.json.decode(large.truth.read_bytes())
    assert [row for row in truth["laundering"] if row["pattern"].rsplit("-", 2)[1] == "0"] == smallest.truth[
        "laundering"
    ]


def test_a_run_too_small_for_a_pattern_leaves_it_out(tmp_path: Path) -> None:
    truth = msgspec.json.decode(generate(Plan(customers=40, months=1, seed=4), tmp_path).truth.read_bytes())
    held = {account_of(number) for number in range(1, 41)}
    for row in truth["laundering"]:
        assert {account for account in row["accounts"] if account.endswith("-1") and account[0] == "A"} <= held


@pytest.mark.parametrize(
    ("lines", "accounts", "kinds"),
    [
        (["insurance"], 0, {"policy.issued.v1", PAYMENT}),
        (["wealth"], 1, {"account.opened.v1", "fund.purchased.v1", "fund.redeemed.v1", PAYMENT}),
    ],
)
def test_a_house_writes_only_what_it_sells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], accounts: int, kinds: set[str]
) -> None:
    profile = msgspec.structs.replace(load_profile(), catalogue=lines, holds_money=bool(accounts))
    monkeypatch.setattr("tiexin.app.demo.generate.load_profile", lambda _name: profile)
    done = generate(Plan(customers=300, months=3, seed=4), tmp_path)
    events = [msgspec.json.decode(line) for line in done.files[0].read_bytes().splitlines()]
    assert {event["type"] for event in events if event["type"].partition(".")[0] in MONEY} == kinds
    registered = {e["data"]["product_line"] for e in events if e["type"] == "customer.registered.v1"}
    assert registered == set(lines)
    truth = msgspec.json.decode(done.truth.read_bytes())
    assert {row["kind"] for row in truth["laundering"]} == {name for name, kind in KINDS.items() if kind.alone}
