"""What opens leaves a trace, and what is bounded stays so: personal content, walks, resets, views, retries, names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.authenticator import Authenticator
from tests.support.http import LocalClient, bearer, client_of, cloud_event
from tests.support.people import OF_OUR_PAGES, PASSWORD, Browser, access_of, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings

LOCALHOST = "http://localhost:8765"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    words = {"personal": {"comment": "secret words"}}
    events = [
        cloud_event(1, org="b1", subject="s1", data=words),
        cloud_event(2, org="b2", subject="s2", data=words, actor="spy"),
        cloud_event(3, org="b2", subject="s2"),
    ]
    with client_of(Settings(home=tmp_path)) as opened:
        assert opened.post("/v1/events", json=events).status_code == 201
        yield opened


def traces(client: LocalClient) -> list[tuple[str | None, dict[str, Any]]]:
    found = client.app.state.opened.record().newest(["access.personal_opened.v1"], limit=100)
    return [(each.event.actor, each.event.data) for each in reversed(found)]


def test_opened_personal_content_stands_in_the_record_before_it_leaves(client: LocalClient) -> None:
    officer, agent = signed_in(client, Role.OFFICER), signed_in(client, Role.AGENT, unit="b1")
    made = access_of(client).keys.create(name="k", scopes=["record:read", "record:personal"])
    headers = bearer(made.token)
    for path in ("/v1/events", "/v1/events/1", "/v1/events/3?personal=true", "/v1/events?personal=true&after=2"):
        assert officer.get(path).status_code == 200
        assert traces(client) == []  # nothing was open in what was read
    assert "secret words" in officer.get("/v1/events?personal=true").text
    assert "secret words" in agent.get("/v1/events?personal=true").text
    assert "secret words" in client.get("/v1/events/2?personal=true", headers=headers).text
    kind = "journey.step_recorded.v1"
    assert traces(client) == [
        ("officer", {"path": "/v1/events", "events": 2}),
        ("agent", {"path": "/v1/events", "events": 1, "position": 1, "type": kind}),
        (f"key:{made.key.id}", {"path": "/v1/events/{position}", "events": 1, "position": 2, "type": kind}),
    ]
    assert signed_in(client, Role.ANALYST).get("/v1/events?personal=true").status_code == 403
    assert len(traces(client)) == 3
    client.app.state.opened.signal.close()  # so that the stream ends as soon as it has begun
    assert officer.get("/v1/events/follow?personal=true").status_code == 200
    assert traces(client)[3:] == [("officer", {"path": "/v1/events/follow"})]


def test_whoever_has_figures_alone_sees_no_single_walk_and_no_quotes(client: LocalClient) -> None:
    regulator, analyst = signed_in(client, Role.REGULATOR), signed_in(client, Role.ANALYST)
    digest = "0" * 64
    paths = [
        "/v1/walks",
        "/v1/walks/w1",
        "/v1/walks/w1/comparison",
        f"/v1/walks/w1/photos/{digest}",
        "/v1/journeys/loan/quotes",
    ]
    for path in paths:
        answer = regulator.get(path)
        assert (answer.status_code, answer.json()["right"]) == (403, "record:read"), path
        assert analyst.get(path).status_code != 403
    assert regulator.get("/v1/journeys").status_code == 200


def test_a_reset_takes_the_passkeys_with_it_and_says_so(tmp_path: Path) -> None:
    ours = {"origin": LOCALHOST}
    with client_of(Settings(home=tmp_path), base=LOCALHOST) as client:
        mei, admin = signed_in(client, Role.ANALYST, name="mei"), signed_in(client, Role.ADMIN)
        key = Authenticator(LOCALHOST)
        options = mei.post("/v1/passkeys/options", json={}, headers=ours).json()
        made = {"name": "phone", "credential": key.create(options)}
        assert mei.post("/v1/passkeys", json=made, headers=ours).status_code == 201
        wanted = {"current": PASSWORD, "new": "nine loud cranes 77"}
        changed = mei.post("/v1/session/password", json=wanted, headers=ours)
        assert changed.json()["user"]["passkeys"] == 1  # they stay, and the answer says so
        answer = admin.post("/v1/users/mei/reset", headers=ours).json()
        assert (sorted(answer), answer["passkeys_removed"]) == (["one_time_password", "passkeys_removed"], 1)
        browser = Browser(client)
        options = browser.post("/v1/session/passkey/options", json={}, headers=ours).json()
        body = {"credential": key.get(options)}
        assert browser.post("/v1/session/passkey", json=body, headers=ours).status_code == 401
        assert admin.post("/v1/users/mei/reset", headers=ours).json()["passkeys_removed"] == 0
        told = client.app.state.opened.record().newest(["access.password_changed.v1"], limit=3)
        assert [each.event.data.get("passkeys_removed") for each in told] == [None, 1, None]


def test_the_last_line_of_forwarded_addresses_counts(client: LocalClient) -> None:
    codes = []
    for number in range(22):
        headers = [*OF_OUR_PAGES.items(), ("x-forwarded-for", f"10.0.{number}.1"), ("x-forwarded-for", "203.0.113.9")]
        body = {"name": f"nobody{number}", "password": "x" * 12}
        codes.append(client.post("/v1/session", json=body, headers=headers).status_code)
    assert codes == [401] * 21 + [429]


def test_the_search_tells_nothing_of_codes_beyond_the_reach(client: LocalClient) -> None:
    agent, whole = signed_in(client, Role.AGENT, unit="b1"), signed_in(client, Role.OFFICER)
    assert whole.get("/v1/contacts?q=spy").json()["meaning"]["sort"] == "code"
    for text in ("spy", "no such", "test", "local"):
        assert agent.get(f"/v1/contacts?q={text}").json()["meaning"]["sort"] == "content"


def test_shared_views_are_for_those_who_see_contacts(client: LocalClient) -> None:
    analyst, regulator = signed_in(client, Role.ANALYST), signed_in(client, Role.REGULATOR)
    body = {"name": "c-4711", "page": "contacts", "address": "/contacts?subject=c-4711", "shared": True}
    assert analyst.post("/v1/views", json=body).status_code == 201
    assert regulator.post("/v1/views", json=body | {"name": "own", "shared": False}).status_code == 201
    assert [view["name"] for view in regulator.get("/v1/views").json()["views"]] == ["own"]
    assert {view["name"] for view in signed_in(client, Role.AGENT).get("/v1/views").json()["views"]} == {"c-4711"}


def test_a_job_is_not_begun_again_beyond_the_reach_of_today(client: LocalClient) -> None:
    analyst = signed_in(client, Role.ANALYST, name="li")
    whole, of_b2 = (analyst.post("/v1/reports", json=body).json()["id"] for body in ({}, {"branch": "b2"}))
    for job in (whole, of_b2):
        analyst.post(f"/v1/jobs/{job}/cancel")
    access_of(client).users.change("li", unit="b1", by="test")
    analyst = Browser(client)
    assert analyst.sign_in("li").status_code == 200
    for job in (whole, of_b2):
        answer = analyst.post(f"/v1/jobs/{job}/retry")
        assert (answer.status_code, answer.json()["code"]) == (403, "unit_out_of_reach")
