"""What the report says in sentences: the answer at the top and what each chart shows, each with its uncertainty."""

from __future__ import annotations

from tiexin.kernel.clock import from_us
from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, JourneyWaits
from tiexin.quality.definitions import rules
from tiexin.quality.periods import zone_of
from tiexin.quality.presentation import interval, scale, value
from tiexin.quality.report.charts import member_name, step_name
from tiexin.quality.report.data import Course, Line, Places, ReportData, distance
from tiexin.quality.targets import Verdict

NOTHING = Text(zh="记录还是空的，没有可供统计的联系。", en="The record is still empty: there is nothing to count yet.")
NOTHING_HERE = Text(
    zh="所选范围内没有可供统计的联系。",
    en="There are no contacts in this selection that figures could be counted from.",
)
IMPORT_NEXT = Text(
    zh="接下来：用 tiexin import 读入一份联系数据（加 --suggest 可先得到映射草稿），"
    "或运行 tiexin demo 看一份示例；然后重新生成报告。",
    en="Next: read contacts with “tiexin import” (--suggest drafts the mapping first), or look at an example with "
    "“tiexin demo”; then write the report again.",
)
DAY_SECONDS = 86_400
CASES_MIN = 30
"""Below so many cases nothing is said about where a journey waits, as journeys rank nothing below it."""


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
        telling = next((journey for journey in data.journeys if journey.bottlenecks), None)
        if telling is not None:
            found = journey_finding(telling)
            return Text(zh=f"{found.zh}。", en=f"{found.en}.")
        return NOTHING_HERE if data.scope.position else NOTHING
    first: Line = data.lines[0]
    name, told = rules()[first.figure.id].definition.name, sure(first.figure)
    return Text(zh=f"{name.zh}：{told.zh}。", en=f"{name.en}: {told.en}.")


def next_step(data: ReportData) -> Text | None:
    """Return what to do next where there is nothing on the page, None where there is something."""
    if data.lines or data.journeys:
        return None
    scope = data.scope
    if scope.position == 0:
        return IMPORT_NEXT
    if scope.first_us is None or scope.last_us is None:
        return None
    first, last = (from_us(at).astimezone(zone_of(data.zone)).date() for at in (scope.first_us, scope.last_us))
    return Text(
        zh=f"全部记录为 {first} 至 {last}，共 {scope.events:,} 条。请放宽时段或筛选条件，然后重新生成报告。",
        en=f"The whole record goes from {first} to {last} with {scope.events:,} events. "
        "Choose a wider period or fewer conditions, then write the report again.",
    )


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
    # Between Latin letters or figures and Chinese stands a space, as everywhere in the house.
    gap = " " if definition.short.zh[-1].isascii() else ""
    return Text(
        zh=f"{definition.short.zh}{gap}{'改善' if better else '变差'}了：{zh}",
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
    names = [member_name(group) for group in behind[:3]]
    return Text(
        zh=f"{definition.name.zh}：{'、'.join(name.zh for name in names)}确定不及整体",
        en=f"{definition.name.en}: behind the whole for certain – {', '.join(name.en for name in names)}",
    )


def journey_finding(journey: JourneyWaits) -> Text:
    """Return where a journey waits most, with the interval of its share; with few cases that there is too little."""
    title = journey.title or Text(zh=journey.name, en=journey.name)
    if not journey.bottlenecks:
        return _too_few(journey, title)
    first = journey.bottlenecks[0]
    step = step_name(first)
    bounds = f"{first.low * 100:.0f} – {first.high * 100:.0f} %"
    days = first.total_seconds / DAY_SECONDS
    return Text(
        zh=f"{title.zh}：全部等待的 {first.share * 100:.0f} %（{bounds}）在“{step.zh}”这一步，共 {days:,.0f} 天",
        en=f"{title.en}: {first.share * 100:.0f} % ({bounds}) of all waiting is in “{step.en}”, "
        f"{days:,.0f} days in all",
    )


def _too_few(journey: JourneyWaits, title: Text) -> Text:
    if journey.cases < CASES_MIN:
        return Text(
            zh=f"{title.zh}：仅 {journey.cases} 件案件，不足 {CASES_MIN} 件，尚不足以下结论",
            en=f"{title.en}: {journey.cases} {'case' if journey.cases == 1 else 'cases'}, "
            f"fewer than {CASES_MIN} – too few to say",
        )
    return Text(
        zh=f"{title.zh}：{journey.cases:,} 件案件，没有一步达到 {CASES_MIN} 件，尚不足以下结论",
        en=f"{title.en}: {journey.cases:,} cases, but no step with {CASES_MIN} of them – too few to say",
    )
