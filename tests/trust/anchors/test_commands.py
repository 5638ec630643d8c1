"""The commands as a person runs them, over a log, a node and an authority that are real."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.events import calls
from tests.support.trust import begun
from tests.trust.anchors.nodes import RICH_KEYS, Authority, Node
from tiexin.app.cli import app
from tiexin.infra.settings import Settings
from tiexin.kernel.clock import FixedClock
from tiexin.record.api import open_record
from tiexin.trust.anchors.background import HOUR_US, background
from tiexin.trust.anchors.kept import Kept
from tiexin.trust.anchors.listing import anchors_over, listed, stamps_over
from tiexin.trust.anchors.options import AnchorSettingError, account_key, keep_options, load_options
from tiexin.trust.api import open_trust

GAS_MAX = 65_000


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TIEXIN_ANCHOR_KEY", RICH_KEYS[0])
    made = Settings(home=tmp_path / "home")
    with begun(made) as (record, _):
        record.append(calls(7))
    return made


def run(settings: Settings, *words: str, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["--home", str(settings.home), "trust", "anchor", *words, "--json"])
    assert done.exit_code == code, done.output
    said: dict[str, Any] = json.loads(done.stdout or done.stderr)
    return said


def grow(settings: Settings, first: int, count: int) -> None:
    with open_record(settings) as record:
        record.append(calls(count, first=first))


def test_a_growing_log_is_anchored_on_a_chain_and_verified(settings: Settings, node: Node) -> None:
    account = run(settings, "account")["account"]
    assert account == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    made = run(settings, "deploy", "--rpc", node.rpc)
    assert made["chain_id"] == 31_337
    first = run(settings, "evm")
    assert (first["size"], first["new"], first["contract"]) == (7, True, made["contract"])
    grow(settings, 7, 30)
    second = run(settings, "evm")
    assert (second["size"], second["new"]) == (37, True)
    assert 21_000 < second["gas"] <= GAS_MAX
    assert run(settings, "evm")["new"] is False
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        assert trust.reading(37).root(37).hex() == second["root"]
    shown = run(settings, "verify")
    assert (shown["ok"], [each["size"] for each in shown["anchors"]]) == (True, [7, 37])
    assert [each["size"] for each in run(settings, "list")["anchors"]] == [37, 7]
    assert [each.size for each in anchors_over(settings, size=8)] == [37]


def test_a_second_contract_is_not_made_by_accident(settings: Settings, node: Node) -> None:
    made = run(settings, "deploy", "--rpc", node.rpc)
    refused = run(settings, "deploy", "--rpc", node.rpc, code=1)
    assert (refused["code"], refused["contract"]) == ("anchor_setting", made["contract"])
    other = run(settings, "deploy", "--replace")
    assert other["contract"] != made["contract"]
    assert load_options(settings).contract == other["contract"]


def test_an_anchor_that_does_not_hold_ends_with_1_and_is_listed_so(settings: Settings, node: Node) -> None:
    run(settings, "deploy", "--rpc", node.rpc)
    run(settings, "evm")
    file = settings.home / "trust" / "anchors.jsonl"
    file.write_text(file.read_text().replace('"size":7', '"size":6'))
    shown = run(settings, "verify", code=1)
    assert (shown["ok"], shown["anchors"][0]["ok"]) == (False, False)
    assert shown["anchors"][0]["detail"].startswith("the log's root over 6 entries is ")
    assert listed(settings) == shown["anchors"]


def test_a_stamp_is_made_and_openssl_believes_it(settings: Settings, tsa: Authority) -> None:
    made = run(settings, "timestamp", "--tsa", tsa.url, "--roots", str(tsa.roots))
    assert (made["kind"], made["size"], made["authority"]) == ("rfc3161", 7, "CN=Test Time")
    stamp, checkpoint = Kept(settings.home).stamp_files(made["stamp"])
    words = ["openssl", "ts", "-verify", "-data", str(checkpoint), "-in", str(stamp), "-CAfile", str(tsa.roots)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (checked.returncode, "Verification: OK" in checked.stdout + checked.stderr) == (0, True)
    assert run(settings, "verify") == {"ok": True, "authority_checked": True, "anchors": listed(settings)}
    (found,) = stamps_over(settings, size=7)
    assert (found.size, found.checkpoint, found.stamp) == (7, checkpoint.read_bytes(), stamp.read_bytes())
    assert stamps_over(settings, size=8) == []


def test_without_a_chain_or_an_authority_a_command_says_what_to_do(settings: Settings) -> None:
    assert "deploy --rpc URL" in run(settings, "evm", code=1)["detail"]
    assert "timestamp --tsa URL" in run(settings, "timestamp", code=1)["detail"]
    assert run(settings, "list") == {"anchors": [], "last_error": None}


def test_a_server_anchors_by_itself_when_it_is_due(settings: Settings, node: Node, tsa: Authority) -> None:
    run(settings, "deploy", "--rpc", node.rpc)
    keep_options(settings, tsa=tsa.url, tsa_roots=str(tsa.roots))
    clock = FixedClock(1_800_000_000_000_000)
    kept = Kept(settings.home)
    with begun(settings) as (record, trust):
        trust.sync()
        tick = background(trust, clock=clock)
        for _ in range(2):
            tick()
            tick.join()
        assert kept.all() == []
        assert run(settings, "every", "24") == {"every_hours": 24}
        for size in (7, 9):
            for _ in range(2):
                tick()
                tick.join()
            assert [(each.kind, each.size) for each in kept.all()][-2:] == [("evm", size), ("rfc3161", size)]
            record.append(calls(2, first=size))
            trust.sync()
            clock.advance(microseconds=24 * HOUR_US)
    assert len(kept.all()) == 4
    assert (kept.checks().tried_us, kept.checks().error) == (clock.now_us() - 24 * HOUR_US, None)


def test_a_failure_in_the_background_is_kept_and_tried_again_within_the_hour(
    settings: Settings, tsa: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    keep_options(settings, tsa=tsa.url + "error", every_hours=24)
    clock = FixedClock(1_800_000_000_000_000)
    kept = Kept(settings.home)
    with begun(settings) as (_, trust):
        trust.sync()
        tick = background(trust, clock=clock)
        tick()
        tick.join()
        assert "503" in (kept.checks().error or "")
        assert "503" in run(settings, "list")["last_error"]
        keep_options(settings, tsa=tsa.url)
        tick()
        tick.join()
        assert kept.all() == []
        clock.advance(microseconds=HOUR_US)
        tick()
        tick.join()
    assert ([each.size for each in kept.all()], kept.checks().error) == ([7], None)
    assert "503" in caplog.text


def test_the_account_has_a_key_of_its_own_unless_one_is_given(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    own = account_key(settings, environment={})
    assert own == account_key(settings, environment={})
    assert account_key(Settings(home=tmp_path / "other"), environment={}) != own
    given = tmp_path / "account"
    given.write_text(RICH_KEYS[0] + "\n")
    named = {"TIEXIN_ANCHOR_KEY_FILE": str(given)}
    assert account_key(settings, environment=named).hex() == RICH_KEYS[0][2:]
    with pytest.raises(AnchorSettingError, match="has 2 bytes instead of 32"):
        account_key(settings, environment={"TIEXIN_ANCHOR_KEY": "0x1234"})
    with pytest.raises(AnchorSettingError) as refused:
        account_key(settings, environment={"TIEXIN_ANCHOR_KEY": "secret words"})
    assert "secret words" not in refused.value.message


def test_the_environment_wins_over_what_is_remembered(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    keep_options(settings, rpc="http://remembered", every_hours=12)
    options = load_options(
        settings, environment={"TIEXIN_ANCHOR_RPC": "http://given", "TIEXIN_ANCHOR_EVERY_HOURS": "6"}
    )
    assert (options.rpc, options.every_hours) == ("http://given", 6)
    assert load_options(settings, environment={}).rpc == "http://remembered"
    with pytest.raises(AnchorSettingError, match="every_hours"):
        load_options(settings, environment={"TIEXIN_ANCHOR_EVERY_HOURS": "often"})
