"""Imports over HTTP: from the upload through suggestion, preview and job to mended rows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.imports.conftest import Sender, events_in, following
from tests.support.http import LocalClient, bearer, client_of, make_token
from tests.support.jobs import MAPPING, visits
from tiexin.infra.settings import Settings

CSV = (
    b"at,case,customer,topic,words\n"
    b"2026-03-01T09:00:00Z,C-1,K-1,card,first words\n"
    b'soon,C-2,K-2,=HYPERLINK("http://evil"),second words\n'
    b"2026-03-01T09:02:00Z,C-3,K-3,loan,third words\n"
)


def started(client: LocalClient, mine: dict[str, str], upload: str, **changes: Any) -> dict[str, Any]:
    body = {"upload": upload, "kind": "mapping", "mapping": MAPPING, **changes}
    answer = client.post("/v1/imports", json=body, headers=mine)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_becomes_events_and_its_bad_row_is_mended(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    upload = send(CSV).json()
    assert {name: upload[name] for name in ("name", "format", "bytes")} == {
        "name": "visits.csv",
        "format": "csv",
        "bytes": len(CSV),
    }
    seen = client.post(f"/v1/uploads/{upload['id']}/suggest", headers=mine).json()
    assert (seen["columns"][0]["name"], seen["columns"][0]["role"]) == ("at", "time")
    body = {"kind": "mapping", "mapping": MAPPING}
    preview = client.post(f"/v1/uploads/{upload['id']}/preview", json=body, headers=mine).json()
    assert (preview["read"], preview["accepted"], preview["rejected"], preview["whole"]) == (3, 2, 1, True)
    assert preview["rejects"][0] == {
        "line": 3,
        "reason": "not_a_time",
        "zh": "不是映射所列格式的时间",
        "en": "Not a time in a format that the mapping names",
        "column": "at",
        "value": "soon",
        "detail": "formats: iso",
    }
    assert events_in(settings) == [], "a preview stores nothing"
    job = started(client, mine, upload["id"])
    told = following(client, mine, job["id"])[-1]
    assert (told["state"], told["retryable"]) == ("succeeded", False)
    counts = {name: told["result"][name] for name in ("read", "appended", "duplicates", "rejected")}
    assert counts == {"read": 3, "appended": 2, "duplicates": 0, "rejected": 1}
    rejects = client.get(f"/v1/imports/{job['id']}/rejects", headers=mine).json()
    assert rejects["columns"] == ["at", "case", "customer", "topic", "words"]
    row = dict(zip(rejects["columns"], rejects["rows"][0]["values"], strict=True))
    table = client.get(f"/v1/imports/{job['id']}/rejects.csv", headers=mine)
    assert '"\'=HYPERLINK(""http://evil"")"' in table.text
    assert table.headers["content-disposition"].startswith("attachment")
    row["at"] = "2026-03-01T09:01:00Z"
    fixed = client.post(f"/v1/imports/{job['id']}/fixes", json={"rows": [row]}, headers=mine).json()
    assert fixed["about"]["mends"] == job["id"]
    assert following(client, mine, fixed["id"])[-1]["result"]["appended"] == 1
    twice = client.post(f"/v1/imports/{job['id']}/fixes", json={"rows": [row]}, headers=mine).json()
    assert following(client, mine, twice["id"])[-1]["result"]["duplicates"] == 1
    assert sorted(event["case"] for event in events_in(settings)) == ["C-1", "C-2", "C-3"]
    today = client.get("/v1/imports", headers=mine).json()["today"]
    assert today == {"files": 3, "appended": 3, "rejected": 1}


def test_what_is_somebody_elses_is_not_there(client: LocalClient, send: Sender, settings: Settings) -> None:
    other = bearer(make_token(settings, "imports:run"))
    reader = bearer(make_token(settings, "record:read"))
    upload = send(CSV).json()["id"]
    for method, path in (
        ("GET", f"/v1/uploads/{upload}"),
        ("POST", f"/v1/uploads/{upload}/suggest"),
        ("DELETE", f"/v1/uploads/{upload}"),
    ):
        assert client.request(method, path, headers=other).status_code == 404
        assert client.request(method, path, headers=reader).status_code == 403
        assert client.request(method, path).status_code == 403
    body = {"upload": upload, "kind": "mapping", "mapping": MAPPING}
    assert client.post("/v1/imports", json=body, headers=other).status_code == 404
    assert client.get("/v1/jobs", headers=other).json() == {"jobs": []}
    assert events_in(settings) == []


def test_a_job_is_its_owners_alone(client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings) -> None:
    other = bearer(make_token(settings, "imports:run"))
    job = started(client, mine, send(CSV).json()["id"])["id"]
    following(client, mine, job)
    for method, path in (
        ("GET", f"/v1/jobs/{job}"),
        ("GET", f"/v1/jobs/{job}/follow"),
        ("GET", f"/v1/imports/{job}"),
        ("GET", f"/v1/imports/{job}/rejects"),
        ("GET", f"/v1/imports/{job}/rejects.csv"),
        ("POST", f"/v1/jobs/{job}/retry"),
        ("POST", f"/v1/jobs/{job}/cancel"),
    ):
        assert client.request(method, path, headers=other).status_code == 404, path
    assert client.post(f"/v1/jobs/{job}/retry", headers=mine).json()["code"] == "job_state"


def test_mappings_are_kept_by_name_and_offered_again(client: LocalClient, mine: dict[str, str], send: Sender) -> None:
    plan = {"kind": "mapping", "mapping": MAPPING, "zone": "Asia/Shanghai"}
    assert client.request("PUT", "/v1/mappings/走访", json=plan, headers=mine).status_code == 200
    wrong = {"kind": "mapping", "mapping": {**MAPPING, "event": {}}}
    refused = client.request("PUT", "/v1/mappings/wrong", json=wrong, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_mapping")
    assert [saved["name"] for saved in client.get("/v1/mappings", headers=mine).json()["mappings"]] == ["走访"]
    seen = client.post(f"/v1/uploads/{send(CSV).json()['id']}/suggest", headers=mine).json()
    assert seen["saved"] == ["走访"]
    assert client.request("DELETE", "/v1/mappings/走访", headers=mine).status_code == 204
    assert client.request("DELETE", "/v1/mappings/走访", headers=mine).status_code == 404


def test_an_upload_is_removed_with_the_rows_copied_from_it(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    upload = send(CSV).json()["id"]
    job = started(client, mine, upload)["id"]
    following(client, mine, job)
    assert client.request("DELETE", f"/v1/uploads/{upload}", headers=mine).status_code == 204
    assert list((settings.home / "uploads").iterdir()) == []
    rejects = client.get(f"/v1/imports/{job}/rejects", headers=mine).json()
    assert (rejects["total"], rejects["columns"], rejects["rows"][0]["values"]) == (1, [], None)
    fixes = client.post(f"/v1/imports/{job}/fixes", json={"rows": [{"at": "x"}]}, headers=mine)
    assert fixes.json()["code"] == "invalid_fix"


def test_a_job_that_waits_is_cancelled_at_once_and_can_be_tried_again(settings: Settings) -> None:
    crowded = Settings(home=settings.home, jobs_at_once_max=0)
    with client_of(crowded) as client:
        mine = bearer(make_token(crowded, "imports:run"))
        upload = client.post("/v1/uploads?name=a.csv", content=CSV, headers=mine).json()["id"]
        job = started(client, mine, upload)["id"]
        in_use = client.request("DELETE", f"/v1/uploads/{upload}", headers=mine)
        assert (in_use.status_code, in_use.json()["code"]) == (409, "upload_in_use")
        assert client.get(f"/v1/imports/{job}/rejects", headers=mine).json()["code"] == "import_not_ended"
        cancelled = client.post(f"/v1/jobs/{job}/cancel", headers=mine).json()
        assert (cancelled["state"], cancelled["retryable"]) == ("cancelled", True)
        assert client.post(f"/v1/jobs/{job}/retry", headers=mine).json()["state"] == "queued"
    with client_of(settings) as client:
        assert following(client, mine, job)[-1]["state"] == "succeeded"
    assert len(events_in(settings)) == 2


def test_a_running_import_is_cancelled_and_goes_on_where_it_stood(
    client: LocalClient, mine: dict[str, str], send: Sender, settings: Settings
) -> None:
    job = started(client, mine, send(visits(120_000)).json()["id"])["id"]
    client.post(f"/v1/jobs/{job}/cancel", headers=mine)
    told = following(client, mine, job)[-1]
    if told["state"] == "succeeded":
        pytest.fail("120,000 rows were imported before the job heard that it was cancelled")
    kept = len(events_in(settings))
    assert kept < 120_000
    # Without an error it was cancelled before its first row.
    assert kept == (told["error"] or {}).get("appended", 0)
    client.post(f"/v1/jobs/{job}/retry", headers=mine)
    counts = following(client, mine, job)[-1]["result"]
    assert (counts["read"], counts["appended"], counts["duplicates"]) == (120_000, 120_000, 0)
    assert len(events_in(settings)) == 120_000
