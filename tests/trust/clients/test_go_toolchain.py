"""``go mod download`` of the unmodified Go toolchain takes our log for its checksum database (GOSUMDB).

The log is the product's own (files, tiles, proofs), its entries are lines of go.sum, and it is served in the paths of
a checksum database. The toolchain remembers the newest head it has seen and tolerates no other history.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.trust.clients.conftest import CLIENTS, Answer, run
from tiexin.kernel.errors import TiexinError
from tiexin.trust.log import Log
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint
from tiexin.trust.rules.note import ED25519, Note, SignatureLine, format_note, format_vkey, make_vkey

NAME = "sum.tiexin.test"
TREE = "go.sum database tree"
MODULE = "tiexin.test/hello"
VERSIONS = ["v1.0.0", "v1.1.0"]
FIRST, MORE = 300, 310
"""Entries of the log at first, and later; each version of the module stands in one of them."""
AT = {"v1.0.0": 70, "v1.1.0": 305}


def module_files(version: str) -> dict[str, bytes]:
    source = f'package hello\n\nconst Version = "{version}"\n'
    return {"go.mod": f"module {MODULE}\n".encode(), "hello.go": source.encode()}


def go_sum(version: str) -> bytes:
    """Return the lines of go.sum: the hash of all files, and that of go.mod (golang.org/ref/mod, section go.sum)."""
    files = {f"{MODULE}@{version}/{name}": content for name, content in module_files(version).items()}
    whole, alone = _h1(files), _h1({"go.mod": module_files(version)["go.mod"]})
    return f"{MODULE} {version} {whole}\n{MODULE} {version}/go.mod {alone}\n".encode()


def _h1(files: dict[str, bytes]) -> str:
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def put_proxy(folder: Path) -> str:
    """Write a module proxy of plain files; return its address."""
    place = folder / MODULE / "@v"
    place.mkdir(parents=True)
    (place / "list").write_text("\n".join(VERSIONS) + "\n", "utf-8")
    for version in VERSIONS:
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in module_files(version).items():
                archive.writestr(f"{MODULE}@{version}/{name}", content)
        (place / f"{version}.zip").write_bytes(packed.getvalue())
        (place / f"{version}.mod").write_bytes(module_files(version)["go.mod"])
        (place / f"{version}.info").write_text(f'{{"Version":"{version}"}}', "utf-8")
    return folder.as_uri()


class Database:
    """A checksum database over a log; ``said`` replaces what it answers for a version."""

    def __init__(self, folder: Path, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = make_vkey(NAME, kind=ED25519, key=private.public_key().public_bytes_raw())
        self.log = Log.open(folder)
        self.said: dict[str, bytes] = {}

    def grow(self, size: int, branch: str = "") -> None:
        versions = {index: version for version, index in AT.items()}
        self.log.extend(
            [
                go_sum(versions[index]) if index in versions else f"other{branch}.test/m{index} v1.0.0 h1:\n".encode()
                for index in range(self.log.size, size)
            ]
        )

    def head(self) -> bytes:
        text = format_checkpoint(Checkpoint(TREE, self.log.size, self.log.root()))
        return format_note(Note(text, [SignatureLine(NAME, self.key.key_id, self._private.sign(text))]))

    def answer(self, path: str) -> bytes | None:
        """Return what stands at a path (golang.org/design/25530-sumdb)."""
        if path == "/latest":
            return self.head()
        if path.startswith("/lookup/"):
            version = path.rpartition("@")[2]
            if AT.get(version, self.log.size) >= self.log.size:
                return None
            text = self.said.get(version) or self.log.entry(AT[version])
            return f"{AT[version]}\n".encode() + text + b"\n" + self.head()
        if path.startswith("/tile/8/"):
            level, _, rest = path.removeprefix("/tile/8/").partition("/")
            index, _, width = rest.partition(".p/")
            number = int("".join(part.removeprefix("x") for part in index.split("/")))
            with contextlib.suppress(TiexinError):  # beyond the end of the log
                return self.log.tile(int(level), number, int(width or 256))
        return None

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Serve it; yield the value of GOSUMDB."""
        database = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = database.answer(self.path)
                self.send_response(404 if found is None else 200)
                self.end_headers()
                self.wfile.write(found or b"not found")

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"{format_vkey(self.key)} http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
            server.server_close()


