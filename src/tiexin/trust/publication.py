"""One round of publication: leaves durable → root → signed and kept → cosigned by witnesses → published.

Each step is on the disk before the next begins, so that whatever crashes, the next round goes on from what was
promised: a head that left the machine is always one that this log leads to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tiexin.trust.contracts import Head, WitnessesMissingError
from tiexin.trust.feed import Salts, Tell, check_tail, extend
from tiexin.trust.log import Log
from tiexin.trust.rules.checkpoint import Checkpoint, parse_checkpoint
from tiexin.trust.rules.note import Note, format_note, parse_note, parse_vkey
from tiexin.trust.rules.policy import NONE, Policy, parse_policy, satisfied
from tiexin.trust.rules.verifying import witnessed
from tiexin.trust.signed import Shelf, checked, claim, hold_against

if TYPE_CHECKING:
    from tiexin.record.api import Record
    from tiexin.trust.keys import TrustKeys

LOG: Final = "log"
POLICY: Final = "witnesses.policy"


def head_of(note: bytes, *, time_us: int) -> Head:
    """Return the head that a note of ours tells; its signatures were checked when it was made."""
    found = parse_checkpoint(parse_note(note).text)
    return Head(origin=found.origin, size=found.size, root=found.root, time_us=time_us, checkpoint=note)


class Round:
    """One round, run under the lease.

    Args:
        folder: of trust, within the home.
        record: the record that is followed.
        keys: sign for the log.
        shelf: keeps what was signed and published.
        salts: give the salt of a position.
    """

    def __init__(self, folder: Path, *, record: Record, keys: TrustKeys, shelf: Shelf, salts: Salts) -> None:
        self._folder = folder
        self._record = record
        self._keys = keys
        self._shelf = shelf
        self._salts = salts

    def run(self, *, tell: Tell | None = None) -> bytes:
        """Bring the log up to the record and publish its head; return the published note.

        Raises:
            ContradictionError: log, record and signed checkpoints do not fit together; nothing was signed.
            WitnessesMissingError: not enough witnesses answered; leaves and signature are kept for the next round.
        """
        log = Log.open(self._folder / LOG)
        try:
            self._check(log)
            extend(log, self._record, self._salts, upto=self._record.position(), tell=tell)
            return self._publish(log)
        finally:
            log.close()

    def _check(self, log: Log) -> None:
        vkeys = self._keys.vkeys()
        for note, what in ((self._shelf.signed(), "signed"), (self._shelf.published(), "published")):
            if note is not None:
                hold_against(log, checked(note, vkeys, what=what), what=what)
        check_tail(log, self._record, self._salts)

    def _publish(self, log: Log) -> bytes:
        checkpoint = Checkpoint(self._keys.origin, log.size, log.root())
        published = self._shelf.published()
        policy = policy_of(self._folder)
        if (
            published is not None
            and parse_checkpoint(parse_note(published).text) == checkpoint
            and bears_all(published, keys=self._keys, policy=policy)
        ):
            return published
        claim(self._record, log, checkpoint)
        note = self._keys.sign_checkpoint(checkpoint)
        self._shelf.keep_signed(note)
        note = cosigned(note, policy=policy, log=log)
        self._shelf.publish(note)
        return note


def bears_all(note: bytes, *, keys: TrustKeys, policy: Policy) -> bool:
    """Tell whether a published note bears every signature that a new one would: of each present key, of witnesses."""
    if not enough(note, policy):
        return False
    present = {(line.name, line.key_id) for line in parse_note(note).signatures}
    return all((key.name, key.key_id) in present for key in (parse_vkey(signer.vkey) for signer in keys.signers()))


def policy_of(folder: Path) -> Policy:
    """Return the installation's policy of witnesses; without a file nobody has to cosign.

    Raises:
        PolicyError: the file is not written as tlog-policy says.
    """
    try:
        written = (folder / POLICY).read_bytes()
    except FileNotFoundError:
        return Policy()
    return parse_policy(written)


def enough(note: bytes, policy: Policy) -> bool:
    """Tell whether a note bears the cosignatures that a policy asks for."""
    return policy.quorum == NONE or satisfied(policy, witnessed(note, policy))


def cosigned(note: bytes, *, policy: Policy, log: Log) -> bytes:
    """Return a note with the cosignatures that a policy asks for.

    Raises:
        WitnessesMissingError: not enough witnesses cosigned.
    """
    if not policy.witnesses:
        return note
    from tiexin.trust.witness.client import ask

    gathered = ask(note, policy=policy, proof_of=log.consistency_proof)
    found = parse_note(note)
    whole = format_note(Note(found.text, [*found.signatures, *gathered.lines]))
    if not enough(whole, policy):
        names = sorted(witnessed(whole, policy))
        silent = [f"{', '.join(one.names)}: {one.why}" for one in gathered.answers if one.why]
        msg = (
            f"Of {len(policy.witnesses)} witnesses {len(names)} cosigned, which is not enough for the policy; the "
            f"published head stays as it is, and the next round asks again. {' '.join(silent)}"
        )
        raise WitnessesMissingError(msg.strip(), cosigned=names, of=len(policy.witnesses))
    return whole
