"""Checking signatures: of notes, of cosignatures, and of whole proofs, with public keys alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.rules import sm2
from tiexin.trust.rules.checkpoint import Checkpoint, parse_checkpoint
from tiexin.trust.rules.cosignature import (
    ED25519_KEY_BYTES,
    ED25519_SIGNATURE_BYTES,
    ML_DSA_44_KEY_BYTES,
    ML_DSA_44_SIGNATURE_BYTES,
    ed25519_message,
    ml_dsa_message,
    read_timestamped,
)
from tiexin.trust.rules.leaf import Opening, OpeningError, event_of, read_opening
from tiexin.trust.rules.merkle import leaf_hash, verify_inclusion
from tiexin.trust.rules.note import (
    COSIGNATURE,
    ED25519,
    ML_DSA_44,
    PRIVATE,
    Note,
    NoteError,
    VerifierKey,
    format_vkey,
    key_id_of,
    parse_note,
    parse_vkey,
)
from tiexin.trust.rules.policy import Policy, needed, satisfied
from tiexin.trust.rules.tlog_proof import TlogProof, parse_proof
from tiexin.trust.rules.verdict import Verdict, findings

SM2_MARK: Final = sm2.MARK


class SignatureError(InvalidInputError):
    """A signature in the name of a trusted key does not verify, or no trusted key signed at all."""

    code = "signature_invalid"
    title = "A signature does not hold"


class Verifier(NamedTuple):
    """A key that can check: ``verify(text, signature)`` tells whether it signed the text of a note."""

    key: VerifierKey
    check: Callable[[VerifierKey, bytes, bytes], bool]

    @property
    def name(self) -> str:
        """The name of the key."""
        return self.key.name

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether ``signature`` (as in a signature line, without the key's id) is this key's for ``text``."""
        return self.check(self.key, text, signature)


def verifier_of(vkey: str | VerifierKey) -> Verifier:
    """Return what checks signatures of this key: Ed25519, a cosigner's Ed25519, ML-DSA-44, or SM2.

    Raises:
        NoteError: the vkey cannot be read, or its kind is none that this program can check.
    """
    key = parse_vkey(vkey) if isinstance(vkey, str) else vkey
    length, check = _KINDS.get(key.kind, (-1, _ed25519))
    if key.kind == PRIVATE:
        if key.key[: len(SM2_MARK)] != SM2_MARK or not sm2.valid_key(key.key[len(SM2_MARK) :]):
            msg = f"The key {key.name!r} is of a private kind that is not our SM2, or no point of its curve"
            raise NoteError(msg)
        if key.key_id != key_id_of(key.name, key.kind, key.key):
            msg = f"The id of the verifier key {key.name!r} does not belong to its name and key: it was altered"
            raise NoteError(msg)
    elif length != len(key.key):
        msg = f"The key {key.name!r} of type 0x{key.kind:02x} is none that can be checked here, or has a wrong length"
        raise NoteError(msg)
    return Verifier(key, check)


def verified_keys(note: Note, vkeys: Sequence[str | VerifierKey]) -> list[VerifierKey]:
    """Return which of these keys signed a note, in the order given; none is an empty list. Unknown lines are ignored.

    Raises:
        SignatureError: a line in the name and id of one of the keys does not verify: the note was altered.
        NoteError: a vkey cannot be read.
    """
    found: list[VerifierKey] = []
    for verifier in map(verifier_of, vkeys):
        key = verifier.key
        lines = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
        if not all(verifier.verify(note.text, line.signature) for line in lines):
            msg = f"The signature of {key.name} does not verify: the text was altered, or another key signed"
            raise SignatureError(msg, key=key.name)
        if lines and key not in found:
            found.append(key)
    return found


def open_checkpoint(raw_note: bytes, vkeys: Sequence[str | VerifierKey]) -> tuple[Checkpoint, list[str]]:
    """Return the checkpoint of a signed note and the names of those of ``vkeys`` that signed it.

    The names are an **empty list** when none of them did: the checkpoint is then nobody's word. Whether a name is the
    log's or a witness's is for the caller to say.

    Raises:
        NoteError: it is no checkpoint, or a vkey cannot be read.
        SignatureError: a line in the name of one of the keys does not verify.
    """
    note = parse_note(raw_note)
    checkpoint = parse_checkpoint(note.text)
    return checkpoint, [key.name for key in verified_keys(note, vkeys)]


def witnessed(raw_note: bytes, policy: Policy) -> dict[str, int]:
    """Return the witnesses of a policy that cosigned a note: name within the policy and when (seconds since 1970).

    Raises:
        NoteError: it is no note.
        SignatureError: a line in the name of one of the witnesses does not verify.
    """
    note = parse_note(raw_note)
    times: dict[str, int] = {}
    for witness in policy.witnesses:
        for key in verified_keys(note, [witness.vkey]):
            lines = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
            timed = key.kind in {COSIGNATURE, ML_DSA_44}
            times[witness.name] = max(read_timestamped(line.signature)[0] for line in lines) if timed else 0
    return times


