from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.http import LocalClient, bearer, client_of, cloud_event, encode, make_token
from tiexin.infra.settings import KindMode, Settings
from tiexin.record.contracts import BATCH_EVENTS_MAX
from tiexin.record.kinds.shipped import SHIPPED

BATCH = {"content-type": "application/cloudevents-batch+json"}
SINGLE = {"content-type": "application/cloudevents+json"}


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url)


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    with client_of(settings) as opened:
        yield opened


@pytest.fixture
def sqlite_client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path)) as opened:
        yield opened


def position(client: LocalClient) -> int:
    return int(client.app.state.opened.record().position())


def test_events_come_back_as_they_were_sent_with_their_place(client: LocalClient) -> None:
    sent = cloud_event(
        1,
        subject="客户一",
        channel="phone",
        case="c1",
        product="cards",
        time="2026-03-01T17:30:00.25+08:00",
        priority=3,
    )
    answer = client.post("/v1/events", content=encode(sent), headers=SINGLE)
    assert (answer.status_code, answer.json()) == (
        201,
        {"appended": 1, "duplicates": 0, "positions": {"first": 1, "last": 1}},
    )
    read = client.get("/v1/events/1").json()
    assert read.pop("recordedtime").endswith("Z")
    assert read == {
        **sent,
        "time": "2026-03-01T09:30:00.250000Z",
        "datacontenttype": "application/json",
        "position": 1,
    }


def test_a_batch_is_appended_once_however_often_it_is_sent(client: LocalClient) -> None:
    body = encode([cloud_event(number) for number in range(5)])
    first = client.post("/v1/events", content=body, headers=BATCH)
    assert first.status_code == 201
    assert first.json() == {"appended": 5, "duplicates": 0, "positions": {"first": 1, "last": 5}}
    again = client.post("/v1/events", content=body, headers=BATCH)
    assert again.status_code == 200
    assert again.json() == {"appended": 0, "duplicates": 5, "positions": {"first": 1, "last": 5}}
    assert position(client) == 5


def test_the_same_id_with_other_content_is_refused_by_name_and_nothing_is_stored(client: LocalClient) -> None:
    client.post("/v1/events", json=cloud_event(1))
    changed = [cloud_event(7), cloud_event(1, data={"number": 2})]
    answer = client.post("/v1/events", content=encode(changed), headers=BATCH)
    assert answer.status_code == 409
    assert answer.json()["code"] == "event_conflict"
    assert [(fault["index"], fault["id"]) for fault in answer.json()["errors"]] == [(1, "e1")]
    assert position(client) == 1


def test_plain_json_may_be_one_event_or_many(sqlite_client: LocalClient) -> None:
    assert sqlite_client.post("/v1/events", json=cloud_event(1)).json()["appended"] == 1
    assert sqlite_client.post("/v1/events", json=[cloud_event(2), cloud_event(3)]).json()["appended"] == 2
    assert sqlite_client.post("/v1/events", json=[]).json() == {"appended": 0, "duplicates": 0, "positions": None}


def test_binary_mode_takes_attributes_from_headers(sqlite_client: LocalClient) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "b1",
        "ce-source": "crm",
        "ce-type": "journey.step_recorded.v1",
        "ce-time": "2026-03-01T09:30:00Z",
        "ce-subject": "%E5%AE%A2%E6%88%B7",
        "content-type": "application/json",
    }
    assert sqlite_client.post("/v1/events", content=b'{"a":1}', headers=headers).status_code == 201
    read = sqlite_client.get("/v1/events/1").json()
    assert (read["id"], read["subject"], read["data"]) == ("b1", "客户", {"a": 1})
    broken = sqlite_client.post("/v1/events", content=b'{"a":', headers={**headers, "ce-id": "b2"})
    assert broken.status_code == 400
    assert position(sqlite_client) == 1


