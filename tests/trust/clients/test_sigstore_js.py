"""npm @sigstore/verify 4.1.0 checks checkpoint and Merkle proof of our receipts with what it checks Rekor's with."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.trust.clients.conftest import NODE_MODULES, Answer, Bank, Published, run
from tests.trust.clients.receipts import Question, accepted, forged, verdicts, written

PROGRAM = """
const [modules, ...files] = process.argv.slice(1);
const { verifyCheckpoint } = require(modules + "/@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require(modules + "/@sigstore/verify/dist/tlog/merkle.js");
const { VerificationError } = require(modules + "/@sigstore/verify/dist/error.js");
const raw = (text) => Buffer.from(text, "base64");
function check(asked) {
  const spki = { key: raw(asked.public_key), format: "der", type: "spki" };
  const publicKey = require("node:crypto").createPublicKey(spki);
  const log = { logID: raw(asked.key_id), baseURL: "https://" + asked.origin, publicKey };
  const inclusionProof = {
    logIndex: String(asked.index),
    treeSize: String(asked.size),
    hashes: asked.hashes.map(raw),
    rootHash: raw(asked.root),
    checkpoint: { envelope: asked.checkpoint },
  };
  const entry = { canonicalizedBody: raw(asked.entry), inclusionProof };
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
}
for (const file of files) {
  try {
    check(JSON.parse(require("node:fs").readFileSync(file, "utf8")));
    console.log("accepted");
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    console.log("refused: " + error.message);
  }
}
"""


def asks(questions: Iterable[Question], tmp_path: Path) -> Answer:
    assert (NODE_MODULES / "@sigstore").is_dir(), "@sigstore/verify is not installed (make install)"
    node = shutil.which("node")
    assert node
    return run(node, "-e", PROGRAM, "--", NODE_MODULES, *written(questions, tmp_path))


def test_sigstore_js_accepts_our_receipts(bank: Bank, tmp_path: Path) -> None:
    answer = asks(accepted(bank), tmp_path)
    assert (answer.code, verdicts(answer)) == (0, ["accepted"] * 4)


def test_sigstore_js_refuses_every_forgery(bank: Bank, fork: Published, shrunk: Published, tmp_path: Path) -> None:
    cases = dict(forged(bank, fork, shrunk))
    answer = asks(cases.values(), tmp_path)
    assert dict(zip(cases, verdicts(answer), strict=True)) == dict.fromkeys(cases, "refused")
