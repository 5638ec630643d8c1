"""The journey map proper of an opened journey, and what customers said along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiexin.journeys.api import Journey
from tiexin.journeys.contracts import RANKED_FROM_N
from tiexin.journeys.stages import rules, store
from tiexin.journeys.stages.contracts import (
    MOMENTS_SHOWN,
    QUOTES_A_STAGE_MAX,
    STEPS_SHOWN,
    Moment,
    MomentKind,
    Quote,
    Stage,
    StageCell,
    StagedBy,
    StageName,
    StageReport,
    StepCount,
)
from tiexin.journeys.stages.files import stages_for
from tiexin.journeys.walks.rules import mined_wait
from tiexin.kernel.clock import SECOND_US, iso_us
from tiexin.record.contracts import EventFilter, PersonalState

if TYPE_CHECKING:
    from tiexin.infra.analytics.port import Engine
    from tiexin.record.api import Record

LONG_WAIT_PERCENT = 90
DETOUR_SHARES = (0.02, 0.90)
LOOKED_THROUGH_A_STAGE = 12
"""So many surveys and complaints of a stage are opened in search of words."""
WORDS = ("comment", "text", "words", "message")
"""Members of ``personal`` that hold sentences, in the order of preference."""

ShoppersSteps = Iterable[tuple[str, int]]
"""Steps of mystery shoppers and how they felt, 1 to 5."""


def stages_of_journey(
    journey: Journey, name: str, *, home: Path | None = None, shoppers: ShoppersSteps = ()
) -> StageReport:
    """Return stages × channels with what customers do, their waits, their feeling, and the moments of truth.

    Args:
        journey: opened.
        name: of the journey.
        home: of the installation, whose ``stages.yaml`` may name the stages.
        shoppers: steps of finished walks along this journey.

    Raises:
        StagesFileError: the institution's file of stages cannot be used.
    """
    engine = journey.steps()
    named, staged_by = _staged(engine, name, home)
    stages = _stages(engine, named, shoppers)
    cells = _cells(engine, named)
    looked_at, ranked_by, moments = _moments(engine, named)
    overall = store.whole(engine)
    scored = rules.Sums(overall["scored"], *_scaled(overall))
    return StageReport(
        journey=name,
        cases=overall["cases"],
        events=sum(stage.count for stage in stages),
        staged_by=staged_by,
        channels=_channels(cells),
        stages=stages,
        cells=cells,
        overall=rules.feeling_of(scored, direct=0, case=scored.n, during=0),
        looked_at=looked_at,
        ranked_by=ranked_by,
        moments=moments,
    )


def _staged(engine: Engine, name: str, home: Path | None) -> tuple[list[StageName], StagedBy]:
    """Make the temporary tables and return the stages."""
    places = store.places(engine)
    wanted, staged_by = stages_for(name, home=home)
    named = rules.completed(wanted, places)
    if named and named[0].stage == "part-1":
        staged_by = StagedBy.ORDER
    store.materialise(engine, name, {step: number for number, stage in enumerate(named) for step in stage.steps})
    return named, staged_by


def _stages(engine: Engine, named: Sequence[StageName], shoppers: ShoppersSteps) -> list[Stage]:
    counts = {row["stage"]: row for row in store.group_counts(engine, "stage")}
    waits, feelings = store.waits(engine, "stage"), {row["stage"]: row for row in store.feelings(engine)}
    walked = list(shoppers)
    found = []
    for number, each in enumerate(named):
        felt = feelings.get(number, dict.fromkeys(("n", "total", "squares", "direct", "at_case", "during"), 0))
        steps = set(each.steps)
        found.append(
            Stage(
                stage=each.stage,
                zh=each.zh,
                en=each.en,
                steps=each.steps,
                count=counts[number]["n"] if number in counts else 0,
                cases=counts[number]["cases"] if number in counts else 0,
                waits=waits.get((number,)) or mined_wait(0, {}),
                feeling=rules.feeling_of(
                    rules.Sums(felt["n"], *_scaled(felt)),
                    direct=int(felt["direct"]),
                    case=int(felt["at_case"]),
                    during=int(felt["during"]),
                ),
                shoppers=rules.shoppers_of([feeling for step, feeling in walked if step in steps]),
            )
        )
    return found


def _scaled(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return sums over thousandths as sums over scores from 0 to 1."""
    return row["total"] / rules.SCORE_UNIT, row["squares"] / rules.SCORE_UNIT**2


def _cells(engine: Engine, named: Sequence[StageName]) -> list[StageCell]:
    steps: dict[tuple[int, str | None], list[StepCount]] = {}
    for row in store.step_counts(engine):
        counted = StepCount(step=row["step"], count=row["n"], cases=row["cases"])
        steps.setdefault((row["stage"], row["channel"]), []).append(counted)
    waits = store.waits(engine, "stage", "channel")
    rows = store.group_counts(engine, "stage", "channel")
    rows.sort(key=lambda row: (row["stage"], -row["n"], row["channel"] or ""))
    return [
        StageCell(
            stage=named[row["stage"]].stage,
            channel=row["channel"],
            count=row["n"],
            cases=row["cases"],
            steps=steps[row["stage"], row["channel"]][:STEPS_SHOWN],
            waits=waits.get((row["stage"], row["channel"])) or mined_wait(0, {}),
        )
        for row in rows
    ]


