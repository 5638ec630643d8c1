"""Which kinds of events get receipts and which are protected, read from ``data/kinds.yaml``.

A protected event (a report of wrongdoing, a suspicious-transaction report, an investigation) is treated everywhere as
if it did not exist: callers ask :meth:`ReceiptKinds.of` and get None, as for a kind without receipts.
"""

from __future__ import annotations

import functools
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import msgspec

from tiexin.infra.settings import Settings
from tiexin.kernel.errors import UnavailableError
from tiexin.kernel.text import Text

SHIPPED: Final = Path(__file__).parents[1] / "data" / "kinds.yaml"
OWN_FILE: Final = Path("trust") / "kinds.yaml"
"""Within the home of an installation: kinds added to the shipped ones."""


class KindsFileError(UnavailableError):
    """The installation's own list of kinds cannot be used; names the file. Nothing is given out until it can."""

    code = "receipt_kinds_unusable"


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str
    types: list[str]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    effective: str = ""
    receipts: dict[str, _Receipt] = {}
    protected: list[_Receipt] = []


class ReceiptKind(msgspec.Struct, frozen=True, kw_only=True):
    """A sort of receipt, such as ``complaint``, with its name."""

    kind: str
    text: Text


class ReceiptKinds:
    """The kinds of one installation; immutable, shared between threads."""

    def __init__(self, tables: list[_Table]) -> None:
        self._protected = tuple(name.lower() for table in tables for group in table.protected for name in group.types)
        self._receipts = tuple(
            (pattern, ReceiptKind(kind=name, text=Text(entry.zh, entry.en)))
            for table in tables
            for name, entry in table.receipts.items()
            for pattern in entry.types
        )

    def of(self, event_type: str) -> ReceiptKind | None:
        """Return the sort of receipt an event of this type gets; None for no receipt, whatever the reason."""
        if self.is_protected(event_type):
            return None
        return next((kind for pattern, kind in self._receipts if fnmatchcase(event_type, pattern)), None)

    def is_protected(self, event_type: str) -> bool:
        """Tell whether nothing at all may be said about events of this type, however a source writes it."""
        return any(fnmatchcase(event_type.lower(), pattern) for pattern in self._protected)


def load_kinds(settings: Settings) -> ReceiptKinds:
    """Return the kinds of an installation: the shipped ones and its own, which can protect more and never less.

    Raises:
        KindsFileError: the installation's own file cannot be read.
    """
    own = settings.home / OWN_FILE
    stamp = own.stat().st_mtime_ns if own.is_file() else None
    return _load(own, stamp)


@functools.lru_cache(maxsize=8)
def _load(own: Path, stamp: int | None) -> ReceiptKinds:
    tables = [_table(SHIPPED.read_text("utf-8"))]
    if stamp is not None:
        try:
            tables.append(_table(own.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            msg = f"{own} is not a usable list of kinds ({error}). No receipt was made; correct the file or remove it."
            raise KindsFileError(msg, file=str(own)) from error
    return ReceiptKinds(tables)


def _table(text: str) -> _Table:
    import yaml

    try:
        given: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return msgspec.convert(given or {}, _Table)
