"""The application for tests: in this process, or as the program that users run."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from tiexin.access.api import open_access
from tiexin.app.http import create_app
from tiexin.infra.settings import Settings

PEER = ("127.0.0.1", 50_000)
BASE = "http://127.0.0.1:8765"


class LocalClient:
    """Calls an application of this process as if over HTTP, with no socket between."""

    def __init__(self, app: FastAPI, portal: BlockingPortal, *, peer: tuple[str, int], base: str) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=peer)
        self.app = app
        self._portal = portal
        self.client = httpx.AsyncClient(transport=transport, base_url=base)
        self.client.headers.clear()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request and return the complete answer."""
        return self._portal.call(lambda: self.client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET request."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a POST request."""
        return self.request("POST", path, **options)


@contextlib.contextmanager
def client_of(
    settings: Settings, *, peer: tuple[str, int] = PEER, base: str = BASE, **options: Any
) -> Iterator[LocalClient]:
    """Yield a client of a started application in this process."""
    app = create_app(settings, **options)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        client = LocalClient(app, portal, peer=peer, base=base)
        yield client
        portal.call(client.client.aclose)


def make_token(settings: Settings, *scopes: str) -> str:
    """Return the token of a new key."""
    with open_access(settings) as access:
        return access.keys.create(name="test", scopes=list(scopes)).token


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a key."""
    return {"authorization": f"Bearer {token}"}


def cloud_event(number: int = 1, **attributes: Any) -> dict[str, Any]:
    """Return a CloudEvent as JSON object; attributes given replace the usual ones."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "test",
        "type": "journey.step_recorded.v1",
        "time": f"2026-03-01T09:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "data": {"number": number},
        **attributes,
    }


def encode(value: Any) -> bytes:
    """Return JSON text."""
    return msgspec.json.encode(value)


class Program:
    """``tiexin serve`` in a process of its own."""

    def __init__(self, home: Path, *options: str) -> None:
        command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "serve", "--port", "0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.announcement = self.process.stderr.readline()
        self.url = next((word for word in self.announcement.split() if word.startswith("http://")), "")

    def stop(self) -> int:
        """End the program as Ctrl+C does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        for stream in (self.process.stderr, self.process.stdout):
            if stream is not None:
                stream.close()
        return code


@contextlib.contextmanager
def program(home: Path, *options: str) -> Iterator[Program]:
    """Yield a running server; stop it afterwards."""
    running = Program(home, *options)
    try:
        yield running
    finally:
        if running.process.returncode is None:
            running.stop()


def run_cli(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    before: Sequence[str] = ("--home", str(home)) if home else ()
    return subprocess.run(
        [sys.executable, "-m", "tiexin.app.cli", *before, *words], capture_output=True, text=True, check=False
    )
