"""Finds the kind of an event and checks its data: compiled validators for shipped kinds, JSON Schema for the rest.

An institution adds kinds by putting ``<type>.json`` (JSON Schema 2020-12 of ``data`` without ``personal``) into
``<home>/kinds``; the file's name is the event type.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tiexin.infra.settings import KindMode
from tiexin.kernel.errors import InvalidInputError
from tiexin.record.kinds.shipped import SHIPPED

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Check = Callable[[dict[str, Any]], str | None]
"""Returns None when the data fit, else the reason in one sentence."""


class KindError(InvalidInputError):
    """A kind's JSON Schema cannot be used; names the file and the reason."""

    code = "invalid_kind"


class KindRegistry:
    """The kinds of one installation."""

    def __init__(self, mode: KindMode = KindMode.LENIENT, folder: Path | None = None) -> None:
        self.mode = mode
        self._checks: dict[str, Check] = {name: _shipped_check(kind) for name, kind in SHIPPED.items()}
        self._schemas: dict[str, Path] = {}
        for file in sorted(folder.glob("*.json")) if folder and folder.is_dir() else ():
            self._checks[file.stem] = _schema_check(file)
            self._schemas[file.stem] = file

    def names(self) -> list[str]:
        """Return every known type, sorted."""
        return sorted(self._checks)

    def problem(self, kind: str, data: dict[str, Any]) -> str | None:
        """Return None when ``data`` fit ``kind``, else why not (an unknown kind is a problem only when strict)."""
        check = self._checks.get(kind)
        if check is not None:
            return check(data)
        if self.mode is KindMode.STRICT:
            return f"the type {kind!r} is not a known kind, and this installation accepts known kinds only"
        return None

    def schema(self, kind: str) -> dict[str, Any] | None:
        """Return the JSON Schema of a kind's data, None for an unknown kind."""
        if kind in SHIPPED:
            return {"$schema": SCHEMA_DIALECT, "$id": f"urn:tiexin:kind:{kind}", **msgspec.json.schema(SHIPPED[kind])}
        if kind in self._schemas:
            return dict(msgspec.json.decode(self._schemas[kind].read_bytes()))
        return None


def export_schemas(folder: Path) -> list[Path]:
    """Write the JSON Schema of every shipped kind to ``folder/<type>.json``; return the files."""
    registry = KindRegistry()
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in sorted(SHIPPED):
        file = folder / f"{name}.json"
        file.write_bytes(msgspec.json.format(msgspec.json.encode(registry.schema(name)), indent=2) + b"\n")
        files.append(file)
    return files


def _shipped_check(kind: type[msgspec.Struct]) -> Check:
    convert = msgspec.convert

    def check(data: dict[str, Any]) -> str | None:
        try:
            convert(data, kind)
        except msgspec.ValidationError as error:
            return str(error)
        return None

    return check


def _schema_check(file: Path) -> Check:
    import jsonschema_rs

    try:
        validator = jsonschema_rs.validator_for(msgspec.json.decode(file.read_bytes()))
    except (OSError, ValueError, msgspec.DecodeError) as error:
        msg = f"{file} is not a usable JSON Schema: {error}"
        raise KindError(msg, file=str(file)) from error

    def check(data: dict[str, Any]) -> str | None:
        error = next(iter(validator.iter_errors(data)), None)
        return None if error is None else f"{error.message} - at `${'.'.join(str(p) for p in error.instance_path)}`"

    return check
