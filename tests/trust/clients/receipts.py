"""What Sigstore's clients ask of a receipt, in the members by which they call it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.trust.clients.conftest import CHANGED, SIZE, Answer, Bank, Published


class Question(msgspec.Struct, kw_only=True):
    """A receipt in Sigstore's terms; bytes travel as base64."""

    entry: bytes
    index: int
    size: int
    hashes: list[bytes]
    root: bytes
    checkpoint: str
    key_id: bytes
    public_key: bytes
    origin: str


def question(bank: Bank, index: int, *, log: Published | None = None) -> Question:
    """Return the question whether an entry stands in the log; ``log`` gives another checkpoint and key."""
    shown = log or bank
    spki = Ed25519PublicKey.from_public_bytes(bank.key.key)
    return Question(
        entry=bank.entries[index],
        index=index,
        size=SIZE,
        hashes=list(bank.proof(index).path),
        root=shown.root(),
        checkpoint=shown.checkpoint.read_text("utf-8"),
        key_id=bank.key.key_id,
        public_key=spki.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        origin=bank.key.name,
    )


def accepted(bank: Bank) -> Iterator[Question]:
    """Yield receipts of the borders of tiles and of the log."""
    for index in (0, 255, 256, SIZE - 1):
        yield question(bank, index)


def forged(bank: Bank, fork: Published, shrunk: Published) -> Iterator[tuple[str, Question]]:
    """Yield what must be refused, each under what was done."""
    real = question(bank, CHANGED)
    changed = msgspec.structs.replace
    yield "edited entry", changed(real, entry=bytes(32))
    yield "entry of another index", changed(real, index=CHANGED + 1)
    yield "path cut", changed(real, hashes=real.hashes[:-1])
    yield "path altered", changed(real, hashes=[bytes(32), *real.hashes[1:]])
    # The same receipt, shown with the head of a history in which this entry is another one.
    yield "fork", question(bank, CHANGED, log=fork)
    # The last entry, shown with a head that was signed after the end of the log was taken away.
    yield "truncated", changed(question(bank, SIZE - 1, log=shrunk), size=299)
    yield "altered checkpoint", changed(real, checkpoint=real.checkpoint.replace("\n600\n", "\n601\n"), size=601)
    yield "another key", changed(real, public_key=_other_public_key())


def _other_public_key() -> bytes:
    """Return the public key of somebody else (DER)."""
    public = Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def written(questions: Iterable[Question], folder: Path) -> list[Path]:
    """Write questions to files that programs of other languages read; one run of a program answers all."""
    files = []
    for number, asked in enumerate(questions):
        files.append(folder / f"question-{number}.json")
        files[-1].write_bytes(msgspec.json.encode(asked))
    return files


def verdicts(answer: Answer) -> list[str]:
    """Return the first word of each line of an answer."""
    return [line.partition(":")[0] for line in answer.said.splitlines()]
