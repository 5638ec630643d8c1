"""One generated bank for all tests that only read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tiexin.app.demo.contracts import Generated, Plan
from tiexin.app.demo.generate import generate


class Bank(msgspec.Struct):
    """A generated run as a stranger would read it: plain JSON."""

    plan: Plan
    done: Generated
    events: list[dict[str, Any]]
    truth: dict[str, Any]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """600 customers over 12 months, seed 5."""
    folder: Path = tmp_path_factory.mktemp("bank")
    plan = Plan(customers=600, months=12, seed=5)
    done = generate(plan, folder)
    events = [json.loads(line) for line in done.files[0].read_bytes().splitlines()]
    return Bank(plan, done, events, json.loads(done.truth.read_bytes()))
