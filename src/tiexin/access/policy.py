"""How people sign in, read from ``data/sign-in.yaml``: passwords, hashing, sessions, delays."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

DATA = Path(__file__).parent / "data"


class PasswordRules(msgspec.Struct, frozen=True):
    """Length of passwords in characters."""

    chars_min: int
    chars_max: int


class Argon2id(msgspec.Struct, frozen=True):
    """Parameters of the password hash; ``at_once`` bounds how many run at the same time."""

    memory_kib: int
    passes: int
    lanes: int
    at_once: int


class SessionRules(msgspec.Struct, frozen=True):
    """When a session ends: without use, and in any case."""

    idle_minutes: int
    absolute_hours: int


class LockOut(msgspec.Struct, frozen=True):
    """How failures slow down sign-in, by account and by address."""

    account_free: int
    account_first_seconds: int
    account_longest_seconds: int
    address_free: int
    address_first_seconds: int
    address_longest_seconds: int
    forgotten_after_hours: int


class Policy(msgspec.Struct, frozen=True):
    """Everything that is decided about signing in."""

    effective: str
    passwords: PasswordRules
    argon2id: Argon2id
    sessions: SessionRules
    lock_out: LockOut


@functools.cache
def policy() -> Policy:
    """Return the policy in force."""
    import yaml

    given = yaml.safe_load((DATA / "sign-in.yaml").read_text("utf-8"))
    return msgspec.convert({**given, "effective": str(given["effective"])}, Policy)


@functools.cache
def common_passwords() -> frozenset[str]:
    """Return the common passwords, in the form in which they are compared."""
    lines = (DATA / "common-passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip().replace(" ", "") for line in lines if line.strip() and not line.startswith("#"))
