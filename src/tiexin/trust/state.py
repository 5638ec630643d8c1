"""How the log stands, as the console and other programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.kernel.clock import iso_us
from tiexin.trust.auditing import last_report
from tiexin.trust.publication import policy_of
from tiexin.trust.rules.policy import needed
from tiexin.trust.rules.verdict import told_time
from tiexin.trust.rules.verifying import witnessed

if TYPE_CHECKING:
    from tiexin.trust.contracts import AuditReport, Head
    from tiexin.trust.service import OpenedLog


def document(trust: OpenedLog) -> dict[str, Any]:
    """Return the document of ``GET /v1/trust`` but for its anchors (times as RFC 3339, roots in hexadecimal)."""
    position = trust.record.position()
    every = trust.settings.trust_publish_seconds
    if not trust.initialised:
        return {
            "initialised": False,
            "origin": None,
            "vkeys": [],
            "head": None,
            "record": position,
            "behind": position,
            "witnesses": {"needed": 0, "of": 0, "seen": []},
            "anchors": [],
            "audit": None,
            "publishing": {"every_seconds": every, "last_error": None},
        }
    head = trust.head()
    state = trust.shelf.state()
    shown = None if head is None else {"size": head.size, "root": head.root.hex(), "time": iso_us(head.time_us)}
    return {
        "initialised": True,
        "origin": trust.keys.origin,
        "vkeys": trust.keys.vkeys(),
        "head": shown,
        "record": position,
        "behind": position - (0 if head is None else head.size),
        "witnesses": _witnesses(trust, head),
        "anchors": [],
        "audit": _audit(last_report(trust.folder)),
        "publishing": {"every_seconds": every, "last_error": state.error},
    }


def _witnesses(trust: OpenedLog, head: Head | None) -> dict[str, Any]:
    """Return who cosigned the head and when, each by its own clock (tlog-cosignature)."""
    policy = policy_of(trust.folder)
    times = {} if head is None else witnessed(head.checkpoint, policy)
    seen = [
        {"name": name, "time": told_time(times[name]) if name in times else None, "ok": name in times}
        for name in (witness.name for witness in policy.witnesses)
    ]
    return {"needed": needed(policy), "of": len(policy.witnesses), "seen": seen}


def _audit(report: AuditReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    plain = msgspec.to_builtins(report)
    return {**plain, "time": iso_us(report.time_us)}
