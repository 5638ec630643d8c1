from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from tests.journeys.logs import SECOND, Log, log
from tests.support.http import LocalClient, bearer, client_of, make_token, run_cli
from tiexin.infra.settings import Settings
from tiexin.journeys.api import open_journey
from tiexin.journeys.contracts import JourneyFilter
from tiexin.journeys.stages.api import stages_of_journey
from tiexin.journeys.stages.contracts import MomentKind, StagedBy, StageReport
from tiexin.journeys.stages.files import StagesFileError, stages_for
from tiexin.record.api import open_record
from tiexin.record.contracts import Event

CASES = 80
DAY = 86_400


def rows() -> list[dict[str, Any]]:
    """Eighty cases a day apart: apply (app), every second is asked for papers (phone), decide (no channel).

    Those who were asked answer 2 or 3 of 5, the others 4 or 5; every eighth of those asked complains, nobody else.
    """
    found: list[dict[str, Any]] = []
    for number in range(CASES):
        case, subject, start = f"c{number}", f"p{number}", number * DAY
        asked = number % 2 == 1
        found.append({"case": case, "step": "apply", "at": start, "channel": "app", "subject": subject})
        if asked:
            papers = {
                "case": case,
                "step": "papers",
                "at": start + 600 + number,
                "channel": "phone",
                "subject": subject,
            }
            found.append({**papers, "id": f"papers-{number}"})
        found.append({"case": case, "step": "decide", "at": start + 3_600, "subject": subject})
        score = (2 if asked else 4) + number // 2 % 2
        found.append(survey(case, subject, at=start + 7_200, score=score))
        if asked and number % 16 == 1:
            found.append(other("complaint.received.v1", subject, at=start + 1_800, data={}))
    found.append(survey("papers-1", "p1", at=2 * DAY, score=1))
    found.append(survey("call-7", "p3", at=3 * DAY + 1_000, score=5))
    found.append(survey("call-8", "p5", at=40 * DAY, score=1))
    found.append(survey("c2", "p2", at=2 * DAY + 8_000, score=9))
    return found


def survey(about: str, subject: str, *, at: int, score: int) -> dict[str, Any]:
    data = {"metric": "csat", "score": score, "scale_min": 1, "scale_max": 5, "about": about}
    return other("survey.answered.v1", subject, at=at, data=data)


def other(kind: str, subject: str, *, at: int, data: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "subject": subject, "at": at, "journey": None, "data": json.dumps(data)}


def report(engine: str = "duckdb", home: Path | None = None) -> StageReport:
    source = Log(log(rows()))
    with open_journey(source, JourneyFilter(name="loan"), engine=engine) as journey:
        return stages_of_journey(journey, "loan", home=home, shoppers=[("apply", 2), ("papers", 4), ("papers", 5)])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "stages.yaml").write_text(
        "version: 1\njourneys:\n  loan:\n"
        "    - {stage: begin, zh: 申请, en: Begin, steps: [apply, papers]}\n"
        "    - {stage: end, zh: 结果, en: End, steps: [decide]}\n",
        "utf-8",
    )
    return tmp_path


def test_stages_and_channels_with_what_customers_do_and_how_long_they_wait(home: Path) -> None:
    found = report(home=home)
    assert (found.cases, found.events, found.staged_by) == (80, 200, StagedBy.INSTITUTION)
    assert found.channels == ["app", "phone", None]
    assert [(cell.stage, cell.channel, cell.count, cell.cases) for cell in found.cells] == [
        ("begin", "app", 80, 80),
        ("begin", "phone", 40, 40),
        ("end", None, 80, 80),
    ]
    phone = found.cells[1]
    assert [(step.step, step.count) for step in phone.steps] == [("papers", 40)]
    # Waits of 601, 603, … 679 seconds.
    assert (phone.waits.n, phone.waits.p50) == (40, 640.0)
    assert phone.waits.p95 == pytest.approx(675.1)
    assert found.stages[0].waits.n == 40  # nobody waits before the first step


def test_the_feeling_stands_where_the_customer_was(home: Path) -> None:
    found = report(home=home)
    begin, end = found.stages
    # About the step itself, and about a call between its step and the next one; the call weeks later counts nowhere.
    assert (begin.feeling.n, begin.feeling.direct, begin.feeling.during) == (2, 1, 1)
    assert begin.feeling.mean == 0.5
    # Forty answers about cases of each half: (2 + 3) / 2 and (4 + 5) / 2 of 1 to 5; an answer beyond its scale is none.
    assert (end.feeling.n, end.feeling.case) == (80, 80)
    assert end.feeling.mean == pytest.approx((0.375 + 0.875) / 2)
    assert found.overall.n == 80
    assert (begin.shoppers.n, end.shoppers.n) == (3, 0)
    assert begin.shoppers.mean == pytest.approx(11 / 3)


