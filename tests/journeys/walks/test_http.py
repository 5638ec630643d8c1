from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.journeys.walks.pictures import SECRET, jpeg, png
from tests.support.http import LocalClient, bearer, client_of, make_token, run_cli
from tiexin.infra.settings import Settings
from tiexin.journeys.api import journeys
from tiexin.journeys.walks.compare import compare
from tiexin.journeys.walks.contracts import Ending, NewStep, Persona, WalkPlan
from tiexin.journeys.walks.service import UnknownWalkError, Walks
from tiexin.kernel.errors import NotAllowedError
from tiexin.record.api import Record, open_record
from tiexin.record.contracts import Event, EventFilter

SECOND, DAY = 1_000_000, 86_400 * 1_000_000
MARCH_1 = 1_772_323_200 * SECOND  # 2026-03-01T00:00:00Z
PLAN = {
    "journey": "account-opening",
    "persona": "elderly",
    "planned_for": "2026-03-20",
    "unit": "B1",
    "steps": ["arrive", "identify", "sign"],
    "key": "plan-0001",
}


def customers() -> list[Event]:
    """Forty cases in B1 (1 to 40 minutes before ``identify``) and ten in B2 (an hour), in March 2026."""
    events = []
    for number in range(50):
        unit, minutes = ("B1", number + 1) if number < 40 else ("B2", 60)
        start = MARCH_1 + number * 3_600 * SECOND
        for place, (step, at) in enumerate([("arrive", 0), ("identify", minutes * 60), ("sign", minutes * 60 + 300)]):
            events.append(
                Event(
                    id=f"{number}-{place}",
                    source="test",
                    type="journey.step_recorded.v1",
                    time_us=start + at * SECOND,
                    journey="account-opening",
                    case=f"c{number}",
                    step=step,
                    org=unit,
                    channel="branch",
                )
            )
    return events


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    with open_record(settings) as record:
        record.append(customers())
    return settings


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    token = make_token(settings, "walks:write", "figures:read", "record:read")
    with client_of(settings) as client:
        client.client.headers.update(bearer(token))
        yield client


def step(key: str, name: str, minutes: float, done: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "step": name, "seconds": minutes * 60, "feeling": 2, "done": f"2026-03-20T{done}Z", **more}


