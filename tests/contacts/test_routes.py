"""Contacts over HTTP: rights and reach at every address, personal content opened only on record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.events import BASE_US, call
from tests.support.http import LocalClient, client_of
from tests.support.people import Browser, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.record.contracts import Event, EventFilter

PHONE = "138-0013-8000"
SCRIPT = "<img src=x onerror=alert(1)>"
PATHS = ("/v1/contacts", "/v1/contacts/facets", "/v1/contacts/1", "/v1/subjects/x", "/v1/subjects/x/timeline")


def record_of(client: LocalClient) -> Record:
    """Return the opened record."""
    found: Record = client.app.state.opened.record()
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    """A started application whose record knows one customer by telephone number, and one of another unit."""
    with client_of(Settings(home=tmp_path_factory.mktemp("contacts") / "home")) as started:
        record = record_of(started)
        known = record.pseudonymise("customer", "13800138000")
        said = {"topic": SCRIPT, "personal": {"words": "请尽快回电"}}
        record.append(
            [
                _message("m-1", known, "B1", said),
                _message("m-2", "somebody", "B2", said),
                call(7, subject=known, org="B1"),
            ]
        )
        yield started


@pytest.fixture(scope="module")
def people(client: LocalClient) -> dict[str, Browser]:
    """Browsers by what their user is."""
    return {
        "analyst": signed_in(client, Role.ANALYST),
        "officer": signed_in(client, Role.OFFICER),
        "agent": signed_in(client, Role.AGENT, unit="B1"),
        "regulator": signed_in(client, Role.REGULATOR),
        "customer": signed_in(client, Role.CUSTOMER),
    }


def _message(event_id: str, subject: str, org: str, data: dict[str, Any]) -> Event:
    return Event(
        id=event_id,
        source="urn:test",
        type="message.received.v1",
        time_us=BASE_US + int(event_id[-1]),
        subject=subject,
        channel="email",
        org=org,
        data=data,
    )


def written(client: LocalClient, kind: str) -> list[dict[str, Any]]:
    """Return what stands in the record of a kind of access."""
    record_of(client).append([call(7, subject="late", id="late")])  # queued events come before it
    page = record_of(client).read(EventFilter(type=f"access.{kind}.v1"), limit=1_000)
    return [{"actor": one.event.actor, **one.event.data} for one in page.events]


def position_of(client: LocalClient, event_id: str) -> int:
    """Return where an event stands."""
    found = client.get("/v1/contacts", params={"q": event_id}).json()["contacts"]
    return int(found[0]["position"])


@pytest.mark.parametrize("role", ["regulator", "customer"])
@pytest.mark.parametrize("path", PATHS)
def test_without_the_right_to_read_nothing_is_found(people: dict[str, Browser], role: str, path: str) -> None:
    answer = people[role].get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_an_agent_meets_no_trace_of_another_unit(client: LocalClient, people: dict[str, Browser]) -> None:
    agent = people["agent"]
    position = position_of(client, "m-2")
    assert {one["org"] for one in agent.get("/v1/contacts").json()["contacts"]} == {"B1"}
    assert agent.get("/v1/contacts/facets").json()["n"] == 2
    for path in (f"/v1/contacts/{position}", "/v1/subjects/somebody"):
        assert agent.get(path).status_code == 404
    assert agent.get("/v1/subjects/somebody/timeline").json()["contacts"] == []
    assert agent.post(f"/v1/contacts/{position}/personal", json={}).status_code == 404
    assert agent.get("/v1/contacts?unit=B2").status_code == 403
    assert written(client, "personal_opened") == []


def test_personal_content_is_sealed_until_it_is_opened_on_record(
    client: LocalClient, people: dict[str, Browser]
) -> None:
    position = position_of(client, "m-1")
    for name, may_open in (("analyst", False), ("officer", True)):
        one = people[name].get(f"/v1/contacts/{position}").json()
        assert one["personal"] == {"state": "sealed", "may_open": may_open}
        assert "请尽快回电" not in str(one)
    refused = people["analyst"].post(f"/v1/contacts/{position}/personal", json={})
    assert refused.status_code == 403
    assert written(client, "personal_opened") == []
    opened = people["officer"].post(f"/v1/contacts/{position}/personal", json={})
    assert opened.json() == {"state": "open", "personal": {"words": "请尽快回电"}}
    assert written(client, "personal_opened") == [
        {"actor": "officer", "position": position, "type": "message.received.v1"}
    ]
    # A request that another site could make does not open anything.
    assert (
        people["officer"].post(f"/v1/contacts/{position}/personal", headers={"x-csrf-token": None}).status_code == 403
    )
    assert len(written(client, "personal_opened")) == 1


def test_somebody_is_found_by_a_number_as_imports_write_it(client: LocalClient, people: dict[str, Browser]) -> None:
    known = record_of(client).pseudonymise("customer", "13800138000")
    before = len(written(client, "personal_searched"))
    for text in (PHONE, "13800138000", "+86 138 0013 8000"):
        assert people["officer"].post("/v1/contacts/people", json={"text": text}).json()["subjects"] == [known]
    nobody = people["officer"].post("/v1/contacts/people", json={"text": "13900139000"})
    assert nobody.json()["subjects"] == []
    assert people["analyst"].post("/v1/contacts/people", json={"text": PHONE}).status_code == 403
    assert people["officer"].post("/v1/contacts/people", json={"text": " "}).json()["code"] == "not_an_identifier"
    found = written(client, "personal_searched")[before:]
    assert [one["found"] for one in found] == [1, 1, 1, 0]
    assert "138" not in str(found)


def test_a_stored_script_stays_text(client: LocalClient, people: dict[str, Browser]) -> None:
    answer = people["analyst"].get(f"/v1/contacts/{position_of(client, 'm-1')}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["contact"]["data"] == {"topic": SCRIPT}


def test_a_contact_says_what_its_kind_means(client: LocalClient, people: dict[str, Browser]) -> None:
    one = people["analyst"].get(f"/v1/contacts/{position_of(client, 'm-1')}").json()
    assert one["definition"]["about"] == (
        "A message, letter, e-mail or post reached the institution; its words are personal."
    )
    assert (one["earlier"], one["later"]["type"]) == (None, "call.ended.v1")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("before=abc", "invalid_cursor"),
        ("before=1.", "invalid_cursor"),
        ("since=yesterday", "invalid_parameter"),
        ("q=a%00b", "invalid_parameter"),
        ("limit=501", "invalid_parameter"),
        (f"q={'x' * 201}", "invalid_parameter"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(people: dict[str, Browser], query: str, code: str) -> None:
    answer = people["analyst"].get(f"/v1/contacts?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