def _channels(cells: Sequence[StageCell]) -> list[str | None]:
    """Return the channels, most steps first; steps without a channel (work behind the counter) last."""
    counts: dict[str | None, int] = {}
    for cell in cells:
        counts[cell.channel] = counts.get(cell.channel, 0) + cell.count
    return sorted(counts, key=lambda channel: (channel is None, -counts[channel], channel or ""))


# -- moments of truth --------------------------------------------------------------------------------------------


def _moments(engine: Engine, named: Sequence[StageName]) -> tuple[int, str, list[Moment]]:
    handovers, channels = store.thresholds(engine)
    long_waits = store.long_waits(engine, LONG_WAIT_PERCENT)
    whole = store.whole(engine)
    rows = [
        row
        for row in store.moments(engine, handovers=handovers, channels=channels, waits_us=long_waits)
        if _worth_looking(row, whole["cases"])
    ]
    stage_of = {step: stage.stage for stage in named for step in stage.steps}
    found = [
        _moment(row, whole, looked_at=len(rows), stage_of=stage_of, long_waits=long_waits, handovers=handovers,
                channels=channels)
        for row in rows
    ]  # fmt: skip
    by = "feeling" if whole["scored"] >= 2 * RANKED_FROM_N else "complaint"
    return len(rows), by, rules.ranked(found, by=by)[:MOMENTS_SHOWN]


def _worth_looking(row: Mapping[str, Any], cases: int) -> bool:
    had = int(row["cases"])
    if row["kind"] != MomentKind.DETOUR:
        return 0 < had < cases
    least, most = DETOUR_SHARES
    return least * cases <= had <= most * cases


def _moment(
    row: Mapping[str, Any],
    whole: Mapping[str, Any],
    *,
    looked_at: int,
    stage_of: Mapping[str, str],
    long_waits: Mapping[str, int],
    handovers: int,
    channels: int,
) -> Moment:
    kind, step = MomentKind(row["kind"]), str(row["step"]) or None
    threshold = {
        MomentKind.LONG_WAIT: long_waits[step] / SECOND_US if step and step in long_waits else None,
        MomentKind.HANDOVERS: float(handovers),
        MomentKind.CHANNELS: float(channels),
    }
    part, all_ = rules.Sums(row["scored"], *_scaled(row)), rules.Sums(whole["scored"], *_scaled(whole))
    complained, gone = (
        rules.share_effect((row[name], row["known"]), (whole[name], whole["known"]), looked_at=looked_at)
        for name in ("complained", "gone")
    )
    return Moment(
        rank=None,
        kind=kind,
        step=step,
        stage=stage_of.get(step) if step else None,
        threshold=threshold.get(kind),
        cases=row["cases"],
        other_cases=whole["cases"] - row["cases"],
        feeling=rules.mean_effect(part, all_, looked_at=looked_at),
        complaint=complained,
        leaving=gone,
    )


# -- quotes ------------------------------------------------------------------------------------------------------


def quotes_of_journey(journey: Journey, name: str, record: Record, *, personal: bool) -> list[Quote]:
    """Return up to three sentences of customers a stage, surveys before complaints, the latest first.

    Args:
        journey: opened.
        name: of the journey.
        record: whose events hold the sentences.
        personal: the caller may read them; else it is only told that there are some.
    """
    named, _ = _staged(journey.steps(), name, record.settings.home)
    found: list[Quote] = []
    taken = [0] * len(named)
    for row in store.spoken(journey.steps(), limit=LOOKED_THROUGH_A_STAGE):
        stage = row["stage"]
        if taken[stage] >= QUOTES_A_STAGE_MAX:
            continue
        quote = _quote(row, named[stage].stage, record, personal=personal)
        if quote is not None:
            taken[stage] += 1
            found.append(quote)
    return found


def _quote(row: Mapping[str, Any], stage: str, record: Record, *, personal: bool) -> Quote | None:
    page = record.read(EventFilter(), after=row["position"] - 1, limit=1, personal=personal)
    recorded = page.events[0] if page.events else None
    if recorded is None or recorded.position != row["position"]:
        return None
    if recorded.personal in {PersonalState.NONE, PersonalState.ERASED}:
        return None
    text = None
    if recorded.personal is PersonalState.OPEN:
        held: dict[str, Any] = recorded.event.data.get("personal") or {}
        sentence = next((held[name] for name in WORDS if isinstance(held.get(name), str) and held[name].strip()), None)
        if sentence is None:
            return None
        known = [value for key, value in held.items() if key not in WORDS and isinstance(value, str)]
        text = rules.redacted(sentence, known=known)
    return Quote(
        stage=stage,
        kind=row["kind"],
        time=iso_us(row["time_us"]),
        channel=row["channel"],
        score=None if row["score"] is None else row["score"] / rules.SCORE_UNIT,
        position=row["position"],
        masked=text is None,
        text=text,
    )
