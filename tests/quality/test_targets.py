"""Targets in the overview: the institution's own where it has set some, verdicts from the interval alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.quality.conftest import call
from tests.support.http import client_of, run_cli
from tiexin.infra.settings import Settings
from tiexin.quality.targets import TargetsError, targets_of
from tiexin.record.api import open_record

OWN = """
version: 1
effective_from: "2026-01-01"
source: {zh: 服务委员会, en: Service committee}
targets: {calls.answered_share: 0.5, calls.within_20s_share: 0.99, calls.wait_p90: 60}
"""


def bank(home: Path) -> Settings:
    """Return an installation with 40 answered calls, 20 of them after half a minute."""
    settings = Settings(home=home)
    with open_record(settings) as record:
        record.append([call(day=1 + n / 100, queue=30 * (n % 2), subject=f"s{n}") for n in range(40)])
    return settings


def test_the_overview_tells_how_figures_stand_to_the_own_targets(tmp_path: Path) -> None:
    settings = bank(tmp_path)
    (tmp_path / "targets.yaml").write_text(OWN, "utf-8")
    with client_of(settings) as client:
        document = client.get("/v1/quality/overview").json()
    assert document["targets"]["calls.answered_share"] == {"target": 0.5, "verdict": "met"}
    assert document["targets"]["calls.within_20s_share"] == {"target": 0.99, "verdict": "missed"}
    assert document["targets_source"]["source"] == {"zh": "服务委员会", "en": "Service committee"}
    said = run_cli("quality", "overview", "--json", home=tmp_path)
    assert msgspec.json.decode(said.stdout)["targets"] == document["targets"]


def test_without_own_targets_the_shipped_ones_hold(tmp_path: Path) -> None:
    settings = bank(tmp_path)
    with client_of(settings) as client:
        document = client.get("/v1/quality/overview").json()
    assert document["targets"]["calls.within_20s_share"] == {"target": 0.8, "verdict": "missed"}
    # Nobody has answered a survey: nothing can be said about that target.
    assert document["targets"]["surveys.csat"] == {"target": 0.8, "verdict": None}


def test_a_spoiled_file_of_targets_is_named(tmp_path: Path) -> None:
    (tmp_path / "targets.yaml").write_text("targets: {calls.no_such: 1}", "utf-8")
    with pytest.raises(TargetsError, match=r"targets\.yaml"):
        targets_of(tmp_path)
