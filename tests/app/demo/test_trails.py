"""Decisions, advice and purchases carry trails that lead to earlier events and whose commitments open."""

from __future__ import annotations

import json
from hashlib import sha256

import msgspec

from tests.app.demo.conftest import Bank
from tiexin.app.demo.trails import load_trails
from tiexin.record.kinds.trail import Trail


def test_every_link_names_an_earlier_event_of_the_same_customer(bank: Bank) -> None:
    order = {(event["source"], event["id"]): (number, event) for number, event in enumerate(bank.events)}
    linked = 0
    for number, event in enumerate(bank.events):
        trail = msgspec.convert(event["data"].get("trail", {}), Trail)
        for link in trail.previous:
            earlier, found = order[link.source, link.id]
            assert earlier < number
            assert found["subject"] == event["subject"]
            linked += 1
    assert linked > 400


def test_commitments_open_with_the_salt_in_the_personal_part(bank: Bank) -> None:
    decided = bank.of("decision.taken.v1") + bank.of("advice.given.v1")
    assert len(bank.of("decision.taken.v1")) > 50
    assert len(bank.of("advice.given.v1")) > 50
    for event in decided:
        inputs = event["data"]["trail"]["inputs"]
        opened = event["data"]["personal"]["inputs"]
        assert [each["name"] for each in inputs] == [each["name"] for each in opened]
        for given, opening in zip(inputs, opened, strict=True):
            value = json.dumps(opening["value"]).encode()
            assert sha256(bytes.fromhex(opening["salt"]) + value).hexdigest() == given["commitment"]
            assert len(opening["salt"]) == 64


def test_decisions_are_told_at_the_next_step_and_have_a_reason(bank: Bank) -> None:
    told = {
        (event["case"], event["step"])
        for event in bank.of("journey.step_recorded.v1")
        if event["step"] in {"approve_loan", "decline_loan", "accept_claim", "decline_claim"}
    }
    decided = {event["case"]: event["data"] for event in bank.of("decision.taken.v1")}
    assert len(decided) == len(bank.of("decision.taken.v1")) == len(told)
    for case, step in told:
        assert decided[case]["outcome"] == ("declined" if step.startswith("decline") else "granted")
    plans = load_trails().decisions
    for data in decided.values():
        plan = plans[data["matter"]]
        codes = {plan.granted.code} if data["outcome"] == "granted" else {each.code for each in plan.declined.values()}
        assert [reason["code"] in codes for reason in data["trail"]["reasons"]] == [True]


def test_purchases_above_tolerance_say_so(bank: Bank) -> None:
    for event in bank.of("fund.purchased.v1"):
        above = event["data"]["confirmed_above_tolerance"]
        code = event["data"]["trail"]["reasons"][0]["code"]
        assert code == ("confirmed_above_tolerance" if above else "within_tolerance")
