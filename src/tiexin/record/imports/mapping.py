"""Mappings: small YAML files that say which column of a table becomes which part of an event.

A mapping is checked completely before a file is touched: unknown words, contradictions and impossible zones are
errors that name the field.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tiexin.record.imports.model import MappingError
from tiexin.record.imports.times import Fold

Cast = Literal["text", "int", "float", "bool", "seconds", "day", "moment", "json"]
Scalar = str | int | float | bool | None
Key = Annotated[str, Meta(min_length=1, max_length=200)]
FILE_BYTES_MAX = 256 * 1024
ISO = "iso"


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where one value comes from and what is done to it, in this order.

    Exactly one of ``column``, ``columns`` (the first that is not empty), ``constant`` and ``format`` (text with column
    names in braces). Then: values in ``nulls`` (and those of the mapping) are absent; ``values`` translates, with
    ``other`` for what it does not list; ``as`` casts; ``minimum`` and ``maximum`` bound, with ``out_of_range``;
    ``pseudonymise`` replaces by a keyed hash in the namespace named; ``default`` stands in for an absent value.
    ``only_with`` leaves the value out unless that column has one. ``optional`` columns need not exist in the file.
    """

    column: Key | None = None
    columns: list[Key] | None = None
    constant: Scalar = None
    format: Key | None = None
    kind: Cast | None = msgspec.field(default=None, name="as")
    formats: list[Key] | None = None
    zone: Key | None = None
    fold: Fold | None = None
    values: dict[str, Scalar] | None = None
    other: Literal["keep", "absent", "reject"] | None = None
    nulls: list[str] | None = None
    true: list[str] | None = None
    false: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    out_of_range: Literal["reject", "absent"] = "reject"
    pseudonymise: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] | None = None
    default: Scalar = None
    optional: bool = False
    only_with: Key | None = None


FieldOrColumn = Field | Key
"""A bare text is the name of a column."""


class Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The fields of the event's envelope; see :class:`tiexin.record.contracts.Event`."""

    id: FieldOrColumn | None = None
    type: FieldOrColumn | None = None
    time: FieldOrColumn | None = None
    subject: FieldOrColumn | None = None
    channel: FieldOrColumn | None = None
    journey: FieldOrColumn | None = None
    case: FieldOrColumn | None = None
    actor: FieldOrColumn | None = None
    step: FieldOrColumn | None = None
    lifecycle: FieldOrColumn | None = None
    org: FieldOrColumn | None = None
    product: FieldOrColumn | None = None
    segment: FieldOrColumn | None = None
    team: FieldOrColumn | None = None


