"""The report as one self-contained page: no script, no other file, ready to print."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from typing import Any

from tiexin.kernel.clock import from_us
from tiexin.kernel.text import Language, Text
from tiexin.quality.definitions import rules
from tiexin.quality.periods import zone_of
from tiexin.quality.presentation import interval, value
from tiexin.quality.report import charts, findings
from tiexin.quality.report.data import Line, ReportData

LOOSE = re.compile(r"(?<=[≤≥=n→]) (?=[\d=])|(?<=\d) (?=[%=→秒分小天]|min|days?\b|h\b|s\b)")
"""Spaces before and after numbers that a line of a heading must not break at."""
VERDICTS = {
    "met": ("●", Text(zh="达标", en="met")),
    "open": ("◐", Text(zh="尚不能确定", en="not certain")),
    "missed": ("▲", Text(zh="未达标", en="missed")),
}


def render(data: ReportData, *, language: str = "both", made_on: date) -> str:
    """Return the page as HTML.

    Args:
        data: what to show.
        language: ``zh``, ``en``, or ``both`` with a switch between them (Chinese first).
        made_on: the day to print on it.
    """
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.globals |= {
        "t": _text,
        "glued": _glued,
        "pair": _pair,
        "line": _line,
        "charts": charts,
        "findings": findings,
    }
    environment.filters["svg"] = _safe
    folder = resources.files("tiexin.quality.report")
    template = environment.from_string(folder.joinpath("page.html.j2").read_text("utf-8"))
    used = sorted({line.figure.id for line in data.lines}, key=list(rules()).index)
    return template.render(
        data=data,
        language=language,
        style=_safe(folder.joinpath("style.css").read_text("utf-8")),
        answer=findings.answer(data),
        next_step=findings.next_step(data),
        period=_period(data),
        made_on=made_on.isoformat(),
        filters=_filters(data),
        definitions=[rules()[name].definition for name in used],
        short={name: rule.definition.short for name, rule in rules().items()},
        names={name: rule.definition.name for name, rule in rules().items()},
        intervals={name: rule.definition.interval for name, rule in rules().items()},
        verdicts=VERDICTS,
    )


def _safe(html: str) -> Any:
    import markupsafe

    # Every text that comes from data is escaped where the SVG is made.
    return markupsafe.Markup(html)  # noqa: S704


def _text(text: Text) -> Any:
    """Return a text in both languages; the style sheet shows one."""
    return _safe(charts.both(text))


def _glued(text: Text) -> Any:
    """Return a text for a heading, where no line may end between a number and what belongs to it."""
    return _text(Text(zh=LOOSE.sub("\u00a0", text.zh), en=LOOSE.sub("\u00a0", text.en)))


def _pair(zh: str, en: str) -> Any:
    return _text(Text(zh=zh, en=en))


def _line(line: Line) -> dict[str, Text]:
    figure = line.figure
    return {
        "value": Text(zh=value(figure, Language.ZH), en=value(figure, Language.EN)),
        "interval": Text(zh=interval(figure, Language.ZH), en=interval(figure, Language.EN)),
        "target": Text(zh="", en="") if line.target is None else findings.target_text(figure.id, line.target),
    }


def _period(data: ReportData) -> str:
    """Return the days that the page is about; where nothing lies in them, only those that were asked for."""
    scope, asked = data.scope, data.scope.selection
    first, last = asked.since_us, asked.until_us - 1 if asked.until_us else None
    if data.lines or data.journeys:
        first, last = first or scope.first_us, last or scope.last_us
    days = ["" if at is None else from_us(at).astimezone(zone_of(data.zone)).date().isoformat() for at in (first, last)]
    return " – ".join(days).strip() if any(days) else ""


def _filters(data: ReportData) -> list[tuple[Text, str]]:
    selection = data.scope.selection
    names = {
        "channel": Text(zh="渠道", en="Channel"),
        "branch": Text(zh="机构", en="Branch"),
        "product": Text(zh="产品", en="Product"),
        "segment": Text(zh="客群", en="Segment"),
    }
    return [(text, getattr(selection, name)) for name, text in names.items() if getattr(selection, name)]
