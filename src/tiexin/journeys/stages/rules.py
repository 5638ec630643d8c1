"""Pure logic of the journey map: stages, feelings, effects of moments, redaction."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tiexin.journeys.contracts import RANKED_FROM_N
from tiexin.journeys.rules import newcombe
from tiexin.journeys.stages.contracts import Effect, Feeling, Moment, ShoppersFeeling, StageName
from tiexin.journeys.walks.rules import student_975
from tiexin.kernel.statistics import CONFIDENCE, normal_quantile, wilson

STAGES_WITHOUT_A_FILE = 5
SCORE_UNIT = 1_000
"""Scores come from the engine as whole thousandths, so that their sums are exact."""


class Sums(NamedTuple):
    """Sums over values: how many, their sum, the sum of their squares."""

    n: int
    total: float
    squares: float

    def without(self, part: Sums) -> Sums:
        """Return the sums over the rest."""
        return Sums(self.n - part.n, self.total - part.total, self.squares - part.squares)

    @property
    def mean(self) -> float | None:
        """The mean, None of nothing."""
        return self.total / self.n if self.n else None

    @property
    def variance(self) -> float:
        """The variance of the mean; infinite below two values."""
        if self.n < 2:  # noqa: PLR2004 - a variance needs two values
            return math.inf
        return max(0.0, self.squares - self.total * self.total / self.n) / (self.n - 1) / self.n


def mean_interval(sums: Sums, *, lowest: float, highest: float) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a mean within the ends of its scale; (None, None) below two values."""
    if not math.isfinite(sums.variance):
        return None, None
    half = student_975(sums.n - 1) * math.sqrt(sums.variance)
    mean = sums.total / sums.n
    return max(lowest, mean - half), min(highest, mean + half)


def feeling_of(sums: Sums, *, direct: int, case: int, during: int) -> Feeling:
    """Return the feeling of sums over scores from 0 to 1."""
    low, high = mean_interval(sums, lowest=0.0, highest=1.0)
    return Feeling(n=sums.n, mean=sums.mean, low=low, high=high, direct=direct, case=case, during=during)


def shoppers_of(feelings: Sequence[int]) -> ShoppersFeeling:
    """Return the feeling of shoppers over their steps."""
    sums = Sums(len(feelings), float(sum(feelings)), float(sum(each * each for each in feelings)))
    low, high = mean_interval(sums, lowest=1.0, highest=5.0)
    return ShoppersFeeling(n=sums.n, mean=sums.mean, low=low, high=high)


# -- stages ------------------------------------------------------------------------------------------------------


def stages_by_order(places: Mapping[str, float]) -> list[StageName]:
    """Return up to five stages of equal width over the mean place of steps in a case (0 first, 1 last)."""
    if not places:
        return []
    first, last = min(places.values()), max(places.values())
    width = (last - first) / STAGES_WITHOUT_A_FILE or 1.0
    groups: dict[int, list[str]] = {}
    for step in sorted(places, key=lambda step: (places[step], step)):
        groups.setdefault(min(STAGES_WITHOUT_A_FILE - 1, int((places[step] - first) / width)), []).append(step)
    return [
        StageName(stage=f"part-{number}", zh=f"第 {number} 段", en=f"Part {number}", steps=steps)
        for number, (_, steps) in enumerate(sorted(groups.items()), 1)
    ]


def completed(stages: Sequence[StageName], places: Mapping[str, float]) -> list[StageName]:
    """Return stages of a file with every step: one that the file does not name joins the stage nearest in order.

    Steps of the file that never occur are left out, and so are stages without any step left.
    """
    kept = [msgspec.structs.replace(stage, steps=[step for step in stage.steps if step in places]) for stage in stages]
    kept = [stage for stage in kept if stage.steps]
    if not kept:
        return stages_by_order(places)
    centre = {stage.stage: sum(places[step] for step in stage.steps) / len(stage.steps) for stage in kept}
    named = {step for stage in kept for step in stage.steps}
    for step in sorted(places.keys() - named):
        nearest = min(centre, key=lambda stage: (abs(centre[stage] - places[step]), stage))
        next(stage for stage in kept if stage.stage == nearest).steps.append(step)
    return [
        msgspec.structs.replace(stage, steps=sorted(stage.steps, key=lambda step: (places[step], step)))
        for stage in kept
    ]


# -- moments -----------------------------------------------------------------------------------------------------


def mean_effect(part: Sums, whole: Sums, *, looked_at: int) -> Effect:
    """Return the difference of means, part − rest, with Welch's interval (normal beyond 30 degrees)."""
    rest = whole.without(part)
    low = high = gap = None
    certain = False
    together = part.variance + rest.variance
    if math.isfinite(together) and part.mean is not None and rest.mean is not None:
        gap = part.mean - rest.mean
        error = math.sqrt(together)
        freedom = _freedom(part, rest)
        half = student_975(freedom) * error
        low, high = gap - half, gap + half
        # The corrected interval is wider by the ratio of the two normal points; few cases are never certain anyway.
        wider = normal_quantile(1 - (1 - CONFIDENCE) / max(1, looked_at)) / normal_quantile()
        certain = min(part.n, rest.n) >= RANKED_FROM_N and abs(gap) > half * wider
    return Effect(
        n=part.n,
        value=part.mean,
        other_n=rest.n,
        other_value=rest.mean,
        difference=gap,
        low=low,
        high=high,
        certain=certain,
    )


