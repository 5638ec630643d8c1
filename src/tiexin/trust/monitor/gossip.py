"""What witnesses saw of a log, held against what the monitor is shown: so a log cannot show each its own tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.monitor.source import CHECKPOINT, CHECKPOINT_BYTES_MAX, HttpSource, UnreachableError
from tiexin.trust.monitor.tree import TileTree
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import VerifierKey
from tiexin.trust.rules.policy import Policy, PolicyWitness
from tiexin.trust.rules.verifying import open_checkpoint
from tiexin.trust.witness.store import origin_hash


def contradictions(
    tree: TileTree, shown: Checkpoint, *, policy: Policy, log_keys: Sequence[VerifierKey]
) -> Iterator[str]:
    """Yield a sentence for every witness of a policy that cosigned another tree of this log than the one shown.

    A witness that does not answer, or shows what neither it nor the log has signed, says nothing about the log. One
    that is further than the head shown may only have been asked for the next one already.

    Raises:
        TileError: the tiles of the log cannot give the root at the size a witness saw.
    """
    for witness in policy.witnesses:
        seen = _seen_by(witness, shown.origin, log_keys) if witness.url else None
        if seen and seen.size <= shown.size and tree.root_at(seen.size) != seen.root:
            yield f"The witness {witness.name} has cosigned another tree of {seen.size} entries than is shown here."


def _seen_by(witness: PolicyWitness, origin: str, log_keys: Sequence[VerifierKey]) -> Checkpoint | None:
    """Return the last checkpoint of a log that a witness cosigned, signed by both; None if it shows none."""
    source = HttpSource(witness.url or "")
    try:
        note = source.get(f"{origin_hash(origin)}/{CHECKPOINT}", limit=CHECKPOINT_BYTES_MAX)
        if note is None:
            return None
        seen, by_log = open_checkpoint(note, log_keys)
        _, by_witness = open_checkpoint(note, [witness.vkey])
    except (UnreachableError, InvalidInputError):
        return None
    finally:
        source.close()
    return seen if by_log and by_witness and seen.origin == origin else None
