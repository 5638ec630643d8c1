"""Streaming goes on after interruptions, keeps the pace it is asked for, and says plainly what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.http import make_token, program
from tiexin.app.demo.contracts import Generated, Plan
from tiexin.app.demo.generate import generate
from tiexin.app.demo.live import Live, LiveRefusedError, LiveTargetError, LiveUnreachableError, live_client
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record

PLAN = Plan(customers=60, months=2, seed=7)
Answer = Callable[[list[dict[str, str]]], httpx.Response]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generate(PLAN, tmp_path_factory.mktemp("live"))


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def answering(answer: Answer) -> httpx.Client:
    """Return a client whose server answers a batch as told."""

    def handle(request: httpx.Request) -> httpx.Response:
        return answer(json.loads(request.content))

    return httpx.Client(transport=httpx.MockTransport(handle), base_url="http://server")


def quiet(_stage: str, _done: int, _total: int) -> None:
    return


def all_new(batch: list[dict[str, str]]) -> httpx.Response:
    return httpx.Response(201, json={"appended": len(batch), "duplicates": 0, "positions": None})


def test_a_real_server_ends_with_exactly_the_generated_events(tmp_path: Path, done: Generated) -> None:
    home = tmp_path / "home"
    token = make_token(Settings(home=home), "record:append")
    clock = Clock()
    with program(home) as server:
        for appended in (done.events, 0):
            with live_client(server.url, key=token) as client:
                sender = Live(client, speed=1e9, clock=clock, sleep=clock.sleep)
                sent = sender.stream(done.files[0], total=done.events, progress=quiet)
            assert (sent.events, sent.appended, sent.duplicates) == (done.events, appended, done.events - appended)
    with open_record(Settings(home=home)) as record:
        assert record.stats().events == done.events


def test_it_keeps_the_pace_of_life_times_the_speed(done: Generated) -> None:
    clock, batches = Clock(), []

    def answer(batch: list[dict[str, str]]) -> httpx.Response:
        batches.append((clock.now, batch[-1]["time"]))
        return all_new(batch)

    with answering(answer) as client:
        Live(client, speed=86_400, clock=clock, sleep=clock.sleep).stream(done.files[0], total=1, progress=quiet)
    assert len(batches) > 40
    assert 40 < clock.now < 62, "two months at a day a second, without what the first batch already held"


def test_it_races_through_what_the_server_knows(done: Generated) -> None:
    clock, seen = Clock(), 0

    def answer(batch: list[dict[str, str]]) -> httpx.Response:
        nonlocal seen
        seen += len(batch)
        return httpx.Response(200, json={"appended": 0, "duplicates": len(batch), "positions": None})

    with answering(answer) as client:
        sent = Live(client, speed=1, clock=clock, sleep=clock.sleep).stream(done.files[0], total=1, progress=quiet)
    assert (sent.duplicates, sent.appended, seen) == (done.events, 0, done.events)
    assert clock.slept == []


def test_a_busy_or_absent_server_is_tried_again(done: Generated) -> None:
    clock, calls = Clock(), 0

    def answer(batch: list[dict[str, str]]) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            return httpx.Response(503, headers={"retry-after": "7"})
        if calls == 2:
            message = "gone"
            raise httpx.ConnectError(message)
        return all_new(batch)

    with answering(answer) as client:
        sent = Live(client, speed=1e12, clock=clock, sleep=clock.sleep).stream(done.files[0], total=1, progress=quiet)
    assert sent.appended == done.events
    assert clock.slept[0] == 7
    assert clock.slept[1] == pytest.approx(0.4)


def test_what_is_refused_for_good_stops_the_stream(done: Generated) -> None:
    calls = 0

    def answer(_batch: list[dict[str, str]]) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(401, json={"code": "key_required", "detail": "This server needs an API key."})

    clock = Clock()
    with answering(answer) as client, pytest.raises(LiveRefusedError) as refused:
        Live(client, speed=1, clock=clock, sleep=clock.sleep).stream(done.files[0], total=1, progress=quiet)
    assert refused.value.facts["status"] == 401
    assert calls == 1


def test_a_server_that_never_answers_is_given_up(done: Generated) -> None:
    clock = Clock()
    with answering(lambda _batch: httpx.Response(503)) as client, pytest.raises(LiveUnreachableError):
        Live(client, speed=1, clock=clock, sleep=clock.sleep).stream(done.files[0], total=1, progress=quiet)
    assert len(clock.slept) == 12


@pytest.mark.parametrize("to", ["server", "ftp://server", "file:///etc/passwd", "http://"])
def test_only_web_addresses_are_sent_to(to: str) -> None:
    with pytest.raises(LiveTargetError):
        live_client(to, key=None)


def test_a_key_does_not_travel_in_the_open() -> None:
    with pytest.raises(LiveTargetError):
        live_client("http://bank.example", key="secret")
    with live_client("https://bank.example", key="secret") as client:
        assert client.headers["authorization"] == "Bearer secret"
    with pytest.raises(LiveTargetError), live_client("http://127.0.0.1:1", key=None) as client:
        Live(client, speed=0)
