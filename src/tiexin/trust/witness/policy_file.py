"""The installation's own policy of witnesses: k of n, in a file that other programs can read (c2sp.org/tlog-policy)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tiexin.infra.files import write_durably
from tiexin.kernel.errors import InvalidInputError, NotFoundError, RefusedError
from tiexin.trust.rules.policy import NONE, Policy, PolicyGroup, PolicyWitness, format_policy, needed, parse_policy
from tiexin.trust.rules.verifying import verifier_of

FILE: Final = Path("trust") / "witnesses.policy"
GROUP: Final = "witnesses"


class PolicyByHandError(RefusedError):
    """The policy was written by hand with groups of its own; commands would lose what it says."""

    code = "policy_by_hand"


class NoSuchWitnessError(NotFoundError):
    """The policy names no such witness."""

    code = "no_such_witness"


class NeededError(InvalidInputError):
    """So many witnesses cannot be asked for."""

    code = "witnesses_needed_impossible"


def read_policy(home: Path) -> Policy:
    """Return the policy of an installation; the empty one, which asks for no witness, where there is no file.

    Raises:
        PolicyError: the file is not a policy.
    """
    try:
        return parse_policy((home / FILE).read_bytes())
    except FileNotFoundError:
        return Policy()


def add_witness(home: Path, witness: PolicyWitness) -> Policy:
    """Add a witness; from then on one more must have cosigned than before. Return the policy.

    Raises:
        PolicyByHandError: the file was written by hand.
        PolicyError: the name or the key is taken, or cannot stand in a policy.
        NoteError: the key is none that can be checked.
    """
    policy = _own(home)
    verifier_of(witness.vkey)
    return _keep(home, policy, (*policy.witnesses, witness), needed(policy) + 1)


def remove_witness(home: Path, name: str) -> Policy:
    """Remove a witness; as many as before must have cosigned, as far as there are so many. Return the policy.

    Raises:
        NoSuchWitnessError: there is none of this name.
        PolicyByHandError: the file was written by hand.
    """
    policy = _own(home)
    left = tuple(witness for witness in policy.witnesses if witness.name != name)
    if len(left) == len(policy.witnesses):
        msg = f"The policy names no witness {name!r}; nothing was changed."
        raise NoSuchWitnessError(msg)
    return _keep(home, policy, left, min(needed(policy), len(left)))


def need_witnesses(home: Path, count: int) -> Policy:
    """Set how many witnesses must have cosigned before a checkpoint is published (0: none). Return the policy.

    Raises:
        NeededError: there are not so many.
        PolicyByHandError: the file was written by hand.
    """
    policy = _own(home)
    if not 0 <= count <= len(policy.witnesses):
        msg = f"Of {len(policy.witnesses)} witnesses 0 to {len(policy.witnesses)} can be asked for, not {count}."
        raise NeededError(msg, limit=len(policy.witnesses))
    return _keep(home, policy, policy.witnesses, count)


def _own(home: Path) -> Policy:
    """Return the policy if it has the form that ``_keep`` gives it."""
    policy = read_policy(home)
    if policy.quorum == NONE and not policy.groups:
        return policy
    names = tuple(witness.name for witness in policy.witnesses)
    if policy.quorum == GROUP and [(group.name, group.members) for group in policy.groups] == [(GROUP, names)]:
        return policy
    msg = f"The policy in {home / FILE} has groups of its own. Change it by hand; nothing was changed."
    raise PolicyByHandError(msg)


def _keep(home: Path, policy: Policy, witnesses: tuple[PolicyWitness, ...], count: int) -> Policy:
    groups = (PolicyGroup(GROUP, count, tuple(witness.name for witness in witnesses)),) if count else ()
    made = Policy(policy.logs, witnesses, groups, GROUP if count else NONE)
    write_durably(home / FILE, format_policy(made).encode("utf-8", "surrogateescape"))
    return made
