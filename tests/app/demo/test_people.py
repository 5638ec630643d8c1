"""People fit together: households, ages, identifiers, registers with planted mistakes, and the truth of who is who."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate
from tiexin.app.demo.hours import Period
from tiexin.app.demo.institution import Institution
from tiexin.app.demo.people.mistakes import written
from tiexin.app.demo.people.names import Names
from tiexin.app.demo.people.people import People
from tiexin.app.demo.people.plan import load_names, load_people
from tiexin.app.demo.person import Person
from tiexin.app.demo.profile import load_phrases, load_profile
from tiexin.app.demo.streams import Streams
from tiexin.kernel.identifiers import is_mobile_number, is_resident_id, resident_id_from_old

FIRST_DAY = date(2025, 1, 1)
IDS = {"id_missing", "id_old", "id_digits"}


def people_of(seed: int) -> People:
    profile = load_profile()
    period = Period(profile, months=12)
    return People(profile, load_phrases(), Institution(profile, period), Streams(seed))


@pytest.fixture(scope="module")
def crowd() -> list[Person]:
    """3,000 customers of seed 5."""
    people = people_of(5)
    return [people.person(number) for number in range(1, 3_001)]


def years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_a_customer_is_the_same_whoever_asks_in_whatever_order(crowd: list[Person]) -> None:
    people = people_of(5)
    for number in (2_400, 17, 61, 60, 17, 1, 2_999):
        assert people.person(number) == crowd[number - 1]
    assert people_of(6).person(17) != crowd[16]


def test_identifiers_have_their_check_digits_and_say_what_is_true(crowd: list[Person]) -> None:
    known = set(load_people().regions.home) | set(load_people().regions.elsewhere)
    for person in crowd:
        assert is_mobile_number(person.phone)
        assert is_mobile_number(person.former_phone)
        assert person.email.rpartition("@")[2] in {"example.com", "example.net", "example.org"}
        if person.id_type == "passport":
            assert person.household.nature == "foreign"
            continue
        assert is_resident_id(person.id_number)
        assert person.id_number[:6] in known
        assert person.id_number[6:14] == f"{person.birth_date:%Y%m%d}"
        assert int(person.id_number[16]) % 2 == (person.gender == "M")
    assert len({person.id_number for person in crowd}) > 0.999 * len(crowd)


def test_ages_segments_and_work_fit(crowd: list[Person]) -> None:
    segments = load_profile().segments
    for person in crowd:
        assert years(person.birth_date, FIRST_DAY) == person.age
        assert person.elderly == (person.age >= 60)
        assert (person.segment == "elderly") == person.elderly
        assert segments[person.segment].age[0] <= person.age <= segments[person.segment].age[1]
        assert 0.02 <= person.digital_ease <= 0.99
        assert person.income > 0
        assert person.income % 1_000 == 0
    shares = {name: count / len(crowd) for name, count in Counter(person.segment for person in crowd).items()}
    for name, segment in segments.items():
        assert shares[name] == pytest.approx(segment.share, abs=0.07)
    ease = {old: [p.digital_ease for p in crowd if p.elderly == old] for old in (True, False)}
    assert sum(ease[True]) / len(ease[True]) < 0.45
    assert sum(ease[False]) / len(ease[False]) > 0.7


def test_households_are_families(crowd: list[Person]) -> None:
    members: dict[str, list[Person]] = defaultdict(list)
    for person in crowd:
        members[person.household.identity].append(person)
    kinds = Counter(people[0].household.kind for people in members.values())
    assert set(kinds) == {"single", "couple", "family", "three_generations"}
    for people in members.values():
        household = people[0].household
        assert tuple(person.number for person in people) == household.customers
        assert {person.household.address for person in people} == {household.address}
        roles = {role: [p for p in people if p.role == role] for role in ("head", "partner", "child", "elder")}
        (head,) = roles["head"]
        assert len(roles["partner"]) <= 1
        partner = roles["partner"][0] if roles["partner"] else None
        assert partner is None or partner.gender != head.gender
        couple = [head.birth_date] + ([partner.birth_date] if partner else [])
        couple += [relative.birth_date for relative in household.relatives if relative.role == "partner"]
        children = [p.birth_date for p in roles["child"]]
        children += [relative.birth_date for relative in household.relatives if relative.role == "child"]
        assert all(years(parent, child) >= 18 for parent in couple for child in children)
        assert all(years(elder.birth_date, head.birth_date) >= 18 for elder in roles["elder"])
        if household.married_on and children:
            assert household.married_on < min(children)
        if household.nature == "han":
            fathers = [p for p in (head, partner) if p and p.gender == "M"]
            mothers = [p for p in (head, partner) if p and p.gender == "F"]
            names = Names(load_names())
            for child in roles["child"]:
                assert names.split(child.name)[0] in {names.split(p.name)[0] for p in fathers + mothers}


def test_lives_are_lived_in_order(crowd: list[Person]) -> None:
    kinds = set()
    for person in crowd:
        days = [event.on for event in person.life_events]
        assert days == sorted(days)
        assert all(day > person.birth_date for day in days)
        kinds |= {event.kind for event in person.life_events}
        assert person.day_of("never") is None
        retired, changed = person.day_of("retirement"), person.day_of("job_change")
        assert not (retired and changed) or changed < retired
    assert kinds == {"study", "first_job", "marriage", "child", "house", "moved", "job_change", "retirement"}
    within = Counter(e.kind for p in crowd for e in p.life_events if e.on.year == FIRST_DAY.year)
    assert all(within[kind] >= 3 for kind in kinds - {"study"})


def test_names_come_from_everywhere(crowd: list[Person]) -> None:
    names = Names(load_names())
    assert {p.household.nature for p in crowd} == {"han", "minority", "foreign"}
    assert any(p.name[:2] in names.compound for p in crowd)
    common = Counter(p.name[0] for p in crowd if p.household.nature == "han")
    assert set("王李张") <= {surname for surname, _ in common.most_common(4)}
    assert all(p.name.isascii() or "ü" in p.name for p in crowd if p.household.nature == "foreign")


def test_names_are_spelled_and_confused_as_registers_do() -> None:
    names = Names(load_names())

    def first() -> float:
        return 0.0

    assert names.pinyin("王秀兰") == "WANG XIULAN"
    assert names.pinyin("欧阳丽华") == "OUYANG LIHUA"
    assert names.pinyin("吕伟") == "LYU WEI"
    assert names.pinyin("Emma Rossi") is None
    assert names.traditional("刘国华") == "劉國華"
    assert names.traditional("王秀文") is None
    heard = names.homophone("张伟", first)
    assert heard
    assert heard != "张伟"
    assert names.pinyin(heard) == "ZHANG WEI"
    assert names.look_alike("李芬", first) is None or names.look_alike("李芬", first) != "李芬"
    # Every character that a name can have can be spelled.
    plan = load_names()
    chars = set("".join(plan.surnames.values())) | set("".join(map("".join, plan.compound_surnames.values())))
    for by_gender in plan.given.values():
        for given in by_gender.values():
            chars |= set(given.first + given.second + "".join(given.names))
    assert all(names.pinyin("王" + char) for char in chars)


def test_one_address_is_written_in_many_ways(crowd: list[Person]) -> None:
    address = crowd[0].household.address
    ways = {written(address, way) for way in range(4)} | {address.text}
    assert len(ways) == 5
    assert all(address.street in way for way in ways)


def registrations(bank: Bank) -> dict[str, dict[str, Any]]:
    return {event["id"]: event for event in bank.of("customer.registered.v1")}


def test_the_truth_knows_every_register_entry(bank: Bank) -> None:
    events = registrations(bank)
    people = bank.truth["people"]
    assert [person["number"] for person in people] == list(range(1, bank.plan.customers + 1))
    told = {entry["event"]: (person, entry) for person in people for entry in person["registrations"]}
    assert told.keys() == events.keys()
    for identity, (person, entry) in told.items():
        event = events[identity]
        # One pseudonym a person: figures by customer keep their meaning; the register's own name is in the data.
        assert event["subject"] == person["subject"]
        assert event["data"]["channel_customer"] == entry["channel_customer"]
        assert event["data"]["register"] == entry["register"]
    references = [event["data"]["channel_customer"] for event in events.values()]
    assert len(set(references)) == len(references)
    assert {event["data"]["register"] for event in events.values()} == set(load_people().registrations)
    twice = Counter((p["subject"], e["register"]) for p in people for e in p["registrations"])
    assert max(twice.values()) == 2


def test_every_mistake_is_planted_and_is_what_its_name_says(bank: Bank) -> None:
    events, seen = registrations(bank), Counter[str]()
    names = Names(load_names())
    for person in bank.truth["people"]:
        for entry in person["registrations"]:
            known, mistakes = events[entry["event"]]["data"]["personal"], set(entry["mistakes"])
            seen.update(mistakes)
            wrong = {m.partition("_")[0] for m in mistakes}
            for part in ("name", "phone", "email"):
                assert (known[part] == person[part]) == (part not in wrong)
            assert (known.get("id_number") == person["id_number"]) == (
                not mistakes & {"id_missing", "id_old", "id_digits"}
            )
            assert (known["birth_date"] == person["birth_date"]) == ("birth_date" not in mistakes)
            if "name_homophone" in mistakes and "name_similar" not in mistakes:
                assert names.pinyin(known["name"]) == names.pinyin(person["name"])
            if "id_missing" in mistakes and "id_old" not in mistakes:
                assert "id_number" not in known
                assert events[entry["event"]]["data"]["kyc"] == "none"
            if "id_old" in mistakes:
                assert len(known["id_number"]) == 15
                assert resident_id_from_old(known["id_number"]) == person["id_number"]
            if mistakes & {"id_digits"} and person["id_type"] == "resident_id":
                assert not is_resident_id(known["id_number"])
    assert set(seen) == set(load_people().mistakes)
    assert bank.truth["identity"]["mistakes"] == dict(sorted(seen.items()))
    assert sum(bank.truth["identity"]["registrations"].values()) == len(events)


def test_shared_telephones_belong_to_the_household(bank: Bank) -> None:
    events = registrations(bank)
    phones = {(person["household"], person["phone"]) for person in bank.truth["people"]}
    for person in bank.truth["people"]:
        for entry in person["registrations"]:
            if "phone_family" in entry["mistakes"] and "phone_digits" not in entry["mistakes"]:
                assert (person["household"], events[entry["event"]]["data"]["personal"]["phone"]) in phones


def test_households_of_the_truth_hold_its_people(bank: Bank) -> None:
    of_people: dict[str, list[str]] = defaultdict(list)
    for person in bank.truth["people"]:
        of_people[person["household"]].append(person["subject"])
    assert {row["household"]: row["customers"] for row in bank.truth["households"]} == of_people


def test_the_people_of_a_small_run_stand_in_a_large_one(tmp_path: Path) -> None:
    small = Plan(customers=70, months=1, seed=9)
    one = msgspec.json.decode(generate(small, tmp_path / "one").truth.read_bytes())
    two = msgspec.json.decode(
        generate(msgspec.structs.replace(small, customers=130), tmp_path / "two").truth.read_bytes()
    )
    assert two["people"][:70] == one["people"]
    # Where the small run ends inside a household, the large one knows more of its members and nothing else.
    whole = [row for row in two["households"] if row["household"] in {r["household"] for r in one["households"]}]
    assert whole[:-1] == one["households"][:-1]
    assert whole[-1]["customers"][: len(one["households"][-1]["customers"])] == one["households"][-1]["customers"]
