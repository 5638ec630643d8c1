"""The report as a job: HTML, and a PDF where Chromium is there, ready to be downloaded."""

from __future__ import annotations

from typing import Any

from tiexin.app.jobs.kinds import HTML, PDF
from tiexin.infra.files import write_durably
from tiexin.infra.jobs.contracts import JobRun
from tiexin.kernel.text import Text

STEPS = 3


def run(attempt: JobRun) -> dict[str, Any]:
    """Write the report into the folder of results; return which files there are."""
    from tiexin.app.report import NoChromiumError, print_pdf, report_page
    from tiexin.quality.api import selection_of
    from tiexin.record.api import open_record

    wanted = attempt.job.params
    choice = {name: wanted.get(name) for name in ("branch", "product", "segment")}
    selection = selection_of(wanted.get("since"), wanted.get("until"), **choice)
    attempt.progress(0, total=STEPS, what=Text("正在统计", "Counting"))
    with open_record(attempt.settings) as record:
        page = report_page(record, selection, language=wanted["language"], zone=wanted["zone"])
    attempt.progress(1, total=STEPS, what=Text("正在排版", "Setting the page"))
    write_durably(attempt.folder / HTML, page.encode("utf-8"))
    warning = None
    if wanted["pdf"]:
        attempt.progress(2, total=STEPS, what=Text("正在生成 PDF", "Printing the PDF"))
        try:
            print_pdf(attempt.folder / HTML, attempt.folder / PDF)
        except NoChromiumError as error:
            warning = {
                "code": error.code,
                "en": "There is no PDF: Chromium is missing or failed.",
                "zh": "没有生成 PDF：服务器上没有可用的 Chromium。",
            }
    files = [
        {"name": file.name, "bytes": file.stat().st_size} for file in sorted(attempt.folder.iterdir()) if file.is_file()
    ]
    return {"files": files, "warning": warning}
