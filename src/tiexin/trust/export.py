"""The published log as a folder of plain files, for any file server (c2sp.org/tlog-tiles)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tiexin.infra.files import write_durably
from tiexin.trust.contracts import Head
from tiexin.trust.proving import published_head
from tiexin.trust.public import keys_document, policy_document
from tiexin.trust.rules.tile_paths import TILE_WIDTH, format_tile_path, tiles_of

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog


def export(trust: OpenedLog, folder: Path) -> Head:
    """Write tiles, entries and keys, and the checkpoint last: a folder that is served meanwhile is never torn.

    Full tiles that an earlier export left are kept (their names say what they hold, and they never change); running
    it again brings the folder up to the present head.
    """
    head = published_head(trust)
    folder.mkdir(parents=True, exist_ok=True)
    with trust.reading_alone() as log:
        for tile in tiles_of(head.size):
            file = folder / "tile" / format_tile_path(tile)
            if tile.width == TILE_WIDTH and file.is_file() and file.stat().st_size >= TILE_WIDTH:
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            content = (
                log.entry_bundle(tile.index, tile.width)
                if tile.level is None
                else log.tile(tile.level, tile.index, tile.width)
            )
            _write(file, content)
    write_durably(folder / "policy", policy_document(trust).encode())
    write_durably(folder / "keys", msgspec.json.encode(keys_document(trust)))
    write_durably(folder / "checkpoint", head.checkpoint)
    return head


def _write(file: Path, content: bytes) -> None:
    # Whole or not at all, but not each one flushed: an export that was cut short is simply made again.
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(file)
