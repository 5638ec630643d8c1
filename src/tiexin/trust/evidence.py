"""The evidence of a case: its bundle with the trail of its decisions, put together from both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from tiexin.trust.receipts.lookup import WHOLE, Reach
from tiexin.trust.trail.desk import TrailDesk

if TYPE_CHECKING:
    from tiexin.trust.api import Trust
    from tiexin.trust.receipts.api import Office


def evidence_of(
    trust: Trust, office: Office, case: str, *, reach: Reach = WHOLE, attachments: Mapping[str, bytes] | None = None
) -> tuple[bytes, int]:
    """Return the evidence bundle of a case, with the trail of its decisions, and the number of its events.

    Raises:
        NoReceiptError: nothing of this case may be given to this caller.
        NotPublishedError: its last event is not in the published log yet.
        SealingError: it could not be signed.
    """
    trust.require()
    trail = trail_files(trust, case, reach=reach)
    return office.bundle(case, reach=reach, attachments=attachments, trail=trail)


def trail_files(trust: Trust, case: str, *, reach: Reach = WHOLE) -> dict[str, bytes]:
    """Return ``trail.json`` and the proof of every step, for ``tiexin trust replay``; empty without decisions.

    Steps may lie outside the case: what a decision rests on often began earlier.
    """
    desk = TrailDesk(trust, reach=reach, actors=False)
    ends = dict[str, tuple[int, int]]()

    def address(end: int, step: int) -> str:
        path = f"trail/{step}.tlog-proof"
        ends[path] = end, step
        return path

    chain = desk.of_case(case, address=address)
    if not chain["steps"]:
        return {}
    files = {"trail.json": msgspec.json.format(msgspec.json.encode(chain), indent=2) + b"\n"}
    return files | {path: desk.proof(end, step=step) for path, (end, step) in ends.items()}
