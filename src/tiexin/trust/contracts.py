"""The types that cross the border of trust: heads, audits, and how it refuses."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from tiexin.kernel.errors import ConflictError, NotFoundError, UnavailableError


class NotInitialisedError(NotFoundError):
    """There is no log yet: nobody has made its key."""

    code: ClassVar[str] = "trust_not_initialised"
    title: ClassVar[str] = "There is no verifiable log yet"


class NotInTheLogError(NotFoundError):
    """No event of the record has that id or index."""

    code: ClassVar[str] = "event_unknown"
    title: ClassVar[str] = "There is no such event"


class NotPublishedError(UnavailableError):
    """The event is recorded, but the log's published head does not cover it yet; ``size`` is that of the head."""

    code: ClassVar[str] = "not_published_yet"
    title: ClassVar[str] = "The log has not been published up to there yet"


class ContradictionError(UnavailableError):
    """Log, record or signed checkpoints contradict each other; nothing was written, signed or published."""

    code: ClassVar[str] = "trust_contradiction"
    title: ClassVar[str] = "The log and the record contradict each other"


class WitnessesMissingError(UnavailableError):
    """Not enough witnesses cosigned; the log is complete and signed, its published head stays what it was."""

    code: ClassVar[str] = "witnesses_missing"
    title: ClassVar[str] = "Not enough witnesses have signed"


class AmbiguousEventError(ConflictError):
    """Several events bear that id (of different sources); ``indices`` names them."""

    code: ClassVar[str] = "event_ambiguous"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A published head: origin, number of leaves, root (32 bytes), when it was published (UTC µs), the signed note."""

    origin: str
    size: int
    root: bytes
    time_us: int
    checkpoint: bytes

    def document(self) -> dict[str, Any]:
        """Return the head as the command line shows it (JSON-ready); the root in hexadecimal."""
        return {"size": self.size, "root": self.root.hex(), "checkpoint": self.checkpoint.decode()}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing an audit found.

    ``kind`` is ``altered`` (the row is not what the log committed to), ``missing`` (the log has it, the record no
    more), ``added`` (the record has a row that nobody appended), ``log_altered`` (the log's own entry was changed),
    ``log_damaged`` (its files contradict each other or what was signed), ``checkpoint_invalid`` (a signature does not
    verify) or ``record_damaged`` (the database cannot read its own file). ``event`` is its id where it is known,
    ``index`` its number in the log, from 0.
    """

    kind: str
    event: str | None = None
    index: int | None = None
    detail: str = ""


FAULTS_SHOWN_MAX = 1_000
"""Most faults that an audit names one by one; all are counted."""


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of an audit of ``entries`` leaves; ``behind`` events of the record were not in the log yet.

    ``faults`` holds at most 1,000 of ``faults_total``. ``time_us`` is when it began (UTC µs).
    """

    ok: bool
    entries: int
    seconds: float
    time_us: int
    behind: int
    faults_total: int
    faults: list[Fault]
