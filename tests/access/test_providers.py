from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.http import LocalClient, client_of
from tests.support.people import access_of
from tests.support.provider import CLIENT, SECRET, TestProvider, running_provider
from tiexin.access.contracts import Role
from tiexin.infra.settings import Provider, Settings, load_settings

NAVIGATION = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
PATH = "/v1/session/oidc/bank"


@pytest.fixture(scope="module")
def running() -> Iterator[TestProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: TestProvider) -> TestProvider:
    running.algorithm, running.claims, running.forged, running.published_issuer = "RS256", {}, False, None
    running.codes, running.exchanges = {}, []
    return running


@pytest.fixture
def opened(provider: TestProvider, tmp_path: Path) -> Callable[..., contextlib.AbstractContextManager[LocalClient]]:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n", "utf-8")

    def open_(**settings: Any) -> contextlib.AbstractContextManager[LocalClient]:
        given = {"id": "bank", "name": "Bank", "issuer": provider.issuer, "client_id": CLIENT} | settings
        configured = Provider(client_secret_file=secret, **given)
        return client_of(Settings(home=tmp_path / "home", providers=[configured]))

    return open_


MAPPED = {
    "admit_mapped": True,
    "role_claim": "realm.roles",
    "roles": {"tx-officers": "officer", "tx-analysts": "analyst"},
    "unit_claim": "branch",
    "units": {"0042": "b1", "0043": "b2"},
}
CLAIMS = {"realm": {"roles": ["all-staff", "tx-officers"]}, "branch": "0042"}


def come_back(
    client: LocalClient, provider: TestProvider, *, binding: str | None = None, **changed: str | None
) -> httpx.Response:
    """Go to the provider and come back, as a browser does; parameters given replace those of the provider."""
    start = client.get(f"{PATH}/start", headers={"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"})
    assert start.status_code == 303, start.text
    kept = start.cookies["tiexin_sign_in"]
    client.client.cookies.clear()
    answer = provider.authorize(start.headers["location"]) | changed
    params = {name: value for name, value in answer.items() if value is not None}
    cookie = {"cookie": f"tiexin_sign_in={kept if binding is None else binding}"}
    found = client.get(f"{PATH}/callback", params=params, headers=NAVIGATION | cookie)
    client.client.cookies.clear()
    assert found.status_code == 303
    return found


def session_of(client: LocalClient, answer: httpx.Response) -> dict[str, Any]:
    token = answer.cookies.get("tiexin_session")
    headers = {"cookie": f"tiexin_session={token}"} if token else {"sec-fetch-site": "none"}
    found: dict[str, Any] = client.get("/v1/session", headers=headers).json()
    client.client.cookies.clear()
    return found


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_somebody_the_settings_admit_comes_in_with_role_and_unit(
    provider: TestProvider, opened: Any, algorithm: str
) -> None:
    provider.algorithm, provider.claims = algorithm, CLAIMS
    with opened(**MAPPED) as client:
        assert session_of(client, httpx.Response(200, request=httpx.Request("GET", "http://x")))["methods"]["oidc"] == [
            {"id": "bank", "name": "Bank"}
        ]
        answer = come_back(client, provider)
        assert answer.headers["location"] == "/"
        assert "HttpOnly" in answer.headers["set-cookie"]
        user = session_of(client, answer)["user"]
        assert (user["name"], user["display_name"], user["role"], user["unit"]) == ("wei", "李伟", "officer", "b1")
        assert user["has_password"] is False
        provider.claims = {"realm": {"roles": ["tx-analysts"]}, "branch": "0043"}
        user = session_of(client, come_back(client, provider))["user"]
        assert (user["role"], user["unit"]) == ("analyst", "b2")
        provider.claims = {"realm": {"roles": ["all-staff"]}}
        assert come_back(client, provider).headers["location"] == "/sign-in?refused=sign_in_refused"
        assert "code_verifier" in provider.exchanges[0]
        kinds = [each.event.type for each in client.app.state.opened.record().iterate()]
        assert kinds[:2] == ["access.user_added.v1", "access.signed_in.v1"]


@pytest.mark.parametrize("branch", [None, "9999", ["0042", "0043"], 42, ""])
@pytest.mark.parametrize("units", [MAPPED["units"], {}], ids=["mapped", "as it stands"])
def test_without_a_unit_that_is_known_nobody_comes_in_for_the_whole_institution(
    provider: TestProvider, opened: Any, branch: Any, units: dict[str, str]
) -> None:
    if not units and branch == "9999":
        pytest.skip("without a mapping the text itself is the unit")
    with opened(**MAPPED | {"units": units}) as client:
        provider.claims = {"realm": {"roles": ["tx-officers"]}, "branch": branch}
        assert come_back(client, provider).headers["location"] == "/sign-in?refused=sign_in_refused"
        assert access_of(client).users.list() == []
        provider.claims = {"realm": {"roles": ["tx-officers"]}, "branch": "0042"}
        known = session_of(client, come_back(client, provider))["user"]
        assert known["unit"] == ("b1" if units else "0042")
        for roles in (["tx-officers"], ["tx-analysts"]):  # nor does a later sign-in widen somebody
            provider.claims = {"realm": {"roles": roles}, "branch": branch}
            assert come_back(client, provider).headers["location"] == "/sign-in?refused=sign_in_refused"
        (user,) = access_of(client).users.list()
        assert (user.role, user.unit) == (Role.OFFICER, known["unit"])
        access_of(client).audit.flush(everything=True)
        failed = client.app.state.opened.record().newest(["access.sign_in_failed.v1"], limit=10)
        assert {each.event.data["reason"] for each in failed} == {"not_admitted"}