def _freedom(part: Sums, rest: Sums) -> float:
    together = part.variance + rest.variance
    if together == 0:
        return float(part.n + rest.n - 2)
    return together**2 / (part.variance**2 / (part.n - 1) + rest.variance**2 / (rest.n - 1))


def share_effect(part: tuple[int, int], whole: tuple[int, int], *, looked_at: int) -> Effect:
    """Return the difference of shares, part − rest, each (those concerned, cases), with Newcombe's interval."""
    hit, n = part
    other_hit, other_n = whole[0] - hit, whole[1] - n
    if not n or not other_n:
        return Effect(
            n=n,
            value=hit / n if n else None,
            other_n=other_n,
            other_value=other_hit / other_n if other_n else None,
            difference=None,
            low=None,
            high=None,
            certain=False,
        )
    low, high = newcombe((hit, n), (other_hit, other_n))
    corrected = 1 - (1 - CONFIDENCE) / max(1, looked_at)
    sure_low, sure_high = _newcombe((hit, n), (other_hit, other_n), confidence=corrected)
    return Effect(
        n=n,
        value=hit / n,
        other_n=other_n,
        other_value=other_hit / other_n,
        difference=hit / n - other_hit / other_n,
        low=low,
        high=high,
        certain=min(n, other_n) >= RANKED_FROM_N and (sure_low > 0 or sure_high < 0),
    )


def _newcombe(first: tuple[int, int], second: tuple[int, int], *, confidence: float) -> tuple[float, float]:
    share1, share2 = first[0] / first[1], second[0] / second[1]
    low1, high1 = wilson(first[0], n=first[1], confidence=confidence)
    low2, high2 = wilson(second[0], n=second[1], confidence=confidence)
    gap = share1 - share2
    return gap - math.hypot(share1 - low1, high2 - share2), gap + math.hypot(high1 - share1, share2 - low2)


def ranked(moments: Sequence[Moment], *, by: str) -> list[Moment]:
    """Return moments by the part of their effect that its interval leaves; those on too few cases unranked, last."""

    def enough(moment: Moment) -> bool:
        effect: Effect = getattr(moment, by)
        return min(effect.n, effect.other_n) >= RANKED_FROM_N

    def order(moment: Moment) -> tuple[Any, ...]:
        effect: Effect = getattr(moment, by)
        told = (moment.step is None, moment.kind.value, moment.step or "")
        return not enough(moment), -surely(effect), -abs(effect.difference or 0.0), told

    found = sorted(moments, key=order)
    return [msgspec.structs.replace(each, rank=place if enough(each) else None) for place, each in enumerate(found, 1)]


def surely(effect: Effect) -> float:
    """Return the part of a difference that its interval leaves, without its sign; zero where zero lies within."""
    if effect.low is None or effect.high is None:
        return 0.0
    return max(0.0, effect.low, -effect.high)


# -- quotes ------------------------------------------------------------------------------------------------------

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ -]?\d){6,22}[Xx]?(?!\w)|\d{7,}[Xx]?")
_NAMED_ZH = re.compile(
    r"((?:我叫|我是|姓名(?:是|为|[::])?|本人|名叫|叫做))\s*([\u4e00-\u9fff]{2,4}?)(?=[,。,.、;;!!??\s]|$)"
)
_TITLED_ZH = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])(?:某某?|[\u4e00-\u9fff]{1,2})(?=(?:先生|女士|经理|主任|老师))"
)
_NAMED_EN = re.compile(
    r"\b(my name is|this is|i am called|mr\.?|mrs\.?|ms\.?)\s+([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?)", re.IGNORECASE
)


def redacted(text: str, *, known: Sequence[str] = ()) -> str:
    """Return a text without mail addresses, long numbers and names: those known of the event, and those introduced.

    Names that nothing announces cannot all be found; whoever may read the text may read the contact itself as well.
    """
    for value in sorted({each for each in known if len(each) > 1}, key=len, reverse=True):
        text = text.replace(value, "***")
    text = _MAIL.sub("***@***", text)
    text = _NUMBER.sub("***", text)
    replacements: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_NAMED_ZH, lambda found: f"{found[1]}***"),
        (_TITLED_ZH, lambda found: f"{found[1]}**"),
        (_NAMED_EN, lambda found: f"{found[1]} ***"),
    )
    for pattern, replacement in replacements:
        text = pattern.sub(replacement, text)
    return text
