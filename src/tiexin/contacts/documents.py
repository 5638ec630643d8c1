"""Contacts as documents: what the answers over HTTP and the exports hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tiexin.contacts.contracts import Facets, Meaning, SubjectHead
from tiexin.infra.sheets.cells import CELL_CHARS_MAX, Cell, Column, ColumnKind
from tiexin.kernel.clock import iso_us
from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.record.contracts import PersonalState, RecordedEvent

if TYPE_CHECKING:
    from tiexin.record.api import Record

Names = Mapping[str, Text]
FACTS_MAX = 12
FACT_CHARS_MAX = 120
ENVELOPE = ("channel", "subject", "case", "journey", "step", "lifecycle", "actor", "org", "product", "segment", "team")
TITLES = {
    "position": ("编号", "Position"),
    "time": ("时间", "Time"),
    "type": ("种类", "Kind"),
    "channel": ("渠道", "Channel"),
    "subject": ("客户（化名）", "Customer (pseudonym)"),
    "case": ("个案", "Case"),
    "journey": ("旅程", "Journey"),
    "step": ("步骤", "Step"),
    "lifecycle": ("阶段", "Lifecycle"),
    "actor": ("经办", "Actor"),
    "org": ("机构代码", "Unit"),
    "org_name": ("机构", "Name of the unit"),
    "product": ("产品", "Product"),
    "segment": ("客群", "Segment"),
    "team": ("团队", "Team"),
    "data": ("内容（JSON）", "Data (JSON)"),
}
"""Columns of an export with their titles in Chinese and English."""


class CursorError(InvalidInputError):
    """The cursor is none that a page of contacts gave."""

    code = "invalid_cursor"


def line(found: RecordedEvent, names: Names) -> dict[str, Any]:
    """Return a contact as it stands in a list."""
    event = found.event
    return {
        "position": found.position,
        "time": iso_us(event.time_us),
        "type": event.type,
        "kind": event.type.rsplit(".v", 1)[0],
        **{name: getattr(event, name) for name in ENVELOPE},
        "org_name": names.get(event.org or ""),
        "facts": facts(event.data),
        "personal": "none" if found.personal is PersonalState.NONE else "sealed",
    }


def facts(data: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    """Return the first simple members of data; long texts are cut."""
    simple = ((name, value) for name, value in data.items() if isinstance(value, str | int | float))
    cut = ((name, value[:FACT_CHARS_MAX] if isinstance(value, str) else value) for name, value in simple)
    return {name: value for (name, value), _ in zip(cut, range(FACTS_MAX), strict=False)}


def whole(found: RecordedEvent, names: Names) -> dict[str, Any]:
    """Return a contact with everything but its personal content."""
    event = found.event
    return {
        **line(found, names),
        "id": event.id,
        "source": event.source,
        "recorded": iso_us(found.recorded_us),
        "data": event.data,
        "extras": event.extras or {},
    }


def definition(record: Record, kind: str) -> dict[str, Any]:
    """Return what a kind means: its description and those of its members; empty for kinds nobody described."""
    schema = record.kinds.schema(kind) or {}
    parts = schema.get("$defs", {})
    own = parts.get(str(schema.get("$ref", "")).rsplit("/", 1)[-1], schema)
    members = {
        name: part["description"]
        for name, part in own.get("properties", {}).items()
        if isinstance(part, dict) and isinstance(part.get("description"), str)
    }
    return {"type": kind, "about": own.get("description"), "members": members}


def meaning_of(meaning: Meaning | None, names: Names) -> dict[str, Any] | None:
    """Return as what a text was understood."""
    if meaning is None:
        return None
    units = [names[code] for code in meaning.values if code in names] if meaning.sort == "unit" else []
    return {"sort": meaning.sort, "values": list(meaning.values), "units": units}


def facets_of(found: Facets, names: Names) -> dict[str, Any]:
    """Return counts with the names of units."""
    return {
        "n": found.n,
        "first": _iso(found.first_us),
        "last": _iso(found.last_us),
        "facets": {
            by: [
                {"key": one.key, "n": one.n, "name": names.get(one.key or "") if by == "org" else None}
                for one in members
            ]
            for by, members in found.facets.items()
        },
        "meaning": meaning_of(found.meaning, names),
    }


def head(found: SubjectHead) -> dict[str, Any]:
    """Return what stands above the course of a subject."""
    members = {
        part: [{"key": one.key, "n": one.n, "name": None} for one in getattr(found, part)]
        for part in ("channels", "kinds")
    }
    complaints = [
        {
            **{name: getattr(one, name) for name in ("case", "position", "topic", "due_at", "timely", "disputed")},
            "received": iso_us(one.received_us),
            "answered": _iso(one.answered_us),
        }
        for one in found.complaints
    ]
    scores = [
        {
            **{name: getattr(one, name) for name in ("metric", "score", "scale_min", "scale_max", "position")},
            "time": iso_us(one.time_us),
        }
        for one in found.scores
    ]
    return {
        **{name: getattr(found, name) for name in ("subject", "n", "segment", "products", "org", "org_name")},
        "first": iso_us(found.first_us),
        "last": iso_us(found.last_us),
        **members,
        "complaints": complaints,
        "scores": scores,
    }


def columns(language: str) -> list[Column]:
    """Return the columns of an export with titles in a language."""
    at = 0 if language == "zh-CN" else 1
    kinds = {"position": ColumnKind.NUMBER, "time": ColumnKind.MOMENT}
    return [Column(key=key, title=titles[at], kind=kinds.get(key, ColumnKind.TEXT)) for key, titles in TITLES.items()]


def rows(found: Iterable[RecordedEvent], names: Names, *, language: str) -> Iterator[list[Cell]]:
    """Yield the rows of an export, without personal content; data longer than a cell are cut."""
    for one in found:
        event = one.event
        name = names.get(event.org or "")
        data = msgspec.json.encode(event.data).decode() if event.data else ""
        yield [
            one.position,
            event.time_us,
            event.type,
            *(getattr(event, part) for part in ENVELOPE[:8]),
            (name.zh if language == "zh-CN" else name.en) if name else None,
            *(getattr(event, part) for part in ENVELOPE[8:]),
            data if len(data) <= CELL_CHARS_MAX else data[: CELL_CHARS_MAX - 1] + "…",
        ]


def cursor_of(before: tuple[int, int] | None) -> str | None:
    """Return the cursor that goes on before a contact (its time and position)."""
    return None if before is None else f"{before[0]}.{before[1]}"


def before_of(cursor: str | None) -> tuple[int, int] | None:
    """Return what a cursor stands for.

    Raises:
        CursorError: it is none of ours.
    """
    if cursor is None:
        return None
    time_us, dot, position = cursor.partition(".")
    try:
        if dot and len(cursor) <= 40 and cursor.isascii():  # noqa: PLR2004  (two whole numbers of 64 bits)
            return int(time_us), int(position)
    except ValueError:
        pass
    msg = "before must be the `next` of a page of contacts."
    raise CursorError(msg)


def _iso(moment_us: int | None) -> str | None:
    return None if moment_us is None else iso_us(moment_us)
