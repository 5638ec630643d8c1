"""Planted and found side by side: right where the product is right, honest where it does not look yet."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tests.support.http import bearer, client_of, make_token
from tiexin.app.demo.comparison import LATER, Comparison, Verdict, compare, read_truth
from tiexin.app.demo.home import Wanted, demo_settings, prepare_demo
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,200 customers over a year."""
    home = tmp_path_factory.mktemp("truth") / "home"
    wanted = Wanted(customers=1_200, months=12, seed=4)
    prepare_demo(demo_settings(home), wanted, fresh=False, progress=lambda *_: None)
    return home


@pytest.fixture(scope="module")
def comparison(home: Path) -> Comparison:
    with open_record(demo_settings(home)) as record:
        return compare(record, read_truth(home / "demo" / "truth.json"))


def test_every_line_is_counted_once_and_has_both_languages(comparison: Comparison) -> None:
    assert sum(comparison.counts.values()) == len(comparison.lines) == len({line.id for line in comparison.lines})
    for line in comparison.lines:
        assert line.name.zh
        assert line.name.en
        assert line.planted.zh
        assert (line.found is None) == (line.verdict in {Verdict.NOT_LOOKED, Verdict.TOO_FEW})
        if line.low is not None and line.high is not None:
            assert line.value is not None
            assert line.low <= line.value <= line.high


def test_the_product_finds_what_it_looks_for(comparison: Comparison) -> None:
    lines = {line.id: line for line in comparison.lines}
    assert lines["bottleneck.mortgage"].verdict is Verdict.FOUND
    assert lines["branch.slow.JC-0203"].verdict is Verdict.FOUND
    assert lines["improvement.queue_screens"].verdict is Verdict.WITHIN
    assert lines["figure.events"].verdict is Verdict.FOUND
    assert lines["figure.left"].verdict is Verdict.FOUND
    assert lines["figure.calls.answered_share"].verdict is Verdict.FOUND
    assert lines["figure.complaints.timely_share"].verdict is Verdict.FOUND
    wrong = comparison.counts["missed"] + comparison.counts["outside"]
    right = comparison.counts["found"] + comparison.counts["within"]
    assert wrong <= 0.2 * right


def test_what_nobody_looks_for_yet_is_said_with_its_count(comparison: Comparison, home: Path) -> None:
    truth = json.loads((home / "demo" / "truth.json").read_bytes())
    later = {line.id: line for line in comparison.lines if line.group == "later"}
    assert later.keys() == LATER.keys()
    for name, line in later.items():
        assert line.verdict is Verdict.NOT_LOOKED
        assert line.planted_value == len(truth[name]) > 0


def test_the_route_answers_only_in_a_demo_and_only_with_the_right(home: Path, tmp_path: Path) -> None:
    settings = demo_settings(home)
    allowed, other = make_token(settings, "truth:read"), make_token(settings, "figures:read")
    with client_of(settings, require_key=True) as client:
        assert client.get("/v1/truth").status_code == 401
        assert client.get("/v1/truth", headers=bearer(other)).status_code == 403
        said = client.get("/v1/truth", headers=bearer(allowed))
        assert said.status_code == 200
        again = client.get("/v1/truth", headers=bearer(allowed))
    assert said.json()["counts"].keys() == {verdict.value for verdict in Verdict}
    assert again.content == said.content
    real = Settings(home=tmp_path / "real")
    token = make_token(real, "truth:read")
    with client_of(real, require_key=True) as client:
        refused = client.get("/v1/truth", headers=bearer(token))
    assert (refused.status_code, refused.json()["code"]) == (404, "not_a_demo")


def test_a_truth_file_of_another_generation_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "truth.json"
    file.write_bytes(b'{"generation": 1, "plan": {}}')
    with pytest.raises(msgspec.MsgspecError):
        read_truth(file)
    home = tmp_path / "home"
    (home / "demo").mkdir(parents=True)
    file.rename(home / "demo" / "truth.json")
    token = make_token(Settings(home=home), "truth:read")
    with client_of(Settings(home=home), require_key=True) as client:
        refused = client.get("/v1/truth", headers=bearer(token))
    assert (refused.status_code, refused.json()["code"]) == (409, "truth_unreadable")
