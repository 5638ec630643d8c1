"""What everybody may know of the log besides its tiles: its keys, its witnesses, how many of them must have signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiexin.trust.publication import policy_text

if TYPE_CHECKING:
    from tiexin.trust.api import Trust


def policy_document(trust: Trust) -> str:
    """Return the policy by which a checkpoint of this log is to be judged (c2sp.org/tlog-policy)."""
    lines = [f"log {vkey}" for vkey in trust.keys.vkeys()[:1]]
    own = policy_text(trust.folder)
    kept = [line for line in (own or "quorum none\n").splitlines() if line.split()[:1] != ["log"]]
    return "\n".join([*lines, *kept]) + "\n"


def witnesses_of(trust: Trust) -> tuple[list[dict[str, str]], int]:
    """Return name and vkey of each witness, and how many of them must have cosigned."""
    text = policy_text(trust.folder)
    if text is None:
        return [], 0
    from tiexin.trust.rules.policy import parse_policy

    policy = parse_policy(text)
    return [{"name": witness.name, "vkey": witness.vkey} for witness in policy.witnesses], policy.needed


def keys_document(trust: Trust) -> dict[str, Any]:
    """Return origin, verifier keys, witnesses and rotations (JSON-ready)."""
    witnesses, needed = witnesses_of(trust)
    return {
        "origin": trust.keys.origin,
        "vkeys": trust.keys.vkeys(),
        "witnesses": witnesses,
        "needed": needed,
        "rotations": trust.keys.rotations(),
    }
