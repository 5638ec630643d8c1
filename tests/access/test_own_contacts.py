"""What customers see of themselves over HTTP: their own contacts, and nothing that the house keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import LocalClient, client_of, cloud_event, encode
from tests.support.people import signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings

RECEIVED, ANSWERED, HOLD = "complaint.received.v1", "complaint.answered.v1", "hold.placed.v1"
EVENTS: list[dict[str, Any]] = [
    {"number": 1, "type": RECEIVED, "subject": "p-1", "case": "c-1", "channel": "phone", "data": {}},
    {
        "number": 2,
        "type": ANSWERED,
        "subject": "p-1",
        "case": "c-1",
        "data": {"outcome": "upheld", "timely": True},
    },
    {"number": 3, "type": RECEIVED, "subject": "p-1", "case": "c-2", "channel": "branch", "data": {}},
    {"number": 4, "type": HOLD, "subject": "p-1", "data": {"hold": "h", "basis": "aml", "reason": "kept to ourselves"}},
    {"number": 5, "type": RECEIVED, "subject": "p-2", "case": "c-3", "data": {}},
]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path)) as client:
        batch = [
            cloud_event(event["number"], **{key: event[key] for key in event if key != "number"}) for event in EVENTS
        ]
        headers = {"content-type": "application/cloudevents-batch+json"}
        assert client.post("/v1/events", content=encode(batch), headers=headers).status_code == 201
        yield client


def test_customers_see_their_own_contacts_newest_first(client: LocalClient) -> None:
    own = signed_in(client, Role.CUSTOMER, subject="p-1").get("/v1/mine").json()
    assert [(one["kind"], one["case"], one["answered"] is not None) for one in own["contacts"]] == [
        (RECEIVED, "c-2", False),
        (ANSWERED, "c-1", False),
        (RECEIVED, "c-1", True),
    ]
    assert (own["total"], own["complaints_waiting"]) == (3, 1)
    assert "kept to ourselves" not in str(own)


def test_nobody_but_customers_has_contacts_of_their_own(client: LocalClient) -> None:
    for role in (Role.ADMIN, Role.OFFICER, Role.REGULATOR):
        assert signed_in(client, role).get("/v1/mine").status_code == 403
    assert client.get("/v1/mine").status_code == 403
