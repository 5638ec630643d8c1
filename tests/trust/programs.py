"""Programs that run beside a test: a witness of ours, any other server, until the block ends or they are killed."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningWitness:
    """``tiexin witness serve`` as users run it."""

    def __init__(self, home: Path, *vkeys: str, port: int = 0) -> None:
        logs = [word for vkey in vkeys for word in ("--log", vkey)]
        command = [sys.executable, "-m", "tiexin.app.cli", "witness", "serve", "--port", str(port)]
        self._process = subprocess.Popen(
            [*command, "--home", str(home), *logs], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        assert self._process.stdout is not None
        first = self._process.stderr.readline()
        assert "listens on" in first, first + self._process.stderr.read()
        self.url = first.split()[4]
        self.vkey = self._process.stdout.readline().strip()
        self._client = httpx.Client(timeout=30)

    def add_checkpoint(self, body: bytes) -> httpx.Response:
        """Ask for a cosignature."""
        return self._client.post(f"{self.url}/add-checkpoint", content=body)

    def get(self, path: str) -> httpx.Response:
        """Read what the witness shows everybody."""
        return self._client.get(f"{self.url}/{path}")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        """Stop it as an operator does; return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        self._end()
        return self._process.returncode

    def _end(self) -> None:
        self._process.wait(30)
        self._client.close()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()


@contextlib.contextmanager
def running_witness(home: Path, *vkeys: str) -> Iterator[RunningWitness]:
    """Yield a running witness of a home."""
    witness = RunningWitness(home, *vkeys)
    try:
        yield witness
    finally:
        witness.stop()


@contextlib.contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Yield the address of a plain file server for a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def client_program(name: str) -> Path:
    """Return a program of others (``.clients/bin``); ``make install`` puts them there."""
    found = REPOSITORY / ".clients" / "bin" / name
    assert found.exists(), f"{name} is not installed: make install"
    return found


def run(
    *command: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end."""
    return subprocess.run([str(word) for word in command], input=stdin, capture_output=True, check=False, env=env)


def tiexin(*words: str | Path) -> Sequence[str]:
    """Return a command line of ours."""
    return [sys.executable, "-m", "tiexin.app.cli", *(str(word) for word in words)]