def events_of(client: LocalClient, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/events", params={"type": kind}).json()["events"]
    return found


def test_a_walk_from_the_plan_to_the_comparison(client: LocalClient, settings: Settings) -> None:
    planned = client.post("/v1/walks", json=PLAN)
    assert planned.status_code == 201
    walk = planned.json()
    assert (walk["state"], walk["steps"], walk["done"]) == ("planned", ["arrive", "identify", "sign"], [])
    assert client.post("/v1/walks", json=PLAN).json() == walk
    path = f"/v1/walks/{walk['walk']}"

    # Steps reach the server out of order and one of them twice, as from a phone that had lost its connection.
    identify = step("step-0002", "identify", 50, "09:50:00", note="排队无人引导", channel="branch")
    assert client.post(f"{path}/steps", json=identify).status_code == 200
    client.post(f"{path}/steps", json=step("step-0001", "arrive", 0, "09:00:00", feeling=4))
    client.post(f"{path}/steps", json=step("step-0009", "sign", 99, "09:51:00"))
    assert client.request("DELETE", f"{path}/steps/step-0009").status_code == 200
    client.post(f"{path}/steps", json=step("step-0003", "sign", 4, "09:54:00"))
    draft = client.post(f"{path}/steps", json=identify).json()
    assert [each["step"] for each in draft["done"]] == ["arrive", "identify", "sign"]
    assert draft["state"] == "under_way"
    assert events_of(client, "walk.step_recorded.v1") == []

    photo = client.post(f"{path}/photos", params={"step": "step-0002"}, content=jpeg(exif=SECRET))
    assert photo.status_code == 201
    again = client.post(f"{path}/photos", params={"step": "step-0002"}, content=jpeg(exif=SECRET))
    assert again.json() == photo.json()

    done = client.post(f"{path}/finish", json={"feeling": 2, "recommendation": "请在门口安排引导"})
    assert done.status_code == 200
    assert (done.json()["state"], done.json()["seconds"]) == ("done", 54 * 60.0)
    assert (
        client.post(f"{path}/finish", json={"feeling": 2, "recommendation": "请在门口安排引导"}).json() == done.json()
    )
    assert client.post(f"{path}/finish", json={"feeling": 5}).json()["code"] == "walk_conflict"

    events = events_of(client, "walk.step_recorded.v1")
    assert [event["step"] for event in events] == ["arrive", "identify", "sign"]
    second = events[1]
    assert (second["time"], second["org"], second["case"]) == ("2026-03-20T09:50:00Z", "B1", walk["walk"])
    assert "journey" not in second
    assert second["data"]["photo_digests"] == [photo.json()["digest"]]
    assert "subject" not in second
    shown = client.get(f"{path}/photos/{photo.json()['digest']}")
    assert shown.content == jpeg()
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"].startswith("attachment;")

    _compare(client, settings, done.json())


def _compare(client: LocalClient, settings: Settings, done: dict[str, Any]) -> None:
    # The shopper's steps are none of the customers'.
    with open_record(settings) as record:
        assert [(each.cases, each.events) for each in journeys(record)] == [(50, 150)]

    found = client.get(f"/v1/walks/{done['walk']}/comparison").json()
    assert (found["since"], found["until"]) == ("2025-12-21T00:00:00Z", "2026-03-21T00:00:00Z")
    rows = {row["step"]: row for row in found["steps"]}
    assert rows["arrive"]["mined"]["n"] == 0
    assert rows["arrive"]["slower_than_p95"] is None
    waited = rows["identify"]
    assert (waited["mined"]["n"], waited["mined"]["p50"], waited["mined"]["p95"]) == (40, 1230.0, 38.05 * 60)
    assert (waited["mined_all"]["n"], waited["basis"], waited["longer_share"]) == (50, "unit", 0.0)
    assert waited["slower_than_p95"] is True
    assert rows["sign"]["slower_than_p95"] is False
    assert [(row["persona"], row["n"], row["feeling"]) for row in found["personas"]] == [("elderly", 1, 2.0)]

    cli = run_cli("journeys", "walks", "show", done["walk"], "--json", home=settings.home)
    assert json.loads(cli.stdout) == done
    cli = run_cli("journeys", "walks", "list", "--json", home=settings.home)
    assert json.loads(cli.stdout) == client.get("/v1/walks").json()


REFUSED = [
    ({"seconds": -1}, "invalid_walk"),
    ({"seconds": 1e300}, "invalid_walk"),
    ({"feeling": 6}, "invalid_walk"),
    ({"feeling": "good"}, "invalid_walk"),
    ({"done": "2026-03-20"}, "invalid_walk"),
    ({"done": "2126-03-20T09:00:00Z"}, "invalid_walk"),
    ({"key": "../../etc"}, "invalid_walk"),
    ({"step": ""}, "invalid_walk"),
    ({"note": "x" * 2_001}, "invalid_walk"),
    ({"channel": "carrier pigeon"}, "invalid_walk"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_a_step_that_cannot_be_is_refused_and_nothing_kept(client: LocalClient, change: Any, code: str) -> None:
    walk = client.post("/v1/walks", json=PLAN).json()
    path = f"/v1/walks/{walk['walk']}"
    answer = client.post(f"{path}/steps", json={**step("step-0001", "arrive", 1, "09:00:00"), **change})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.get(path).json() == walk


def test_a_key_means_one_thing(client: LocalClient) -> None:
    walk = client.post("/v1/walks", json=PLAN).json()
    path = f"/v1/walks/{walk['walk']}"
    assert client.post("/v1/walks", json={**PLAN, "persona": "blind"}).json()["code"] == "walk_conflict"
    first = client.post(f"{path}/steps", json=step("step-0001", "arrive", 1, "09:00:00")).json()
    other = client.post(f"{path}/steps", json=step("step-0001", "arrive", 2, "09:00:00"))
    assert (other.status_code, other.json()["code"]) == (409, "walk_conflict")
    assert client.get(path).json() == first


def test_photos_that_are_none_leave_nothing_behind(client: LocalClient, settings: Settings) -> None:
    walk = client.post("/v1/walks", json=PLAN).json()
    path = f"/v1/walks/{walk['walk']}"
    kept = client.post(f"{path}/steps", json=step("step-0001", "arrive", 1, "09:00:00")).json()
    for content, status, code in [
        (b"<script>alert(1)</script>", 422, "not_a_photo"),
        (b"PK\3\4" + bytes(40), 422, "not_a_photo"),
        (b"\xff\xd8\xff" + bytes(8 * 1024 * 1024), 413, "photo_too_large"),
        (jpeg(60_000, 60_000), 413, "photo_too_large"),
    ]:
        answer = client.post(f"{path}/photos", params={"step": "step-0001"}, content=content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    missing = client.post(f"{path}/photos", params={"step": "../../../x"}, content=png())
    assert missing.status_code == 404
    for number in range(6):
        assert client.post(f"{path}/photos", params={"step": "step-0001"}, content=png(number + 1)).status_code == 201
    full = client.post(f"{path}/photos", params={"step": "step-0001"}, content=png(9))
    assert full.json()["code"] == "walk_full"
    assert len([file for file in (settings.home / "attachments").rglob("*") if file.is_file()]) == 6
    assert len(client.get(path).json()["done"][0]["photos"]) == 6
    assert kept["done"][0]["photos"] == []
    for name in ("..%2f..%2fkeys%2fkek", "a" * 63, "A" * 64, "0" * 64):
        assert client.get(f"{path}/photos/{name}").status_code in {404, 422}


def test_what_is_over_stays_as_it_is(client: LocalClient) -> None:
    walk = client.post("/v1/walks", json=PLAN).json()
    path = f"/v1/walks/{walk['walk']}"
    assert client.post(f"{path}/finish", json={"feeling": 3}).json()["code"] == "walk_empty"
    off = client.post(f"{path}/cancel").json()
    assert off["state"] == "cancelled"
    assert client.post(f"{path}/cancel").json() == off
    refused = client.post(f"{path}/steps", json=step("step-0001", "arrive", 1, "09:00:00"))
    assert (refused.status_code, refused.json()["code"]) == (409, "walk_closed")
    assert client.get(path).json() == off
    assert len(events_of(client, "walk.cancelled.v1")) == 1


def test_reading_needs_a_right_and_writing_another(settings: Settings) -> None:
    reads, appends = make_token(settings, "figures:read", "record:read"), make_token(settings, "record:append")
    figures = make_token(settings, "figures:read")
    with client_of(settings, require_key=True) as client:
        assert client.get("/v1/walks").status_code == 401
        for token in (appends, figures):
            assert client.get("/v1/walks", headers=bearer(token)).status_code == 403
        assert client.get("/v1/walks", headers=bearer(reads)).json() == {"total": 0, "walks": []}
        assert client.post("/v1/walks", json=PLAN, headers=bearer(reads)).status_code == 403
        assert client.get("/v1/walks", headers=bearer(reads)).json() == {"total": 0, "walks": []}


@pytest.fixture
def record(tmp_path: Path, database_url: str) -> Iterator[Record]:
    """A record with the customers of both units, on SQLite and on PostgreSQL, where the drafts stand beside it."""
    with open_record(Settings(home=tmp_path, database_url=database_url)) as record:
        record.append(customers())
        yield record


def planned(walks: Walks, unit: str | None, *, reach: frozenset[str] | None = None) -> str:
    plan = WalkPlan(journey="account-opening", persona=Persona.BLIND, planned_for="2026-03-20", unit=unit)
    return walks.plan(plan, by="lin", reach=reach).walk


def test_nobody_sees_or_changes_walks_of_other_units(record: Record) -> None:
    walks = Walks(lambda: record)
    own, other, nowhere = planned(walks, "B1"), planned(walks, "B2"), planned(walks, None)
    reach = frozenset({"B1"})
    before = record.position()
    assert [each.walk for each in walks.listed(reach=reach).walks] == [own]
    assert walks.listed().total == 3
    taken = NewStep(key="step-0001", step="arrive", seconds=1.0, feeling=3, done="2026-03-20T09:00:00Z")
    for walk in (other, nowhere):
        with pytest.raises(UnknownWalkError):
            walks.get(walk, reach=reach)
        with pytest.raises(UnknownWalkError):
            walks.record_step(walk, taken, reach=reach)
        with pytest.raises(UnknownWalkError):
            walks.add_photo(walk, "step-0001", png(), reach=reach)
        with pytest.raises(UnknownWalkError):
            walks.cancel(walk, by="lin", reach=reach)
    with pytest.raises(NotAllowedError):
        planned(walks, "B2", reach=reach)
    assert record.position() == before
    assert walks.get(other).done == []
    walks.close()


def test_an_end_that_broke_off_between_record_and_draft_is_finished_by_the_next_try(record: Record) -> None:
    walks = Walks(lambda: record)
    walk = planned(walks, "B1")
    walks.record_step(
        walk, NewStep(key="step-0001", step="arrive", seconds=1.0, feeling=3, done="2026-03-20T09:00:00Z")
    )
    drafts = walks._drafts
    drop, drafts.drop = drafts.drop, lambda _walk: None  # type: ignore[assignment,method-assign]  # the power fails here
    walks.finish(walk, Ending(feeling=4), by="lin")
    drafts.drop = drop  # type: ignore[method-assign]
    after = record.position()
    again = Walks(lambda: record)
    assert again.finish(walk, Ending(feeling=4), by="lin").state == "done"
    assert again.get(walk).feeling == 4
    assert record.position() == after
    assert len(record.read(EventFilter(type="walk.finished.v1")).events) == 1
    walks.close()
    again.close()


def test_a_comparison_counts_no_case_beyond_the_reach(record: Record) -> None:
    walks = Walks(lambda: record)
    walk = walks.get(planned(walks, None))
    steps = msgspec.structs.replace(walk, steps=["identify"])
    whole = compare(record, steps, [])
    assert [(row.mined.n, row.mined_all.n, row.seconds) for row in whole.steps] == [(0, 50, None)]
    bounded = compare(record, steps, [], reach=frozenset({"B2"}))
    assert [(row.mined.n, row.mined_all.n, row.mined_all.p95) for row in bounded.steps] == [(0, 10, None)]
    walks.close()
