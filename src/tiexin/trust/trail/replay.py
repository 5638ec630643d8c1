"""Replays a chain from proofs alone: offline, with the log's public key, asking nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.trail.chain import Step, chain_of, node_of_opened

if TYPE_CHECKING:
    from tiexin.trust.rules.policy import Policy


class ReplayError(InvalidInputError):
    """A proof of a chain does not hold, or opens no event; names which."""

    code = "trail_not_proved"
    title = "The chain does not hold"


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A chain whose every step was proved; ``ok`` is False when a step is broken all the same."""

    ok: bool
    origin: str
    steps: list[Step]


def replay(proofs: Sequence[tuple[str, bytes]], vkeys: Sequence[str], *, policy: Policy | None = None) -> Replay:
    """Return the chain that some proofs tell, every proof verified.

    Args:
        proofs: name (for the words of a refusal) and ``.tlog-proof`` of each step, in any order.
        vkeys: public keys of the log.
        policy: which witnesses must have cosigned.

    Raises:
        ReplayError: a proof does not verify or opens no event, or they are of different logs.
    """
    from tiexin.trust.rules.verifying import verify_proof

    nodes, origins = [], set()
    for name, raw in proofs:
        verdict = verify_proof(raw, list(vkeys), policy=policy)
        if not verdict.ok:
            msg = f"{name} is not proved: {verdict.why}"
            raise ReplayError(msg, file=name)
        if verdict.event is None:
            msg = f"{name} proves an entry of the log and does not say which event it is"
            raise ReplayError(msg, file=name)
        nodes.append(_node(name, verdict.event))
        origins.add(verdict.origin)
    if len(origins) != 1:
        msg = "The proofs are of different logs" if origins else "There is no proof to replay"
        raise ReplayError(msg, origins=sorted(str(origin) for origin in origins))
    steps = chain_of(nodes)
    return Replay(ok=all(step.broken is None for step in steps), origin=str(origins.pop()), steps=steps)


def _node(name: str, event: dict[str, Any]) -> Any:
    try:
        return node_of_opened(event)
    except msgspec.ValidationError as error:
        msg = f"{name} opens something that is no event: {error}"
        raise ReplayError(msg, file=name) from error
