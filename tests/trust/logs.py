"""A signed log of its own for tests: entries in the real log, a key, checkpoints, and a folder as others serve it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tiexin.trust.log import Log
from tiexin.trust.rules.checkpoint import Checkpoint, format_checkpoint
from tiexin.trust.rules.note import ED25519, Note, SignatureLine, format_note, format_vkey, make_vkey
from tiexin.trust.rules.tile_paths import format_tile_path, tiles_of

ORIGIN = "bank.example/log"


def entry(number: int, branch: str = "") -> bytes:
    """Return an entry of 32 bytes."""
    return f"{branch}{number}".encode().rjust(32, b".")


class SignedLog:
    """A log with a key; ``fork`` makes another history under the same key."""

    def __init__(self, folder: Path, *, origin: str = ORIGIN, private: Ed25519PrivateKey | None = None) -> None:
        self.origin = origin
        self._folder = folder
        self._private = private or Ed25519PrivateKey.generate()
        self.key = make_vkey(origin, kind=ED25519, key=self._private.public_key().public_bytes_raw())
        self.vkey = format_vkey(self.key)
        self.log = Log.open(folder)

    def grow(self, size: int, branch: str = "") -> None:
        """Add entries up to this size."""
        self.log.extend([entry(number, branch) for number in range(self.log.size, size)])

    def fork(self, folder: Path, at: int) -> SignedLog:
        """Return a log that shares the first entries and the key."""
        forked = SignedLog(folder, origin=self.origin, private=self._private)
        forked.log.extend(self.log.entries(0, at))
        return forked

    def sign(self, text: bytes) -> bytes:
        """Return the signature of the log's key."""
        return self._private.sign(text)

    def note(self, size: int | None = None, *, lines: Sequence[SignatureLine] = ()) -> bytes:
        """Return the signed checkpoint of a size, with further signature lines."""
        size = self.log.size if size is None else size
        text = format_checkpoint(Checkpoint(self.origin, size, self.log.root(size)))
        own = SignatureLine(self.key.name, self.key.key_id, self.sign(text))
        return format_note(Note(text, [own, *lines]))

    def publish(self, folder: Path, size: int | None = None, *, lines: Sequence[SignatureLine] = ()) -> Path:
        """Write checkpoint, tiles and bundles of a size as static files."""
        size = self.log.size if size is None else size
        for tile in tiles_of(size):
            file = folder / "tile" / format_tile_path(tile)
            file.parent.mkdir(parents=True, exist_ok=True)
            if tile.level is None:
                file.write_bytes(self.log.entry_bundle(tile.index, tile.width))
            else:
                file.write_bytes(self.log.tile(tile.level, tile.index, tile.width))
        folder.mkdir(parents=True, exist_ok=True)
        # In one step, as a log publishes: somebody may be looking.
        (folder / "next").write_bytes(self.note(size, lines=lines))
        (folder / "next").replace(folder / "checkpoint")
        return folder

    def close(self) -> None:
        """Close the log."""
        self.log.close()
