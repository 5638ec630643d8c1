from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support import aio
from tests.support.events import call, calls
from tests.support.http import Program, bearer, cloud_event, make_token, program
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.record.contracts import EventFilter
from tiexin.record.follow import FOLLOWERS_MAX, CommitSignal, follow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Program]:
    with program(home) as running:
        yield running


@pytest.fixture
def web(server: Program) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client


def take(lines: Iterator[str], count: int) -> list[dict[str, Any]]:
    """Read this many events of a stream, with their ids."""
    found: list[dict[str, Any]] = []
    name = ""
    for line in lines:
        if line.startswith("id: "):
            name = line.removeprefix("id: ")
        if line.startswith("data: "):
            event = msgspec.json.decode(line.removeprefix("data: "))
            assert str(event["position"]) == name
            found.append(event)
        if len(found) == count:
            return found
    return found


def test_a_client_that_reconnects_gets_every_event_exactly_once(web: httpx.Client, home: Path) -> None:
    total, first = 400, web.get("/v1/record/stats").json()["position"] + 1

    def write() -> None:
        with httpx.Client(base_url=web.base_url) as writer:
            for start in range(0, total, 8):
                batch = [cloud_event(number, source="once") for number in range(start, start + 8)]
                assert writer.post("/v1/events", json=batch).status_code == 201

    writing = threading.Thread(target=write)
    writing.start()
    seen: list[int] = []
    last = str(first - 1)
    for count in (1, 37, 8, 100, 1, 253):
        with web.stream("GET", "/v1/events/follow", headers={"last-event-id": last}) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            seen += [event["position"] for event in take(stream.iter_lines(), count)]
        last = str(seen[-1])
    writing.join()
    assert seen == list(range(first, first + total))


def test_a_commit_of_another_process_arrives(web: httpx.Client, home: Path) -> None:
    after = web.get("/v1/record/stats").json()["position"]
    with web.stream("GET", f"/v1/events/follow?after={after}&type=call.ended.v1") as stream:
        lines = stream.iter_lines()
        assert next(lines) == f": following after {after}"
        with open_record(Settings(home=home)) as elsewhere:
            elsewhere.append([call(70_001)])
        assert [event["id"] for event in take(lines, 1)] == ["call-70001"]


def test_filters_hold_and_personal_content_stays_sealed(web: httpx.Client, home: Path) -> None:
    after = web.get("/v1/record/stats").json()["position"]
    web.post(
        "/v1/events",
        json=[
            cloud_event(1, source="filters", channel="web"),
            cloud_event(2, source="filters", channel="phone", subject="s", data={"personal": {"name": "王芳"}}),
            cloud_event(3, source="filters", channel="phone"),
        ],
    )
    with web.stream("GET", f"/v1/events/follow?after={after}&channel=phone") as stream:
        sealed, _ = take(stream.iter_lines(), 2)
    assert (sealed["id"], sealed["data"], sealed["personalstate"]) == ("e2", {}, "sealed")
    token = make_token(Settings(home=home), "events:read", "events:personal")
    query = f"/v1/events/follow?after={after}&channel=phone&personal=true"
    with web.stream("GET", query, headers=bearer(token)) as stream:
        assert take(stream.iter_lines(), 1)[0]["data"] == {"personal": {"name": "王芳"}}


@pytest.mark.parametrize("name", ["x", "-1", "1.5", "９", "99999999999999999999"])
def test_a_last_event_id_that_is_no_position_is_refused(web: httpx.Client, name: str) -> None:
    answer = web.get("/v1/events/follow", headers=[(b"last-event-id", name.encode())])
    assert answer.status_code == 422
    assert "Last-Event-ID" in answer.json()["detail"]


def test_the_number_of_streams_is_limited_and_a_client_that_leaves_makes_room(web: httpx.Client) -> None:
    streams = [web.send(web.build_request("GET", "/v1/events/follow"), stream=True) for _ in range(FOLLOWERS_MAX)]
    assert {stream.status_code for stream in streams} == {200}
    refused = web.get("/v1/events/follow")
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (503, "too_many_followers", 64)
    assert refused.headers["retry-after"] == "1"
    for stream in streams:
        stream.close()
    for _ in range(200):
        # Each try is a round trip, in which the server notices that the others have left.
        with web.stream("GET", "/v1/events/follow") as stream:
            if stream.status_code == 200:
                break
    else:
        pytest.fail("no room was made")


def test_a_stop_ends_open_streams_cleanly(tmp_path: Path) -> None:
    with program(tmp_path) as running, httpx.stream("GET", f"{running.url}/v1/events/follow", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": following after 0"
        assert running.stop() == 0
        assert list(lines)[:2] == ["retry: 1000", ""]


class NoWait(CommitSignal):
    """Looks again at once, so that nothing sleeps."""

    async def wait(self, seen: int, *, seconds: float) -> None:
        """Return at once."""


def test_silence_is_broken_by_heartbeats_that_carry_the_position_reached(tmp_path: Path) -> None:
    async def parts(count: int) -> list[bytes]:
        moments = iter([0.0, 1.0, 14.9, 15.0, 15.0, 29.0, 30.0, 30.0])
        signal = NoWait()
        wanted = EventFilter(type="never.comes.v1")
        stream = follow(record, signal, events=wanted, after=0, monotonic=lambda: next(moments))
        return [await anext(stream) for _ in range(count)]

    with open_record(Settings(home=tmp_path)) as record:
        record.append(calls(3))
        assert aio.run(parts(3)) == [
            b": following after 0\nretry: 1000\n\n",
            b": heartbeat\nid: 3\n\n",
            b": heartbeat\nid: 3\n\n",
        ]


def test_a_commit_between_two_looks_is_not_slept_through() -> None:
    async def run() -> None:
        signal = CommitSignal()
        seen = signal.commits
        signal.notify()
        await signal.wait(seen, seconds=3_600)
        waiting = asyncio.create_task(signal.wait(signal.commits, seconds=3_600))
        await asyncio.sleep(0)
        signal.notify()
        await waiting
        signal.close()
        await signal.wait(signal.commits, seconds=3_600)

    aio.run(run())