def test_moments_of_truth_are_ranked_by_their_certain_effect(home: Path) -> None:
    found = report(home=home)
    detour = next(each for each in found.moments if (each.kind, each.step) == (MomentKind.DETOUR, "papers"))
    assert (found.ranked_by, detour.rank, detour.stage) == ("feeling", 1, "begin")
    assert (detour.cases, detour.other_cases) == (40, 40)
    # The answer about the papers themselves is averaged with the one about that case: 0 and 0.25.
    assert detour.feeling.value == pytest.approx((40 * 0.375 - 0.125) / 40)
    assert detour.feeling.other_value == 0.875
    assert detour.feeling.certain
    assert (detour.complaint.value, detour.complaint.other_value, detour.complaint.certain) == (5 / 40, 0.0, False)
    waited = next(each for each in found.moments if each.kind is MomentKind.LONG_WAIT and each.step == "papers")
    assert (waited.cases, waited.threshold, waited.rank) == (4, 671.0, None)


@pytest.mark.spark
def test_spark_tells_the_same(home: Path) -> None:
    assert msgspec.json.encode(report("spark", home)) == msgspec.json.encode(report("duckdb", home))


def test_without_a_file_the_order_of_steps_makes_the_stages(tmp_path: Path) -> None:
    found = report(home=tmp_path)
    assert found.staged_by is StagedBy.ORDER
    assert [stage.steps for stage in found.stages] == [["apply"], ["papers"], ["decide"]]
    assert stages_for("mortgage", home=tmp_path)[1] is StagedBy.SHIPPED


@pytest.mark.parametrize("text", ["", "version: 1\njourneys: 3\n", "{", "version: 1\njourneys: {loan: [{stage: a}]}"])
def test_a_broken_file_of_stages_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "stages.yaml").write_text(text, "utf-8")
    with pytest.raises(StagesFileError, match=r"stages\.yaml"):
        stages_for("loan", home=tmp_path)


# -- over HTTP ---------------------------------------------------------------------------------------------------

SENTENCE = "我叫李静,等了三天没人回电,电话13800138000"


@pytest.fixture
def settings(home: Path) -> Settings:
    settings = Settings(home=home)
    events = [
        Event(
            id=row.get("id", f"e{number}"),
            source="test",
            type=row.get("type", "journey.step_recorded.v1"),
            time_us=row["at"] * SECOND,
            journey="car loan" if "case" in row else None,
            case=row.get("case"),
            step=row.get("step"),
            channel=row.get("channel"),
            subject=row["subject"],
            org="B1" if "case" in row else "B2",
            data=json.loads(row.get("data", "{}")),
        )
        for number, row in enumerate(rows())
    ]
    personal = {"personal": {"text": SENTENCE, "name": "李静"}}
    for number, event in enumerate(events):
        if event.type == "complaint.received.v1":
            events[number] = msgspec.structs.replace(event, data=personal)
    with open_record(settings) as record:
        record.append(events)
    return settings


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    with client_of(settings) as client:
        yield client


PATH = f"/v1/journeys/{quote('car loan')}"


def test_http_and_the_command_line_tell_the_same(client: LocalClient, settings: Settings, home: Path) -> None:
    (home / "stages.yaml").write_text((home / "stages.yaml").read_text("utf-8").replace("loan:", "car loan:"), "utf-8")
    answer = client.get(f"{PATH}/stages").json()
    assert [stage["stage"] for stage in answer["stages"]] == ["begin", "end"]
    told = run_cli("journeys", "stages", "car loan", "--json", home=settings.home)
    assert json.loads(told.stdout) == answer
    read = run_cli("journeys", "stages", "car loan", home=settings.home)
    assert "passes papers" in " ".join(read.stdout.split())
    assert client.get("/v1/journeys/nothing/stages").status_code == 404


def test_words_of_customers_need_a_right_and_come_without_names(client: LocalClient, settings: Settings) -> None:
    without = make_token(settings, "figures:read", "record:read")
    token = make_token(settings, "figures:read", "record:read", "record:personal")
    masked = client.get(f"{PATH}/quotes").json()
    assert len(masked) == 3
    assert {(each["kind"], each["masked"], each["text"]) for each in masked} == {("complaint", True, None)}
    assert client.get(f"{PATH}/quotes", headers=bearer(without)).json() == masked
    opened = ["access.personal_opened.v1"]
    with open_record(settings) as record:
        assert record.newest(opened, limit=10) == []
    shown = client.get(f"{PATH}/quotes", headers=bearer(token)).json()
    with open_record(settings) as record:
        (trace,) = record.newest(opened, limit=10)
    assert trace.event.data == {"path": "/v1/journeys/{name}/quotes", "journey": "car loan", "events": 3}
    assert {(each["masked"], each["text"]) for each in shown} == {(False, "我叫***,等了三天没人回电,电话***")}
    with open_record(settings) as record:
        for number in (49, 65):
            record.erase(f"p{number}", reason="asked for")
    assert len(client.get(f"{PATH}/quotes", headers=bearer(token)).json()) == 3
    with open_record(settings) as record:
        for number in (1, 17, 33):
            record.erase(f"p{number}", reason="asked for")
    assert client.get(f"{PATH}/quotes", headers=bearer(token)).json() == []
