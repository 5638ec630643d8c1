"""What a witness last cosigned of each log, read beside the process that is the witness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiexin.kernel.clock import SECOND_US, iso_us
from tiexin.trust.rules.checkpoint import parse_checkpoint
from tiexin.trust.rules.cosignature import read_timestamped
from tiexin.trust.rules.note import encoded, parse_note
from tiexin.trust.witness.identity import cosigners_in
from tiexin.trust.witness.opening import FOLDER


def cosigned_in(home: Path) -> list[dict[str, Any]]:
    """Return origin, size, root (base64) and time of the last cosignature of each log, by origin.

    Raises:
        NoWitnessError: there is no witness in this home.
        NoteError: a file of its memory is damaged.
    """
    folder = home / FOLDER
    own = cosigners_in(folder)[0].key
    found = []
    for file in sorted((folder / "logs").glob("[0-9a-f]*")):
        note = parse_note(file.read_bytes())
        checkpoint = parse_checkpoint(note.text)
        times = [read_timestamped(line.signature)[0] for line in note.signatures if (line.name, line.key_id) == own[:2]]
        found.append(
            {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": encoded(checkpoint.root),
                "time": iso_us(max(times, default=0) * SECOND_US),
            }
        )
    return sorted(found, key=lambda each: str(each["origin"]))