def verify_proof(
    raw: bytes, vkeys: Sequence[str | VerifierKey], *, policy: Policy | None = None, leaf: bytes | None = None
) -> Verdict:
    """Return whether a ``.tlog-proof`` holds, with what it proves (tlog-proof, Verifying; in its order).

    Args:
        raw: the file.
        vkeys: keys of the logs that are trusted; where there are none, those of the policy's logs.
        policy: which witnesses must have cosigned; without one no witness is looked at.
        leaf: the entry itself (raw leaf bytes), for proofs that do not carry their opening.

    Raises:
        NoteError: one of ``vkeys`` cannot be read. Whatever is wrong with the proof is told in the verdict.
    """
    trusted = [*map(verifier_of, vkeys or [log.vkey for log in (policy or Policy()).logs])]
    try:
        return _verdict(parse_proof(raw), [each.key for each in trusted], policy=policy, leaf=leaf)
    except InvalidInputError as error:
        return Verdict(ok=False, why=error.message, code=error.code)


def _verdict(proof: TlogProof, trusted: list[VerifierKey], *, policy: Policy | None, leaf: bytes | None) -> Verdict:
    note = parse_note(proof.checkpoint)
    checkpoint = parse_checkpoint(note.text)
    signed = verified_keys(note, [key for key in trusted if key.name == checkpoint.origin])
    if not signed:
        names = ", ".join(sorted({key.name for key in trusted})) or "none"
        msg = f"The proof is of the log {checkpoint.origin!r}, and no key that you trust signed it (trusted: {names})"
        raise SignatureError(msg)
    opening = _opening(proof.extra, demanded=leaf is None)
    entry = leaf if opening is None else opening.entry
    if entry is None or (leaf is not None and entry != leaf):
        msg = "The content in this proof does not belong to the entry that was given: one of them was altered"
        raise OpeningError(msg)
    event = None if opening is None else event_of(opening.canonical)
    # Positions of the record are dense from 1, entries of the log from 0.
    if event is not None and event.get("position") != proof.index + 1:
        msg = f"The content says that it is event {event.get('position')}, but the proof is of entry {proof.index}"
        raise OpeningError(msg)
    verify_inclusion(
        leaf_hash=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        proof=proof.path,
        root=checkpoint.root,
    )
    witnesses = {} if policy is None else witnessed(proof.checkpoint, policy)
    if policy is not None and not satisfied(policy, witnesses):
        msg = f"Not enough witnesses cosigned: {', '.join(witnesses) or 'none'}, the policy asks for {needed(policy)}"
        raise SignatureError(msg)
    shown, limits = findings(
        checkpoint, index=proof.index, witnesses=witnesses, opened=opening is not None, given=leaf is not None
    )
    return Verdict(
        ok=True,
        index=proof.index,
        size=checkpoint.size,
        origin=checkpoint.origin,
        root=checkpoint.root.hex(),
        signed_by=[format_vkey(key) for key in signed],
        witnesses=witnesses,
        event=event,
        canonical=None if opening is None else opening.canonical.decode(),
        findings=shown,
        limits=limits,
    )


def _opening(extra: bytes | None, *, demanded: bool) -> Opening | None:
    """Return the opening in a proof; ``extra`` of another application is passed over unless it is demanded."""
    if extra is None and demanded:
        msg = "The proof carries no content; give the entry itself as a file (--leaf) to check it"
        raise OpeningError(msg)
    if extra is None:
        return None
    try:
        return read_opening(extra)
    except OpeningError:
        if demanded:
            raise
        return None


def _ed25519(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    if len(signature) != ED25519_SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosignature(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    try:
        parse_checkpoint(text)
        time_seconds, signed = read_timestamped(signature)
    except NoteError:
        return False
    return _ed25519(key, ed25519_message(text, time_seconds=time_seconds), signed)


def _ml_dsa(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    try:
        time_seconds, signed = read_timestamped(signature)
        message = ml_dsa_message(text, name=key.name, time_seconds=time_seconds)
        if len(signed) != ML_DSA_44_SIGNATURE_BYTES:
            return False
        MLDSA44PublicKey.from_public_bytes(key.key).verify(signed, message)
    except (NoteError, InvalidSignature, ValueError):
        return False
    return True


def _sm2(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    return sm2.verify(key.key[len(SM2_MARK) :], text, signature)


_KINDS: Final = {
    ED25519: (ED25519_KEY_BYTES, _ed25519),
    COSIGNATURE: (ED25519_KEY_BYTES, _cosignature),
    ML_DSA_44: (ML_DSA_44_KEY_BYTES, _ml_dsa),
    PRIVATE: (-1, _sm2),
}
