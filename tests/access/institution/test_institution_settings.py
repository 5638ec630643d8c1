"""The institution's own settings over HTTP: calendars, words to everybody, changes of the organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import LocalClient, bearer, client_of, make_token
from tiexin.access.api import open_access
from tiexin.infra.settings import Settings
from tiexin.kernel.calendar import WorkingPeriod
from tiexin.record.api import open_record
from tiexin.record.contracts import EventFilter

CALENDARS = "/v1/settings/calendars"
ORGANISATION = "/v1/settings/organisation"
WEEKDAYS = {"mon": ["09:00-12:00", "13:30-17:00"], "tue": ["09:00-17:00"], "sat": []}
DESK: dict[str, Any] = {
    "name": {"zh": "客服专席", "en": "Service desk"},
    "zone": "Asia/Shanghai",
    "week": WEEKDAYS,
    "holidays": ["2026-10-02", "2026-10-01", "2026-10-01"],
    "makeup_days": ["2026-10-10"],
    "makeup_as": "tue",
}
HEAD = {
    "act": "open",
    "unit": "HQ",
    "level": "head_office",
    "name_zh": "总行",
    "name_en": "Head office",
    "valid_from": "2020-01-01",
}


def opened(unit: str, parent: str, level: str, *, valid_from: str = "2020-01-01") -> dict[str, Any]:
    """Return the change that opens a unit."""
    names = {"name_zh": f"{unit}行", "name_en": f"Branch {unit}"}
    return {"act": "open", "unit": unit, "level": level, "parent": parent, "valid_from": valid_from, **names}


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url)


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    with client_of(settings) as client:
        client.client.headers.update(bearer(make_token(settings, "settings:manage", "figures:read")))
        yield client


@pytest.fixture
def units(client: LocalClient) -> LocalClient:
    changes = [
        HEAD,
        opened("N", "HQ", "first_level_branch"),
        opened("S", "HQ", "first_level_branch"),
        opened("N1", "N", "branch"),
        opened("N1-D", "N1", "desk"),
    ]
    for change in changes:
        assert client.post(ORGANISATION, json=change).status_code == 201, change
    return client


def noted(settings: Settings) -> list[tuple[str | None, dict[str, Any]]]:
    """Return who changed which setting, in order."""
    with open_record(settings) as record:
        found = record.iterate(EventFilter(type="access.setting_changed.v1", access=True))
        return [(one.event.actor, one.event.data) for one in found]


def test_a_calendar_is_kept_ordered_and_each_change_is_an_event(client: LocalClient, settings: Settings) -> None:
    assert [one["id"] for one in client.get(CALENDARS).json()["calendars"]] == ["usual"]
    kept = client.request("PUT", f"{CALENDARS}/desk", json=DESK)
    assert kept.status_code == 200
    assert kept.json()["holidays"] == ["2026-10-01", "2026-10-02"]
    assert kept.json()["hours_a_week"] == 14.5
    assert kept.json()["changed_by"].startswith("key:")
    again = client.request("PUT", f"{CALENDARS}/desk", json=DESK)
    assert again.json()["changed"] == kept.json()["changed"]
    assert client.request("DELETE", f"{CALENDARS}/desk").status_code == 204
    assert client.request("DELETE", f"{CALENDARS}/desk").json()["code"] == "calendar_not_found"
    assert [one["id"] for one in client.get(CALENDARS).json()["calendars"]] == ["usual"]
    changes = noted(settings)
    assert [(data["setting"], data["before"] is None, data["after"] is None) for _, data in changes] == [
        ("calendar:desk", True, False),
        ("calendar:desk", False, True),
    ]
    assert {actor for actor, _ in changes} == {kept.json()["changed_by"]}


def test_clocks_run_by_what_people_wrote(client: LocalClient, settings: Settings) -> None:
    client.request("PUT", f"{CALENDARS}/desk", json=DESK)
    with open_access(settings) as access:
        calendar = access.institution.calendar("desk")
        usual = access.institution.calendar()
    assert calendar.zone == "Asia/Shanghai"
    assert calendar.periods == (
        WorkingPeriod(weekday=0, start_minute=540, end_minute=720),
        WorkingPeriod(weekday=0, start_minute=810, end_minute=1020),
        WorkingPeriod(weekday=1, start_minute=540, end_minute=1020),
    )
    assert calendar.holidays == {date(2026, 10, 1), date(2026, 10, 2)}
    assert (calendar.makeup_days, calendar.makeup_as) == (frozenset({date(2026, 10, 10)}), 1)
    assert sum(period.end_minute - period.start_minute for period in usual.periods) == 5 * 7 * 60


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"zone": "Asia/Nowhere"}, "no time zone"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "overlap"),
        ({"week": {"mon": ["12:00-09:00"]}}, "ends after it starts"),
        ({"week": {"mon": ["09:75-12:00"]}}, "no time of day"),
        ({"week": {}}, "stop every clock"),
        ({"makeup_days": ["2026-10-01"]}, "at once"),
        ({"week": {"mon": ["nine to five"]}}, "pattern"),
        ({"holidays": ["2026-02-30"]}, "date"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_a_calendar_nobody_could_live_by_is_refused(
    client: LocalClient, settings: Settings, change: dict[str, Any], says: str
) -> None:
    answer = client.request("PUT", f"{CALENDARS}/desk", json={**DESK, **change})
    assert answer.status_code == 422
    assert says in answer.text
    assert [one["id"] for one in client.get(CALENDARS).json()["calendars"]] == ["usual"]
    assert noted(settings) == []


def test_the_words_to_everybody_are_kept(client: LocalClient, settings: Settings) -> None:
    assert client.get("/v1/settings/house").json()["help_phone"] == ""
    words = {
        "name_zh": "某某银行",
        "name_en": "Some Bank",
        "help_phone": "95599",
        "complain_zh": "打电话",
        "complain_en": "",
    }
    assert client.request("PUT", "/v1/settings/house", json=words).json() == words
    assert client.get("/v1/settings/house").json() == words
    refused = client.request("PUT", "/v1/settings/house", json={"help_phone": "javascript:alert(1)"})
    assert refused.status_code == 422
    assert client.get("/v1/settings/house").json() == words
    assert len(noted(settings)) == 1


def test_changes_make_a_dated_tree(units: LocalClient) -> None:
    moved = {"act": "move", "unit": "N1", "parent": "S", "valid_from": "2024-01-01"}
    preview = units.post(f"{ORGANISATION}/preview", json=moved)
    assert preview.json()["says_en"] == "From 2024-01-01, Branch N1 (N1) reports to Branch S (S)."
    assert preview.json()["says_zh"] == "自 2024-01-01 起，N1行（N1）改归S行（S）管理。"
    assert preview.json()["follow"] == ["N1-D"]
    assert len(units.get(ORGANISATION).json()["changes"]) == 5
    assert units.post(ORGANISATION, json=moved).status_code == 201
    merged = {"act": "merge", "unit": "N", "into": "S", "valid_from": "2025-01-01"}
    assert units.post(ORGANISATION, json=merged).status_code == 201
    before = {one["unit"]: one for one in units.get(f"{ORGANISATION}?on=2023-12-31").json()["units"]}
    now = units.get(ORGANISATION).json()
    after = {one["unit"]: one for one in now["units"]}
    assert (before["N1"]["parent"], after["N1"]["parent"]) == ("N", "S")
    assert (before["N"]["open"], after["N"]["open"], after["N"]["merged_into"]) == (True, False, "S")
    assert [(one["act"], one["unit"]) for one in now["changes"][:2]] == [("merge", "N"), ("move", "N1")]
    assert now["changes"][0]["facts"] == {"into": "S"}
    assert now["changes"][0]["by"].startswith("key:")


@pytest.mark.parametrize(
    ("change", "member", "says"),
    [
        (opened("N1", "N", "branch"), "unit", "exists already"),
        ({**opened("X", "N", "branch"), "parent": None}, "parent", "reports to another"),
        (opened("X", "N1", "first_level_branch"), "parent", "higher level"),
        (opened("X", "NOPE", "branch"), "parent", "no open unit NOPE"),
        ({"act": "rename", "unit": "N1", "valid_from": "2024-01-01", "name_zh": "新"}, "name_en", "needed"),
        (
            {"act": "rename", "unit": "Q", "valid_from": "2024-01-01", "name_zh": "新", "name_en": "New"},
            "unit",
            "no open",
        ),
        ({"act": "move", "unit": "N", "parent": "N1", "valid_from": "2024-01-01"}, "parent", "circle"),
        ({"act": "merge", "unit": "N", "into": "N1", "valid_from": "2024-01-01"}, "into", "other way round"),
        ({"act": "merge", "unit": "N", "into": "Q", "valid_from": "2024-01-01"}, "into", "no open unit Q"),
        ({"act": "close", "unit": "N1", "valid_from": "2024-01-01"}, "unit", "N1-D"),
        ({"act": "close", "unit": "N1-D", "valid_from": "2019-01-01"}, "valid_from", "already"),
        ({"act": "close", "unit": "N1-D", "valid_from": "2199-01-01"}, "valid_from", "two years"),
    ],
)
def test_what_does_not_fit_the_organisation_is_refused(
    units: LocalClient, change: dict[str, Any], member: str, says: str
) -> None:
    before = units.get(ORGANISATION).json()
    for path in (f"{ORGANISATION}/preview", ORGANISATION):
        answer = units.post(path, json=change)
        assert (answer.status_code, answer.json()["code"], answer.json()["member"]) == (422, "unit_change", member)
        assert says in answer.json()["detail"]
        assert "Nothing was recorded." in answer.json()["detail"]
    assert units.get(ORGANISATION).json() == before


def test_a_repeated_change_is_recorded_once(units: LocalClient) -> None:
    change = {"act": "close", "unit": "N1-D", "valid_from": "2024-01-01", "idempotency_key": "0123456789"}
    assert [units.post(ORGANISATION, json=change).status_code for _ in range(2)] == [201, 201]
    assert [one["act"] for one in units.get(ORGANISATION).json()["changes"]].count("close") == 1
    other = {"act": "close", "unit": "N1", "valid_from": "2024-01-02", "idempotency_key": "0123456789"}
    assert units.post(ORGANISATION, json=other).status_code == 409
    assert next(one for one in units.get(ORGANISATION).json()["units"] if one["unit"] == "N1")["open"] is True


def test_only_those_who_manage_settings_change_them(client: LocalClient, settings: Settings) -> None:
    client.client.headers.update(bearer(make_token(settings, "figures:read")))
    asked = [
        ("PUT", f"{CALENDARS}/desk", DESK),
        ("DELETE", f"{CALENDARS}/desk", None),
        ("PUT", "/v1/settings/house", {"help_phone": "1"}),
        ("POST", f"{ORGANISATION}/preview", HEAD),
        ("POST", ORGANISATION, HEAD),
    ]
    answers = [client.request(method, path, json=json) for method, path, json in asked]
    assert [(answer.status_code, answer.json()["right"]) for answer in answers] == [(403, "settings:manage")] * 5
    assert client.get(ORGANISATION).json()["units"] == []
    assert client.get("/v1/settings/house").json()["help_phone"] == ""
    assert noted(settings) == []
