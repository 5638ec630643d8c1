"""Charts of the report as SVG and rows of HTML: intervals drawn, axes labelled, both languages inside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, Group, JourneyWaits, Step, Unit, WaitingStep
from tiexin.quality.presentation import Scale, scale, value
from tiexin.quality.report.data import Course, Places

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 14, 28
SHARE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELS_MAX = 7
SHARE_DIVISOR = 0.01
CLOSED = frozenset({Unit.SHARE})


def both(text: Text) -> str:
    """Return a text in both languages; the page shows the one that is chosen."""
    zh, en = escape(text.zh), escape(text.en)
    return f'<span class="zh" lang="zh-CN">{zh}</span><span class="en" lang="en">{en}</span>'


def interval_bar(figure: Figure, target: float | None) -> str:
    """Return a small bar of a figure: interval as a line, value as a dot, target as a tick."""
    width, middle = 150, 9
    if figure.value is None:
        return ""
    low, high = figure.low, figure.high
    end = _end([figure], target)
    start = min(0.0, figure.value, *(bound for bound in (low, target) if bound is not None))

    def x(at: float) -> float:
        return 4 + (at - start) / ((end - start) or 1) * (width - 8)

    parts = [f'<line class="axis" x1="4" x2="{width - 4}" y1="{middle}" y2="{middle}"/>']
    if low is not None and high is not None:
        parts.append(
            f'<line class="interval" x1="{x(low):.1f}" x2="{x(min(high, end)):.1f}" y1="{middle}" y2="{middle}"/>'
        )
    if target is not None:
        parts.append(f'<line class="target" x1="{x(target):.1f}" x2="{x(target):.1f}" y1="1" y2="17"/>')
    parts.append(f'<circle class="dot" cx="{x(figure.value):.1f}" cy="{middle}" r="3.2"/>')
    return f'<svg class="bar" viewBox="0 0 {width} 18" aria-hidden="true">{"".join(parts)}</svg>'


def course(shown: Course, step: Step) -> str:
    """Return the course of a figure over time with its intervals; partly covered periods are hollow."""
    figures = [group.figures[shown.id] for group in shown.groups]
    unit = figures[0].unit
    end = _end(figures, shown.target)
    told_in = scale(unit, end)
    inner, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return LEFT + (index + 0.5) * inner / len(figures)

    def y(at: float) -> float:
        return TOP + down - min(max(at, 0.0), end) / end * down

    parts = []
    for tick in _ticks(end, unit):
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{_tick(tick, told_in)}</text>'
        )
    if shown.target is not None:
        at = y(shown.target)
        parts.append(f'<line class="target" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
    points = [(x(index), y(found.value)) for index, found in enumerate(figures) if found.value is not None]
    parts.append(f'<polyline class="line" points="{" ".join(f"{left:.1f},{top:.1f}" for left, top in points)}"/>')
    every = -(-len(figures) // LABELS_MAX)
    for index, (found, group) in enumerate(zip(figures, shown.groups, strict=True)):
        if found.low is not None and found.high is not None:
            parts.append(
                f'<line class="interval" x1="{x(index):.1f}" x2="{x(index):.1f}" '
                f'y1="{y(found.low):.1f}" y2="{y(found.high):.1f}"/>'
            )
        if found.value is not None:
            kind = "dot hollow" if shown.partial[index] else "dot"
            title = f"<title>{value(found, Language.EN)}, n = {found.n:,}</title>"
            parts.append(
                f'<circle class="{kind}" cx="{x(index):.1f}" cy="{y(found.value):.1f}" r="3.2">{title}</circle>'
            )
        if (len(figures) - 1 - index) % every == 0:
            label = _period(group.label or "", step)
            parts.append(f'<text class="tick" x="{x(index):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{label}</text>')
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{"".join(parts)}</svg>'


def places(shown: Places) -> str:
    """Return the members of a dimension as rows with dots and intervals, the whole as a dotted line."""
    figures = [group.figures[shown.id] for group in shown.groups]
    end = _end(figures, shown.target)
    told_in = scale(figures[0].unit, end)
    ticks = _ticks(end, figures[0].unit)
    behind = "".join(_at("grid", tick, end) for tick in ticks)
    if shown.whole.value is not None:
        behind += _at("whole", shown.whole.value, end)
    if shown.target is not None:
        behind += _at("target", shown.target, end)
    rows = []
    for found, group in zip(figures, shown.groups, strict=True):
        marks = behind
        if found.low is not None and found.high is not None:
            marks += _range("interval", found.low, found.high, end)
        if found.value is not None:
            marks += _at("dot", found.value, end)
        told = Text(zh=value(found, Language.ZH), en=value(found, Language.EN))
        rows.append(_row(both(member_name(group)), marks, f"{both(told)} · n = {found.n:,}", few=not found.rankable))
    axis = "".join(f'<i class="tick" style="left:{_part(tick, end)}">{_tick(tick, told_in)}</i>' for tick in ticks)
    rows.append(f'<div class="row axis-row" aria-hidden="true"><span></span><span class="track">{axis}</span></div>')
    return f'<div class="rows">{"".join(rows)}</div>'


def waits(shown: JourneyWaits) -> str:
    """Return the steps of a journey by their share of all waiting, with intervals."""
    end = max((step.high for step in shown.bottlenecks), default=1.0) or 1.0
    rows = []
    for step in shown.bottlenecks:
        marks = _range("fill", 0.0, step.share, end) + _range("interval dark", step.low, step.high, end)
        told = f"{step.share * 100:.1f} % ({step.low * 100:.1f} – {step.high * 100:.1f}) · n = {step.cases:,}"
        rows.append(_row(both(step_name(step)), marks, told))
    return f'<div class="rows steps">{"".join(rows)}</div>'


def step_name(step: WaitingStep) -> Text:
    """Return a step of a journey in words, or in its codes where nobody gave words."""
    source = step.source_name or Text(zh=step.source, en=step.source)
    target = step.target_name or Text(zh=step.target, en=step.target)
    return Text(zh=f"{source.zh} → {target.zh}", en=f"{source.en} → {target.en}")


def _row(name: str, marks: str, told: str, *, few: bool = False) -> str:
    kind = "row few" if few else "row"
    track = f'<span class="track" aria-hidden="true">{marks}</span>'
    return f'<div class="{kind}"><span class="name">{name}</span>{track}<span class="told">{told}</span></div>'


def _at(kind: str, at: float, end: float) -> str:
    return f'<i class="{kind}" style="left:{_part(at, end)}"></i>'


def _range(kind: str, low: float, high: float, end: float) -> str:
    low, high = max(low, 0.0), min(high, end)
    return f'<i class="{kind}" style="left:{_part(low, end)};width:{_part(high - low, end)}"></i>'


def _part(at: float, end: float) -> str:
    return f"{100 * min(max(at, 0.0), end) / end:.2f}%"


CHANNELS = {
    "app": Text(zh="手机银行", en="App"),
    "web": Text(zh="网上银行", en="Web"),
    "branch": Text(zh="网点", en="Branch"),
    "phone": Text(zh="电话", en="Phone"),
    "chat": Text(zh="在线会话", en="Chat"),
    "email": Text(zh="邮件", en="E-mail"),
    "social": Text(zh="社交媒体", en="Social media"),
    "partner": Text(zh="合作方", en="Partner"),
    "system": Text(zh="系统", en="System"),
}


def member_name(group: Group) -> Text:
    """Return how a member of a dimension is called."""
    key = group.key or "–"
    return group.name or CHANNELS.get(key, Text(zh=key, en=key))


def _end(figures: Sequence[Figure], target: float | None) -> float:
    """Return where the axis ends: 100 % for shares, else beyond the largest bound that is not absurdly wide."""
    if figures[0].unit in CLOSED:
        return 1.0
    values = [found.value for found in figures if found.value is not None]
    highs = [found.high for found in figures if found.high is not None and found.high <= 2 * max(values, default=1)]
    return max([*values, *highs, target or 0.0, 1e-9]) * 1.08


def _ticks(end: float, unit: Unit) -> Sequence[float]:
    if unit in CLOSED:
        return SHARE_TICKS
    divisor = scale(unit, end).divisor
    rough = end / divisor / 4
    size = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 0.1
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough or factor == 10)  # noqa: PLR2004
    return [step * divisor * index for index in range(int(end / divisor / step) + 1)]


def _tick(at: float, told: Scale) -> str:
    shown = Scale(told.divisor, 0 if at / told.divisor == round(at / told.divisor) else 1, told.sign)
    return f"{shown.number(at)} %" if told.divisor == SHARE_DIVISOR else shown.number(at)


def _period(label: str, step: Step) -> str:
    """Return the label of a period as short as an axis wants it: 25-03 for a month, 03-10 for a week or day."""
    return label if step is Step.QUARTER else label[2:] if step is Step.MONTH else label[5:]
