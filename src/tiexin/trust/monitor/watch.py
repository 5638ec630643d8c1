"""One look at a log: is it signed, does it continue what was seen, are its entries those it signed, does it grow?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from tiexin.kernel.clock import SECOND_US, Clock, SystemClock, iso_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.trust.monitor.gossip import contradictions
from tiexin.trust.monitor.memory import Memory, Remembered
from tiexin.trust.monitor.source import CHECKPOINT, CHECKPOINT_BYTES_MAX, Source, UnreachableError, source_of
from tiexin.trust.monitor.tree import TileError, TileTree
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.rules.note import NoteError, encoded, parse_vkey
from tiexin.trust.rules.policy import POLICY_BYTES_MAX, Policy, parse_policy, satisfied
from tiexin.trust.rules.tile_paths import TILE_WIDTH
from tiexin.trust.rules.verifying import SignatureError, open_checkpoint, witnessed

AGAIN_ENTRIES: Final = 65_536
"""How many old entries are read again in one look; smaller logs are read entirely every time."""
POLICY: Final = "policy"
FAULTS_MAX: Final = 100
STALL_SECONDS: Final = 86_400


class Alarm(msgspec.Struct, frozen=True):
    """Something a log must not do: which kind, in words, and the file or entry it was found at."""

    kind: str
    why: str
    path: str | None = None
    index: int | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at a log found; ``ok`` only without any alarm."""

    ok: bool
    url: str
    time: str
    origin: str = ""
    size: int | None = None
    root: str = ""
    previous: dict[str, int | str] | None = None
    cosigned: list[str] = []
    entries: int = 0
    tiles: int = 0
    alarms: list[Alarm] = []
    why: str = ""


