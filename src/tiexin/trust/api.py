"""Trust's only door: the log of an installation, its head, its proofs, its audits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiexin.infra.settings import Settings
from tiexin.kernel.clock import Clock
from tiexin.trust import auditing, export, proving, rebuild, state
from tiexin.trust.contracts import (
    AmbiguousEventError,
    AuditReport,
    ContradictionError,
    Fault,
    Head,
    NotInitialisedError,
    NotInTheLogError,
    NotPublishedError,
    WitnessesMissingError,
)
from tiexin.trust.feed import Tell
from tiexin.trust.keys import TrustKeys
from tiexin.trust.service import OpenedLog

if TYPE_CHECKING:
    from tiexin.record.api import Record

__all__ = [
    "AmbiguousEventError",
    "AuditReport",
    "ContradictionError",
    "Fault",
    "Head",
    "NotInTheLogError",
    "NotInitialisedError",
    "NotPublishedError",
    "Trust",
    "TrustKeys",
    "WitnessesMissingError",
    "open_trust",
]


def open_trust(settings: Settings, *, record: Record, clock: Clock | None = None) -> Trust:
    """Open trust over an opened record; nothing is read or made before it is used. Close it after use."""
    return Trust(settings, record=record, clock=clock)


class Trust(OpenedLog):
    """The verifiable log of one installation; safe in several threads at once, and beside other processes."""

    # -- proofs -------------------------------------------------------------------------------------------------

    def prove(self, event: str | None = None, *, index: int | None = None) -> bytes:
        """Return the proof (``.tlog-proof``) that an event stands in the published log, with its opening.

        Args:
            event: the id of the event.
            index: or its number in the log, from 0.

        Raises:
            NotInTheLogError: the record has no such event.
            AmbiguousEventError: several sources use that id.
            NotPublishedError: the published head does not cover it yet; ``sync`` publishes one that does.
            ContradictionError: the event is no longer what the log committed to.
        """
        self.require()
        return proving.prove(
            self, proving.index_of(self.record, event) if index is None and event is not None else index or 0
        )

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return the proof that the log of ``second`` entries continues that of ``first`` (32 bytes each).

        Raises:
            NotInLogError: the published log is smaller.
        """
        self.require()
        return proving.consistency(self, first, second)

    def export(self, folder: Path) -> Head:
        """Write the published log as a folder that any file server can serve (tlog-tiles); return its head."""
        self.require()
        return export.export(self, folder)

    # -- checking -----------------------------------------------------------------------------------------------

    def audit(self, *, tell: Tell | None = None) -> AuditReport:
        """Derive the tree again, hold it against the record row by row, keep the report and return it."""
        self.require()
        return auditing.run_audit(self, tell=tell)

    def rebuild(self, *, tell: Tell | None = None) -> Head:
        """Derive lost or damaged files of the log from the record; refuses whatever contradicts what was signed."""
        self.require()
        return rebuild.rebuild(self, tell=tell)

    def state(self) -> dict[str, Any]:
        """Return how the log stands (JSON-ready), also when there is none yet; anchors are added by who shows it."""
        return state.document(self)
