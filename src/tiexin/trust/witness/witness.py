"""The witness itself: what is checked before a checkpoint is cosigned, in the order of c2sp.org/tlog-witness."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final, NamedTuple

from tiexin.kernel.clock import SECOND_US, Clock, SystemClock
from tiexin.trust.rules.checkpoint import Checkpoint, parse_checkpoint
from tiexin.trust.rules.cosignature import read_timestamped
from tiexin.trust.rules.merkle import EMPTY_ROOT, ProofError, verify_consistency
from tiexin.trust.rules.note import (
    Note,
    NoteError,
    SignatureLine,
    format_note,
    format_signature,
    format_vkey,
    parse_note,
)
from tiexin.trust.rules.verifying import Verifier, verifier_of
from tiexin.trust.rules.witness_protocol import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint
from tiexin.trust.witness.identity import Cosigner
from tiexin.trust.witness.store import Evidence, MemoryLostError, NotKeptError, WitnessStore, origin_hash

TEXT_TYPE: Final = "text/plain; charset=utf-8"
BODY_BYTES_MAX: Final = 256 * 1024
"""63 hashes and a note with 16 post-quantum signatures take less than half of it."""


class Answer(NamedTuple):
    """What a witness answers: HTTP status, body, its content type, and when to ask again (seconds; 0: never)."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE
    retry_seconds: int = 0


class _Submitted(NamedTuple):
    """A checkpoint whose log has signed it."""

    request: AddCheckpoint
    checkpoint: Checkpoint
    text: bytes
    signatures: list[SignatureLine]


class _RefusedError(Exception):
    """A request is answered with something else than a cosignature."""

    def __init__(self, status: int, why: str, *, retry_seconds: int = 0) -> None:
        super().__init__(why)
        self.answer = Answer(status, f"{why}\n".encode(), retry_seconds=retry_seconds)


