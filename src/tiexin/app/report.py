"""``tiexin report``: quality and journeys put together on one page that stands by itself."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tiexin.infra.terminal import JsonFlag, console, emit_json, guarded, invocation
from tiexin.kernel.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from tiexin.app.labels import Labels
    from tiexin.journeys.contracts import Bottleneck
    from tiexin.quality.contracts import JourneyWaits, Selection, WaitingStep
    from tiexin.record.api import Record

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PDF_SECONDS_MAX = 120
JOURNEYS_MAX = 3
STEPS_SHOWN = 6
EMPTY_RECORD = (
    "The record is empty; the page says so. Read contacts first: tiexin import FILE (--suggest drafts a mapping), "
    "or look at an example: tiexin demo."
)
EMPTY_SELECTION = "Nothing in this selection can be counted; the page says so. Check --since, --until and the filters."


class LanguageError(InvalidInputError):
    """The report cannot be written in this language."""

    code = "unknown_language"


class NoChromiumError(UnavailableError):
    """A PDF was asked for, but Chromium is missing or failed; the HTML page was written."""

    code = "no_chromium"


@guarded
def report_command(  # noqa: PLR0913  (one option a condition of the selection)
    *,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")] = Path("report.html"),
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write a PDF beside it (needs Chromium).")] = False,
    language: Annotated[str, typer.Option("--language", help="zh, en, or both with a switch.")] = "both",
    since: Annotated[str | None, typer.Option(help="First day (UTC) or moment with zone.")] = None,
    until: Annotated[str | None, typer.Option(help="Day (UTC) or moment with zone before which to stop.")] = None,
    branch: Annotated[str | None, typer.Option(help="Only this unit and what belongs to it.")] = None,
    product: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    segment: Annotated[str | None, typer.Option(help="Only this customer segment.")] = None,
    targets: Annotated[Path | None, typer.Option(help="YAML file of the institution's own targets.")] = None,
    zone: Annotated[str, typer.Option(help="Time zone whose calendar the trends follow.")] = "UTC",
    engine: Annotated[str, typer.Option("--engine", help="duckdb or spark.")] = "duckdb",
    as_json: JsonFlag = False,
) -> None:
    """Write the service-quality report as one self-contained page."""
    from tiexin.quality.api import selection_of
    from tiexin.record.api import open_record

    selection = selection_of(since, until, branch=branch, product=product, segment=segment)
    with open_record(invocation().settings()) as record:
        page = report_page(record, selection, language=language, targets=targets, zone=zone, engine=engine)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, "utf-8")
    written = [out]
    if pdf:
        written.append(print_pdf(out, out.with_suffix(".pdf")))
    if as_json:
        emit_json({"files": [str(file) for file in written]})
        return
    for file in written:
        console().print(f"{file} ({file.stat().st_size / 1024:,.0f} kB)")


def report_page(
    record: Record,
    selection: Selection,
    *,
    language: str = "both",
    targets: Path | None = None,
    zone: str = "UTC",
    engine: str = "duckdb",
) -> str:
    """Return the report of a record as HTML; where there is nothing to tell, stderr says so as well as the page.

    Raises:
        LanguageError: the language is not zh, en or both.
        TargetsError: the file of targets cannot be used.
    """
    from tiexin.quality.api import LANGUAGES, open_quality, report

    if language not in LANGUAGES:
        msg = f"There is no language {language!r}; choose one of {', '.join(LANGUAGES)}."
        raise LanguageError(msg, language=language)
    from tiexin.app.labels import load_labels

    waits = journey_waits(record, selection, labels=load_labels(record.settings.home), engine=engine)
    if not waits:
        warn_of_nothing(record, selection, engine=engine)
    with open_quality(record, engine=engine) as quality:
        return report(
            quality,
            selection=selection,
            language=language,
            targets=targets,
            journeys=waits,
            zone=zone,
            made_on=date.today(),  # noqa: DTZ011  (the day on the wall of whoever prints it)
        )


def warn_of_nothing(record: Record, selection: Selection, *, engine: str = "duckdb") -> None:
    """Say on stderr that there will be nothing to count on the page, and what to do; the page says so, too."""
    from tiexin.quality.api import open_quality

    if record.position() == 0:
        console(stderr=True).print(EMPTY_RECORD, soft_wrap=True)
        return
    with open_quality(record, engine=engine) as quality:
        counted = any(figure.n for figure in quality.figures(selection=selection).figures.values())
    if not counted:
        console(stderr=True).print(EMPTY_SELECTION, soft_wrap=True)


def journey_waits(record: Record, selection: Selection, *, labels: Labels, engine: str) -> list[JourneyWaits]:
    """Return where the largest journeys of a record wait; a branch takes in the same units as its figures.

    A journey with few cases comes without steps, one without any case in the selection not at all. Nothing where the
    organisation of another day is asked for, because journeys follow that of the last day.
    """
    from tiexin.journeys.api import journeys, open_journey
    from tiexin.journeys.contracts import JourneyFilter
    from tiexin.quality.contracts import JourneyWaits

    if selection.branch and selection.as_of is not None:
        return []
    found = []
    for listed in journeys(record, engine=engine)[:JOURNEYS_MAX]:
        wanted = JourneyFilter(
            name=listed.name,
            since_us=selection.since_us,
            until_us=selection.until_us,
            product=selection.product,
            segment=selection.segment,
            org=selection.branch,
        )
        with open_journey(record, wanted, engine=engine) as journey:
            durations = journey.durations()
            edges = [edge for edge in journey.bottlenecks() if edge.rank is not None][:STEPS_SHOWN]
        if durations.n:
            found.append(
                JourneyWaits(
                    name=listed.name,
                    cases=durations.n,
                    duration_p50_days=durations.p50,
                    duration_p95_days=durations.p95,
                    bottlenecks=[_waiting_step(edge, labels) for edge in edges],
                    title=labels.of("journeys", listed.name),
                )
            )
    return found


def _waiting_step(edge: Bottleneck, labels: Labels) -> WaitingStep:
    from tiexin.quality.contracts import WaitingStep

    return WaitingStep(
        source=edge.source,
        target=edge.target,
        cases=edge.cases,
        share=edge.share,
        low=edge.share_low,
        high=edge.share_high,
        total_seconds=edge.wait_seconds.total,
        source_name=labels.of("steps", edge.source),
        target_name=labels.of("steps", edge.target),
    )


def print_pdf(page: Path, target: Path) -> Path:
    """Print a page to a PDF through Chromium.

    Raises:
        NoChromiumError: Chromium is not installed or did not write the file.
    """
    program = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    if program is None:
        msg = (
            f"{page} is written; a PDF needs Chromium, which is not installed. Print the page from any browser instead."
        )
        raise NoChromiumError(msg, written=str(page))
    with tempfile.TemporaryDirectory(prefix="tiexin-pdf-") as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        options += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        command = [program, *options, f"--user-data-dir={profile}", "--no-pdf-header-footer"]
        command += [f"--print-to-pdf={target.absolute()}", page.absolute().as_uri()]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PDF_SECONDS_MAX)
        except (subprocess.SubprocessError, OSError) as error:
            msg = f"{page} is written; Chromium could not print it: {error}"
            raise NoChromiumError(msg, written=str(page)) from error
    if not target.is_file():
        msg = f"{page} is written; Chromium ended without writing {target}."
        raise NoChromiumError(msg, written=str(page))
    return target
