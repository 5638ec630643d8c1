"""sigstore-python 4.5.1 (PyPI) checks checkpoint and Merkle proof of our receipts with what it checks Rekor's with.

These are private modules of sigstore-python, so its version is pinned.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.trust.clients.conftest import CLIENTS, Answer, Bank, Published, run
from tests.trust.clients.receipts import Question, accepted, forged, verdicts, written

PROGRAM = """
import base64, json, sys
from types import SimpleNamespace as Made
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import VerificationError
from sigstore_models.common import v1

def check(asked):
    raw = lambda name: base64.b64decode(asked[name])
    proof = Made(
        log_index=asked["index"],
        tree_size=asked["size"],
        hashes=[base64.b64decode(each) for each in asked["hashes"]],
        root_hash=raw("root"),
        checkpoint=Made(envelope=asked["checkpoint"]),
    )
    inner = Made(inclusion_proof=proof, canonicalized_body=raw("entry"), log_id=Made(key_id=raw("key_id")))
    key = v1.PublicKey(raw_bytes=asked["public_key"], key_details=v1.PublicKeyDetails.PKIX_ED25519)
    verify_checkpoint(Keyring([key]), Made(_inner=inner))
    verify_merkle_inclusion(Made(_inner=inner))

for file in sys.argv[1:]:
    try:
        check(json.load(open(file, encoding="utf-8")))
        print("accepted")
    except VerificationError as error:
        print("refused:", str(error).replace(chr(10), " "))
"""


def asks(questions: Iterable[Question], tmp_path: Path) -> Answer:
    return run(CLIENTS / "python", "-c", PROGRAM, *written(questions, tmp_path))


def test_sigstore_python_accepts_our_receipts(bank: Bank, tmp_path: Path) -> None:
    answer = asks(accepted(bank), tmp_path)
    assert (answer.code, verdicts(answer)) == (0, ["accepted"] * 4)


def test_sigstore_python_refuses_every_forgery(bank: Bank, fork: Published, shrunk: Published, tmp_path: Path) -> None:
    cases = dict(forged(bank, fork, shrunk))
    answer = asks(cases.values(), tmp_path)
    assert dict(zip(cases, verdicts(answer), strict=True)) == dict.fromkeys(cases, "refused")
