"""A real node (anvil) in a process of its own, and a time-stamping authority (openssl ts) behind HTTP."""

from __future__ import annotations

import itertools
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ANVIL = Path(__file__).resolve().parents[2] / "clients/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
# The first two accounts of anvil's well-known test mnemonic; worth nothing anywhere else.
RICH_KEYS = (
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
)

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test Time
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa_one
[tsa_one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/enclosed.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


class Node(NamedTuple):
    """The address of a node, and how to end it."""

    rpc: str
    process: subprocess.Popen[str]


@contextmanager
def anvil(*options: str) -> Iterator[Node]:
    """Run a node on a free port until the block ends."""
    if not ANVIL.exists():
        pytest.skip("anvil is not installed (make install)")
    process = subprocess.Popen([ANVIL, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = next(line.split()[-1] for line in process.stdout if line.startswith("Listening on"))
        # It tells of every request and block, and stands still when nobody reads that.
        reading = threading.Thread(target=process.stdout.read, daemon=True)
        reading.start()
        yield Node(f"http://{address}", process)
        process.terminate()
        reading.join()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Authority(NamedTuple):
    """A time-stamping authority: its address, the PEM of its root, its folder."""

    url: str
    roots: Path
    folder: Path


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> None:
    """Make root, authority between and stamping certificate; answers enclose all but the root."""
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("1000\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
    _openssl(
        folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "30",
        "-extensions", "root", "-subj", "/CN=Test Root",
    )  # fmt: skip
    for name, subject, issuer, extensions in (
        ("middle", "Test Between", "root", "root"),
        ("tsa", "Test Time", "middle", "stamping"),
    ):
        _openssl(
            folder, "req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}"
        )
        _openssl(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
            "-CAcreateserial", "-out", f"{name}.pem", "-days", "30", "-extfile", "tsa.cnf", "-extensions", extensions,
        )  # fmt: skip
    (folder / "enclosed.pem").write_bytes((folder / "middle.pem").read_bytes())


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """Serve an authority until the block ends."""
    make_authority(folder)
    numbers = itertools.count()
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            number = next(numbers)
            query, reply = folder / f"{number}.tsq", folder / f"{number}.tsr"
            query.write_bytes(self.rfile.read(int(self.headers["content-length"])))
            # The path may ask for something else than a stamp: /error, /rubbish, /old (the one before again).
            path = self.path.partition("?")[0]
            if path == "/error":
                self.send_error(503)
                return
            with one_at_a_time:
                _openssl(folder, "ts", "-reply", "-queryfile", str(query), "-out", str(reply), "-config", "tsa.cnf")
            answers = {"/rubbish": lambda: b"rubbish", "/old": (folder / f"{number - 1}.tsr").read_bytes}
            answer = answers.get(path, reply.read_bytes)()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{server.server_address[1]}/", folder / "root.pem", folder)
        finally:
            server.shutdown()
            thread.join()
