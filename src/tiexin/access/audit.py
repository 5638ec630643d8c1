"""Writes what happens at the door into the record: sign-ins, refusals, exports, changes of users and keys.

What an attacker can repeat at will (failures, refusals) is counted together by minute, so that nobody floods the
record; the first of a minute stands there at once, the number of its repetitions when the minute is over.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.access.contracts import User
from tiexin.kernel.clock import SECOND_US, Clock
from tiexin.kernel.ids import IdSource
from tiexin.record.contracts import AppendReceipt, Event

if TYPE_CHECKING:
    from tiexin.record.api import Record

SOURCE = "tiexin/access"
WINDOW_US = 60 * SECOND_US
WINDOWS_MAX = 1_000
"""Most different refusals counted apart within a minute; further ones are counted as one."""
TEXT_CHARS_MAX = 1_000
USER_ADDED = "access.user_added.v1"
LOOK_BACK_EVENTS = 500

Key = tuple[str, str | None, str | None, tuple[tuple[str, Any], ...]]


class _Window(msgspec.Struct):
    began_us: int
    repeats: int


class Audit:
    """The book of one installation's door; without a record nothing is written (tests, tools that only read)."""

    def __init__(self, record: Record | None, clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._ids = IdSource(clock)
        self._windows: dict[Key, _Window] = {}
        self._lock = threading.Lock()
        self._last: Future[AppendReceipt] | None = None

    def write(self, kind: str, *, actor: str, org: str | None = None, wait: bool = True, **data: Any) -> None:
        """Write one event ``access.<kind>.v1``; durable when this returns, unless ``wait`` is off."""
        if self._record is None:
            return
        event = Event(
            id=self._ids.new(),
            source=SOURCE,
            type=f"access.{kind}.v1",
            time_us=self._clock.now_us(),
            data={name: _clean(value) for name, value in data.items() if value is not None},
            actor=_clean(actor),
            org=org,
        )
        self._last = self._record.submit_own([event])
        if wait:
            self._last.result()

    def tell_of_user(self, user: User) -> None:
        """Write that a user was added, if nothing says so yet (the first administrator, made before any record)."""
        if self._record is None:
            return
        told = self._record.newest([USER_ADDED], limit=LOOK_BACK_EVENTS)
        if not any(recorded.event.data.get("user") == user.name for recorded in told):
            self.write("user_added", actor="local", org=user.unit, user=user.name, role=user.role.value, unit=user.unit)

    def repeated(self, kind: str, *, actor: str, org: str | None = None, **data: Any) -> None:
        """Write something that may repeat: the first of a minute now, its repetitions counted together later."""
        key: Key = (kind, actor, org, tuple(sorted(data.items())))
        now_us = self._clock.now_us()
        with self._lock:
            due = self._due(now_us)
            if key not in self._windows and len(self._windows) >= WINDOWS_MAX:
                common = {name: value for name, value in data.items() if name in {"status", "code", "reason", "method"}}
                key = (kind, "many", None, tuple(sorted(common.items())))
            window = self._windows.get(key)
            if window is None:
                self._windows[key] = _Window(now_us, 0)
                due.append((key, 1))
            else:
                window.repeats += 1
        self._write_counts(due)

    def flush(self, *, everything: bool = False) -> None:
        """Write the repetitions of minutes that are over; or of every one, and return when all of it is durable."""
        if self._windows:
            with self._lock:
                due = self._due(None if everything else self._clock.now_us())
            self._write_counts(due)
        if everything and self._last is not None:
            self._last.result()  # what was written before it is durable too: there is one writer, in order

    def _due(self, now_us: int | None) -> list[tuple[Key, int]]:
        over = [key for key, window in self._windows.items() if now_us is None or now_us - window.began_us >= WINDOW_US]
        windows = [(key, self._windows.pop(key)) for key in over]
        return [(key, window.repeats) for key, window in windows if window.repeats]

    def _write_counts(self, due: list[tuple[Key, int]]) -> None:
        for (kind, actor, org, data), count in due:
            self.write(kind, actor=actor or "local", org=org, wait=False, count=count, **dict(data))


def _clean(value: Any) -> Any:
    """Return a text as the record takes it: no NUL, no halves of surrogate pairs, not endless."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "replace").decode().replace("\x00", "")[:TEXT_CHARS_MAX] or "-"
