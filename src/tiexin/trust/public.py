"""What everybody may know of the log besides its tiles: its keys, its witnesses, how many of them must have signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiexin.trust.anchors.options import shown_address
from tiexin.trust.publication import policy_of
from tiexin.trust.rules.policy import PolicyLog, format_policy, needed

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog


def policy_document(trust: OpenedLog) -> str:
    """Return the policy by which a checkpoint of this log is to be judged (c2sp.org/tlog-policy)."""
    # Only the Ed25519 key: a reader of policies need not know our other kinds of keys.
    log = PolicyLog(trust.keys.vkeys()[0])
    policy = policy_of(trust.folder)
    # How we sign in at a witness is nobody else's business.
    witnesses = [each._replace(url=each.url and shown_address(each.url, path=True)) for each in policy.witnesses]
    return format_policy(policy._replace(logs=(log,), witnesses=tuple(witnesses)))


def keys_document(trust: OpenedLog) -> dict[str, Any]:
    """Return origin, verifier keys, witnesses and rotations (JSON-ready)."""
    policy = policy_of(trust.folder)
    return {
        "origin": trust.keys.origin,
        "vkeys": trust.keys.vkeys(),
        "witnesses": [{"name": witness.name, "vkey": witness.vkey} for witness in policy.witnesses],
        "needed": needed(policy),
        "rotations": trust.keys.rotations(),
    }
