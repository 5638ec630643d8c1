"""``GET /v1/truth``: planted and found side by side, only where the home is a demo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.responses import Response

from tiexin.access.api import may, sees_the_whole
from tiexin.access.contracts import Right
from tiexin.app.demo.comparison import Comparison, Truth, Verdict, compare, read_truth
from tiexin.kernel.errors import ConflictError, NotFoundError
from tiexin.record.api import Record


class NotADemoError(NotFoundError):
    """This installation holds real contacts; nothing was planted in it."""

    code = "not_a_demo"


class TruthUnreadableError(ConflictError):
    """The truth of this demo was written by another version; its figures cannot be compared."""

    code = "truth_unreadable"


class TextModel(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class TruthLineModel(BaseModel):
    """One planted thing and what the product says about it."""

    id: str
    group: str = Field(description="journeys, branches, improvements, complaints, transferred, figures or later")
    name: TextModel
    planted: TextModel
    verdict: Verdict
    found: TextModel | None
    unit: str | None = Field(description="share, factor or count")
    planted_value: float | None
    value: float | None
    low: float | None = Field(description="Lower end of the 95 % interval.")
    high: float | None
    n: int | None


class TruthModel(BaseModel):
    """All lines, how many of each verdict, the plan of the demo, and how many events the record held."""

    plan: dict[str, Any]
    events: int
    counts: dict[str, int]
    lines: list[TruthLineModel]


class Truths:
    """Answers from the last comparison as long as the record has not grown."""

    def __init__(self, get_record: Callable[[], Record]) -> None:
        self._record = get_record
        self._lock = Lock()
        self._last: Comparison | None = None

    def compare(self) -> Comparison:
        """Return the comparison of the record as it stands.

        Raises:
            NotADemoError: the home holds no truth file.
            TruthUnreadableError: another version wrote it.
        """
        record = self._record()
        file = Path(record.settings.home) / "demo" / "truth.json"
        if not file.is_file():
            msg = "Nothing was planted here: this is not a demo. Make one with: tiexin demo"
            raise NotADemoError(msg)
        with self._lock:
            contacts = record.stats().events
            if self._last is None or self._last.events != contacts:
                self._last = compare(record, _readable(file))
            return self._last


def _readable(file: Path) -> Truth:
    try:
        return read_truth(file)
    except msgspec.MsgspecError as error:
        msg = "Another version made this demo. Make it anew with: tiexin demo --fresh (the old one is moved aside)."
        raise TruthUnreadableError(msg) from error


def router(get_record: Callable[[], Record]) -> APIRouter:
    """Return the route of the truth; ``get_record`` gives the opened record once the server has started."""
    api = APIRouter(prefix="/v1", tags=["truth"])
    truths = Truths(get_record)
    guard = [Depends(may(Right.TRUTH_READ)), Depends(sees_the_whole)]

    @api.get("/truth", response_model=TruthModel, dependencies=guard)
    def truth() -> Response:
        """Compare what the product finds with what was planted in the demo; takes some seconds the first time."""
        return Response(msgspec.json.encode(truths.compare()), media_type="application/json")

    return api
