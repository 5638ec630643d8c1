from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.authenticator import Authenticator
from tests.support.http import LocalClient, client_of
from tests.support.people import Browser, access_of, signed_in
from tiexin.access.contracts import Role
from tiexin.infra.settings import Settings

ORIGIN = "http://localhost:8765"
OURS = {"origin": ORIGIN}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path), base=ORIGIN) as opened:
        yield opened


@pytest.fixture
def mei(client: LocalClient) -> Browser:
    return signed_in(client, Role.ANALYST, name="mei")


def register(browser: Browser, key: Authenticator, *, name: str = "phone", **wrong: Any) -> Any:
    options = browser.post("/v1/passkeys/options", json={}, headers=OURS).json()
    body = {"name": name, "credential": key.create(options, **wrong)}
    return browser.post("/v1/passkeys", json=body, headers=OURS)


def begin(browser: Browser) -> Any:
    return browser.post("/v1/session/passkey/options", json={}, headers=OURS).json()


def enter(browser: Browser, credential: dict[str, Any]) -> Any:
    return browser.post("/v1/session/passkey", json={"credential": credential}, headers=OURS)


def test_a_passkey_is_added_opens_a_session_and_is_removed(client: LocalClient, mei: Browser) -> None:
    key = Authenticator(ORIGIN)
    assert Browser(client).get("/v1/session", headers=OURS).json()["methods"]["passkey"] is False
    made = register(mei, key)
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "phone"
    assert mei.get("/v1/session", headers=OURS).json()["user"]["passkeys"] == 1
    other = Browser(client)
    assert other.get("/v1/session", headers=OURS).json()["methods"]["passkey"] is True
    answer = enter(other, key.get(begin(other)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["name"] == "mei"
    assert other.get("/v1/journeys", headers=OURS).status_code == 200
    (kept,) = mei.get("/v1/passkeys", headers=OURS).json()["passkeys"]
    assert kept["used"] is not None
    assert mei.request("DELETE", f"/v1/passkeys/{kept['id']}", headers=OURS).status_code == 204
    assert enter(Browser(client), key.get(begin(other))).status_code == 401
    kinds = [each.event.type.split(".")[1] for each in client.app.state.opened.record().iterate()]
    assert [kind for kind in kinds if "passkey" in kind or kind == "signed_in"] == [
        "passkey_added",
        "signed_in",
        "passkey_removed",
    ]


def test_answers_that_are_not_sound_register_nothing(client: LocalClient, mei: Browser) -> None:
    unverified = Authenticator(ORIGIN)
    unverified.verifies = False
    foreign = Authenticator("http://evil.example")
    assert register(mei, unverified).json()["code"] == "passkey_refused"
    assert register(mei, foreign).json()["code"] == "passkey_refused"
    assert register(mei, Authenticator(ORIGIN), origin="http://localhost:1").status_code == 422
    key = Authenticator(ORIGIN)
    options = mei.post("/v1/passkeys/options", json={}, headers=OURS).json()
    body = {"name": "phone", "credential": key.create(options)}
    li = signed_in(client, Role.ANALYST, name="li")
    assert li.post("/v1/passkeys", json=body, headers=OURS).status_code == 422  # somebody else's challenge
    assert mei.post("/v1/passkeys", json=body, headers=OURS).status_code == 422  # which is used up now
    wrong: list[dict[str, Any]] = [{}, {"response": {}}, {"id": 1, "response": {"clientDataJSON": "e30"}}]
    for credential in wrong:
        broken = {"name": "x", "credential": credential}
        assert mei.post("/v1/passkeys", json=broken, headers=OURS).status_code == 422
    assert access_of(client).passkeys.any() is False
    assert register(mei, key).status_code == 201
    assert register(li, key).json()["code"] == "passkey_refused"


def test_answers_that_are_not_sound_open_nothing(client: LocalClient, mei: Browser) -> None:
    key = Authenticator(ORIGIN)
    register(mei, key)
    other = Browser(client)
    answer = key.get(begin(other))
    assert enter(other, answer).status_code == 200
    assert enter(Browser(client), answer).status_code == 401  # an answer serves once
    stranger = Authenticator(ORIGIN)
    assert enter(Browser(client), stranger.get(begin(other))).status_code == 401  # another key under the same id
    assert enter(Browser(client), key.get({"challenge": "bWFkZSB1cA"})).status_code == 401  # a challenge of his own
    assert enter(Browser(client), key.get(begin(other), origin="http://evil.example")).status_code == 401
    key.verifies = False
    assert enter(Browser(client), key.get(begin(other))).status_code == 401
    key.verifies = True
    key.count = 0
    assert enter(Browser(client), key.get(begin(other))).status_code == 401  # a counter that went back: a copy
    key.count = 50
    assert enter(Browser(client), key.get(begin(other))).status_code == 200
    access_of(client).users.change("mei", locked=True, by="test")
    assert enter(Browser(client), key.get(begin(other))).json()["code"] == "sign_in_refused"


def test_an_address_without_a_name_has_no_passkeys(client: LocalClient, mei: Browser) -> None:
    here = {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}
    answer = mei.post("/v1/passkeys/options", json={}, headers=here)
    assert (answer.status_code, answer.json()["code"]) == (409, "passkey_needs_a_name")
