"""Charts of the report as SVG texts: intervals drawn, axes labelled, both languages inside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, Group, JourneyWaits, Step, Unit
from tiexin.quality.presentation import Scale, scale, value
from tiexin.quality.report.data import Course, Places

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 14, 28
ROW = 26
SHARE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELS_MAX = 7
SHARE_DIVISOR = 0.01
CLOSED = frozenset({Unit.SHARE})


def both(text: Text) -> str:
    """Return a text in both languages; the page shows the one that is chosen."""
    return f'<tspan class="zh">{escape(text.zh)}</tspan><tspan class="en">{escape(text.en)}</tspan>'


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
    """Return a dot chart of the members of a dimension with intervals, the whole as a dotted line."""
    figures = [group.figures[shown.id] for group in shown.groups]
    end = _end(figures, shown.target)
    told_in = scale(figures[0].unit, end)
    label, width = 150, 640
    height = ROW * len(figures) + 30

    def x(at: float) -> float:
        return label + min(max(at, 0.0), end) / end * (width - label - 130)

    bottom = height - 22
    parts = []
    for tick in _ticks(end, figures[0].unit):
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="4" y2="{bottom}"/>')
        parts.append(
            f'<text class="tick" x="{x(tick):.1f}" y="{height - 6}" text-anchor="middle">{_tick(tick, told_in)}</text>'
        )
    whole = x(shown.whole.value or 0)
    parts.append(f'<line class="whole" x1="{whole:.1f}" x2="{whole:.1f}" y1="4" y2="{bottom}"/>')
    if shown.target is not None:
        parts.append(
            f'<line class="target" x1="{x(shown.target):.1f}" x2="{x(shown.target):.1f}" y1="4" y2="{bottom}"/>'
        )
    for index, (found, group) in enumerate(zip(figures, shown.groups, strict=True)):
        middle = ROW * index + 18
        name = both(member_name(group))
        few = "" if found.rankable else " few"
        parts.append(f'<text class="name{few}" x="{label - 12}" y="{middle + 4}" text-anchor="end">{name}</text>')
        if found.low is not None and found.high is not None:
            parts.append(
                f'<line class="interval{few}" x1="{x(found.low):.1f}" x2="{x(found.high):.1f}" '
                f'y1="{middle}" y2="{middle}"/>'
            )
        parts.append(f'<circle class="dot{few}" cx="{x(found.value or 0):.1f}" cy="{middle}" r="4"/>')
        told = f"{value(found, Language.ZH)} · n = {found.n:,}", f"{value(found, Language.EN)} · n = {found.n:,}"
        parts.append(
            f'<text class="value{few}" x="{width}" y="{middle + 4}" text-anchor="end">{both(Text(*told))}</text>'
        )
    return f'<svg class="wide" viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'


def waits(shown: JourneyWaits) -> str:
    """Return the steps of a journey by their share of all waiting, with intervals."""
    width, row = 640, 40
    end = max((step.high for step in shown.bottlenecks), default=1.0) or 1.0
    parts = []
    for index, step in enumerate(shown.bottlenecks):
        top = row * index
        parts.append(f'<text class="name" x="0" y="{top + 14}">{escape(step.source)} → {escape(step.target)}</text>')
        told = f"{step.share * 100:.1f} % ({step.low * 100:.1f} – {step.high * 100:.1f})  n = {step.cases:,}"
        parts.append(f'<text class="value" x="{width}" y="{top + 14}" text-anchor="end">{told}</text>')
        wide = width / end
        parts.append(f'<rect class="fill" x="0" y="{top + 20}" width="{step.share * wide:.1f}" height="8"/>')
        parts.append(
            f'<line class="interval dark" x1="{step.low * wide:.1f}" x2="{step.high * wide:.1f}" '
            f'y1="{top + 24}" y2="{top + 24}"/>'
        )
    height = row * len(shown.bottlenecks)
    return f'<svg class="wide" viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'


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
