"""What the report says in sentences: the answer at the top and what each chart shows, each with its uncertainty."""

from __future__ import annotations

from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, JourneyWaits
from tiexin.quality.definitions import rules
from tiexin.quality.presentation import interval, scale, value
from tiexin.quality.report.data import Course, Line, Places, ReportData, distance
from tiexin.quality.targets import Verdict

NOTHING = Text(
    zh="记录中还没有可供统计的联系。", en="The record holds no contacts yet that figures could be counted from."
)
DAY_SECONDS = 86_400


def sure(figure: Figure) -> Text:
    """Return value with interval and n, for example ``72.3 % (71.3 – 73.3 %, n = 7,521)``."""

    def told(language: Language) -> str:
        bounds = interval(figure, language)
        return f"{value(figure, language)} ({bounds + ', ' if bounds else ''}n = {figure.n:,})"

    zh = told(Language.ZH).replace(" (", "（").replace(")", "）").replace(", n", "，n")
    return Text(zh=zh, en=told(Language.EN))


def target_text(line_id: str, target: float) -> Text:
    """Return a target with the sign of its unit and the side that is good."""
    definition = rules()[line_id].definition
    sign = "≥" if definition.better == "higher" else "≤"
    told = scale(definition.unit, target)
    return Text(zh=f"{sign} {told.told(target, Language.ZH)}", en=f"{sign} {told.told(target, Language.EN)}")


def answer(data: ReportData) -> Text:
    """Return the report in one sentence: the worst gap to a target that the data prove, else the count of targets."""
    judged = [line for line in data.lines if line.verdict is not None]
    missed = sorted((line for line in judged if line.verdict is Verdict.MISSED), key=distance, reverse=True)
    met = sum(line.verdict is Verdict.MET for line in judged)
    if not judged:
        return _without_targets(data)
    if not missed:
        return Text(
            zh=f"{len(judged)} 项有目标的指标中，{met} 项确定达标，没有一项确定未达标。",
            en=f"Of {len(judged)} figures with a target, {met} meet it for certain and none misses it for certain.",
        )
    worst = missed[0]
    name, told = rules()[worst.figure.id].definition.name, sure(worst.figure)
    target = target_text(worst.figure.id, worst.target or 0.0)
    return Text(
        zh=f"最该先改的是{name.zh}：{told.zh}，目标 {target.zh}。"
        f"{len(judged)} 项有目标的指标中，{met} 项确定达标，{len(missed)} 项确定未达标。",
        en=f"What needs work first is “{name.en}”: {told.en}, the target is {target.en}. "
        f"Of {len(judged)} figures with a target, {met} meet it for certain and {len(missed)} miss it for certain.",
    )


def _without_targets(data: ReportData) -> Text:
    if not data.lines:
        return NOTHING
    first: Line = data.lines[0]
    name, told = rules()[first.figure.id].definition.name, sure(first.figure)
    return Text(zh=f"{name.zh}：{told.zh}。", en=f"{name.en}: {told.en}.")


def course_finding(course: Course) -> Text:
    """Return what became of a figure between the first and last whole period, said only where intervals part."""
    definition = rules()[course.id].definition
    whole = [
        group.figures[course.id]
        for group, partial in zip(course.groups, course.partial, strict=True)
        if not partial and group.figures[course.id].value is not None
    ]
    if len(whole) < 2:  # noqa: PLR2004  (a change needs two)
        return Text(zh=f"{definition.short.zh}：完整的期数不足", en=f"{definition.short.en}: too few whole periods")
    first, last = whole[0], whole[-1]
    zh = f"{value(first, Language.ZH)} → {value(last, Language.ZH)}"
    en = f"{value(first, Language.EN)} → {value(last, Language.EN)}"
    change = _change(first, last)
    if change == 0:
        return Text(
            zh=f"{definition.short.zh}：没有可确定的变化（{zh}）", en=f"{definition.short.en}: no certain change ({en})"
        )
    better = (change > 0) == (definition.better == "higher")
    return Text(
        zh=f"{definition.short.zh}{'改善' if better else '变差'}了：{zh}",
        en=f"{definition.short.en} got {'better' if better else 'worse'}: {en}",
    )


def _change(first: Figure, last: Figure) -> int:
    """Return 1 for a rise, −1 for a fall, 0 where the intervals overlap (a cautious comparison)."""
    if first.low is None or first.high is None or last.low is None or last.high is None:
        return 0
    if last.low > first.high:
        return 1
    return -1 if last.high < first.low else 0


def places_finding(places: Places) -> Text:
    """Return who differs from the whole for certain, worst named first."""
    definition = rules()[places.id].definition
    lower = definition.better == "lower"
    behind = []
    for group in places.groups:
        figure = group.figures[places.id]
        if not figure.rankable or figure.low is None or figure.high is None or places.whole.value is None:
            continue
        if (figure.low > places.whole.value) if lower else (figure.high < places.whole.value):
            behind.append(group)
    if not behind:
        return Text(
            zh=f"{definition.name.zh}：各处与整体没有可确定的差别",
            en=f"{definition.name.en}: nobody differs from the whole for certain on the bad side",
        )
    from tiexin.quality.report.charts import member_name

    names = [member_name(group) for group in behind[:3]]
    return Text(
        zh=f"{definition.name.zh}：{'、'.join(name.zh for name in names)}确定不及整体",
        en=f"{definition.name.en}: behind the whole for certain – {', '.join(name.en for name in names)}",
    )


def journey_finding(journey: JourneyWaits) -> Text:
    """Return where a journey waits most, with the interval of its share."""
    if not journey.bottlenecks:
        return Text(zh=f"{journey.name}：没有等待", en=f"{journey.name}: no waiting")
    first = journey.bottlenecks[0]
    bounds = f"{first.low * 100:.0f} – {first.high * 100:.0f} %"
    days = first.total_seconds / DAY_SECONDS
    return Text(
        zh=f"{journey.name}：全部等待的 {first.share * 100:.0f} %（{bounds}）"
        f"在“{first.source} → {first.target}”这一步，共 {days:,.0f} 天",
        en=f"{journey.name}: {first.share * 100:.0f} % ({bounds}) of all waiting is in "
        f"“{first.source} → {first.target}”, {days:,.0f} days in all",
    )
