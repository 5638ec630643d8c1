from __future__ import annotations

import subprocess
import sys

from tests.trust.anchors.chain import Chain

SERVER = """
import sys
import msgspec
from tiexin.trust.anchors.libraries import load_web3

before = sys.getrecursionlimit()
load_web3()
assert "py_ecc" in sys.modules, "web3 no longer brings what this guards against"
assert sys.getrecursionlimit() == before, sys.getrecursionlimit()
try:
    msgspec.json.decode(b"[" * 200_000)
except (msgspec.DecodeError, RecursionError):
    print("refused")
sys.setrecursionlimit(before + 1)
assert sys.getrecursionlimit() == before + 1, "whoever wants another limit can set it again"
"""


def test_a_process_that_anchors_still_refuses_what_is_nested_too_deeply() -> None:
    done = subprocess.run([sys.executable, "-c", SERVER], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "refused"), done.stderr[-500:]


def test_the_chain_of_these_tests_leaves_the_limit_alone(chain: Chain) -> None:
    assert chain.operator
    assert sys.getrecursionlimit() < 10_000
