"""Exports over HTTP: a table the page shows as a file, and the note that a picture was taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tiexin.access.asking import caller_of, exported, may
from tiexin.access.contracts import Right
from tiexin.infra.sheets import answers, csv_text
from tiexin.infra.sheets.cells import COLUMNS_MAX, ROWS_MAX, Cell, Column, ColumnKind, check_shape
from tiexin.kernel.errors import InvalidInputError

TITLE_CHARS_MAX = 1_000
ADDRESS_CHARS_MAX = 4_096
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.\-]+$", examples=["quality"])]
Address = Annotated[str, Field(max_length=ADDRESS_CHARS_MAX, description="The page with its filters.")]
FILES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file.",
        "content": {"text/csv": {}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}},
    }
}


class RaggedTableError(InvalidInputError):
    """A row does not have one cell a column, or a key stands twice; names the place."""

    code = "ragged_table"


class Strict(BaseModel):
    """A body in which a slip of the pen is no silence."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ExportColumn(Strict):
    """A column of a table."""

    key: Annotated[str, Field(min_length=1, max_length=100)]
    title: Annotated[str, Field(max_length=TITLE_CHARS_MAX)]
    kind: ColumnKind = ColumnKind.TEXT


class ExportWanted(Strict):
    """A table to be taken out: at most 100,000 rows of at most 200 columns, 16 MiB in all."""

    what: Name
    format: Literal["csv", "xlsx"]
    title: Annotated[str, Field(min_length=1, max_length=TITLE_CHARS_MAX)]
    columns: Annotated[list[ExportColumn], Field(min_length=1, description=f"At most {COLUMNS_MAX}.")]
    rows: Annotated[list[list[str | int | float | bool | None]], Field(description=f"At most {ROWS_MAX:,}.")]
    address: Address = ""
    language: Literal["zh-CN", "en"] = "en"


class ExportNote(Strict):
    """A picture that the browser makes by itself."""

    what: Name
    format: Literal["png"]
    address: Address = ""


def router() -> APIRouter:
    """Return the routes of exports."""
    api = APIRouter(prefix="/v1/exports", tags=["exports"], dependencies=[Depends(may(Right.EXPORT))])

    @api.post("", response_class=Response, responses=FILES)
    def export_table(wanted: ExportWanted, request: Request) -> Response:
        """Return a table as CSV or XLSX; the export stands in the record before the file leaves.

        Nothing in the file is run by a spreadsheet: texts that look like formulas are disarmed.
        """
        columns = [Column(key=one.key, title=one.title, kind=one.kind) for one in wanted.columns]
        rows: list[list[Cell]] = wanted.rows
        check_shape(columns, rows)
        _check_rows(columns, rows)
        if wanted.format == "csv":
            answer = _whole(csv_text.chunks(columns, rows), what=wanted.what)
            _note(request, wanted)
            return answer
        file = answers.xlsx_file(
            columns,
            rows,
            title=wanted.title,
            who=caller_of(request).name,
            address=wanted.address,
            n=len(rows),
            language=wanted.language,
        )
        try:
            _note(request, wanted)
        except BaseException:
            file.unlink(missing_ok=True)  # what cannot be recorded does not leave
            raise
        return answers.xlsx_answer(file, what=wanted.what)

    @api.post("/note", status_code=204)
    def note_picture(wanted: ExportNote, request: Request) -> None:
        """Record that a picture of a chart is taken out; the browser asks before it saves the file."""
        exported(request, what=wanted.what, form=wanted.format, rows=None, columns=None, address=wanted.address)

    return api


def _note(request: Request, wanted: ExportWanted) -> None:
    sizes = {"rows": len(wanted.rows), "columns": len(wanted.columns)}
    exported(request, what=wanted.what, form=wanted.format, address=wanted.address, **sizes)


def _check_rows(columns: list[Column], rows: list[list[Cell]]) -> None:
    keys = [column.key for column in columns]
    twice = next((key for at, key in enumerate(keys) if key in keys[:at]), None)
    if twice is not None:
        msg = f"The column {twice!r} is there twice. No file was made."
        raise RaggedTableError(msg, column=twice)
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            msg = f"Row {number:,} has {len(row)} cells, the table has {len(columns)} columns. No file was made."
            raise RaggedTableError(msg, row=number)


def _whole(parts: Iterator[bytes], *, what: str) -> Response:
    """Return a CSV file made to its end before anything is sent, so that a limit met in it is still an error."""
    headers = {"content-disposition": answers.disposition(answers.file_name(what, "csv", now=datetime.now(UTC)))}
    return Response(b"".join(parts), media_type=csv_text.MEDIA_TYPE, headers=headers)
