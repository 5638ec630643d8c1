from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.http import LocalClient, client_of, run_cli
from tiexin.infra.settings import Settings, load_settings
from tiexin.journeys.answers import Answers
from tiexin.journeys.api import Journey
from tiexin.journeys.contracts import JourneyFilter, Summary
from tiexin.record.api import open_record
from tiexin.record.contracts import Event

SECOND = 1_000_000


def step(number: int, case: str, name: str, *, at: int, actor: str | None = None) -> Event:
    return Event(
        id=str(number),
        source="test",
        type="journey.step_recorded.v1",
        time_us=at * SECOND,
        journey="car loan",
        case=case,
        step=name,
        actor=actor,
        channel="app" if case == "1" else "branch",
    )


EVENTS = [
    step(1, "1", "apply", at=0, actor="ann"),
    step(2, "1", "decide", at=60, actor="bob"),
    step(3, "2", "apply", at=100, actor="ann"),
    step(4, "2", "apply", at=130),
    step(5, "2", "decide", at=190, actor="bob"),
]
NAME = quote("car loan", safe="")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = load_settings(tmp_path_factory.mktemp("journeys"), environment={})
    with open_record(settings) as record:
        record.append([event_named(event, "car loan") for event in EVENTS])
    return settings


def event_named(event: Event, journey: str) -> Event:
    return Event(**{**{name: getattr(event, name) for name in Event.__struct_fields__}, "journey": journey})


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[LocalClient]:
    with client_of(settings) as client:
        yield client


PARTS = [
    ("summary", []),
    ("activities", []),
    ("edges", []),
    ("rework", []),
    ("loops", []),
    ("handovers", []),
    ("bottlenecks", []),
    ("map", []),
    ("durations", []),
    ("slow", []),
    ("cases", []),
    ("cases", ["--repeats", "apply"]),
    ("edges", ["--channel", "branch"]),
    ("bottlenecks", ["--business-hours", "UTC Mon-Sun 00:00-00:02"]),
    ("funnel", ["--stage", "apply", "--stage", "decide"]),
    ("compare", ["--first", "channel=app", "--second", "channel=branch"]),
]


@pytest.mark.parametrize(("part", "options"), PARTS, ids=[" ".join([part, *options]) for part, options in PARTS])
def test_http_and_command_line_give_the_same_document(
    client: LocalClient, settings: Settings, part: str, options: list[str]
) -> None:
    words = list(zip(options[::2], options[1::2], strict=True))
    query = "&".join(f"{name.removeprefix('--').replace('-', '_')}={quote(value)}" for name, value in words)
    answer = client.get(f"/v1/journeys/{NAME}/{part}?{query}")
    assert answer.status_code == 200, answer.text
    done = run_cli("journeys", part, "car loan", *options, "--json", home=settings.home)
    assert done.stdout == answer.text + "\n", done.stderr


def test_variants_over_http_say_how_much_they_cover(client: LocalClient) -> None:
    assert client.get(f"/v1/journeys/{NAME}/variants").json() == [
        {"activities": ["apply", "apply", "decide"], "cases": 1, "share": 0.5, "cumulative_share": 0.5},
        {"activities": ["apply", "decide"], "cases": 1, "share": 0.5, "cumulative_share": 1.0},
    ]
    assert [each["name"] for each in client.get("/v1/journeys").json()] == ["car loan"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("nope/summary", 404, "unknown_journey"),
        (f"{NAME}/summary?since=yesterday", 422, "invalid_filter"),
        (f"{NAME}/summary?since=2026-01-02&until=2026-01-01", 422, "invalid_filter"),
        (f"{NAME}/summary?attribute=noequals", 422, "invalid_filter"),
        (f"{NAME}/summary?attribute=%22%27=1", 422, "invalid_filter"),
        (f"{NAME}/summary?channel=%00", 422, "invalid_filter"),
        (f"{NAME}/cases?edge_from=apply", 422, "invalid_filter"),
        (f"{NAME}/compare?first=x=1&second=channel=app", 422, "invalid_filter"),
        (f"{NAME}/edges?business_hours=always", 422, "invalid_calendar"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(client: LocalClient, path: str, status: int, code: str) -> None:
    answer = client.get(f"/v1/journeys/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_answer_is_counted_once_until_the_record_moves_on(settings: Settings, tmp_path: Path) -> None:
    counted = []

    def count(journey: Journey) -> Summary:
        counted.append(1)
        return journey.summary()

    with open_record(load_settings(tmp_path, environment={})) as record:
        record.append([event_named(EVENTS[0], "loan")])
        answers = Answers(lambda: record)
        chosen = JourneyFilter(name="loan")
        for _ in range(2):
            answers.of_journey("summary", chosen, count)
        assert len(counted) == 1
        record.append([event_named(EVENTS[1], "loan")])
        found = answers.of_journey("summary", chosen, count)
    assert json.loads(bytes(found))["events"] == 2


def test_people_read_tables(settings: Settings) -> None:
    done = run_cli("journeys", "summary", "car loan", home=settings.home)
    assert done.stdout.splitlines()[:2] == ["events: 5", "cases: 2"]
    assert run_cli("journeys", "edges", "car loan", home=settings.home).returncode == 0