@pytest.mark.parametrize(
    ("body", "status", "member"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b"[[[[", 400, None),
        (b"[" * 100_000, 400, None),
        (b"\xff\xfe", 400, None),
        (b'"\\ud800"', 400, None),
        (b"null", 422, "$"),
        (b"[1]", 422, "$"),
        (encode(cloud_event(specversion="0.3")), 422, "specversion"),
        (encode({**cloud_event(), "id": None}), 422, "id"),
        (encode(cloud_event(id="")), 422, "id"),
        (encode(cloud_event(id="x" * 1_025)), 422, "id"),
        (encode(cloud_event(id=7)), 422, "id"),
        (encode(cloud_event(time="2026-03-01T09:30:00")), 422, "time"),
        (encode(cloud_event(time="yesterday")), 422, "time"),
        (encode(cloud_event(time="0001-01-01T00:00:00+14:00")), 422, "time_us"),
        (encode(cloud_event(channel="telepathy")), 422, "channel"),
        (encode(cloud_event(type="system.subject_erased.v1")), 422, "type"),
        (encode(cloud_event(type="call.ended.v1", data={"outcome": "lost"})), 422, "data"),
        (encode(cloud_event(data=[1])), 422, "data"),
        (encode(cloud_event(data={"personal": {"name": "x"}})), 422, "subject"),
        (encode(cloud_event(data={"a": "\x00"})), 422, None),
        (encode(cloud_event(subject="a\x00b")), 422, None),
        (encode(cloud_event(data_base64="AA==")), 422, "data_base64"),
        (encode(cloud_event(Upper=1)), 422, "Upper"),
        (encode(cloud_event(much=2**31)), 422, "much"),
        (encode(cloud_event(datacontenttype="text/xml")), 422, "datacontenttype"),
    ],
)
def test_an_event_without_form_is_refused_by_member_and_nothing_is_stored(
    sqlite_client: LocalClient, body: bytes, status: int, member: str | None
) -> None:
    answer = sqlite_client.post("/v1/events", content=body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    if member is not None:
        assert (problem["errors"][0]["index"], problem["errors"][0]["member"]) == (0, member)
    assert position(sqlite_client) == 0


def test_the_index_of_the_wrong_event_is_named_also_in_a_long_batch(sqlite_client: LocalClient) -> None:
    many = [cloud_event(number) for number in range(300)]
    many[217]["datacontenttype"] = "text/xml"
    many[298].pop("type")
    answer = sqlite_client.post("/v1/events", content=encode(many), headers=BATCH)
    assert answer.status_code == 422
    assert [(fault["index"], fault["member"]) for fault in answer.json()["errors"]] == [
        (217, "datacontenttype"),
        (298, "type"),
    ]
    assert position(sqlite_client) == 0


def test_a_batch_may_hold_ten_thousand_events_and_not_one_more(sqlite_client: LocalClient) -> None:
    many = [cloud_event(id=str(number)) for number in range(BATCH_EVENTS_MAX + 1)]
    answer = sqlite_client.post("/v1/events", content=encode(many), headers=BATCH)
    assert answer.status_code == 413
    assert (answer.json()["code"], answer.json()["limit_events"]) == ("batch_too_large", 10_000)
    assert position(sqlite_client) == 0
    assert sqlite_client.post("/v1/events", content=encode(many[1:]), headers=BATCH).json()["appended"] == 10_000


def test_a_media_type_that_is_not_read_is_refused(sqlite_client: LocalClient) -> None:
    answer = sqlite_client.post("/v1/events", content=b"<a/>", headers={"content-type": "text/xml"})
    assert answer.status_code == 415
    assert answer.json()["accepted"] == [
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/json",
    ]


def test_announced_form_and_body_must_agree(sqlite_client: LocalClient) -> None:
    assert sqlite_client.post("/v1/events", content=encode([cloud_event()]), headers=SINGLE).status_code == 422
    assert sqlite_client.post("/v1/events", content=encode(cloud_event()), headers=BATCH).status_code == 400
    assert position(sqlite_client) == 0


def test_pages_meet_without_gap_or_overlap(client: LocalClient) -> None:
    client.post("/v1/events", json=[cloud_event(number, case=f"c{number % 3}") for number in range(1, 11)])
    seen: list[int] = []
    target = "/v1/events?limit=2&case=c1"
    while target:
        answer = client.get(target)
        page = answer.json()
        seen += [event["position"] for event in page["events"]]
        link = answer.headers.get("link", "")
        assert (page["next"] is None) is (link == "")
        target = link.partition("<")[2].partition(">")[0]
    assert seen == [1, 4, 7, 10]


def test_filters_are_joined(client: LocalClient) -> None:
    client.post(
        "/v1/events",
        json=[
            cloud_event(1, channel="phone", subject="s1", journey="loan"),
            cloud_event(2, channel="web", subject="s1", case="c1"),
            cloud_event(3, channel="phone", subject="s2", type="survey.other.v1"),
        ],
    )

    def positions(query: str) -> list[int]:
        return [event["position"] for event in client.get(f"/v1/events?{query}").json()["events"]]

    assert positions("") == [1, 2, 3]
    assert positions("subject=s1") == [1, 2]
    assert positions("subject=s1&channel=web") == [2]
    assert positions("type=survey.other.v1") == [3]
    assert positions("journey=loan") == [1]
    assert positions("after=1") == [2, 3]
    assert positions("since=2026-03-01T09:00:02Z") == [2, 3]
    assert positions("until=2026-03-01T17:00:02%2B08:00") == [1]
    assert positions("until=2026-03-01T17:00:02+08:00") == [1]
    assert positions("since=2026-03-01T09:00:02Z&until=2026-03-01T09:00:03Z") == [2]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=-1",
        "after=9223372036854775808",
        "since=2026-03-01",
        "since=2026-03-01T09:00:00",
        "until=0001-01-01T00:00:00%2B14:00",
        "channel=telepathy",
        "subject=",
        "subject=%00",
        "subject=" + "x" * 1_025,
        "personal=perhaps",
    ],
)
def test_a_parameter_that_is_not_possible_is_named(client: LocalClient, query: str) -> None:
    answer = client.get(f"/v1/events?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid_parameter"
    assert query.partition("=")[0] in answer.json()["detail"]


def test_personal_content_is_opened_for_a_key_with_that_scope_only(settings: Settings) -> None:
    token = make_token(settings, "events:read", "events:personal")
    with client_of(settings) as client:
        client.post("/v1/events", json=cloud_event(subject="s1", data={"topic": "card", "personal": {"name": "王芳"}}))
        sealed = client.get("/v1/events", headers=bearer(token)).json()["events"][0]
        assert (sealed["data"], sealed["personalstate"]) == ({"topic": "card"}, "sealed")
        opened = client.get("/v1/events?personal=true", headers=bearer(token)).json()["events"][0]
        assert opened["data"] == {"topic": "card", "personal": {"name": "王芳"}}
        assert opened["personalstate"] == "open"
        client.app.state.opened.record().erase("s1", reason="asked for")
        erased = client.get("/v1/events/1?personal=true", headers=bearer(token)).json()
        assert (erased["data"], erased["personalstate"]) == ({"topic": "card"}, "erased")


def test_a_position_without_event_is_not_found(client: LocalClient) -> None:
    answer = client.get("/v1/events/1")
    assert (answer.status_code, answer.json()["code"], answer.json()["position"]) == (404, "event_not_found", 1)
    assert client.get("/v1/events/0").status_code == 422
    assert client.get("/v1/events/99999999999999999999").status_code == 422


def test_figures_and_kinds_of_the_record(client: LocalClient) -> None:
    client.post("/v1/events", json=[cloud_event(1, subject="a"), cloud_event(2, subject="a")])
    stats = client.get("/v1/record/stats").json()
    assert (stats["events"], stats["subjects"], stats["position"]) == (2, 1, 2)
    assert (stats["first"], stats["last"]) == ("2026-03-01T09:00:01Z", "2026-03-01T09:00:02Z")
    kinds = client.get("/v1/record/kinds").json()["kinds"]
    assert [kind["type"] for kind in kinds] == sorted(SHIPPED)
    assert kinds[0]["schema"]["$id"] == f"urn:tiexin:kind:{kinds[0]['type']}"


def test_a_strict_installation_refuses_unknown_kinds(tmp_path: Path) -> None:
    with client_of(Settings(home=tmp_path, kinds=KindMode.STRICT)) as client:
        answer = client.post("/v1/events", json=cloud_event(type="some.thing.v1"))
        assert answer.status_code == 422
        assert "known kind" in answer.json()["detail"]
        assert position(client) == 0
