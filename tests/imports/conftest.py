from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.http import LocalClient, bearer, client_of, make_token
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record

Sender = Callable[..., httpx.Response]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", job_memory_mib=1_536)


@pytest.fixture
def client(settings: Settings) -> Iterator[LocalClient]:
    with client_of(settings) as opened:
        yield opened


@pytest.fixture
def mine(settings: Settings) -> dict[str, str]:
    """The header of somebody who may import."""
    return bearer(make_token(settings, "imports:run"))


@pytest.fixture
def send(client: LocalClient, mine: dict[str, str]) -> Sender:
    """Send a file in."""

    def run(content: bytes, name: str = "visits.csv", headers: dict[str, str] | None = None) -> httpx.Response:
        return client.post("/v1/uploads", params={"name": name}, content=content, headers=headers or mine)

    return run


def following(client: LocalClient, headers: dict[str, str], job: str) -> list[dict[str, Any]]:
    """Follow a job to its end; return what was told."""
    told = client.get(f"/v1/jobs/{job}/follow", headers=headers)
    assert told.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in told.text.splitlines() if line.startswith("data: ")]
    return [msgspec.json.decode(line) for line in lines]


def events_in(settings: Settings) -> list[dict[str, Any]]:
    """Return id and data of every event somebody imported."""
    with open_record(settings) as record:
        found = [recorded.event for recorded in record.iterate(personal=True)]
    return [
        {"type": event.type, "case": event.case, "data": event.data}
        for event in found
        if not event.type.startswith(("access.", "system."))
    ]