class Customer:
    """Somebody who works with Go; ``memory`` (GOPATH) keeps the newest head between downloads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._proxy = put_proxy(folder / "proxy")
        (folder / "work").mkdir()
        (folder / "work" / "go.mod").write_text("module work\n\ngo 1.27\n", "utf-8")

    def download(self, version: str, database: str, *, memory: str = "mine") -> Answer:
        """Download a version of the module, checked against a database."""
        given = {"GOPROXY": self._proxy, "GOSUMDB": database, "GOPATH": str(self._folder / memory)}
        fixed = {"GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw", "GONOSUMDB": "", "GOPRIVATE": "", "GOINSECURE": ""}
        env = {**os.environ, **given, **fixed, "GOCACHE": str(self._folder / "cache")}
        return run(
            CLIENTS / "go", "mod", "download", "-json", f"{MODULE}@{version}", cwd=self._folder / "work", env=env
        )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "log", Ed25519PrivateKey.generate())
    made.grow(FIRST)
    yield made
    made.log.close()


@pytest.fixture
def customer(tmp_path: Path) -> Customer:
    folder = tmp_path / "customer"
    folder.mkdir()
    return Customer(folder)


def test_go_downloads_what_stands_in_our_log_and_follows_its_growth(database: Database, customer: Customer) -> None:
    with database.served() as address:
        first = customer.download("v1.0.0", address)
        assert first.code == 0, first.said
        assert go_sum("v1.0.0").split()[2].decode() in first.said
        refused = customer.download("v1.1.0", address)
        assert refused.code == 1
        assert "404" in refused.said
        database.grow(MORE)
        second = customer.download("v1.1.0", address)
        assert second.code == 0, second.said


def test_go_refuses_an_edited_entry(database: Database, customer: Customer) -> None:
    database.said["v1.0.0"] = go_sum("v1.0.0").replace(b"h1:", b"h1:A", 1)
    with database.served() as address:
        answer = customer.download("v1.0.0", address)
    assert answer.code == 1
    assert "cannot authenticate record data in server response" in answer.said


def test_go_refuses_a_log_whose_end_is_gone(database: Database, customer: Customer, tmp_path: Path) -> None:
    """The head still counts what was cut off, so the tiles that it needs are not there."""
    head = database.head()
    cut = Database(tmp_path / "cut", Ed25519PrivateKey.generate())
    cut.log.extend(database.log.entries(0, 200))
    real, cut.key, cut.head = cut.key, database.key, lambda: head  # type: ignore[method-assign]
    assert real != cut.key
    with cut.served() as address:
        answer = customer.download("v1.0.0", address)
    cut.log.close()
    assert answer.code == 1
    assert "404" in answer.said


def test_go_refuses_a_fork_of_what_it_has_seen(database: Database, customer: Customer, tmp_path: Path) -> None:
    with database.served() as address:
        assert customer.download("v1.0.0", address).code == 0
    fork = Database(tmp_path / "fork", database._private)
    fork.log.extend(database.log.entries(0, 280))
    fork.grow(MORE, branch="-forked")
    with fork.served() as address:
        answer = customer.download("v1.1.0", address)
        stranger = customer.download("v1.1.0", address, memory="somebody-else")
    fork.log.close()
    assert answer.code == 1
    assert "SECURITY ERROR" in answer.said
    assert stranger.code == 0, "whoever has seen nothing cannot know; that is what witnesses are for"


def test_go_refuses_another_key(database: Database, customer: Customer, tmp_path: Path) -> None:
    other = Database(tmp_path / "other", Ed25519PrivateKey.generate())
    with database.served() as address:
        answer = customer.download("v1.0.0", f"{format_vkey(other.key)} {address.split()[1]}")
    other.log.close()
    assert answer.code == 1
    assert "unknown key" in answer.said or "no verifiable signatures" in answer.said
