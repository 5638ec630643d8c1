from __future__ import annotations

import socket
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.support.http import bearer, cloud_event, make_token, program, run_cli
from tiexin.app.serve import KeyNeededError, serve
from tiexin.infra.listening import AddressError, AddressInUseError
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record


def test_what_is_acknowledged_is_there_after_the_stop(tmp_path: Path) -> None:
    with program(tmp_path) as running:
        assert running.announcement.startswith("Tiexin listens on http://127.0.0.1:")
        answer = httpx.post(f"{running.url}/v1/events", json=[cloud_event(1), cloud_event(2)])
        assert answer.status_code == 201
        assert answer.headers.get_list("server") == ["tiexin"]
        assert httpx.get(f"{running.url}/v1/ready").json() == {"status": "ready"}
        assert running.stop() == 0
    with open_record(Settings(home=tmp_path)) as record:
        assert [found.event.id for found in record.read().events] == ["e1", "e2"]


def test_a_real_body_above_the_limit_is_refused_and_the_server_lives_on(tmp_path: Path) -> None:
    with program(tmp_path) as running:
        address = running.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=20) as wire:
            head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777217\r\n\r\n"
            wire.sendall(head.encode())
            assert wire.recv(100).startswith(b"HTTP/1.1 413 ")
        assert httpx.get(f"{running.url}/v1/record/stats").json()["position"] == 0


def test_a_key_is_asked_for_where_it_was_demanded(tmp_path: Path) -> None:
    token = make_token(Settings(home=tmp_path), "record:read")
    with program(tmp_path, "--require-key") as running:
        assert httpx.get(f"{running.url}/v1/events").status_code == 401
        assert httpx.get(f"{running.url}/v1/events", headers=bearer(token)).status_code == 200
        assert httpx.post(f"{running.url}/v1/events", json=cloud_event(), headers=bearer(token)).status_code == 403


def test_other_machines_are_served_only_when_there_is_a_key(tmp_path: Path) -> None:
    with pytest.raises(KeyNeededError, match="tiexin keys add"):
        serve(Settings(home=tmp_path), "0.0.0.0", 0)  # noqa: S104
    with pytest.raises(KeyNeededError):
        serve(Settings(home=tmp_path), require_key=True)
    done = run_cli("serve", "--host", "::", "--port", "0", home=tmp_path)
    assert done.returncode == 1
    assert msgspec.json.decode(done.stderr)["code"] == "key_needed"


@pytest.mark.parametrize(("host", "port"), [("example.org", 1), ("", 1), ("127.0.0.1", -1), ("127.0.0.1", 65_536)])
def test_an_address_that_is_not_possible_is_refused(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(AddressError):
        serve(Settings(home=tmp_path), host, port)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUseError, match=f"port {port}: Address already in use"):
            serve(Settings(home=tmp_path), "localhost", port)
    assert not (tmp_path / "record.db").exists()
