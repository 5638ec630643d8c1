"""Writes into the record who took what out, before it leaves."""

from __future__ import annotations

from tiexin.access.contracts import Caller
from tiexin.kernel.clock import SystemClock
from tiexin.kernel.ids import IdSource
from tiexin.record.api import Record
from tiexin.record.contracts import Event

EXPORTED = "access.exported.v1"
SOURCE = "tiexin/access"
ADDRESS_CHARS_MAX = 4_096

_clock = SystemClock()
_ids = IdSource(_clock)


def note_export(
    record: Record, caller: Caller, *, what: str, form: str, rows: int, columns: int, address: str = ""
) -> int:
    """Write an export into the record and return the position of its event; it is durable when this returns.

    Args:
        record: an open record.
        caller: who takes it out.
        what: the name of the table or chart, such as ``contacts`` or ``quality``.
        form: ``csv``, ``xlsx`` or ``png``.
        rows: of data; 0 for a picture.
        columns: of data; 0 for a picture.
        address: the page or the conditions it was made from.
    """
    data = {"what": what, "format": form, "rows": rows, "columns": columns, "address": address[:ADDRESS_CHARS_MAX]}
    event = Event(
        id=_ids.new(), source=SOURCE, type=EXPORTED, time_us=_clock.now_us(), actor=caller.name, data=data
    )
    return record.submit_own([event]).result().positions[0]
