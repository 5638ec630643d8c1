"""The document of the interface is complete and the same on every machine, and the server keeps to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.http import Program, cloud_event, program
from tiexin.app.http import create_app
from tiexin.app.openapi import dump
from tiexin.infra.settings import Settings

DOCUMENT: dict[str, Any] = msgspec.json.decode(dump())
STREAMS = "/v1/events/follow"
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path=STREAMS)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def test_two_processes_write_the_same_bytes() -> None:
    command = [sys.executable, "-m", "tiexin.app.openapi"]
    done = subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": "7"})
    assert done.stdout == dump()


def test_every_operation_is_described_and_declares_its_problems() -> None:
    names = []
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            names.append(operation["operationId"])
            assert operation["description"], operation
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}
            assert "422" not in operation["responses"] or operation["responses"]["422"]["content"] != {}
    assert len(names) == len(set(names))
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]


def test_the_append_route_describes_all_its_forms() -> None:
    content = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    assert sorted(content) == [
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/json",
    ]


def test_the_page_for_people_names_every_operation_without_any_script() -> None:
    from tiexin.app.docs_page import render

    page = render(create_app(Settings(home=Path("/nowhere"))).openapi())
    assert "<script" not in page
    assert "http" not in page.partition("<body>")[0]
    for path in DOCUMENT["paths"]:
        assert path in page


def contacts() -> Iterator[dict[str, Any]]:
    """Yield contacts of every family, so that the figures have something to count."""
    answered = {"outcome": "answered", "queue_seconds": 12, "talk_seconds": 90}
    received = "2026-03-01T08:00:00Z"
    for number in range(40):
        # The journey is called 0 because that is the text which generated questions ask for most often.
        step = {"journey": "0", "case": f"c{number // 5}", "step": f"s{number % 3}", "actor": f"a{number % 2}"}
        yield cloud_event(number, source="steps", subject=f"p{number}", channel="app", **step)
        yield cloud_event(number, source="calls", type="call.ended.v1", channel="phone", data=answered)
        score = {"metric": "nps", "score": number % 11, "scale_min": 0, "scale_max": 10}
        yield cloud_event(number, source="surveys", type="survey.answered.v1", data=score)
        complaint = {"case": f"k{number}", "product": "cards"}
        yield cloud_event(number, source="in", type="complaint.received.v1", **{**complaint, "time": received}, data={})
        answer = {"outcome": "relief", "timely": number % 4 > 0}
        yield cloud_event(number, source="out", type="complaint.answered.v1", **complaint, data=answer)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with program(tmp_path_factory.mktemp("home")) as running:
        import httpx

        httpx.post(f"{running.url}/v1/events", json=list(contacts())).raise_for_status()
        yield running


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def test_the_server_keeps_to_its_document_and_never_fails(case: Any, server: Program) -> None:
    case.call_and_validate(base_url=server.url, checks=CHECKS)
