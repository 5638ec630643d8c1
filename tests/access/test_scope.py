"""People of a unit see their own units and nothing else, in every door of the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.http import LocalClient, client_of, cloud_event
from tests.support.people import Browser, access_of, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings

UNITS = [
    ("hq", "head_office", None),
    ("east", "first_level_branch", "hq"),
    ("b1", "branch", "east"),
    ("b2", "branch", "east"),
    ("west", "first_level_branch", "hq"),
    ("b3", "branch", "west"),
    ("old", "branch", "west"),
]
ORGS = ["b1", "b2", "b3", "old", None]


def reference() -> list[dict[str, Any]]:
    """Return an organisation in which the unit old, once in the west, was merged into b1 in the east."""
    opened = [
        {"unit": unit, "level": level, "name_zh": unit, "name_en": unit, "valid_from": "2020-01-01"}
        | ({"parent": parent} if parent else {})
        for unit, level, parent in UNITS
    ]
    merged = {"unit": "old", "into": "b1", "valid_from": "2024-01-01"}
    events = [("org.unit_opened.v1", data) for data in opened] + [("org.unit_merged.v1", merged)]
    return [
        cloud_event(900 + number, type=kind, data=data, time="2020-01-01T00:00:00Z")
        for number, (kind, data) in enumerate(events)
    ]


def contacts() -> list[dict[str, Any]]:
    """Return two calls, one complaint and one journey of two steps for each unit, and for no unit."""
    found = []
    for number, org in enumerate(ORGS):
        place = {"org": org} if org else {}
        for at in (0, 1):
            data = {"outcome": "answered", "queue_seconds": 10, "talk_seconds": 60}
            base = {"subject": f"s-{org}", "type": "call.ended.v1", "channel": "phone", "data": data, **place}
            found.append(cloud_event(10 * number + at, **base))
        complaint = {"type": "complaint.received.v1", "case": f"c-{org}", "subject": f"s-{org}", "channel": "phone"}
        found.append(cloud_event(10 * number + 2, data={"issue": "fee"}, **complaint, **place))
        for at, step in ((3, "apply"), (4, "sign")):
            # Case j-shared runs through every unit.
            for case in (f"j-{org}", "j-shared"):
                step_of = {"journey": "loan", "case": case, "step": step, "data": {}, **place}
                found.append(cloud_event(10 * number + at, id=f"{case}-{org}-{step}", **step_of))
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        answer = opened.post("/v1/events", json=[*reference(), *contacts()])
        assert answer.status_code == 201, answer.text
        yield opened


@pytest.fixture(scope="module")
def people(client: LocalClient) -> dict[str, Browser]:
    """Browsers of an officer of the whole, of the east, of a branch, and of a unit that was merged away."""
    units = {"whole": None, "east": "east", "b3": "b3", "old": "old"}
    return {name: signed_in(client, Role.OFFICER, name=f"of-{name}", unit=unit) for name, unit in units.items()}


VISIBLE: dict[str, set[str | None]] = {
    "whole": {"b1", "b2", "b3", "old", None},
    "east": {"b1", "b2", "old"},
    "b3": {"b3"},
    "old": {"b1", "old"},
}


def test_the_reach_of_a_unit_is_its_subtree_with_what_merged_into_it(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    access = access_of(client)
    assert access.reach.of("east") == {"east", "b1", "b2", "old"}
    assert access.reach.of("b3") == {"b3"}
    assert access.reach.of("old") == {"b1", "old"}
    assert access.reach.of("hq") == {unit for unit, _, _ in UNITS}
    assert not people["east"].session["whole"]
    assert people["whole"].session["whole"]


@pytest.mark.parametrize("who", list(VISIBLE))
def test_events_of_other_units_do_not_exist(people: dict[str, Browser], who: str) -> None:
    whole = people["whole"].get("/v1/events?limit=1000").json()["events"]
    mine = people[who].get("/v1/events?limit=1000").json()["events"]
    expected = [e for e in whole if e.get("org") in VISIBLE[who] and (who == "whole" or e.get("org"))]
    assert mine == expected
    for event in whole:
        status = people[who].get(f"/v1/events/{event['position']}").status_code
        assert status == (200 if event in expected else 404)


@pytest.mark.parametrize("who", list(VISIBLE))
def test_figures_are_counted_on_the_own_events_alone(people: dict[str, Browser], who: str) -> None:
    units = len(VISIBLE[who])
    calls = people[who].get("/v1/quality/calls").json()
    assert calls["offered"] == 2 * units
    overview = people[who].get("/v1/quality/overview?figures=complaints").json()["figures"]
    assert overview["complaints.count"]["value"] == units
    assert overview["complaints.per_10000"]["n"] == units
    page = people[who].get("/v1/quality/contacts?figure=calls.offered").json()["contacts"]
    assert {row["org"] for row in page} == VISIBLE[who]
    groups = people[who].get("/v1/quality/by?dimension=branch&figures=calls").json()["groups"]
    # What was merged away stands under the unit that carries it on.
    assert {group["key"] for group in groups} == VISIBLE[who] - {"old"} | ({"b1"} & VISIBLE[who])
    months = people[who].get("/v1/quality/trend?figures=calls").json()["groups"]
    assert [group["figures"]["calls.offered"]["value"] for group in months] == [2 * units]


@pytest.mark.parametrize("who", list(VISIBLE))
def test_journeys_are_counted_on_the_own_events_alone(people: dict[str, Browser], who: str) -> None:
    units = len(VISIBLE[who])
    (listed,) = people[who].get("/v1/journeys").json()
    assert (listed["events"], listed["cases"]) == (4 * units, units + 1)
    summary = people[who].get("/v1/journeys/loan/summary").json()
    assert (summary["events"], summary["cases"]) == (4 * units, units + 1)
    cases = {row["case"]: row["events"] for row in people[who].get("/v1/journeys/loan/cases").json()["cases"]}
    assert cases == {f"j-{org}": 2 for org in VISIBLE[who]} | {"j-shared": 2 * units}
    compared = people[who].get("/v1/journeys/loan/compare?first=channel=app&second=since=2020-01-01").json()
    assert compared["second"]["events"] == 4 * units


def test_no_cache_shows_one_caller_what_another_may_see(people: dict[str, Browser]) -> None:
    """The same questions by turns, so that every answer that is kept would be shown to the next caller."""
    questions = [
        "/v1/journeys",
        "/v1/journeys/loan/summary",
        "/v1/journeys/loan/edges",
        "/v1/journeys/loan/variants",
        "/v1/journeys/loan/map",
        "/v1/journeys/loan/compare?first=channel=app&second=since=2020-01-01",
        "/v1/quality/overview",
        "/v1/quality/trend",
        "/v1/quality/by?dimension=branch",
        "/v1/record/stats",
    ]
    first = {(who, question): people[who].get(question).json() for question in questions for who in VISIBLE}
    again = {(who, question): people[who].get(question).json() for question in questions for who in reversed(VISIBLE)}
    assert again == first
    for question in questions:
        if "edges" not in question:
            assert first["east", question] != first["whole", question], question
        assert first["b3", question] != first["whole", question], question


@pytest.mark.parametrize(
    "question",
    [
        "/v1/quality/calls?branch=b3",
        "/v1/quality/calls?branch=hq",
        "/v1/quality/calls?branch=nothing",
        "/v1/quality/calls?branch=",
        "/v1/quality/by?dimension=channel&branch=west",
        "/v1/journeys/loan/summary?org=b3",
        "/v1/journeys/loan/summary?org=",
        "/v1/journeys/loan/compare?first=org=b1&second=org=b3",
    ],
)
def test_a_unit_out_of_reach_is_refused_and_the_refusal_is_an_event(
    client: LocalClient, people: dict[str, Browser], question: str
) -> None:
    record = client.app.state.opened.record()
    access_of(client).audit.flush(everything=True)
    before = record.position()
    answer = people["east"].get(question)
    assert (answer.status_code, answer.json()["code"]) == (403, "unit_out_of_reach")
    assert record.wait_beyond(before, timeout_seconds=10)
    (refused,) = record.read(after=before).events
    assert refused.event.type == "access.refused.v1"
    assert (refused.event.actor, refused.event.org) == ("of-east", "east")
    assert refused.event.data["unit"] in {"b3", "hq", "nothing", "", "west", "-"}
    assert refused.event.data["path"] == question.partition("?")[0].replace("/loan/", "/{name}/")


def test_a_unit_within_reach_may_be_asked_for(people: dict[str, Browser]) -> None:
    assert people["east"].get("/v1/quality/calls?branch=b1").json()["offered"] == 4
    assert people["east"].get("/v1/quality/calls?branch=old").json()["offered"] == 2
    assert people["east"].get("/v1/journeys/loan/summary?org=b2").json()["cases"] == 2


def test_consumer_protection_sees_complaints_of_every_unit_and_no_more(people: dict[str, Browser]) -> None:
    b3 = people["b3"]
    assert b3.get("/v1/protection").json()["figures"]["complaints.count"]["value"] == 5
    rows = b3.get("/v1/protection/contacts").json()["contacts"]
    assert {row["org"] for row in rows} == set(ORGS)
    assert {row["type"] for row in rows} == {"complaint.received.v1"}
    assert b3.get("/v1/protection/contacts?figure=calls.offered").status_code == 422
    groups = b3.get("/v1/protection/by?dimension=branch").json()["groups"]
    assert all(set(group["figures"]) <= set(groups[0]["figures"]) for group in groups)
    assert all(name.startswith("complaints.") for group in groups for name in group["figures"])


def test_a_new_event_of_ones_unit_is_followed_and_one_of_another_is_not(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    stats = people["b3"].get("/v1/record/stats").json()
    new = [cloud_event(500 + n, subject="s-new", org=org, data={}) for n, org in enumerate(("b3", "b1"))]
    assert client.post("/v1/events", json=new).status_code == 201
    grown = people["b3"].get("/v1/record/stats").json()
    assert grown["events"] == stats["events"] + 1
    assert grown["subjects"] == stats["subjects"] + 1


def test_what_is_told_of_the_whole_alone_is_refused_to_people_of_a_unit(client: LocalClient) -> None:
    east = signed_in(client, Role.ANALYST, name="east-analyst", unit="east")
    answer = east.get("/v1/truth")
    assert (answer.status_code, answer.json()["code"]) == (403, "unit_out_of_reach")
    auditor = signed_in(client, Role.AUDITOR, name="east-auditor", unit="east")
    assert auditor.session["whole"]  # auditors see the whole institution, wherever they sit
    assert auditor.get("/v1/truth").json()["code"] != "unit_out_of_reach"
