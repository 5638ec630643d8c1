from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import LocalClient, client_of, cloud_event
from tiexin.infra.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LocalClient]:
    with client_of(Settings(home=tmp_path)) as opened:
        yield opened


def test_a_path_and_a_method_that_do_not_exist_are_problems_too(client: LocalClient) -> None:
    gone = client.get("/v1/gone")
    assert gone.headers["content-type"] == "application/problem+json"
    assert gone.json() == {
        "type": "urn:tiexin:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing at this address.",
    }
    wrong = client.request("DELETE", "/v1/events")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_every_wrong_parameter_is_named(client: LocalClient) -> None:
    problem = client.get("/v1/events?limit=0&after=x").json()
    assert problem["code"] == "invalid_parameter"
    assert [(fault["where"], fault["member"]) for fault in problem["errors"]] == [
        ("query", "after"),
        ("query", "limit"),
    ]


def test_what_nobody_foresaw_tells_nothing_of_our_inside_and_is_logged(
    client: LocalClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        msg = "password=hunter2 in /srv/tiexin"
        raise RuntimeError(msg)

    monkeypatch.setattr(client.app.state.opened.record(), "stats", fail)
    monkeypatch.setattr(client.app.state.opened.record(), "submit", fail)
    with caplog.at_level(logging.ERROR, logger="tiexin.http"):
        answers = [client.get("/v1/record/stats"), client.post("/v1/events", json=cloud_event())]
    for answer, entry in zip(answers, caplog.records, strict=True):
        problem = answer.json()
        assert (answer.status_code, problem["code"], set(problem)) == (
            500,
            "internal",
            {"type", "title", "status", "code", "detail", "incident"},
        )
        assert "hunter2" not in answer.text
        assert "RuntimeError" not in answer.text
        assert problem["incident"] in entry.getMessage()
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_server_that_is_not_open_yet_says_so(tmp_path: Path) -> None:
    with client_of(Settings(home=tmp_path)) as client:
        client.app.state.opened._record = None
        answer = client.get("/v1/ready")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "not_started", "1")
