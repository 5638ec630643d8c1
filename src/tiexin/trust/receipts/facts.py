"""What a proof with an opening tells: the one source of everything that stands on a certificate."""

from __future__ import annotations

from typing import Any

import msgspec

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.rules.checkpoint import parse_checkpoint
from tiexin.trust.rules.leaf import OpeningError, event_of, read_opening
from tiexin.trust.rules.note import parse_note
from tiexin.trust.rules.tlog_proof import parse_proof

_NEEDED = frozenset({"id", "type", "time_us", "recorded_us", "position"})


class NoOpeningError(InvalidInputError):
    """A proof does not carry the event it is about, so no certificate can be made of it."""

    code = "proof_without_event"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a proof. ``entry`` and ``root`` are 32 bytes, ``index`` counts from 0.

    ``signatures`` are name and key id (4 bytes) of every signature line, unchecked, those of the log itself first.
    """

    index: int
    entry: bytes
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]
    event: dict[str, Any]

    @property
    def witnesses(self) -> list[str]:
        """Names of the signature lines that are not the log's own, each once."""
        return list(dict.fromkeys(name for name, _ in self.signatures if name != self.origin))


def facts_of(raw: bytes) -> Facts:
    """Return what a ``.tlog-proof`` with an opening tells; verifies nothing (whoever gives it out made it).

    Raises:
        NoteError: it is no proof.
        NoOpeningError: it does not carry an event in the form ``tiexin.event/v1``.
    """
    proof = parse_proof(raw)
    note = parse_note(proof.checkpoint)
    head = parse_checkpoint(note.text)
    try:
        opening = read_opening(proof.extra or b"")
        event = event_of(opening.canonical)
    except OpeningError as error:
        msg = f"The proof does not carry the event it is about. {error.message}"
        raise NoOpeningError(msg) from error
    if not set(event) >= _NEEDED:
        msg = f"The event in the proof lacks {', '.join(sorted(_NEEDED - set(event)))}."
        raise NoOpeningError(msg)
    lines = [(line.name, line.key_id) for line in note.signatures]
    return Facts(
        index=proof.index,
        entry=opening.entry,
        origin=head.origin,
        size=head.size,
        root=head.root,
        signatures=sorted(lines, key=lambda line: line[0] != head.origin),
        event=event,
    )
