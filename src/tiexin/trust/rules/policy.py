"""Policies: which logs and witnesses one trusts, and how many witnesses are enough (c2sp.org/tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.rules.note import VerifierKey, parse_vkey

NONE: Final = "none"
POLICY_BYTES_MAX: Final = 1024 * 1024
NAMES_MAX: Final = 1000
_ALLOWED: Final = re.compile(r"[\t\n\x20-\x7e\x80-\xff]*")
_SPACE: Final = re.compile(r"[ \t]+")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


class PolicyError(InvalidInputError):
    """A policy is not written as tlog-policy says; names the line."""

    code = "policy_invalid"
    title = "This is not a policy of trust"


class PolicyLog(NamedTuple):
    """A log that is trusted: its vkey (the name in it is the log's origin) and, where given, its address."""

    vkey: str
    url: str | None = None


class PolicyWitness(NamedTuple):
    """A witness that is trusted: its name within the policy, its vkey and, where given, its address."""

    name: str
    vkey: str
    url: str | None = None

    @property
    def key(self) -> VerifierKey:
        """The key that its vkey stands for."""
        return parse_vkey(self.vkey)


class PolicyGroup(NamedTuple):
    """A group of witnesses and groups, of which ``needed`` must have witnessed."""

    name: str
    needed: int
    members: tuple[str, ...]


class Policy(NamedTuple):
    """A whole policy; ``quorum`` is ``none`` or the name of a witness or group, which must have witnessed."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: tuple[PolicyGroup, ...] = ()
    quorum: str = NONE


def parse_policy(written: str | bytes) -> Policy:
    """Return the policy in a file's text; names are compared byte by byte.

    Raises:
        PolicyError: a line is not possible; facts: ``line`` (from 1).
    """
    raw = written if isinstance(written, bytes) else written.encode("utf-8", "surrogateescape")
    if len(raw) > POLICY_BYTES_MAX:
        msg = f"A policy has at most {POLICY_BYTES_MAX} bytes; this one has {len(raw)}"
        raise PolicyError(msg, limit=POLICY_BYTES_MAX)
    if not _ALLOWED.fullmatch(raw.decode("latin-1")):
        msg = "A policy holds no control characters other than tabs and line ends"
        raise PolicyError(msg)
    reader = _Reader()
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = _SPACE.split(line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                reader.take(words)
            except InvalidInputError as error:
                msg = f"Line {number} of the policy: {error.message}"
                raise PolicyError(msg, line=number) from error
    return reader.policy()


def format_policy(policy: Policy) -> str:
    """Return a policy as text; ``parse_policy`` gives the same policy back.

    Raises:
        PolicyError: a part of it could not be read back.
    """
    lines = [" ".join(("log", log.vkey, *_given(log.url))) for log in policy.logs]
    lines += [" ".join(("witness", each.name, each.vkey, *_given(each.url))) for each in policy.witnesses]
    lines += [" ".join(("group", each.name, str(each.needed), *each.members)) for each in policy.groups]
    written = "".join(f"{line}\n" for line in (*lines, f"quorum {policy.quorum}"))
    if parse_policy(written) != policy:
        msg = "This policy cannot be written so that it reads back the same"
        raise PolicyError(msg)
    return written


def satisfied(policy: Policy, names: Iterable[str]) -> bool:
    """Tell whether these witnesses are enough.

    ``names`` are names of witnesses within the policy, or names of their keys as ``open_checkpoint`` returns them (of
    keys that share a name with another witness's key or label only the name within the policy counts).
    """
    given = set(names)
    labels = {witness.name for witness in policy.witnesses}
    key_names = [witness.key.name for witness in policy.witnesses]
    witnessed = {
        witness.name: witness.name in given
        or (key_name in given and key_names.count(key_name) == 1 and key_name not in labels)
        for witness, key_name in zip(policy.witnesses, key_names, strict=True)
    }
    for group in policy.groups:
        witnessed[group.name] = sum(witnessed[name] for name in group.members) >= group.needed
    return policy.quorum == NONE or witnessed[policy.quorum]


def needed(policy: Policy) -> int:
    """Return the smallest number of witnesses that can satisfy a policy; 0 without a quorum."""
    fewest = dict.fromkeys((witness.name for witness in policy.witnesses), 1) | {NONE: 0}
    for group in policy.groups:
        fewest[group.name] = _fewest(group, fewest)
    return fewest[policy.quorum]


def _fewest(group: PolicyGroup, fewest: Mapping[str, int]) -> int:
    return sum(sorted(fewest[name] for name in group.members)[: group.needed])


def _given(url: str | None) -> tuple[str, ...]:
    return () if url is None else (url,)


class _Reader:
    """Takes the lines of a policy one by one."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[PolicyWitness] = []
        self._groups: list[PolicyGroup] = []
        self._quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._keys: dict[str, set[bytes]] = {"log": set(), "witness": set()}

    def take(self, words: list[str]) -> None:
        """Take the words of one line."""
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._once(vkey, "log")
                self._logs.append(PolicyLog(vkey, url[0] if url else None))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._once(vkey, "witness")
                self._name(name)
                self._witnesses.append(PolicyWitness(name, vkey, url[0] if url else None))
            case ["group", name, count, *members] if members:
                self._group(name, count, tuple(members))
            case ["quorum", name] if self._quorum is None:
                if name != NONE:
                    self._known(name)
                self._quorum = name
            case ["quorum", _]:
                msg = "there is one quorum line, not two"
                raise PolicyError(msg)
            case _:
                msg = f"expected log, witness, group or quorum with its words, not {' '.join(words)[:80]!r}"
                raise PolicyError(msg)

    def policy(self) -> Policy:
        """Return the whole policy."""
        if self._quorum is None:
            msg = "A policy has a line 'quorum'; this one has none"
            raise PolicyError(msg)
        return Policy(tuple(self._logs), tuple(self._witnesses), tuple(self._groups), self._quorum)

    def _group(self, name: str, count: str, members: tuple[str, ...]) -> None:
        for member in members:
            self._known(member)
            if member in self._members:
                msg = f"{member!r} is a member already; each name belongs to one group, once"
                raise PolicyError(msg)
            self._members.add(member)
        enough = {"all": len(members), "any": 1}.get(count) or (int(count) if _NUMBER.fullmatch(count) else 0)
        if not 1 <= enough <= len(members):
            msg = f"of {len(members)} members all, any, or 1 to {len(members)} may be asked for, not {count[:20]!r}"
            raise PolicyError(msg)
        self._name(name)
        self._groups.append(PolicyGroup(name, enough, members))

    def _name(self, name: str) -> None:
        if name == NONE or name in self._names or len(self._names) >= NAMES_MAX:
            msg = f"the name {name[:80]!r} is taken, or there are more than {NAMES_MAX} names"
            raise PolicyError(msg, limit=NAMES_MAX)
        self._names.add(name)

    def _known(self, name: str) -> None:
        if name not in self._names:
            msg = f"{name[:80]!r} was not defined on an earlier line"
            raise PolicyError(msg)

    def _once(self, vkey: str, what: str) -> None:
        key = parse_vkey(vkey).key
        if key in self._keys[what] or len(self._keys[what]) >= NAMES_MAX:
            msg = f"this {what}'s public key stands on an earlier line, or there are more than {NAMES_MAX}"
            raise PolicyError(msg, limit=NAMES_MAX)
        self._keys[what].add(key)
