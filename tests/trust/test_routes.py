"""The public log over HTTP for everybody, its state for those who may see it, audits as jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.events import calls
from tests.support.http import LocalClient, bearer, client_of, make_token
from tests.support.jobs import ended
from tests.support.trust import ORIGIN, begun
from tiexin.app.http import Opened
from tiexin.infra.settings import Settings
from tiexin.record.api import Record
from tiexin.trust.api import Trust
from tiexin.trust.keys.secrets import generate
from tiexin.trust.rules.merkle import leaf_hash, root_of
from tiexin.trust.rules.note import COSIGNATURE, ED25519, format_vkey, make_vkey
from tiexin.trust.rules.policy import PolicyWitness, parse_policy
from tiexin.trust.rules.verifying import open_checkpoint

SIZE = 700


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server that publishes once when it starts and then only when the test does."""
    return Settings(home=tmp_path / "home", trust_publish_seconds=86_400)


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    with begun(settings) as (record, trust):
        record.append(calls(SIZE))
        trust.sync()
    with client_of(settings) as opened:
        yield opened


def inside(client: LocalClient) -> tuple[Record, Trust]:
    opened: Opened = client.app.state.opened
    return opened.record(), opened.trust()


def test_the_log_is_there_for_everybody(client: LocalClient) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    _, trust = inside(client)
    checkpoint, names = open_checkpoint(answer.content, trust.keys.vkeys())
    assert names == [ORIGIN]
    hashes = b"".join(client.get(f"/log/tile/0/{path}").content for path in ("000", "001", "002.p/188"))
    assert checkpoint.size == len(hashes) // 32 == SIZE
    assert root_of([hashes[place : place + 32] for place in range(0, len(hashes), 32)]) == checkpoint.root
    bundle = client.get("/log/tile/entries/002.p/188")
    assert bundle.headers["content-type"] == "application/octet-stream"
    assert bundle.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert bundle.content[:2] == b"\x00\x20"
    assert leaf_hash(bundle.content[2:34]) == hashes[512 * 32 : 513 * 32]
    assert client.get("/log/tile/1/000.p/2").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("tile/0/003", "tile/0/002", "tile/0/002.p/189", "tile/1/000", "tile/1/000.p/3", "tile/2/000.p/1"),
        *("tile/entries/002", "tile/entries/003.p/1", "tile/0/0", "tile/0/x000/000", "tile/64/000", "tile/-1/000"),
        *("", "checkpoint/", "tile", "tile/", "tile/0", "nothing"),
    ],
)
def test_what_no_checkpoint_covers_is_not_there(client: LocalClient, path: str) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_recorded_but_not_signed_is_not_served(client: LocalClient) -> None:
    record, trust = inside(client)
    before = client.get("/log/checkpoint").content
    record.append(calls(100, first=SIZE))
    assert client.get("/log/checkpoint").content == before
    assert client.get("/log/tile/0/003.p/32").status_code == 404
    assert trust.sync().size == SIZE + 100
    assert client.get("/log/tile/0/003.p/32").status_code == 200
    assert client.get("/log/tile/0/002").status_code == 200


def test_policy_and_keys_say_how_to_judge_it(client: LocalClient) -> None:
    policy = parse_policy(client.get("/log/policy").content)
    keys = client.get("/log/keys").json()
    assert keys == {
        "origin": ORIGIN,
        "vkeys": [log.vkey for log in policy.logs],
        "witnesses": [],
        "needed": 0,
        "rotations": [],
    }
    assert policy.quorum == "none"


def test_how_we_sign_in_at_a_witness_is_not_published(client: LocalClient) -> None:
    secret = generate("witness.example/w1", kind=ED25519)
    vkey = format_vkey(make_vkey("witness.example/w1", kind=COSIGNATURE, key=secret.key.key))
    line = f"witness w1 {vkey} https://bank:geheim@witness.example/in?token=geheim\nquorum none\n"
    (inside(client)[1].folder / "witnesses.policy").write_text(line, "utf-8")
    shown = client.get("/log/policy").text
    assert "geheim" not in shown
    assert parse_policy(shown).witnesses == (PolicyWitness("w1", vkey, "https://witness.example/in"),)


