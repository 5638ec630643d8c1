"""The smallest bank that must still have something of everything."""

from __future__ import annotations

import json

import pytest

from tests.app.demo.conftest import Bank
from tiexin.app.demo.contracts import Plan
from tiexin.app.demo.generate import generate


@pytest.fixture(scope="session")
def little_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """300 customers over 3 months, seed 11."""
    plan = Plan(customers=300, months=3, seed=11)
    done = generate(plan, tmp_path_factory.mktemp("little-bank"))
    events = [json.loads(line) for line in done.files[0].read_bytes().splitlines()]
    return Bank(plan, done, events, json.loads(done.truth.read_bytes()))
