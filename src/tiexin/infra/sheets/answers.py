"""Answers that carry a table as a file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from tiexin.infra.sheets import csv_text, workbook
from tiexin.infra.sheets.cells import Cell, Column

ABOUT: Final[dict[str, dict[str, str]]] = {
    "zh-CN": {
        "sheet": "说明",
        "title": "标题",
        "address": "页面与筛选条件",
        "rows": "行数 n",
        "moment": "导出时间（UTC）",
        "who": "导出人",
        "note": "说明",
        "words": "本次导出已记入审计记录。客户以化名出现，文件中没有个人内容。",
    },
    "en": {
        "sheet": "About",
        "title": "Title",
        "address": "Page and filters",
        "rows": "Rows (n)",
        "moment": "Exported at (UTC)",
        "who": "Exported by",
        "note": "Note",
        "words": "This export stands in the audit record. Customers have pseudonyms here; nothing personal is in it.",
    },
}
UNSAFE = re.compile(r"[^\w\-.]+")


def file_name(what: str, form: str, *, now: datetime) -> str:
    """Return the name of a file: what it holds, the day (UTC), its ending; no sign that a path or header could read."""
    stem = UNSAFE.sub("-", what).strip("-.")[:60] or "table"
    return f"tiexin-{stem}-{now:%Y%m%d}.{form}"


def disposition(name: str) -> str:
    """Return the header that makes browsers keep a file under its name. Source: RFC 6266."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


def csv_answer(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, what: str) -> Response:
    """Return a CSV file that is written while it is sent."""
    name = file_name(what, "csv", now=datetime.now(UTC))
    headers = {"content-disposition": disposition(name)}
    return StreamingResponse(csv_text.chunks(columns, rows), media_type=csv_text.MEDIA_TYPE, headers=headers)


def xlsx_file(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    who: str,
    address: str,
    n: int,
    language: str,
) -> Path:
    """Return a temporary file that holds a workbook; :func:`xlsx_answer` sends and removes it.

    Raises:
        SheetLimitError: a text is longer than a cell may be; names row and column.
    """
    now = datetime.now(UTC)
    words = ABOUT.get(language, ABOUT["en"])
    lines: list[tuple[str, Cell]] = [
        (words["title"], title),
        (words["address"], address),
        (words["rows"], n),
        (words["moment"], now.strftime("%Y-%m-%dT%H:%M:%SZ")),
        (words["who"], who),
        (words["note"], words["words"]),
    ]
    handle, path = tempfile.mkstemp(prefix="tiexin-export-", suffix=".xlsx")
    os.close(handle)
    file = Path(path)
    try:
        about = workbook.About(title=words["sheet"], lines=lines)
        workbook.write(file, columns, rows, sheet=title, about=about)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file


def xlsx_answer(file: Path, *, what: str) -> Response:
    """Return an answer that sends a workbook and removes its file afterwards."""
    headers = {"content-disposition": disposition(file_name(what, "xlsx", now=datetime.now(UTC)))}
    clean = BackgroundTask(file.unlink, missing_ok=True)
    return FileResponse(file, media_type=workbook.MEDIA_TYPE, headers=headers, background=clean)