class _AlarmError(Exception):
    """The look ends here: what follows would be read from a head that nobody can trust."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.alarm = Alarm(kind, why)


class Monitor:
    """Looks at one log, wherever it is served, and holds it against what was seen before.

    Args:
        url: the address of the log (or of a Tiexin server), or a folder with its files.
        home: remembers the last head that was in order, under ``trust/monitor``.
        vkeys: keys of the log, one of which must have signed.
        policy: which cosignatures are asked for, and whose witnesses are asked what they saw; without it the
            cosignatures are asked for that the log itself says it has (its ``policy``).
        stall_seconds: how long a log may stay as it is (0: it must have grown at every look).
        full: read every entry again instead of a part of the old ones.
        clock: tells how long it did not grow.
    """

    def __init__(
        self,
        url: str,
        *,
        home: Path,
        vkeys: Sequence[str],
        policy: Policy | None = None,
        stall_seconds: int = STALL_SECONDS,
        full: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._home = home
        self._vkeys = [parse_vkey(vkey) for vkey in vkeys]
        self._policy = policy
        self._stall_us = stall_seconds * SECOND_US
        self._full = full
        self._clock = clock or SystemClock()

    def look(self) -> Report:
        """Look at the log once; what was in order is remembered.

        Raises:
            MonitorMemoryError: what was remembered of it cannot be read.
        """
        look = _Look(self._url, self._clock.now_us())
        try:
            source = source_of(self._url)
            try:
                self._look(source, look)
            finally:
                source.close()
        except _AlarmError as error:
            look.alarms.append(error.alarm)
        except UnreachableError as error:
            look.alarms.append(Alarm("unreachable", error.message))
        return look.report()

    def _look(self, source: Source, look: _Look) -> None:
        note = source.get(CHECKPOINT, limit=CHECKPOINT_BYTES_MAX)
        if note is None:
            kind, why = "unreachable", "The checkpoint of the log is not there any more."
            raise _AlarmError(kind, why)
        checkpoint = self._signed(note)
        look.checkpoint = checkpoint
        times = _cosigned(note, _own_policy(source) if self._policy is None else self._policy, look)
        memory = Memory(self._home, checkpoint.origin)
        before = look.before = memory.recall()
        try:
            again_from = self._compare(source, look, checkpoint, before)
        finally:
            if look.alarms:
                evidence = {"time": iso_us(look.now_us), "url": self._url, "alarms": look.alarms}
                memory.testify({**evidence, "note": note.decode(), "before": before.note if before else None})
        if not any(alarm.kind != "missing_cosignature" for alarm in look.alarms):
            grown = before is None or checkpoint.size > before.size
            remembered = Remembered(
                origin=checkpoint.origin,
                size=checkpoint.size,
                root=checkpoint.root,
                note=note.decode(),
                grew_us=look.now_us if grown or before is None else before.grew_us,
                seen_us=look.now_us,
                again_from=again_from,
            )
            memory.keep(remembered)
            self._watch_growth(look, remembered, times)

    def _signed(self, note: bytes) -> Checkpoint:
        kind = "bad_signature"
        try:
            checkpoint, names = open_checkpoint(note, self._vkeys)
        except NoteError as error:
            raise _AlarmError(kind, f"The checkpoint cannot be read: {error.message}.") from error
        except SignatureError as error:
            raise _AlarmError(kind, f"{error.message}.") from error
        if not names:
            why = "None of the keys you gave has signed this checkpoint: it is of another log, or its key has changed."
            raise _AlarmError(kind, why)
        if checkpoint.origin not in {key.name for key in self._vkeys}:
            why = f"The checkpoint is that of a log named {checkpoint.origin!r}; the key you gave is of another."
            raise _AlarmError(kind, why)
        return checkpoint

    def _compare(self, source: Source, look: _Look, checkpoint: Checkpoint, before: Remembered | None) -> int:
        """Hold the log against its past and its entries against its root; return where to read again next time."""
        if before and checkpoint.size < before.size:
            why = f"The log went back: it had {before.size} entries, and shows {checkpoint.size} now."
            look.alarms.append(Alarm("rewind", why))
            return before.again_from
        if before and checkpoint.size == before.size and checkpoint.root != before.root:
            why = f"The log has signed two different trees of {checkpoint.size} entries."
            look.alarms.append(Alarm("fork", why))
            return before.again_from
        try:
            tree = TileTree(source, size=checkpoint.size, root=checkpoint.root)
            if before and tree.root_at(before.size) != before.root:
                why = f"The tree of {checkpoint.size} entries does not continue the one of {before.size} that was seen."
                look.alarms.append(Alarm("fork", why))
            # Only witnesses that the one who asks has named are asked: a log could name any address.
            if self._policy is not None:
                found = contradictions(tree, checkpoint, policy=self._policy, log_keys=self._vkeys)
                look.alarms += [Alarm("fork", why) for why in found]
        except TileError as fault:
            look.alarms.append(Alarm("tile_mismatch", f"{fault}.", fault.path))
            return before.again_from if before else 0
        return self._read(tree, look, checkpoint.size, before)

    def _read(self, tree: TileTree, look: _Look, size: int, before: Remembered | None) -> int:
        old = before.size if before else 0
        start = before.again_from if before else 0
        if self._full or old <= AGAIN_ENTRIES:
            parts, start = [(0, size)], 0
        else:
            end = min(start + AGAIN_ENTRIES, old // TILE_WIDTH * TILE_WIDTH)
            parts = [(start, end), (old, size)]
            start = 0 if end >= old // TILE_WIDTH * TILE_WIDTH else end
        for fault in islice(_faults(tree, parts), FAULTS_MAX):
            look.alarms.append(Alarm("tile_mismatch", f"{fault}.", fault.path, fault.index))
        look.entries = sum(last - first for first, last in parts)
        look.tiles = tree.tiles_read
        return start

    def _watch_growth(self, look: _Look, remembered: Remembered, times: list[int]) -> None:
        if look.before is None and not times:
            return
        since = remembered.grew_us
        if look.before is None:
            # The first look can only ask the witnesses how old this head is.
            since = max(times) * SECOND_US
        elif since == look.now_us:
            return
        if look.now_us - since > self._stall_us:
            seconds = (look.now_us - since) // SECOND_US
            why = f"The log has stood still at {remembered.size} entries for {seconds} seconds."
            look.alarms.append(Alarm("stall", why))


class _Look:
    """What one look has found so far."""

    def __init__(self, url: str, now_us: int) -> None:
        self.url = url
        self.now_us = now_us
        self.checkpoint: Checkpoint | None = None
        self.before: Remembered | None = None
        self.cosigned: list[str] = []
        self.entries = 0
        self.tiles = 0
        self.alarms: list[Alarm] = []

    def report(self) -> Report:
        """Return the whole."""
        head, before = self.checkpoint, self.before
        return Report(
            ok=not self.alarms,
            url=self.url,
            time=iso_us(self.now_us),
            origin=head.origin if head else "",
            size=head.size if head else None,
            root=encoded(head.root) if head else "",
            previous={"size": before.size, "root": encoded(before.root)} if before else None,
            cosigned=self.cosigned,
            entries=self.entries,
            tiles=self.tiles,
            alarms=self.alarms,
            why=" ".join(alarm.why for alarm in self.alarms[:3]),
        )


def _faults(tree: TileTree, parts: list[tuple[int, int]]) -> Iterator[TileError]:
    """Yield what does not belong to the tree, each file or entry once: one bad tile spoils 256 below it."""
    told: set[tuple[str, int | None]] = set()
    for first, last in parts:
        for fault in tree.faults(first, last) if last > first else ():
            if (fault.path, fault.index) not in told:
                told.add((fault.path, fault.index))
                yield fault


def _cosigned(note: bytes, policy: Policy | None, look: _Look) -> list[int]:
    """Return when the witnesses of a policy cosigned (seconds since 1970)."""
    if policy is None:
        return []
    try:
        found = witnessed(note, policy)
    except InvalidInputError as error:
        kind = "bad_signature"
        raise _AlarmError(kind, f"{error.message}.") from error
    look.cosigned = list(found)
    if not satisfied(policy, found):
        names = ", ".join(found) or "none"
        why = f"Not enough witnesses have cosigned: {names} of {len(policy.witnesses)} in the policy."
        look.alarms.append(Alarm("missing_cosignature", why))
    return list(found.values())


def _own_policy(source: Source) -> Policy | None:
    """Return what a log says of its own witnesses: nobody's word but its own, to which it can be held."""
    try:
        written = source.get(POLICY, limit=POLICY_BYTES_MAX)
        return parse_policy(written) if written else None
    except (UnreachableError, InvalidInputError):
        return None