def test_a_role_that_is_whole_by_nature_needs_no_unit(provider: TestProvider, opened: Any) -> None:
    with opened(**MAPPED | {"roles": {"tx-audit": "auditor"}}) as client:
        provider.claims = {"realm": {"roles": ["tx-audit"]}}
        user = session_of(client, come_back(client, provider))["user"]
        assert (user["role"], user["unit"]) == ("auditor", None)


def test_unknown_people_are_refused_and_expected_ones_known_from_then_on(provider: TestProvider, opened: Any) -> None:
    with opened() as client:
        users = access_of(client).users
        assert come_back(client, provider).headers["location"] == "/sign-in?refused=sign_in_refused"
        assert users.list() == []
        users.add("wei", role=Role.AGENT, unit="b7", by="test", identity="expected from bank wei")
        assert session_of(client, come_back(client, provider))["user"]["unit"] == "b7"
        provider.claims = {"preferred_username": "renamed"}
        assert session_of(client, come_back(client, provider))["user"]["name"] == "wei"
        provider.claims = {"sub": "somebody else"}  # under the same name
        assert session_of(client, come_back(client, provider))["user"] is None
        users.change("wei", locked=True, by="test")
        provider.claims = {}
        assert session_of(client, come_back(client, provider))["user"] is None


LIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another nonce": ({"claims": {"nonce": "another"}}, {}),
    "no nonce": ({"claims": {"nonce": None}}, {}),
    "another issuer": ({"claims": {"iss": "http://127.0.0.1:1"}}, {}),
    "another audience": ({"claims": {"aud": "another client"}}, {}),
    "two audiences for another party": ({"claims": {"aud": [CLIENT, "x"], "azp": "x"}}, {}),
    "expired": ({"claims": {"exp": int(time.time()) - 120}}, {}),
    "no expiry": ({"claims": {"exp": None}}, {}),
    "issued in the future": ({"claims": {"iat": int(time.time()) + 3_600}}, {}),
    "no subject": ({"claims": {"sub": None}}, {}),
    "no signature": ({"algorithm": "none"}, {}),
    "signed with the public key": ({"algorithm": "HS256"}, {}),
    "signed with another key": ({"forged": True}, {}),
    "another state": ({}, {"state": "another"}),
    "no state": ({}, {"state": None}),
    "another issuer in the answer": ({}, {"iss": "http://127.0.0.1:1"}),
    "a code that was not given": ({}, {"code": "another"}),
    "the person declined": ({}, {"code": None, "error": "access_denied"}),
    "the answer came to another browser": ({}, {"binding": "another"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_nobody_comes_in_by_what_does_not_fit(provider: TestProvider, opened: Any, lie: str) -> None:
    knobs, changed = LIES[lie]
    for name, value in knobs.items():
        setattr(provider, name, value | CLAIMS if name == "claims" else value)
    if "claims" not in knobs:
        provider.claims = CLAIMS
    with opened(**MAPPED) as client:
        answer = come_back(client, provider, **changed)
        assert answer.headers["location"] == "/sign-in?refused=sign_in_refused"
        assert "tiexin_session" not in answer.cookies
        assert access_of(client).users.list() == []
        access_of(client).audit.flush(everything=True)
        (failed,) = [each.event for each in client.app.state.opened.record().iterate()]
        assert failed.type == "access.sign_in_failed.v1"
        assert failed.data["method"] == "oidc:bank"


def test_a_state_serves_once(provider: TestProvider, opened: Any) -> None:
    provider.claims = CLAIMS
    with opened(**MAPPED) as client:
        start = client.get(f"{PATH}/start")
        cookie = {"cookie": f"tiexin_sign_in={start.cookies['tiexin_sign_in']}"}
        client.client.cookies.clear()
        params = provider.authorize(start.headers["location"])
        places = []
        for _ in range(2):
            provider.authorize(start.headers["location"])
            places.append(client.get(f"{PATH}/callback", params=params, headers=cookie).headers["location"])
            client.client.cookies.clear()
        assert places == ["/", "/sign-in?refused=sign_in_refused"]


def test_a_provider_that_calls_itself_otherwise_or_is_unknown_or_away_is_not_trusted(
    provider: TestProvider, opened: Any
) -> None:
    with opened() as client:
        provider.published_issuer = "http://127.0.0.1:1"
        assert client.get(f"{PATH}/start").json()["code"] == "provider_unavailable"
        assert client.get("/v1/session/oidc/other/start").status_code == 404
    for issuer in ("http://127.0.0.1:1", "http://example.invalid"):
        with opened(issuer=issuer) as client:
            assert client.get(f"{PATH}/start").status_code == 503


def test_providers_stand_in_the_settings(tmp_path: Path) -> None:
    text = """
[[providers]]
id = "bank"
name = "Staff account"
issuer = "https://id.bank.example"
client_id = "tiexin"
client_secret_env = "TIEXIN_BANK_SECRET"
admit_mapped = true
role_claim = "groups"
roles = { "tx-analysts" = "analyst" }
"""
    (tmp_path / "tiexin.toml").write_text(text, "utf-8")
    (found,) = load_settings(tmp_path, environment={}).providers
    assert (found.id, found.roles, found.scope) == ("bank", {"tx-analysts": "analyst"}, "openid profile")
    assert "secret" not in msgspec.json.encode(found).decode().replace("client_secret", "")
