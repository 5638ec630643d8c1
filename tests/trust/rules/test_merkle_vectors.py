"""The 518 cases of transparency-dev/merkle (Apache-2.0), read where they lie: most of them must be refused."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tiexin.trust.rules.merkle import (
    ProofError,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)


def _inclusion(case: dict[str, Any]) -> None:
    verify_inclusion(
        leaf_hash=b64decode(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        proof=_proof(case),
        root=b64decode(case["root"]),
    )


def _consistency(case: dict[str, Any]) -> None:
    verify_consistency(
        first=case["size1"],
        second=case["size2"],
        proof=_proof(case),
        first_root=b64decode(case["root1"]),
        second_root=b64decode(case["root2"]),
    )


def _subtree_inclusion(case: dict[str, Any]) -> None:
    verify_subtree_inclusion(
        leaf_hash=b64decode(case["leafHash"]),
        index=case["leafIdx"],
        start=case["start"],
        end=case["end"],
        proof=_proof(case),
        root=b64decode(case["root"]),
    )


def _subtree_consistency(case: dict[str, Any]) -> None:
    verify_subtree_consistency(
        start=case["start"],
        end=case["end"],
        size=case["size"],
        proof=_proof(case),
        subtree_root=b64decode(case["root1"]),
        root=b64decode(case["root2"]),
    )


def _proof(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(each) for each in case["proof"] or ()]


@pytest.mark.parametrize(
    ("folder", "check", "cases", "accepted"),
    [
        ("inclusion", _inclusion, 98, 6),
        ("consistency", _consistency, 98, 6),
        ("subtreeinclusion", _subtree_inclusion, 204, 12),
        ("subtreeconsistency", _subtree_consistency, 118, 12),
    ],
)
def test_every_case_gives_the_expected_result(
    vectors: Path, folder: str, check: Callable[[dict[str, Any]], None], cases: int, accepted: int
) -> None:
    counted: Counter[str] = Counter()
    for file in sorted((vectors / "merkle/testdata" / folder).rglob("*.json")):
        case = json.loads(file.read_text())
        try:
            check(case)
        except ProofError:
            result = "refused"
        else:
            result = "accepted"
        assert result == ("refused" if case["wantErr"] else "accepted"), f"{file}: {case['desc']}"
        counted[result] += 1
    assert counted == {"accepted": accepted, "refused": cases - accepted}