def test_every_address_of_the_log_answers_head_and_nothing_else(client: LocalClient) -> None:
    for path in ("checkpoint", "policy", "keys", "tile/0/000"):
        assert client.request("HEAD", f"/log/{path}").status_code == 200
        assert client.post(f"/log/{path}").status_code == 405


def test_its_state_is_for_those_who_may_see_it(client: LocalClient, settings: Settings) -> None:
    reader = bearer(make_token(settings, "trust:read"))
    assert client.get("/v1/trust").status_code == 403
    assert client.get("/v1/trust", headers=bearer(make_token(settings, "record:read"))).status_code == 403
    state = client.get("/v1/trust", headers=reader).json()
    head = state.pop("head")
    assert (head["size"], len(head["root"])) == (SIZE, 64)
    assert state.pop("vkeys") == client.get("/log/keys").json()["vkeys"]
    # The key that was made is an event beyond the head; so are the refusals above, once they are written.
    assert SIZE < state["record"] <= SIZE + 4
    assert state.pop("behind") == state.pop("record") - SIZE
    assert state == {
        "initialised": True,
        "origin": ORIGIN,
        "witnesses": {"needed": 0, "of": 0, "seen": []},
        "anchors": [],
        "audit": None,
        "publishing": {"every_seconds": 86_400, "last_error": None},
    }


def test_an_audit_is_a_job_that_names_what_was_changed(client: LocalClient, settings: Settings) -> None:
    auditor = bearer(make_token(settings, "trust:audit", "trust:read"))
    assert client.post("/v1/trust/audit", headers=bearer(make_token(settings, "trust:read"))).status_code == 403
    record, _ = inside(client)
    with record.database.write() as connection:
        connection.exec_driver_sql("UPDATE events SET team = 'other' WHERE position = 42")
    answer = client.post("/v1/trust/audit", headers=auditor)
    assert (answer.status_code, answer.json()["kind"]) == (202, "trust.audit")
    opened: Opened = client.app.state.opened
    job = ended(opened.work.jobs, answer.json()["id"])
    assert job.error is None
    assert job.result is not None
    assert [(fault["kind"], fault["event"], fault["index"]) for fault in job.result["faults"]] == [
        ("altered", "call-41", 41)
    ]
    shown = client.get("/v1/trust", headers=auditor).json()["audit"]
    assert (shown["ok"], shown["faults_total"]) == (False, 1)


def test_before_it_is_begun_there_is_nothing_and_it_is_begun_once(settings: Settings) -> None:
    manager = bearer(make_token(settings, "settings:manage", "trust:read", "trust:audit"))
    reader = bearer(make_token(settings, "trust:read")) | {"content-type": "application/json"}
    with client_of(settings) as client:
        for path in ("checkpoint", "policy", "keys", "tile/0/000"):
            answer = client.get(f"/log/{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "trust_not_initialised")
        state = client.get("/v1/trust", headers=manager).json()
        assert (state["initialised"], state["head"], state["origin"]) == (False, None, None)
        assert client.post("/v1/trust/audit", headers=manager).status_code == 404
        body = json.dumps({"origin": ORIGIN})
        asked = {"content": body, "headers": manager | {"content-type": "application/json"}}
        assert client.post("/v1/trust", content=body, headers=reader).status_code == 403
        answer = client.post("/v1/trust", **asked)
        assert (answer.status_code, answer.json()["origin"]) == (201, ORIGIN)
        again = client.post("/v1/trust", **asked)
        assert (again.status_code, again.json()["code"]) == (409, "trust_already_initialised")
        assert client.get("/log/checkpoint").status_code == 404
        _, trust = inside(client)
        trust.sync()
        assert client.get("/log/checkpoint").status_code == 200


@pytest.mark.parametrize("origin", ["with space", "a+b", "", "x" * 201, "line\nend"])
def test_a_name_that_cannot_be_is_refused(settings: Settings, origin: str) -> None:
    with client_of(settings) as client:
        manager = bearer(make_token(settings, "settings:manage")) | {"content-type": "application/json"}
        answer = client.post("/v1/trust", content=json.dumps({"origin": origin}), headers=manager)
        assert answer.status_code == 422
        assert not inside(client)[1].initialised
