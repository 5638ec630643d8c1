"""The report as one self-contained page: no script, no other file, ready to print."""

from __future__ import annotations

from datetime import date
from html import escape
from importlib import resources
from typing import Any

from tiexin.kernel.clock import from_us
from tiexin.kernel.text import Language, Text
from tiexin.quality.definitions import rules
from tiexin.quality.periods import zone_of
from tiexin.quality.presentation import interval, value
from tiexin.quality.report import charts, findings
from tiexin.quality.report.data import Line, ReportData

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
    environment.globals |= {"t": _text, "pair": _pair, "line": _line, "charts": charts, "findings": findings}
    environment.filters["svg"] = _safe
    folder = resources.files("tiexin.quality.report")
    template = environment.from_string(folder.joinpath("page.html.j2").read_text("utf-8"))
    used = sorted({line.figure.id for line in data.lines}, key=list(rules()).index)
    return template.render(
        data=data,
        language=language,
        style=_safe(folder.joinpath("style.css").read_text("utf-8")),
        answer=findings.answer(data),
        first=_day(data.scope.selection.since_us or data.scope.first_us, data.zone),
        last=_day(
            (data.scope.selection.until_us or 0) - 1 if data.scope.selection.until_us else data.scope.last_us, data.zone
        ),
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
    return _safe(
        f'<span class="zh" lang="zh-CN">{escape(text.zh)}</span><span class="en" lang="en">{escape(text.en)}</span>'
    )


def _pair(zh: str, en: str) -> Any:
    return _text(Text(zh=zh, en=en))


def _line(line: Line) -> dict[str, Text]:
    figure = line.figure
    return {
        "value": Text(zh=value(figure, Language.ZH), en=value(figure, Language.EN)),
        "interval": Text(zh=interval(figure, Language.ZH), en=interval(figure, Language.EN)),
        "target": Text(zh="", en="") if line.target is None else findings.target_text(figure.id, line.target),
    }


def _day(time_us: int | None, zone: str) -> str:
    return "–" if time_us is None else from_us(time_us).astimezone(zone_of(zone)).date().isoformat()


def _filters(data: ReportData) -> list[tuple[Text, str]]:
    selection = data.scope.selection
    names = {
        "channel": Text(zh="渠道", en="Channel"),
        "branch": Text(zh="机构", en="Branch"),
        "product": Text(zh="产品", en="Product"),
        "segment": Text(zh="客群", en="Segment"),
    }
    return [(text, getattr(selection, name)) for name, text in names.items() if getattr(selection, name)]
