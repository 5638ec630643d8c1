"""Asking witnesses to cosign a checkpoint (c2sp.org/tlog-witness), all at once, until the policy is satisfied."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final, NamedTuple

from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.rules.checkpoint import parse_checkpoint
from tiexin.trust.rules.note import Note, SignatureLine, parse_note, parse_signatures
from tiexin.trust.rules.policy import Policy, PolicyWitness, satisfied
from tiexin.trust.rules.verifying import verifier_of
from tiexin.trust.rules.witness_protocol import AddCheckpoint, format_add_checkpoint, parse_size

if TYPE_CHECKING:
    import httpx

ANSWER_SECONDS_MAX: Final = 10.0
ALL_SECONDS_MAX: Final = 15.0
"""After this time those who have not answered count as absent."""
GRACE_SECONDS: Final = 0.5
"""How long the others are waited for once enough witnesses have cosigned."""
ANSWER_BYTES_MAX: Final = 64 * 1024
ATTEMPTS_MAX: Final = 4
"""A witness that names another size is asked again from there; more often only if somebody else feeds it as well."""
WITNESSES_AT_ONCE: Final = 32
STATUS_OK: Final = 200
STATUS_CONFLICT: Final = 409

SEEN_MAX: Final = 4_096

_SEEN: Final[dict[tuple[str, str], int]] = {}
"""Up to which size an address was last seen to cosign a log: only a hint where to start asking."""

ProofOf = Callable[[int, int], Sequence[bytes]]


class Answered(NamedTuple):
    """What became of asking one address: the witnesses behind it (policy names), their lines, or why there are none."""

    url: str
    names: tuple[str, ...]
    lines: tuple[SignatureLine, ...] = ()
    why: str = ""


class Gathered(NamedTuple):
    """What all witnesses answered; those that had not answered when there were enough are told as such."""

    lines: list[SignatureLine]
    answers: list[Answered]


class _NotCosignedError(Exception):
    """A witness did not cosign; says why."""


def gather(
    checkpoint_note: bytes,
    *,
    policy: Policy,
    proof_of: ProofOf,
    old_size_of: Callable[[str], int] | None = None,
) -> list[SignatureLine]:
    """Return the verified cosignatures that witnesses of a policy give for a signed checkpoint; see ``ask``."""
    return ask(checkpoint_note, policy=policy, proof_of=proof_of, old_size_of=old_size_of).lines


def ask(
    checkpoint_note: bytes,
    *,
    policy: Policy,
    proof_of: ProofOf,
    old_size_of: Callable[[str], int] | None = None,
) -> Gathered:
    """Ask every witness of a policy that has an address to cosign a checkpoint.

    Args:
        checkpoint_note: the signed note as it would be published.
        policy: names witnesses and how many are enough; witnesses of one address are asked once.
        proof_of: the consistency proof from a size to the checkpoint's; called by one thread at a time.
        old_size_of: the size a witness (policy name) last cosigned, where it is known. Without it a witness is asked
            from the size this process last saw it cosign, or from that of this checkpoint; a wrong one costs one more
            question, as the witness names its own in a conflict.

    Never raises for a witness: what is wrong with one stands in its answer. Lines that do not verify are not returned.
    """
    import httpx

    note = parse_note(checkpoint_note)
    checkpoint = parse_checkpoint(note.text)
    if len(_SEEN) > SEEN_MAX:
        _SEEN.clear()
    places: dict[str, list[PolicyWitness]] = {}
    for witness in policy.witnesses:
        if witness.url:
            places.setdefault(witness.url.rstrip("/"), []).append(witness)
    proofs = _Proofs(proof_of)
    client = httpx.Client(timeout=ANSWER_SECONDS_MAX)
    pool = ThreadPoolExecutor(WITNESSES_AT_ONCE)

    def one(url: str, witnesses: list[PolicyWitness]) -> Answered:
        names = tuple(witness.name for witness in witnesses)
        known = old_size_of(names[0]) if old_size_of else _SEEN.get((url, checkpoint.origin))
        try:
            asking = _Asking(client, url, raw=checkpoint_note, note=note, proofs=proofs)
            answered = Answered(url, names, tuple(asking.lines(known, witnesses)))
        except (_NotCosignedError, InvalidInputError) as error:
            return Answered(url, names, why=str(error))
        _SEEN[url, checkpoint.origin] = checkpoint.size
        return answered

    try:
        asked = {pool.submit(one, url, witnesses): (url, witnesses) for url, witnesses in places.items()}
        answers = _collect(asked, policy)
    finally:
        # Whoever has not answered by now is not waited for; his late answer does no harm.
        proofs.close()
        pool.shutdown(wait=False, cancel_futures=True)
        client.close()
    return Gathered([line for answer in answers for line in answer.lines], answers)


def _collect(asked: Mapping[Future[Answered], tuple[str, list[PolicyWitness]]], policy: Policy) -> list[Answered]:
    """Return the answers that come until there are enough and the others had a moment more."""
    open_ones = set(asked)
    answers: list[Answered] = []
    ends = time.monotonic() + ALL_SECONDS_MAX
    enough = False
    while open_ones and time.monotonic() < ends:
        done, open_ones = wait(open_ones, timeout=ends - time.monotonic(), return_when=FIRST_COMPLETED)
        answers += [each.result() for each in done]
        if not enough and satisfied(policy, [name for answer in answers if answer.lines for name in answer.names]):
            enough = True
            ends = min(ends, time.monotonic() + GRACE_SECONDS)
    late = [
        Answered(url, tuple(witness.name for witness in witnesses), why="It did not answer in time.")
        for url, witnesses in (asked[each] for each in open_ones)
    ]
    order = {url: place for place, (url, _) in enumerate(asked.values())}
    return sorted([*answers, *late], key=lambda answer: order[answer.url])


class _Proofs:
    """Gives consistency proofs while somebody waits for the answers: afterwards the log may be closed."""

    def __init__(self, proof_of: ProofOf) -> None:
        self._proof_of = proof_of
        self._lock = threading.Lock()
        self._closed = False

    def between(self, old: int, size: int) -> tuple[bytes, ...]:
        """Return the proof from one size to another; empty where there is nothing to prove."""
        with self._lock:
            if self._closed:
                msg = "It answered too late."
                raise _NotCosignedError(msg)
            return tuple(self._proof_of(old, size)) if 0 < old < size else ()

    def close(self) -> None:
        """Give no more proofs."""
        with self._lock:
            self._closed = True


class _Asking(NamedTuple):
    """One conversation with the witnesses behind an address."""

    client: httpx.Client
    url: str
    raw: bytes
    note: Note
    proofs: _Proofs

    def lines(self, known: int | None, witnesses: Sequence[PolicyWitness]) -> list[SignatureLine]:
        """Return verified lines of these witnesses.

        Raises:
            _NotCosignedError: it did not cosign.
        """
        size = parse_checkpoint(self.note.text).size
        old = size if known is None or not 0 <= known <= size else known
        for _ in range(ATTEMPTS_MAX):
            request = AddCheckpoint(old, self.proofs.between(old, size), self.raw)
            answer = self._post(format_add_checkpoint(request))
            if answer.status_code == STATUS_OK:
                return _verified(answer.content, self.note, witnesses)
            if answer.status_code != STATUS_CONFLICT:
                msg = f"It answered with status {answer.status_code}: {answer.text[:200].strip()}"
                raise _NotCosignedError(msg)
            named = parse_size(answer.content)
            if named > size:
                msg = (
                    f"It has cosigned {named} entries of this log, and the checkpoint has only {size}: the log went "
                    "back, or somebody else signs with its key."
                )
                raise _NotCosignedError(msg)
            if named == old:
                msg = f"It has cosigned another tree of {named} entries of this log."
                raise _NotCosignedError(msg)
            old = named
        msg = f"It named another size {ATTEMPTS_MAX} times: somebody else feeds it at the same time."
        raise _NotCosignedError(msg)

    def _post(self, body: bytes) -> httpx.Response:
        import httpx

        address = f"{self.url}/add-checkpoint"
        try:
            with self.client.stream("POST", address, content=body) as answer:
                found = bytearray()
                for part in answer.iter_bytes():
                    found += part
                    if len(found) > ANSWER_BYTES_MAX:
                        msg = f"It answered with more than {ANSWER_BYTES_MAX} bytes."
                        raise _NotCosignedError(msg)
                return httpx.Response(answer.status_code, content=bytes(found))
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
            msg = f"It cannot be reached: {str(error) or type(error).__name__}."
            raise _NotCosignedError(msg) from error


def _verified(body: bytes, note: Note, witnesses: Sequence[PolicyWitness]) -> list[SignatureLine]:
    """Return the lines of these witnesses, each verified; lines of keys nobody asked for are left out."""
    found: list[SignatureLine] = []
    lines = parse_signatures(body)
    for witness in witnesses:
        verifier = verifier_of(witness.vkey)
        own = [line for line in lines if (line.name, line.key_id) == (verifier.key.name, verifier.key.key_id)]
        for line in own:
            # One bad line in a known name would spoil the whole published note for everybody.
            if not verifier.verify(note.text, line.signature):
                msg = f"Its signature as {witness.name} does not verify."
                raise _NotCosignedError(msg)
        found += own[:1]
    if not found:
        msg = "It answered without a line of its key."
        raise _NotCosignedError(msg)
    return found
