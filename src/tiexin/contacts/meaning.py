"""What somebody means by a text typed into the search: a customer, a case, an event, a unit, a code, or content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiexin.contacts.conditions import where_of
from tiexin.contacts.contracts import ContactFilter, Meaning, Reach
from tiexin.record.api import NewestFilter, events_at, newest_events, positions_of_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiexin.contacts.store.lake import LakeCursor
    from tiexin.kernel.text import Text
    from tiexin.record.api import Record

UNITS_MAX = 200
"""Most units that one name may stand for."""


def understand(record: Record, text: str, reach: Reach, *, units: Mapping[str, Text], lake: LakeCursor) -> Meaning:
    """Return as what a text is understood; the first that fits something within reach, in this order.

    A position (``#123``), the reference of a customer, a case, the id of an event – all by index –; the code or a part
    of the name of a unit, in either language; a code of the envelope (actor, journey, step, product, segment, team);
    else a whole text of the data, such as the number of a ticket or a topic.
    """
    if text.startswith("#") and text[1:].isascii() and text[1:].isdigit() and len(text) < 20:  # noqa: PLR2004
        return Meaning(sort="event", values=(str(int(text[1:])),))
    indexed = {"subject": NewestFilter(subject=text), "case": NewestFilter(case=text)}
    for sort, wanted in indexed.items():
        if newest_events(record, bounded(wanted, reach), limit=1):
            return Meaning(sort=sort, values=(text,))
    positions = [
        event.position for event in events_at(record, positions_of_id(record, text)) if seen(event.event, reach)
    ]
    if positions:
        return Meaning(sort="event", values=tuple(str(position) for position in positions))
    named = units_named(text, units, reach)
    if named:
        return Meaning(sort="unit", values=named)
    code = Meaning(sort="code", values=(text,))
    # Within reach and of customers alone: else the answer would tell of names that the caller may not see.
    where = where_of(ContactFilter(q=text), reach, units=None, meaning=code)
    found = lake.counted(f"SELECT COUNT(*) FROM {{source}} WHERE {where.sql()}", where.params)
    return code if sum(row[0] for row in found) else Meaning(sort="content", values=(text,))


def bounded(wanted: NewestFilter, reach: Reach) -> NewestFilter:
    """Return a filter narrowed down to a reach."""
    import msgspec

    return msgspec.structs.replace(wanted, orgs=reach.units, complaints_anyway=reach.complaints_anyway)


def seen(event: object, reach: Reach) -> bool:
    """Tell whether a caller of this reach may see an event (with ``org`` and ``type``)."""
    if reach.units is None or getattr(event, "org", None) in reach.units:
        return True
    return reach.complaints_anyway and str(getattr(event, "type", "")).startswith("complaint.")


def units_named(text: str, units: Mapping[str, Text], reach: Reach) -> tuple[str, ...]:
    """Return the units within reach whose code a text is, or whose name holds it; a code goes before names."""
    mine = {code: name for code, name in units.items() if reach.units is None or code in reach.units}
    if text in mine:
        return (text,)
    wanted = text.casefold()
    if len(wanted) < 2:  # noqa: PLR2004  (one sign stands in nearly every name)
        return ()
    fits = (code for code, name in mine.items() if wanted in name.zh.casefold() or wanted in name.en.casefold())
    return tuple(sorted(fits))[:UNITS_MAX]
