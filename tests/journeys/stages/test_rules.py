from __future__ import annotations

import pytest

from tiexin.journeys.stages import rules
from tiexin.journeys.stages.contracts import Effect, Moment, MomentKind, StageName
from tiexin.journeys.stages.rules import Sums


def stage(name: str, *steps: str) -> StageName:
    return StageName(stage=name, zh=name, en=name, steps=list(steps))


def test_steps_without_a_file_are_cut_by_their_place_in_a_case() -> None:
    found = rules.stages_by_order({"start": 0.0, "ask": 0.15, "check": 0.55, "pay": 0.9, "end": 1.0})
    assert [(each.stage, each.steps) for each in found] == [
        ("part-1", ["start", "ask"]),
        ("part-2", ["check"]),
        ("part-3", ["pay", "end"]),
    ]
    assert rules.stages_by_order({}) == []
    assert [each.steps for each in rules.stages_by_order({"a": 0.5, "b": 0.5})] == [["a", "b"]]


def test_a_step_that_no_stage_names_joins_the_nearest_and_absent_ones_vanish() -> None:
    named = [stage("begin", "start", "never"), stage("ghost", "nowhere"), stage("finish", "end")]
    found = rules.completed(named, {"start": 0.0, "extra": 0.2, "late": 0.8, "end": 1.0})
    assert [(each.stage, each.steps) for each in found] == [("begin", ["start", "extra"]), ("finish", ["late", "end"])]
    assert rules.completed([stage("ghost", "nowhere")], {"start": 0.0})[0].stage == "part-1"


def sums(values: list[float]) -> Sums:
    return Sums(len(values), sum(values), sum(value * value for value in values))


def test_the_effect_of_a_moment_is_the_difference_with_its_interval() -> None:
    part, rest = [0.2, 0.4] * 20, [0.6, 0.8] * 40
    found = rules.mean_effect(sums(part), sums(part + rest), looked_at=10)
    assert (found.n, found.other_n) == (40, 80)
    assert found.difference == pytest.approx(-0.4)
    # Standard errors 0.1/√39.. and 0.1/√79.., 1.96-fold and a little more by Student's t.
    assert found.low == pytest.approx(-0.4387, abs=0.001)
    assert found.high == pytest.approx(-0.3613, abs=0.001)
    assert found.certain
    few = rules.mean_effect(sums(part[:20]), sums(part[:20] + rest), looked_at=10)
    assert few.difference == pytest.approx(-0.4)
    assert not few.certain
    assert rules.mean_effect(sums([0.1]), sums([0.1, *rest]), looked_at=1).difference is None
    assert rules.mean_effect(sums([]), sums(rest), looked_at=1).value is None


def test_many_moments_looked_at_make_less_certain() -> None:
    part, whole = (14, 100), (44, 600)
    assert rules.share_effect(part, whole, looked_at=1).certain
    assert not rules.share_effect(part, whole, looked_at=50).certain
    assert rules.share_effect(part, whole, looked_at=50).difference == pytest.approx(0.14 - 30 / 500)
    assert rules.share_effect((3, 10), (3, 10), looked_at=1).difference is None


def moment(step: str, *, n: int, gap: float, half: float) -> Moment:
    effect = Effect(
        n=n,
        value=0.5,
        other_n=90,
        other_value=0.5 - gap,
        difference=gap,
        low=gap - half,
        high=gap + half,
        certain=False,
    )
    return Moment(
        rank=None, kind=MomentKind.DETOUR, step=step, stage=None, threshold=None, cases=n, other_cases=90,
        feeling=effect, complaint=effect, leaving=effect,
    )  # fmt: skip


def test_moments_are_ranked_by_what_is_certain_and_small_ones_not_at_all() -> None:
    found = rules.ranked(
        [
            moment("vague", n=40, gap=-0.5, half=0.6),
            moment("sure", n=40, gap=-0.2, half=0.05),
            moment("small", n=29, gap=-0.9, half=0.1),
        ],
        by="feeling",
    )
    assert [(each.step, each.rank) for each in found] == [("sure", 1), ("vague", 2), ("small", None)]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我叫王小明,电话13800138000。", "我叫***,电话***。"),
        ("身份证 42010619900307123X,卡号 6222 0212 3456 7890 123", "身份证 ***,卡号 ***"),
        ("请写信到 wang.xm+bank@example.com.cn", "请写信到 ***@***"),
        ("张建国先生接待的我,刘经理不在", "张**先生接待的我,刘经理不在"),
        ("My name is Anna Chen, call +86 138 0013 8000", "My name is ***, call ***"),
        ("等了2个小时,来了3次,费用1250元", "等了2个小时,来了3次,费用1250元"),
    ],
)
def test_names_and_numbers_are_taken_out_of_sentences(said: str, kept: str) -> None:
    assert rules.redacted(said) == kept


def test_what_the_event_itself_holds_is_taken_out_wherever_it_stands() -> None:
    assert rules.redacted("孟和巴图等了很久", known=["孟和巴图", "1"]) == "***等了很久"
