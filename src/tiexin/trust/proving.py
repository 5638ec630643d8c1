"""Proofs from the published log: that an event stands in it, that one head continues another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiexin.record.api import positions_of_id
from tiexin.trust.contracts import (
    AmbiguousEventError,
    ContradictionError,
    Head,
    NotInTheLogError,
    NotPublishedError,
)
from tiexin.trust.rules.leaf import StoredRowError, canonical, entry_of, opening
from tiexin.trust.rules.tlog_proof import TlogProof, format_proof

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.trust.service import OpenedLog


def index_of(record: Record, event: str) -> int:
    """Return the number in the log, from 0, of the event with an id.

    Raises:
        NotInTheLogError: there is none.
        AmbiguousEventError: there are several, of different sources.
    """
    positions = positions_of_id(record, event)
    if not positions:
        msg = f"The record has no event {event[:80]!r}."
        raise NotInTheLogError(msg)
    if len(positions) > 1:
        indices = [position - 1 for position in positions]
        msg = f"{len(positions)} events of different sources bear the id {event[:80]!r}; name one by its index."
        raise AmbiguousEventError(msg, indices=indices)
    return positions[0] - 1


def published_head(trust: OpenedLog) -> Head:
    """Return the published head.

    Raises:
        NotPublishedError: nothing is published yet.
    """
    head = trust.head()
    if head is None:
        msg = "The log has not published a head yet. Publish one with: tiexin trust sync"
        raise NotPublishedError(msg, size=0)
    return head


def prove(trust: OpenedLog, index: int) -> bytes:
    """Return the proof of one entry under the published head; see :meth:`tiexin.trust.api.Trust.prove`."""
    rows = trust.record.stored_rows(after=index, limit=1) if index >= 0 else []
    if not rows or rows[0][0] != index + 1:
        msg = f"The record has no event with the index {index:,}."
        raise NotInTheLogError(msg)
    head = published_head(trust)
    if index >= head.size:
        msg = f"The published log has {head.size:,} entries; the event with index {index:,} is in its next head."
        raise NotPublishedError(msg, size=head.size)
    try:
        text = canonical(rows[0])
    except StoredRowError as error:
        raise ContradictionError(error.message, **error.facts) from error
    salt = trust.salts()(index + 1)
    log = trust.reading(head.size)
    if entry_of(text, salt) != log.entry(index):
        msg = f"The event with index {index:,} is no longer what the log committed to; see: tiexin trust audit"
        raise ContradictionError(msg, index=index)
    path = log.inclusion_proof(index, head.size)
    return format_proof(TlogProof(index, path, head.checkpoint, opening(text, salt)))


def consistency(trust: OpenedLog, first: int, second: int) -> list[bytes]:
    """Return the consistency proof between two sizes of the published log."""
    head = published_head(trust)
    if second > head.size:
        msg = f"The published log has {head.size:,} entries, fewer than {second:,}."
        raise NotPublishedError(msg, size=head.size)
    return trust.reading(head.size).consistency_proof(first, second)
