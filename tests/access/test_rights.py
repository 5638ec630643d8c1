"""Every right is checked on the server and listed in one table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.http import LocalClient, client_of, cloud_event
from tests.support.people import Browser, signed_in
from tests.support.rights import OPEN, OWN, holds, rights_by_route
from tiexin.access.api import ANYBODY_KNOWN
from tiexin.access.contracts import LOCAL_RIGHTS, Right, Role
from tiexin.infra.settings import Settings

BRIEF = {
    Role.ADMIN: set(Right) - {Right.RECORD_PERSONAL, Right.OWN_READ, Right.COMPLAINTS_ALL},
    Role.ANALYST: {
        Right.RECORD_READ,
        Right.FIGURES_READ,
        Right.EXPORT,
        Right.IMPORTS_RUN,
        Right.WALKS_WRITE,
        Right.TRUTH_READ,
        Right.TRUST_READ,
    },
    Role.OFFICER: {
        Right.RECORD_READ,
        Right.RECORD_PERSONAL,
        Right.FIGURES_READ,
        Right.EXPORT,
        Right.WALKS_WRITE,
        Right.COMPLAINTS_ALL,
        Right.TRUST_READ,
        Right.RECEIPTS_MAKE,
    },
    Role.AGENT: {
        Right.RECORD_READ,
        Right.RECORD_PERSONAL,
        Right.FIGURES_READ,
        Right.WALKS_WRITE,
        Right.TRUST_READ,
        Right.RECEIPTS_MAKE,
    },
    Role.AUDITOR: {
        Right.RECORD_READ,
        Right.FIGURES_READ,
        Right.EXPORT,
        Right.AUDIT_READ,
        Right.TRUTH_READ,
        Right.TRUST_READ,
        Right.TRUST_AUDIT,
        Right.RECEIPTS_MAKE,
    },
    Role.CUSTOMER: {Right.OWN_READ},
    Role.REGULATOR: {Right.FIGURES_READ, Right.TRUST_READ},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path_factory.mktemp("home"))) as opened:
        assert opened.post("/v1/events", json=cloud_event(journey="loan", case="c", step="a")).status_code == 201
        yield opened


def test_the_table_is_what_was_agreed_on_and_shown_to_every_known_caller(client: LocalClient) -> None:
    table = client.get("/v1/rights").json()
    found = {role: {row["right"] for row in table["rights"] if role in row["roles"]} for role in BRIEF}
    assert found == {role: {right.value for right in rights} for role, rights in BRIEF.items()}
    assert [role["role"] for role in table["roles"]] == [role.value for role in Role]
    assert all(entry["zh"] and entry["en"] for part in ("roles", "rights") for entry in table[part])
    assert Browser(client).get("/v1/rights").status_code == 401


def test_every_route_declares_its_right(client: LocalClient) -> None:
    found = rights_by_route(client)
    assert len(found) > 60
    without = {place for place, rights in found.items() if not rights}
    assert {path for _, path in without if not path.startswith("/v1/session")} == OPEN | OWN
    known = {right.value for right in Right} | {ANYBODY_KNOWN}
    assert {each for rights in found.values() for right in rights for each in right.split("|")} <= known


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_through_exactly_where_the_table_says(client: LocalClient, role: Role) -> None:
    browser = signed_in(client, role)
    held = {right.value for right in BRIEF[role]} | {ANYBODY_KNOWN}
    answers = {}
    for (method, path), rights in rights_by_route(client).items():
        if path.startswith("/v1/session") or path in OPEN | OWN or path.endswith("/follow"):
            continue
        answers[method, path] = (holds(rights, held), call(browser, method, path))
    wrong = {
        place: (may, status)
        for place, (may, status) in answers.items()
        # A parameter or body that is missing may be named before the right is looked at; it tells nothing.
        if (status == 403 if may else status not in {403, 422}) or status >= 500
    }
    assert wrong == {}


def filled(path: str) -> str:
    """Return an address of a template: journeys and positions that are there, else something that is not."""
    known = {"position": "1", "name": "loan"}
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: known.get(found[1], "x1"), path)


def call(browser: Browser, method: str, path: str) -> int:
    target = filled(path)
    options: dict[str, Any] = {} if method in {"GET", "DELETE", "HEAD"} else {"json": {}}
    return browser.request(method, target, **options).status_code


def test_programs_of_this_machine_hold_what_they_did_before_there_were_people(client: LocalClient) -> None:
    assert {"record:append", "record:read", "figures:read"} == LOCAL_RIGHTS
    for (method, path), rights in rights_by_route(client).items():
        if path.startswith("/v1/session") or path in OPEN | OWN or path.endswith("/follow"):
            continue
        if not holds(rights, LOCAL_RIGHTS | {ANYBODY_KNOWN}):
            options: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": {}}
            assert client.request(method, filled(path), **options).status_code in {403, 422}, (method, path)
