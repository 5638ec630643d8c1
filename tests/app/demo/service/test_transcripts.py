"""What was said: transcripts belong to contacts, and the labels of the truth point at the very words."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.service.conduct import ALIKE_ANYWHERE, ALIKE_IN_LOANS, ALIKE_IN_SALES
from tiexin.app.demo.service.plan import DISCOURTESY, MIS_SELLING, load_service
from tiexin.app.demo.service.words import SLOTS, templates

KIND = "dialogue.transcribed.v1"
CONTACTS = {"phone": "call.ended.v1", "chat": "chat.ended.v1", "branch": "branch.ticket_served.v1"}
PATTERNS = {
    template.id: re.compile("^" + re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(template.text)) + "$")
    for language in ("zh", "en")
    for template in templates(language)
}


def turns(event: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = event["data"]["personal"]["turns"]
    return found


def test_a_transcript_belongs_to_a_contact_of_the_same_customer(bank: Bank) -> None:
    contacts = {event["id"]: event for event in bank.events if event["type"] in CONTACTS.values()}
    abouts = Counter(event["data"]["about"] for event in bank.of(KIND))
    assert max(abouts.values()) == 1
    for event in bank.of(KIND):
        contact = contacts[event["data"]["about"]]
        assert contact["type"] == CONTACTS[event["data"]["medium"]]
        assert (contact["subject"], contact.get("actor")) == (event["subject"], event.get("actor"))
        assert contact["time"] < event["time"]
        assert contact["data"].get("outcome", "answered") == "answered"


def test_turns_run_forward_and_words_stand_in_personal_content_only(bank: Bank) -> None:
    for event in bank.of(KIND):
        data, said = event["data"], turns(event)
        assert data["turns"] == len(said) >= 3
        assert [turn["at"] for turn in said] == sorted(turn["at"] for turn in said)
        assert said[-1]["at"] <= data["seconds"]
        assert {turn["who"] for turn in said} <= {"customer", "staff", "bot"}
        assert all(turn["text"] and "{" not in turn["text"] for turn in said)
        answers = [turn["who"] for turn in said if turn["who"] != "customer"]
        assert data["bot_share"] == round(answers.count("bot") / len(answers), 2)
        shown = json.dumps({name: value for name, value in data.items() if name != "personal"}, ensure_ascii=False)
        assert not any(len(turn["text"]) > 3 and turn["text"] in shown for turn in said)


def test_a_bot_alone_is_the_only_one_who_answers(bank: Bank) -> None:
    chats = {event["id"]: event["data"]["bot_only"] for event in bank.of("chat.ended.v1")}
    for event in bank.of(KIND):
        if event["data"]["medium"] == "chat":
            alone = chats[event["data"]["about"]]
            assert alone == (event["data"]["bot_share"] == 1.0)
            assert turns(event)[0]["who"] == "bot"


def test_some_customers_speak_english_throughout(bank: Bank) -> None:
    languages = {(event["subject"], event["data"]["language"]) for event in bank.of(KIND)}
    speakers = Counter(language for _, language in languages)
    assert len({subject for subject, _ in languages}) == len(languages)
    assert 0.03 < speakers["en"] / speakers.total() < 0.12
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert not any(
        chinese.search(turn["text"]) for e in bank.of(KIND) if e["data"]["language"] == "en" for turn in turns(e)
    )


@pytest.mark.parametrize("section", ["misconduct", "look_alikes"])
def test_labels_point_at_the_very_words(bank: Bank, little_bank: Bank, section: str) -> None:
    for made in (bank, little_bank):
        events = {event["id"]: event for event in made.of(KIND)}
        assert len({row["event"] for row in made.truth[section]}) == len(made.truth[section]) > 0
        for row in made.truth[section]:
            event = events[row["event"]]
            turn = turns(event)[row["turn"]]
            assert turn["who"] == row["who"]
            assert PATTERNS[row["template"]].match(turn["text"]), (row, turn)
            assert row["template"].split(".")[:2] == [event["data"]["language"], row["kind"]]
            assert (row["staff"], row["unit"]) == (event["actor"], event["org"])
            assert row["about"] == event["data"]["about"]


def test_even_a_little_bank_has_every_kind(little_bank: Bank) -> None:
    assert {row["kind"] for row in little_bank.truth["misconduct"]} == {*MIS_SELLING, *DISCOURTESY}
    alike = {*ALIKE_ANYWHERE, *ALIKE_IN_SALES, *ALIKE_IN_LOANS}
    assert {row["kind"] for row in little_bank.truth["look_alikes"]} == alike


def test_misconduct_gathers_with_those_who_have_the_habit(bank: Bank) -> None:
    rows, planted = bank.truth["misconduct"], bank.truth["conduct"]
    habits = {(habit["staff"], habit["kind"]) for habit in planted["habits"]}
    with_habit = sum((row["staff"], row["kind"]) in habits for row in rows)
    assert with_habit > 0.6 * len(rows)
    assert all(row["who"] == "staff" for row in rows)
    assert {row["group"] for row in rows} == {"mis_selling", "discourtesy"}
    shares = len(rows) / len(bank.of(KIND)), len(bank.truth["look_alikes"]) / len(bank.of(KIND))
    assert 0.01 < shares[0] < 0.06
    assert 0.03 < shares[1] < 0.09
    assert planted["look_alikes"] == load_service().conduct.look_alikes


def test_whoever_was_cut_short_is_left_with_nothing_settled(bank: Bank, little_bank: Bank) -> None:
    found = 0
    for made in (bank, little_bank):
        contacts = {event["id"]: event for event in made.events if event["type"] in CONTACTS.values()}
        for row in made.truth["misconduct"]:
            if row["kind"] in {"cuts_short", "passes_on"}:
                found += 1
                assert contacts[row["about"]]["data"]["resolved"] is False
    assert found >= 4


def test_feelings_follow_waiting_and_outcome(bank: Bank) -> None:
    calls = {event["id"]: event["data"] for event in bank.of("call.ended.v1")}
    ids = {t.text: t.id for t in templates("zh") if len(t.parts) == 0}
    said: dict[str, set[bool]] = {"thanks": set(), "unsolved": set(), "waited": set()}
    for event in bank.of(KIND):
        if event["data"]["medium"] != "phone" or event["data"]["language"] != "zh":
            continue
        names = [ids.get(turn["text"], "") for turn in turns(event)]
        call = calls[event["data"]["about"]]
        for part, truth in (("thanks", call["resolved"]), ("unsolved", call["resolved"])):
            if any(f".lines.{part}_" in name for name in names):
                said[part].add(truth)
        if any(".lines.waited_" in name for name in names):
            said["waited"].add(call["queue_seconds"] > 75)
    assert said == {"thanks": {True}, "unsolved": {False}, "waited": {True}}


def test_slots_are_all_used() -> None:
    used = {
        SLOTS[part]
        for language in ("zh", "en")
        for t in templates(language)
        for part in t.parts
        if part.__class__ is int
    }
    assert used == set(SLOTS)