class Witness:
    """Cosigns checkpoints that continue what it cosigned before, one at a time; safe for several threads.

    Args:
        store: its memory, open.
        cosigners: its keys; each gives one line of an answer.
        logs: vkeys of the logs it watches; the name of a key is the origin, several keys may share one.
        clock: of the time in cosignatures.

    Raises:
        MemoryLostError: a checkpoint in the memory is damaged or was not cosigned by these keys.
        NoteError: a vkey of a log cannot be read.
    """

    def __init__(
        self,
        store: WitnessStore,
        *,
        cosigners: Sequence[Cosigner],
        logs: Sequence[str],
        clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._cosigners = list(cosigners)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._logs: dict[str, list[Verifier]] = {}
        for log in logs:
            verifier = verifier_of(log)
            self._logs.setdefault(verifier.name, []).append(verifier)
        for name, raw in store.notes().items():
            self._demand_own(name, raw)

    @property
    def origins(self) -> list[str]:
        """The logs it watches."""
        return list(self._logs)

    @property
    def vkeys(self) -> list[str]:
        """Its verifier keys, as text."""
        return [format_vkey(cosigner.key) for cosigner in self._cosigners]

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request for a cosignature; what is cosigned is on the disk before this returns."""
        try:
            submitted = self._submitted(body)
            with self._lock:
                return Answer(200, self._cosigned(submitted))
        except _RefusedError as refusal:
            return refusal.answer
        except NotKeptError as error:
            return Answer(503, f"{error.message}\n".encode())
        except _ConflictError as conflict:
            return Answer(409, b"%d\n" % conflict.size, SIZE_TYPE)

    def checkpoint(self, name: str) -> Answer:
        """Answer with the last cosigned checkpoint of the log whose origin has this hash (lower-case hex)."""
        found = self._store.notes().get(name)
        return Answer(200, found) if found else Answer(404, b"No checkpoint of this log was cosigned here.\n")

    def _submitted(self, body: bytes) -> _Submitted:
        """Return what a log has signed; touches no memory."""
        try:
            request = parse_add_checkpoint(body)
            note = parse_note(request.note)
            checkpoint = parse_checkpoint(note.text)
        except NoteError as error:
            raise _RefusedError(400, error.message) from error
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            raise _RefusedError(404, "This witness does not know the log of this origin.")
        signatures = _signatures_of(note, keys)
        if request.old_size > checkpoint.size:
            raise _RefusedError(400, "The old size is larger than the checkpoint.")
        return _Submitted(request, checkpoint, note.text, signatures)

    def _cosigned(self, submitted: _Submitted) -> bytes:
        """Return the lines of a new cosignature after it was kept; the lock is held."""
        self._store.demand_whole()
        origin = submitted.checkpoint.origin
        raw = self._store.latest(origin)
        latest = parse_note(raw) if raw else None
        self._demand_continuation(submitted, parse_checkpoint(latest.text) if latest else None)
        now = self._clock.now_us() // SECOND_US
        last = self._last_time(latest)
        if now < last:
            # An earlier time on a larger tree would say two things of one moment.
            raise _RefusedError(503, "The clock of this witness went back; ask again.", retry_seconds=last - now)
        lines = [cosigner.cosign(submitted.text, time_seconds=now) for cosigner in self._cosigners]
        self._store.keep(origin, format_note(Note(submitted.text, [*submitted.signatures, *lines])))
        return "".join(map(format_signature, lines)).encode()

    def _demand_continuation(self, submitted: _Submitted, latest: Checkpoint | None) -> None:
        request, checkpoint = submitted.request, submitted.checkpoint
        size = latest.size if latest else 0
        if latest and checkpoint.size == size and checkpoint.root != latest.root:
            self._testify(submitted, "another root for the size that was cosigned", proved=True)
        if request.old_size != size:
            raise _ConflictError(size)
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            self._refuse(submitted, "A checkpoint of size 0 must have the root of the empty tree.")
        if size == 0:
            if request.proof:
                self._refuse(submitted, "From size 0 there is nothing to prove; the proof must be empty.")
            return
        try:
            verify_consistency(
                first=size,
                second=checkpoint.size,
                proof=request.proof,
                first_root=latest.root if latest else EMPTY_ROOT,
                second_root=checkpoint.root,
            )
        except ProofError as error:
            why = f"The checkpoint does not continue the one cosigned before: {error.message}."
            if checkpoint.size == size:
                # The very head that was cosigned: only the proof around it is wrong, and that bears nobody's name.
                raise _RefusedError(422, why) from error
            self._refuse(submitted, why)

    def _refuse(self, submitted: _Submitted, why: str) -> None:
        self._testify(submitted, why)
        raise _RefusedError(422, why)

    def _testify(self, submitted: _Submitted, why: str, *, proved: bool = False) -> None:
        # The note alone: another old size or proof around the same note tells nothing new.
        note = format_note(Note(submitted.text, submitted.signatures)).decode()
        origin = submitted.checkpoint.origin
        before = (self._store.latest(origin) or b"").decode()
        self._store.testify(Evidence(self._clock.now_us(), origin, why, note, before), proved=proved)

    def _last_time(self, latest: Note | None) -> int:
        """Return the time (seconds since 1970) of the last cosignature of a log; 0 if there was none."""
        own = {(cosigner.key.name, cosigner.key.key_id) for cosigner in self._cosigners}
        lines = latest.signatures if latest else []
        times = [read_timestamped(line.signature)[0] for line in lines if (line.name, line.key_id) in own]
        return max(times, default=0)

    def _demand_own(self, name: str, raw: bytes) -> None:
        try:
            note = parse_note(raw)
            whole = origin_hash(parse_checkpoint(note.text).origin) == name
            own = _signatures_of(note, [verifier_of(cosigner.key) for cosigner in self._cosigners[:1]])
        except (NoteError, _RefusedError):
            whole, own = False, []
        if not whole or not own:
            msg = (
                f"The cosigned checkpoint {name} in the memory of this witness is damaged. The witness could cosign a "
                "second history without it, so it does not start. Put the file back, or retire the keys."
            )
            raise MemoryLostError(msg)


class _ConflictError(Exception):
    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def _signatures_of(note: Note, verifiers: Sequence[Verifier]) -> list[SignatureLine]:
    """Return the lines of these keys, each once; one in their name that does not verify spoils the note."""
    found: list[SignatureLine] = []
    for verifier in verifiers:
        for line in note.signatures:
            if (line.name, line.key_id) != (verifier.key.name, verifier.key.key_id) or line in found:
                continue
            if not verifier.verify(note.text, line.signature):
                raise _RefusedError(403, f"The signature of {verifier.name} on this checkpoint does not verify.")
            found.append(line)
    if not found:
        raise _RefusedError(403, "No key that this witness trusts has signed this checkpoint.")
    return found
