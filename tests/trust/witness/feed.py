"""Feeds a witness through the client of aics-witness; run by its own Python, never imported by a test.

Arguments: address and vkey of the witness. Standard input: JSON {"note": …, "proofs": {"<old>": [hex, …]}}. Prints the
cosignature line, or the kind of error.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from aics_witness.feeder import FeederError, WitnessClient  # type: ignore[import-not-found]


def main() -> None:
    """Submit one checkpoint."""
    url, vkey = sys.argv[1:]
    given: dict[str, Any] = json.load(sys.stdin)

    def proof(old: int, _: int) -> list[bytes]:
        return [bytes.fromhex(each) for each in given["proofs"].get(str(old), [])]

    try:
        with WitnessClient(url, vkey, max_attempts=1) as client:
            sys.stdout.write(client.submit(given["note"], proof))
    except FeederError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
