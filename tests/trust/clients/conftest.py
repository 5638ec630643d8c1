"""A real log of ours, and what a cheat with its key could publish in its place, for programs that none of us wrote."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.events import calls, secret_call
from tests.support.trust import ORIGIN
from tiexin.infra.settings import Settings
from tiexin.record.api import open_record
from tiexin.trust.api import Trust, TrustKeys, open_trust
from tiexin.trust.log import Log
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import VerifierKey, parse_note, parse_vkey
from tiexin.trust.rules.tile_paths import format_tile_path, tiles_of
from tiexin.trust.rules.tlog_proof import TlogProof, parse_proof

CLIENTS = Path(__file__).parents[3] / ".clients" / "bin"
NODE_MODULES = Path(__file__).parents[2] / "clients" / "node_modules"
OLD_SIZE, SIZE = 300, 600
"""Two published heads: the bundle of the first is partial, and the second has two full tiles and a partial one."""
CHANGED = 100
"""Index of the entry that a cheat changes."""


class Published(msgspec.Struct, kw_only=True):
    """What a client gets of a log: a folder (checkpoint, tiles, entries) and, from elsewhere, its key."""

    folder: Path
    vkey: str
    old_checkpoint: Path

    @property
    def key(self) -> VerifierKey:
        """The key of the Ed25519 line."""
        return parse_vkey(self.vkey)

    @property
    def checkpoint(self) -> Path:
        """The signed checkpoint."""
        return self.folder / "checkpoint"

    def root(self) -> bytes:
        """Return the root hash that stands in the checkpoint."""
        import base64

        return base64.b64decode(parse_note(self.checkpoint.read_bytes()).text.split(b"\n")[2])


class Bank(Published, kw_only=True):
    """Our log as it is published, with its entries and proofs; ``trust`` can still sign."""

    trust: Trust
    entries: list[bytes]

    def proof(self, index: int) -> TlogProof:
        """Return the proof of an entry under the present head."""
        return parse_proof(self.trust.prove(index=index))


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """A log of 600 events of a record, signed with every kind of key we know and published as a folder."""
    home = tmp_path_factory.mktemp("bank")
    settings = Settings(home=home / "home")
    keys = TrustKeys(settings)
    # The lines of SM2 and ML-DSA-44 must not trouble clients that know Ed25519 alone.
    vkey = keys.create(ORIGIN, sm2=True, mldsa=True)
    with open_record(settings) as record, open_trust(settings, record=record) as trust:
        record.append([*calls(OLD_SIZE - 1), secret_call(OLD_SIZE - 1, "between customer and bank")])
        trust.sync()
        old = home / "old-checkpoint"
        old.write_bytes(_head(trust))
        record.append(calls(SIZE - OLD_SIZE, first=OLD_SIZE))
        trust.sync()
        trust.export(home / "log")
        with trust.reading_alone() as log:
            entries = list(log.entries(0, SIZE))
        yield Bank(folder=home / "log", vkey=vkey, old_checkpoint=old, trust=trust, entries=entries)


def _head(trust: Trust) -> bytes:
    head = trust.head()
    assert head is not None
    return head.checkpoint


@pytest.fixture
def edited(bank: Bank, tmp_path: Path) -> Published:
    """One entry was changed where it lies; the checkpoint is the real one."""
    folder = Path(shutil.copytree(bank.folder, tmp_path / "edited"))
    bundle = folder / "tile" / "entries" / "000"
    content = bytearray(bundle.read_bytes())
    content[CHANGED * 34 + 2] ^= 1
    bundle.write_bytes(content)
    return _other(bank, folder)


@pytest.fixture
def rebuilt(bank: Bank, tmp_path: Path) -> Published:
    """One entry was changed and every tile made anew over it; the checkpoint is the real one."""
    entries = _changed(bank)
    folder = _written(entries, tmp_path, "rebuilt", checkpoint=bank.checkpoint.read_bytes(), size=SIZE)
    return _other(bank, folder)


@pytest.fixture
def truncated(bank: Bank, tmp_path: Path) -> Published:
    """The last entries were taken away; the checkpoint is the real one, which still counts them."""
    checkpoint = bank.checkpoint.read_bytes()
    return _other(bank, _written(bank.entries[:OLD_SIZE], tmp_path, "cut", checkpoint=checkpoint, size=OLD_SIZE))


@pytest.fixture
def shrunk(bank: Bank, tmp_path: Path) -> Published:
    """The log was cut below the head that clients have seen, and the cheat signed the shorter one."""
    return _signed(bank, bank.entries[: OLD_SIZE - 1], tmp_path, "shrunk")


@pytest.fixture
def fork(bank: Bank, tmp_path: Path) -> Published:
    """Another history of the same length, signed with the real key."""
    return _signed(bank, _changed(bank), tmp_path, "fork")


def _changed(bank: Bank) -> list[bytes]:
    return [*bank.entries[:CHANGED], bytes(32), *bank.entries[CHANGED + 1 :]]


def _other(bank: Bank, folder: Path) -> Published:
    return Published(folder=folder, vkey=bank.vkey, old_checkpoint=bank.old_checkpoint)


def _signed(bank: Bank, entries: list[bytes], tmp_path: Path, name: str) -> Published:
    with Log.open(tmp_path / f"{name}-log") as log:
        log.extend(entries)
        checkpoint = bank.trust.keys.sign_checkpoint(Checkpoint(ORIGIN, len(entries), log.root()))
    return _other(bank, _written(entries, tmp_path, name, checkpoint=checkpoint, size=len(entries)))


def _written(entries: list[bytes], tmp_path: Path, name: str, *, checkpoint: bytes, size: int) -> Path:
    folder = tmp_path / name
    with Log.open(tmp_path / f"{name}-tiles") as log:
        log.extend(entries)
        for tile in tiles_of(size):
            file = folder / "tile" / format_tile_path(tile)
            file.parent.mkdir(parents=True, exist_ok=True)
            if tile.level is None:
                file.write_bytes(log.entry_bundle(tile.index, tile.width))
            else:
                file.write_bytes(log.tile(tile.level, tile.index, tile.width))
    (folder / "checkpoint").write_bytes(checkpoint)
    return folder


class Answer(msgspec.Struct):
    """How a program ended, and all that it said."""

    code: int
    said: str


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> Answer:
    """Run a program of others and return how it ended."""
    assert Path(command[0]).exists(), f"{Path(command[0]).name} is not installed (make install)"
    done = subprocess.run(
        [str(part) for part in command], check=False, capture_output=True, text=True, timeout=300, cwd=cwd, env=env
    )
    return Answer(done.returncode, done.stdout + done.stderr)


def other_key(tmp_path: Path) -> str:
    """Return the key of another log of the same name."""
    return TrustKeys(Settings(home=tmp_path / "other-home")).create(ORIGIN)
