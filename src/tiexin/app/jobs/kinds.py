"""Every kind of job there is, and every question a worker answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiexin.imports import jobs as imports
from tiexin.infra.jobs.contracts import JobKind
from tiexin.infra.settings import Settings
from tiexin.kernel.text import Text
from tiexin.trust import jobs as trust

WORKER_MODULE = "tiexin.app.worker"
REPORT_KIND = "report"
HTML = "report.html"
PDF = "report.pdf"
REPORT = JobKind(
    name=REPORT_KIND,
    title=Text("生成报告", "Write the report"),
    runner="tiexin.app.report_job:run",
    resumes=False,
)
"""Interrupted, it is shown as failed and can be tried again."""


def all_kinds() -> dict[str, JobKind]:
    """Return every kind of job by its name; one line a kind."""
    return {found.name: found for found in (imports.kind(), trust.kind(), REPORT)}


def all_questions() -> dict[str, Callable[[Settings, dict[str, Any]], Any]]:
    """Return every question by its name."""
    return imports.questions()