class When(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition on one column: equal to one of ``is``, or, with ``present``, having a value or none."""

    column: Key
    among: list[Scalar] | None = msgspec.field(default=None, name="is")
    present: bool | None = None


class RowKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the rows become for which ``when`` holds; its fields add to those of the mapping and replace them.

    ``skip: true`` leaves such rows out; they are counted as rejected with the reason ``left_out``.
    """

    when: When | None = None
    skip: bool = False
    event: Envelope = Envelope()
    data: dict[Key, FieldOrColumn] = {}
    personal: dict[Key, FieldOrColumn] = {}


class Mapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One mapping file; ``mapping: 1`` is the version of this format.

    ``rows`` chooses among kinds of rows, the first whose ``when`` holds; without it every row is of one kind.
    """

    mapping: Literal[1]
    event: Envelope
    name: Key | None = None
    about: str | None = None
    source: Key | None = None
    format: Literal["csv", "parquet", "jsonl"] | None = None
    encoding: Key | None = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    zone: Key | None = None
    fold: Fold = "reject"
    nulls: list[str] = msgspec.field(default_factory=lambda: [""])
    data: dict[Key, FieldOrColumn] = {}
    personal: dict[Key, FieldOrColumn] = {}
    rows: list[RowKind] = []


def load_mapping(path: Path) -> Mapping:
    """Return the mapping of a YAML file.

    Raises:
        MappingError: it cannot be read, is not YAML, or breaks a rule; names the line or the field.
    """
    return parse_mapping(read_mapping(path), name=str(path))


def read_mapping(path: Path) -> str:
    """Return the text of a mapping file.

    Raises:
        MappingError: it cannot be read or is too long.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            message = f"{path} is longer than a mapping may be ({FILE_BYTES_MAX:,} bytes)."
            raise MappingError(message, file=str(path), limit=FILE_BYTES_MAX)
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        message = f"The mapping {path} cannot be read: {error}."
        raise MappingError(message, file=str(path)) from error


def parse_mapping(text: str, *, name: str) -> Mapping:
    """Return the mapping of a YAML text; ``name`` is what errors call it.

    Raises:
        MappingError: not YAML, or it breaks a rule; names the line or the field.
    """
    import yaml

    try:
        value = yaml.load(text, Loader=_strict_loader())  # noqa: S506  (a subclass of SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        message = f"{name} is not valid YAML at line {line}: {getattr(error, 'problem', None) or error}."
        raise MappingError(message, file=name, line=line) from error
    except (ValueError, RecursionError) as error:
        message = f"{name} is not valid YAML: {error}."
        raise MappingError(message, file=name) from error
    return convert_mapping(value, name=name)


def convert_mapping(value: object, *, name: str) -> Mapping:
    """Return the mapping of a JSON value.

    Raises:
        MappingError: it breaks a rule; names the field.
    """
    try:
        mapping = msgspec.convert(value, Mapping)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        field = place.rstrip("`").lstrip(".") or "the top"
        message = f"{name}: {what} (at {field})."
        raise MappingError(message, file=name, field=field) from error
    check_mapping(mapping, name=name)
    return mapping


def parts_of(mapping: Mapping) -> list[tuple[str, Mapping | RowKind]]:
    """Return the mapping itself and its kinds of rows, each with the prefix that names its fields in errors."""
    return [("", mapping), *((f"rows[{index}].", row) for index, row in enumerate(mapping.rows))]


def check_mapping(mapping: Mapping, *, name: str) -> None:
    """Check what the types alone cannot say.

    Raises:
        MappingError: names the field.
    """
    for place, part in parts_of(mapping):
        fields = [(f"event.{key}", getattr(part.event, key)) for key in Envelope.__struct_fields__]
        fields += [(f"data.{key}", value) for key, value in part.data.items()]
        fields += [(f"personal.{key}", value) for key, value in part.personal.items()]
        for key, value in fields:
            if isinstance(value, Field):
                _check_field(value, name=name, place=place + key)
        if "personal" in part.data:
            raise _wrong(name, f"{place}data.personal", "`personal` is a section of its own beside `data`")
    kinds = [row for row in mapping.rows if not row.skip] or [RowKind()]
    if any((kind.personal or mapping.personal) and not (kind.event.subject or mapping.event.subject) for kind in kinds):
        raise _wrong(name, "personal", "needs `event.subject`: personal content is encrypted under its subject's key")
    for required in ("type", "time"):
        if any(getattr(kind.event, required) is None and getattr(mapping.event, required) is None for kind in kinds):
            raise _wrong(name, f"event.{required}", "is missing; every event has one")
    for index, row in enumerate(mapping.rows):
        if row.when is not None and (row.when.among is None) == (row.when.present is None):
            raise _wrong(name, f"rows[{index}].when", "give either `is` or `present`")


def _check_field(field: Field, *, name: str, place: str) -> None:
    given = [field.column, field.columns, field.constant, field.format]
    if sum(value is not None for value in given) != 1:
        raise _wrong(name, place, "give exactly one of `column`, `columns`, `constant` and `format`")
    if field.columns is not None and not field.columns:
        raise _wrong(name, place, "`columns` names no column")
    if field.other and field.values is None:
        raise _wrong(name, place, "`other` belongs to `values`")
    if (field.true is None) != (field.false is None) or (field.true is not None and field.kind != "bool"):
        raise _wrong(name, place, "`true` and `false` go together, with `as: bool`")
    timed = field.kind in {"day", "moment"} or place.endswith("event.time")
    if not timed and (field.formats or field.zone or field.fold):
        raise _wrong(name, place, "`formats`, `zone` and `fold` belong to times (`as: day` or `as: moment`)")
    if (field.minimum is not None or field.maximum is not None) and field.kind not in {"int", "float", "seconds"}:
        raise _wrong(name, place, "`minimum` and `maximum` belong to numbers (`as: int`, `float` or `seconds`)")


def _wrong(name: str, field: str, what: str) -> MappingError:
    return MappingError(f"{name}: {what} (at {field}).", file=name, field=field)


def _strict_loader() -> type[Any]:
    import yaml

    class StrictLoader(yaml.SafeLoader):
        """Refuses a key that stands twice and aliases, keeps Yes, No and dates as the text they are."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event: Any = self.peek_event()  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, "aliases are not used in mappings", event.start_mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  (PyYAML's own)
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a key is a text", key.start_mark)
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
                seen.add(key.value)
                key.tag = "tag:yaml.org,2002:str"
            return super().construct_mapping(node, deep)

    kept = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:merge"}
    StrictLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag in kept]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    import re

    StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
    return StrictLoader
