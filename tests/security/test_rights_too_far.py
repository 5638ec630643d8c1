"""Nobody hands on more than he has himself: roles, keys, units, the organisation, the record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.http import LocalClient, bearer, client_of, cloud_event
from tests.support.people import PASSWORD, Browser, access_of, add_user, signed_in
from tiexin.access.contracts import Role
from tiexin.access.institution.contracts import CalendarDocument
from tiexin.infra.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path)) as opened:
        assert opened.post("/v1/events", json=cloud_event(1, org="b1", subject="s1")).status_code == 201
        yield opened


def key(client: LocalClient, *scopes: str) -> dict[str, str]:
    return bearer(access_of(client).keys.create(name="test", scopes=list(scopes)).token)


def roles(client: LocalClient) -> dict[str, tuple[str, bool]]:
    return {user.name: (user.role.value, user.must_change_password) for user in access_of(client).users.list()}


def test_an_administrator_of_a_unit_gives_nobody_a_role_that_sees_everything(client: LocalClient) -> None:
    browser = signed_in(client, Role.ADMIN, name="ua", unit="b1")
    add_user(client, Role.AUDITOR, name="aud", unit="b1")
    add_user(client, Role.AGENT, name="li", unit="b1")
    before = roles(client)
    for role in ("auditor", "regulator"):
        wanted = {"name": "new", "role": role, "unit": "b1", "password": PASSWORD}
        answers = [
            browser.post("/v1/users", json=wanted),
            browser.request("PATCH", "/v1/users/ua", json={"role": role}),
            browser.request("PATCH", "/v1/users/li", json={"role": role}),
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "rights_too_far")] * 3
    for answer in (
        browser.post("/v1/users/aud/reset"),
        browser.request("PATCH", "/v1/users/aud", json={"role": "agent"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "rights_too_far")
    assert roles(client) == before
    wanted = {"name": "new", "role": "agent", "unit": "b1", "password": PASSWORD}
    assert browser.post("/v1/users", json=wanted).status_code == 201


def test_a_key_that_manages_users_makes_nobody_mightier_than_itself(client: LocalClient) -> None:
    add_user(client, Role.ADMIN, name="chief")
    add_user(client, Role.REGULATOR, name="reg")
    before = roles(client)
    headers = key(client, "users:manage", "figures:read", "trust:read")
    wanted = {"name": "evil", "role": "admin", "password": PASSWORD}
    answers = [
        client.post("/v1/users", json=wanted, headers=headers),
        client.post("/v1/users/chief/reset", headers=headers),
        client.request("PATCH", "/v1/users/chief", json={"locked": True}, headers=headers),
        client.request("PATCH", "/v1/users/reg", json={"role": "officer"}, headers=headers),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "rights_too_far")] * 4
    assert "record:personal" in answers[3].json()["rights"]
    assert roles(client) == before
    assert client.post("/v1/users/reg/reset", headers=headers).status_code == 200


def test_a_key_gets_no_right_that_its_maker_lacks(client: LocalClient) -> None:
    def make(who: LocalClient | Browser, *scopes: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        answer = who.post("/v1/keys", json={"name": "n", "scopes": list(scopes)}, headers=headers or {})
        return answer.status_code, str(answer.json().get("code") or answer.json().get("scopes"))

    admin = signed_in(client, Role.ADMIN)
    headers = key(client, "keys:manage", "figures:read")
    before = len(access_of(client).keys.list())
    assert make(client, "record:read", "record:personal", headers=headers) == (403, "rights_too_far")
    assert make(client, "admin", headers=headers) == (403, "rights_too_far")  # the old name of three rights
    assert make(admin, "record:read", "record:personal") == (403, "rights_too_far")
    assert make(client, "no:such", headers=headers) == (422, "invalid_key_input")
    assert len(access_of(client).keys.list()) == before
    answer = admin.post("/v1/keys", json={"name": "n", "scopes": ["record:personal"]})
    assert "tiexin keys add NAME --scope record:personal" in answer.json()["detail"]
    assert make(client, "figures:read", headers=headers) == (201, "['figures:read']")
    assert make(admin, "record:append") == (201, "['record:append']")


def test_an_administrator_of_a_unit_changes_nothing_of_the_whole(client: LocalClient) -> None:
    whole, browser = signed_in(client, Role.ADMIN, name="chief"), signed_in(client, Role.ADMIN, name="ua", unit="b1")
    moves = {"act": "open", "unit": "b1", "level": "head_office", "name_zh": "一", "name_en": "One"}
    moves["valid_from"] = "2026-01-01"
    made = access_of(client).keys.create(name="t", scopes=["record:read"]).key.id
    position = client.app.state.opened.record().position()
    document = whole.get("/v1/settings/calendars").json()["calendars"][0]
    calendar = {name: value for name, value in document.items() if name in CalendarDocument.model_fields}
    answers = [
        browser.request("PUT", "/v1/settings/house", json=whole.get("/v1/settings/house").json()),
        browser.request("PUT", "/v1/settings/calendars/x", json=calendar),
        browser.request("DELETE", "/v1/settings/calendars/x"),
        browser.post("/v1/settings/organisation", json=moves),
        browser.post("/v1/settings/organisation/preview", json=moves),
        browser.request("DELETE", f"/v1/keys/{made}"),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "unit_out_of_reach")] * 6
    assert all("Nothing was changed" in each.json()["detail"] for each in answers)
    found = client.app.state.opened.record().read(after=position, limit=100).events
    assert {each.event.type for each in found} <= {"access.refused.v1"}
    assert browser.get("/v1/settings/organisation").status_code == 200
    assert whole.post("/v1/settings/organisation", json=moves).status_code == 201


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST])
def test_who_is_bound_to_a_unit_neither_appends_nor_imports(client: LocalClient, role: Role) -> None:
    browser = signed_in(client, role, unit="b1")
    assert not {"record:append", "imports:run"} & set(browser.session["rights"])
    answers = [browser.post("/v1/uploads?name=x.csv", content=b"a,b\n1,2\n"), browser.get("/v1/imports")]
    if role is Role.ADMIN:
        answers.append(browser.post("/v1/events", json=cloud_event(9, org="b1", type="org.unit_moved.v1")))
        answers.append(browser.post("/v1/events", json=cloud_event(9, org="b1")))
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "unit_out_of_reach")
        assert "whole institution" in answer.json()["detail"]
    assert client.get("/v1/record/stats").json()["events"] == 1


def test_an_administrator_of_a_unit_sees_only_the_own_jobs(client: LocalClient) -> None:
    analyst, browser = signed_in(client, Role.ANALYST), signed_in(client, Role.ADMIN, name="ua", unit="b1")
    job = analyst.post("/v1/reports", json={}).json()["id"]
    assert browser.get(f"/v1/jobs/{job}").status_code == 404
    assert browser.get("/v1/jobs").json()["jobs"] == []
    assert browser.post(f"/v1/jobs/{job}/cancel").status_code == 404
    assert signed_in(client, Role.ADMIN).get(f"/v1/jobs/{job}").status_code == 200
