"""Signing in over HTTP: cookies, tokens against other sites, fixation, delays, sign-out everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.http import LocalClient, bearer, client_of, cloud_event, encode, make_token
from tests.support.people import PASSWORD, Browser, access_of, add_user, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings
from tiexin.record.api import Record


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path)) as opened:
        yield opened


def record_of(client: LocalClient) -> Record:
    record: Record = client.app.state.opened.record()
    return record


def test_who_is_signed_in_is_told_to_everybody(client: LocalClient) -> None:
    nobody = Browser(client).get("/v1/session").json()
    assert nobody == {
        "signed_in": False,
        "user": None,
        "rights": [],
        "whole": False,
        "csrf": None,
        "methods": {"password": True, "passkey": False, "oidc": []},
        "demo": False,
    }
    add_user(client, Role.REGULATOR, name="chen", display_name="陈明")
    browser = Browser(client)
    answer = browser.sign_in("Chen")
    assert answer.status_code == 200
    assert browser.session == browser.get("/v1/session").json()
    assert browser.session["rights"] == ["figures:read", "trust:read"]
    assert browser.session["whole"]
    assert browser.session["user"] == {
        "name": "chen",
        "display_name": "陈明",
        "role": "regulator",
        "unit": None,
        "unit_name": None,
        "language": None,
        "must_change_password": False,
        "has_password": True,
        "passkeys": 0,
    }


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites_and_secure_on_tls(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    flags = {}
    for base in ("http://localhost:8765", "https://localhost:8765"):
        with client_of(settings, base=base) as client:
            if not access_of(client).users.any():
                add_user(client, Role.ANALYST)
            answer = client.post("/v1/session", json={"name": "analyst", "password": PASSWORD})
            name, _, rest = answer.headers["set-cookie"].partition("=")
            assert name == "tiexin_session"
            flags[base[:5]] = set(rest.partition("; ")[2].split("; "))
            assert ("strict-transport-security" in answer.headers) == (base[:5] == "https")
    assert flags == {
        "http:": {"HttpOnly", "Path=/", "SameSite=lax"},
        "https": {"HttpOnly", "Path=/", "SameSite=lax", "Secure"},
    }


def test_a_session_known_before_signing_in_is_worth_nothing_after(client: LocalClient) -> None:
    add_user(client, Role.ADMIN)
    browser = Browser(client)
    browser.cookie = "planted-by-somebody-else"
    assert browser.sign_in("admin").status_code == 200
    first = browser.cookie
    assert first not in {None, "planted-by-somebody-else"}
    assert browser.sign_in("admin").status_code == 200
    assert browser.cookie != first
    for former in (first, "planted-by-somebody-else"):
        other = Browser(client)
        other.cookie = former
        answer = other.get("/v1/users")
        assert (answer.status_code, answer.json()["code"]) == (401, "session_over")
        assert other.get("/v1/session").json()["signed_in"] is False
    assert browser.get("/v1/users").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"x-csrf-token": None},
        {"x-csrf-token": "wrong"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_what_a_page_of_another_site_sends_is_refused_and_does_nothing(
    client: LocalClient, headers: dict[str, str | None]
) -> None:
    browser = signed_in(client, Role.ADMIN)
    body = {"name": "mallory", "role": "admin", "password": PASSWORD}
    answer = browser.post("/v1/users", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert [user.name for user in access_of(client).users.list()] == ["admin"]
    assert browser.request("DELETE", "/v1/session", headers=headers).status_code == 403
    assert browser.post("/v1/events", json=cloud_event(), headers=headers).status_code == 403
    assert record_of(client).stats().events == 0
    assert browser.get("/v1/session").json()["signed_in"]
    assert browser.post("/v1/users", json=body).status_code == 201


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_cannot_sign_somebody_in(client: LocalClient, headers: dict[str, str]) -> None:
    add_user(client, Role.ADMIN)
    body = {"name": "admin", "password": PASSWORD}
    answer = Browser(client).post("/v1/session", json=body, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    rebound = {"host": "evil.example", "origin": "http://evil.example"}
    assert Browser(client).post("/v1/session", json=body, headers=rebound).status_code == 401
    text = encode(body)  # a form of another site can send text, which is not read as JSON
    answer = Browser(client).post("/v1/session", content=text, headers={"content-type": "text/plain"})
    assert answer.status_code == 422


def test_the_token_of_one_session_does_not_serve_another(client: LocalClient) -> None:
    one, two = signed_in(client, Role.ADMIN), signed_in(client, Role.ANALYST)
    assert one.csrf != two.csrf
    answer = one.post("/v1/events", json=cloud_event(), headers={"x-csrf-token": two.csrf})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_the_first_administrator_chooses_a_password_before_anything_else(client: LocalClient) -> None:
    first = access_of(client).first_admin()
    assert first is not None
    browser = Browser(client)
    assert browser.sign_in(*first).status_code == 200
    assert browser.session["rights"] == []
    assert browser.session["user"]["must_change_password"]
    assert browser.get("/v1/users").status_code == 403
    assert browser.get("/v1/journeys").status_code == 403
    wanted = {"current": first[1], "new": PASSWORD}
    assert browser.post("/v1/session/password", json={**wanted, "new": "short"}).json()["reason"] == "too_short"
    assert browser.post("/v1/session/password", json={**wanted, "current": "wrong"}).status_code == 403
    answer = browser.post("/v1/session/password", json=wanted)
    assert answer.status_code == 200
    browser.csrf = answer.json()["csrf"]
    assert browser.get("/v1/users").status_code == 200
    assert Browser(client).sign_in(*first).status_code == 401


def test_a_new_password_ends_every_other_session(client: LocalClient) -> None:
    here = signed_in(client, Role.ANALYST, name="mei")
    elsewhere = Browser(client)
    assert elsewhere.sign_in("mei").status_code == 200
    answer = here.post("/v1/session/password", json={"current": PASSWORD, "new": "another one of mine"})
    assert answer.status_code == 200
    here.csrf = answer.json()["csrf"]
    assert here.get("/v1/journeys").status_code == 200
    assert elsewhere.get("/v1/journeys").status_code == 401


def test_a_new_role_or_lock_ends_every_session(client: LocalClient) -> None:
    admin, mei = signed_in(client, Role.ADMIN), signed_in(client, Role.ANALYST, name="mei")
    assert admin.request("PATCH", "/v1/users/mei", json={"role": "regulator"}).json()["role"] == "regulator"
    assert mei.get("/v1/journeys").status_code == 401
    assert mei.sign_in("mei").status_code == 200
    assert mei.session["rights"] == ["figures:read", "trust:read"]
    assert admin.request("PATCH", "/v1/users/mei", json={"locked": True}).json()["locked"]
    assert mei.get("/v1/journeys").status_code == 401
    assert mei.sign_in("mei").json()["code"] == "sign_in_refused"
    assert admin.request("PATCH", "/v1/users/admin", json={"locked": True}).json()["code"] == "last_admin"


def test_failures_lead_to_a_wait_that_is_told(client: LocalClient) -> None:
    add_user(client, Role.ANALYST, name="mei")
    seen: dict[str, list[int]] = {"mei": [], "nobody": []}
    bodies: dict[str, list[object]] = {"mei": [], "nobody": []}
    for _ in range(6):
        for name, statuses in seen.items():
            answer = Browser(client).sign_in(name, "wrong")
            statuses.append(answer.status_code)
            bodies[name].append(answer.json())
    assert seen == {"mei": [401] * 5 + [429], "nobody": [401] * 5 + [429]}
    assert bodies["mei"][:5] == bodies["nobody"][:5]
    answer = Browser(client).sign_in("mei")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 15
    assert answer.json()["retry_after_seconds"] == int(answer.headers["retry-after"])
    access_of(client).audit.flush(everything=True)
    failed = [e.event.data for e in record_of(client).iterate() if e.event.type == "access.sign_in_failed.v1"]
    assert failed[0] == {
        "address": "127.0.0.1",
        "count": 1,
        "method": "password",
        "reason": "refused",
        "user": "mei",
    }
    # Repetitions of a minute are counted together: the first at once, the number of the others when it is over.
    assert [(each.get("user"), each["reason"], each["count"]) for each in failed] == [
        ("mei", "refused", 1),
        (None, "refused", 1),
        ("mei", "locked_out", 1),
        (None, "locked_out", 1),
        ("mei", "refused", 4),
        (None, "refused", 4),
        ("mei", "locked_out", 1),
    ]


def test_refusals_are_events_that_cannot_flood_the_record(client: LocalClient) -> None:
    mei, record = signed_in(client, Role.ANALYST, name="mei"), record_of(client)
    start = record.position()
    for _ in range(50):
        assert mei.get("/v1/users").status_code == 403
    assert mei.get("/v1/keys").status_code == 403
    access_of(client).audit.flush(everything=True)
    assert record.wait_beyond(start + 2, timeout_seconds=10)
    refused = [each.event for each in record.read(after=start).events]
    assert [event.type for event in refused] == ["access.refused.v1"] * 3
    assert [(event.data["path"], event.data["count"]) for event in refused] == [
        ("/v1/users", 1),
        ("/v1/keys", 1),
        ("/v1/users", 49),
    ]
    assert {event.actor for event in refused} == {"mei"}
    assert refused[0].data["right"] == "users:manage"


def test_the_audit_shows_what_happened_newest_first_to_auditors(client: LocalClient) -> None:
    auditor, mei = signed_in(client, Role.AUDITOR), signed_in(client, Role.ANALYST, name="mei")
    assert mei.get("/v1/audit").status_code == 403
    access_of(client).audit.flush(everything=True)
    page = auditor.get("/v1/audit?limit=2").json()
    assert [event["kind"] for event in page["events"]] == ["access.refused.v1", "access.user_added.v1"]
    assert page["events"][0]["actor"] == "mei"
    rest = auditor.get(f"/v1/audit?after={page['next']}").json()
    assert [event["kind"] for event in rest["events"]] == ["access.user_added.v1"]
    assert rest["next"] is None
    assert auditor.get("/v1/audit?kind=refused&actor=mei").json()["events"] == page["events"][:1]
    assert auditor.get("/v1/audit?kind=nothing").json()["events"] == []
    assert auditor.get("/v1/audit?since=2999-01-01").json()["events"] == []
    assert auditor.get("/v1/audit?since=soon").status_code == 422
    # People who may read events, but not the audit, do not find it among them.
    assert mei.get("/v1/events").json()["events"] == []
    assert client.get("/v1/events").json()["events"] == []
    assert len(auditor.get("/v1/events").json()["events"]) == 3


def test_nobody_appends_events_of_the_house(client: LocalClient) -> None:
    admin = signed_in(client, Role.ADMIN)
    before = record_of(client).position()
    for kind in ("access.signed_in.v1", "access.invented.v1", "system.subject_erased.v1"):
        assert admin.post("/v1/events", json=cloud_event(type=kind)).status_code == 422
        assert client.post("/v1/events", json=cloud_event(type=kind)).status_code == 422
    assert record_of(client).position() == before


def test_users_of_other_units_are_out_of_reach_for_the_administrator_of_one(client: LocalClient) -> None:
    local = signed_in(client, Role.ADMIN, name="local-admin", unit="b1")
    add_user(client, Role.AGENT, name="far", unit="b2")
    assert [user["name"] for user in local.get("/v1/users").json()["users"]] == ["local-admin"]
    assert local.request("PATCH", "/v1/users/far", json={"locked": True}).status_code == 403
    assert local.post("/v1/users/far/reset").status_code == 403
    for unit in ("b2", None):
        body = {"name": "new", "role": "agent", "unit": unit}
        assert local.post("/v1/users", json=body).status_code == 403
    assert local.post("/v1/keys", json={"name": "all", "scopes": ["record:read"]}).json()["code"] == "rights_too_far"
    assert not access_of(client).users.get("far").locked
    assert local.post("/v1/users", json={"name": "new", "role": "agent", "unit": "b1"}).status_code == 201


def test_keys_are_made_and_revoked_over_http(client: LocalClient) -> None:
    admin = signed_in(client, Role.ADMIN)
    made = admin.post("/v1/keys", json={"name": "crm", "scopes": ["record:append"], "expires": "30d"}).json()
    assert client.post("/v1/events", json=cloud_event(), headers=bearer(made["token"])).status_code == 201
    (listed,) = admin.get("/v1/keys").json()["keys"]
    assert (listed["id"], listed["stands"], "token" in listed) == (made["id"], True, False)
    assert admin.request("DELETE", f"/v1/keys/{made['id']}").json()["revoked"] is not None
    assert client.post("/v1/events", json=cloud_event(2), headers=bearer(made["token"])).status_code == 401
    access_of(client).audit.flush(everything=True)
    kinds = [each.event.type for each in record_of(client).iterate()]
    assert kinds[-2:] == ["access.key_revoked.v1", "access.refused.v1"]


def test_a_key_is_no_person(client: LocalClient, tmp_path: Path) -> None:
    token = make_token(Settings(home=tmp_path), "users:manage", "record:read")
    for path in ("/v1/preferences", "/v1/passkeys"):
        assert client.get(path, headers=bearer(token)).status_code == 401
    assert client.get("/v1/users", headers=bearer(token)).status_code == 200
