"""A mapping made ready for one table: a function a field, resolved once against the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Formatter
from typing import Any

import msgspec

from tiexin.record.contracts import Event
from tiexin.record.imports import casts
from tiexin.record.imports.mapping import Envelope, Field, RowKind, When
from tiexin.record.imports.mapping import Mapping as TableMapping
from tiexin.record.imports.model import MappingError, RowError
from tiexin.record.imports.reasons import Reason
from tiexin.record.imports.times import zone_named

Row = Sequence[Any]
Get = Callable[[Row], Any]
PSEUDONYMS_CACHED_MAX = 200_000
REQUIRED = (("type", Reason.MISSING_TYPE), ("time_us", Reason.MISSING_TIME))


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a mapping needs to know beside itself."""

    name: str
    source: str
    journey: str | None
    """Overrides what the mapping says."""
    journey_default: str | None
    """Stands in where the mapping says nothing."""
    zone: str | None
    pseudonymise: Callable[[str, str], str]


class RowMapper:
    """Makes the event of a row.

    Raises (when made):
        MappingError: the mapping names a column that the table does not have, or has twice.
    """

    def __init__(self, mapping: TableMapping, columns: Sequence[str], around: Surroundings) -> None:
        self._mapping, self._around = mapping, around
        self._columns: dict[str, int] = {name: index for index, name in reversed(list(enumerate(columns)))}
        self._names = columns
        self._pseudonyms: dict[tuple[str, str], str] = {}
        kinds = mapping.rows or [RowKind()]
        self._kinds = [(self._condition(kind.when), None if kind.skip else self._kind(kind)) for kind in kinds]

    def event(self, row: Row, new_id: Callable[[], str]) -> Event:
        """Return the event of a row; ``new_id`` gives the id where the mapping does not.

        Raises:
            RowError: the row cannot be an event.
        """
        kind = next((kind for kind in self._kinds if kind[0](row)), None)
        if kind is None:
            raise RowError(Reason.NO_KIND_APPLIES)
        parts = kind[1]
        if parts is None:
            raise RowError(Reason.LEFT_OUT)
        envelope, data, personal = parts
        values = {name: get(row) for name, get in envelope}
        content = {name: value for name, get in data if (value := get(row)) is not None}
        private = {name: value for name, get in personal if (value := get(row)) is not None}
        if private:
            content["personal"] = private
        for required, missing in REQUIRED:
            if values.get(required) is None:
                raise RowError(missing)
        if values.get("id") is None:
            values["id"] = new_id()
        if self._around.journey is not None or values.get("journey") is None:
            values["journey"] = self._around.journey or self._around.journey_default
        return Event(source=self._around.source, data=content, **values)

    def _kind(self, kind: RowKind) -> tuple[list[tuple[str, Get]], list[tuple[str, Get]], list[tuple[str, Get]]]:
        envelope = []
        for name in Envelope.__struct_fields__:
            given = getattr(kind.event, name)
            found = given if given is not None else getattr(self._mapping.event, name)
            if found is not None:
                envelope.append(("time_us" if name == "time" else name, self._get(found, f"event.{name}")))
        data = {**self._mapping.data, **kind.data}
        personal = {**self._mapping.personal, **kind.personal}
        return (
            envelope,
            [(name, self._get(found, f"data.{name}")) for name, found in data.items()],
            [(name, self._get(found, f"personal.{name}")) for name, found in personal.items()],
        )

    def _condition(self, when: When | None) -> Callable[[Row], bool]:
        if when is None:
            return lambda _: True
        column = self._column(when.column, "rows.when", self._mapping.nulls, optional=False)
        if when.among is None:
            present = when.present
            return lambda row: (column(row) is not None) == present
        among = {None if value is None else casts.as_text(value) for value in when.among}

        def holds(row: Row) -> bool:
            value = column(row)
            return (None if value is None else casts.as_text(value)) in among

        return holds

    def _get(self, found: Field | str, place: str) -> Get:
        field = Field(column=found) if isinstance(found, str) else found
        raw = self._raw(field, place)
        step = self._steps(field, place)
        label = field.column or field.format or ", ".join(field.columns or ())
        private = field.pseudonymise is not None or place.startswith("personal.")
        default = field.default
        gate = self._column(field.only_with, place, self._mapping.nulls, optional=True) if field.only_with else None

        def get(row: Row) -> Any:
            if gate is not None and gate(row) is None:
                return None
            value = raw(row)
            if value is None:
                return default
            try:
                value = step(value)
            except RowError as error:
                reject = error.reject
                raise RowError(
                    reject.reason,
                    column=label,
                    value=None if private else reject.value if reject.value is not None else value,
                    detail=reject.detail or "",
                ) from None
            return default if value is None else value

        return get

    def _raw(self, field: Field, place: str) -> Get:
        nulls = self._mapping.nulls if field.nulls is None else [*self._mapping.nulls, *field.nulls]
        if field.constant is not None:
            constant = field.constant
            return lambda _: constant
        if field.column is not None:
            return self._column(field.column, place, nulls, optional=field.optional)
        if field.columns is not None:
            several = [self._column(name, place, nulls, optional=field.optional) for name in field.columns]
            return lambda row: next((value for get in several if (value := get(row)) is not None), None)
        return self._format(field, place, nulls)

    def _format(self, field: Field, place: str, nulls: list[str]) -> Get:
        parts: list[tuple[str, Get | None]] = []
        try:
            pieces = list(Formatter().parse(field.format or ""))
        except ValueError as error:
            raise self._wrong(place, f"the format is not valid: {error}") from error
        for literal, name, spec, conversion in pieces:
            if name == "" or spec or conversion:
                raise self._wrong(place, "a format holds column names in braces and nothing else, as in {a}-{b}")
            parts.append((literal, self._column(name, place, nulls, optional=field.optional) if name else None))

        def get(row: Row) -> str | None:
            text = ""
            for literal, column in parts:
                text += literal
                if column is not None:
                    value = column(row)
                    if value is None:
                        return None
                    text += casts.as_text(value)
            return text

        return get

    def _column(self, name: str, place: str, nulls: list[str], *, optional: bool) -> Get:
        index = self._columns.get(name)
        if index is None:
            if optional:
                return lambda _: None
            known = ", ".join(self._names[:40])
            raise self._wrong(place, f"the file has no column {name!r}; it has: {known}")
        if list(self._names).count(name) > 1:
            raise self._wrong(place, f"the file has more than one column {name!r}")
        absent = frozenset(nulls)

        def get(row: Row) -> Any:
            value = row[index]
            if type(value) is str:
                value = value.strip()
                return None if value in absent else value
            return None if value is None or value != value else value  # noqa: PLR0124  (NaN is absent)

        return get

    def _steps(self, field: Field, place: str) -> casts.Cast:
        steps: list[casts.Cast] = []
        if field.values is not None:
            steps.append(_translate(field.values, field.other or "reject"))
        steps.append(self._cast(field, place))
        if field.minimum is not None or field.maximum is not None:
            steps.append(_bound(field))
        if field.pseudonymise is not None:
            steps.append(self._pseudonym(field.pseudonymise))

        def run(value: Any) -> Any:
            for step in steps:
                if value is None:
                    return None
                value = step(value)
            return value

        return run

    def _cast(self, field: Field, place: str) -> casts.Cast:
        name = self._around.zone or field.zone or self._mapping.zone
        zone = zone_named(name) if name else None
        fold = field.fold or self._mapping.fold
        if place == "event.time":
            return casts.instant(field, zone=zone, fold=fold)
        made: Mapping[str, Callable[[], casts.Cast]] = {
            "text": lambda: casts.as_text,
            "int": lambda: casts.as_int,
            "float": lambda: casts.as_float,
            "seconds": lambda: casts.as_seconds,
            "bool": lambda: casts.boolean(field),
            "day": lambda: casts.day(field),
            "moment": lambda: casts.moment_text(field, zone=zone, fold=fold),
            "json": lambda: casts.plain(zone, fold),
        }
        if place.startswith("event."):
            if field.kind in {None, "text", "json"}:
                return casts.as_text
            inner = made[field.kind]()
            return lambda value: casts.as_text(inner(value))
        if field.pseudonymise is not None:
            return casts.as_text
        return made[field.kind or "json"]()

    def _pseudonym(self, namespace: str) -> casts.Cast:
        known = self._pseudonyms

        def cast(value: Any) -> str:
            key = (namespace, value)
            found = known.get(key)
            if found is None:
                found = self._around.pseudonymise(namespace, value)
                if len(known) < PSEUDONYMS_CACHED_MAX:
                    known[key] = found
            return found

        return cast

    def _wrong(self, place: str, what: str) -> MappingError:
        return MappingError(f"{self._around.name}: {what} (at {place}).", file=self._around.name, field=place)


def _translate(values: Mapping[str, Any], other: str) -> casts.Cast:
    def cast(value: Any) -> Any:
        text = casts.as_text(value)
        if text in values:
            return values[text]
        if other == "keep":
            return value
        if other == "absent":
            return None
        raise RowError(Reason.NOT_IN_VALUES, value=value)

    return cast


def _bound(field: Field) -> casts.Cast:
    low = float("-inf") if field.minimum is None else field.minimum
    high = float("inf") if field.maximum is None else field.maximum
    null = field.out_of_range == "absent"

    def cast(value: Any) -> Any:
        if low <= value <= high:
            return value
        if null:
            return None
        raise RowError(Reason.OUT_OF_RANGE, value=value, detail=f"{low} to {high}")

    return cast
