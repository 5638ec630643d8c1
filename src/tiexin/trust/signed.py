"""What was signed and what was published: each on the disk before anybody outside can see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Schema, ensure_schema
from tiexin.infra.files import write_durably
from tiexin.kernel.clock import Clock
from tiexin.trust.contracts import ContradictionError
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.verifying import open_checkpoint

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.trust.log import Log

SIGNED: Final = "signed"
PUBLISHED: Final = Path("published") / "checkpoint"
STATE: Final = "state.json"
TRUST_SCHEMA: Final = Schema(name="trust", migrations=Path(__file__).parent / "migrations", head="trust_0001")

heads: Final = sa.Table(
    "trust_heads",
    sa.MetaData(),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
)


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the last round came to: when a head was published (UTC µs), and why the last round failed, if it did."""

    published_us: int = 0
    failed_us: int | None = None
    error: str | None = None


class Shelf:
    """The signed and the published checkpoint of one installation, as files of its trust folder.

    A checkpoint is kept as signed before it leaves the machine: whatever crashes, the next start knows what it
    promised. It is published by one rename.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock

    def signed(self) -> bytes | None:
        """Return the last note that was signed here, None when there is none."""
        return _read(self.folder / SIGNED)

    def keep_signed(self, note: bytes) -> None:
        """Keep a signed note; durable when this returns."""
        write_durably(self.folder / SIGNED, note)

    def published(self) -> bytes | None:
        """Return the note that is published, None when there is none."""
        return _read(self.folder / PUBLISHED)

    def published_at(self) -> tuple[int, ...] | None:
        """Return what changes whenever another note is published (it costs one look at the folder)."""
        try:
            found = (self.folder / PUBLISHED).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def publish(self, note: bytes) -> None:
        """Publish a note; durable when this returns."""
        write_durably(self.folder / PUBLISHED, note)
        self._keep(State(published_us=self._clock.now_us()))

    def fail(self, error: str) -> None:
        """Remember why a round failed; the published note stays."""
        self._keep(State(published_us=self.state().published_us, failed_us=self._clock.now_us(), error=error))

    def well(self) -> None:
        """Forget an earlier failure."""
        if self.state().error is not None:
            self._keep(State(published_us=self.state().published_us))

    def state(self) -> State:
        """Return what the last round came to."""
        raw = _read(self.folder / STATE)
        try:
            return State() if raw is None else msgspec.json.decode(raw, type=State)
        except msgspec.DecodeError:
            return State()  # it only tells people how things stand; the next round writes it anew

    def _keep(self, state: State) -> None:
        write_durably(self.folder / STATE, msgspec.json.encode(state))


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def checked(note: bytes, vkeys: list[str], *, what: str) -> Checkpoint:
    """Return the checkpoint of a note that one of our own keys signed.

    Raises:
        ContradictionError: none of our keys did; ``what`` names the file in the sentence.
    """
    try:
        checkpoint, names = open_checkpoint(note, vkeys)
    except Exception as error:
        msg = f"The {what} checkpoint cannot be read: {error}"
        raise ContradictionError(msg) from error
    if not names:
        msg = f"The {what} checkpoint (size {checkpoint.size:,}) was signed by none of this log's keys."
        raise ContradictionError(msg, size=checkpoint.size)
    return checkpoint


def hold_against(log: Log, checkpoint: Checkpoint, *, what: str) -> None:
    """Refuse a log that does not lead to a checkpoint which was signed.

    Raises:
        ContradictionError: the log is shorter, or has another root at that size.
    """
    if checkpoint.size > log.size:
        msg = (
            f"A checkpoint of {checkpoint.size:,} entries was {what}, but the log holds only {log.size:,}. Restore its "
            "folder, or derive it again from the record with: tiexin trust rebuild"
        )
        raise ContradictionError(msg, signed=checkpoint.size, size=log.size)
    if log.root(checkpoint.size) != checkpoint.root:
        msg = (
            f"The log has another root at size {checkpoint.size:,} than the checkpoint that was {what}. Nothing is "
            "signed any more; find out what changed with: tiexin trust audit"
        )
        raise ContradictionError(msg, signed=checkpoint.size)


def claim(record: Record, log: Log, checkpoint: Checkpoint) -> None:
    """Write into a PostgreSQL database what is about to be signed, refusing what contradicts another server's head.

    The table is locked meanwhile: of two servers that both believe to be the only one, the second is told.

    Raises:
        ContradictionError: another server signed a head that this log does not lead to, or a larger one.
    """
    if record.database.is_sqlite:
        return
    ensure_schema(record.database, TRUST_SCHEMA)
    mine = heads.c.origin == checkpoint.origin
    with record.database.write() as connection:
        # Serialises the first claim of an origin as well, when there is no row to lock yet.
        connection.exec_driver_sql("LOCK TABLE trust_heads IN EXCLUSIVE MODE")
        row = connection.execute(sa.select(heads.c.size, heads.c.root).where(mine)).one_or_none()
        if row is None:
            values = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root}
            connection.execute(sa.insert(heads).values(values))
            return
        promised = Checkpoint(checkpoint.origin, int(row.size), bytes(row.root))
        hold_against(log, promised, what="signed by another server")
        connection.execute(sa.update(heads).where(mine).values(size=checkpoint.size, root=checkpoint.root))


def claimed_head(record: Record, origin: str) -> Checkpoint | None:
    """Return the head of this origin that the last server of a PostgreSQL database was about to sign, None if none."""
    if record.database.is_sqlite:
        return None
    ensure_schema(record.database, TRUST_SCHEMA)
    with record.database.read() as connection:
        row = connection.execute(sa.select(heads.c.size, heads.c.root).where(heads.c.origin == origin)).one_or_none()
    return None if row is None else Checkpoint(origin, int(row.size), bytes(row.root))
