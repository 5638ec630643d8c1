"""How a figure is written for a person: value, interval and n, the same in the terminal and in the report."""

from __future__ import annotations

import msgspec

from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, Unit
from tiexin.quality.figures import NO_COMPLAINTS_RECORDED, NOT_REACHED

MISSING = {
    NOT_REACHED: Text(zh="未办结的太多，尚不可知", en="not known yet: too many are still open"),
    NO_COMPLAINTS_RECORDED: Text(zh="记录中没有任何投诉，无从得知", en="not known: no complaint was ever recorded"),
    "": Text(zh="没有数据", en="no data"),
}
UNIT_SIGNS = {
    Unit.SHARE: Text(zh=" %", en=" %"),
    Unit.SECONDS: Text(zh=" 秒", en=" s"),
    Unit.HOURS: Text(zh=" 小时", en=" h"),
    Unit.POINTS: Text(zh="", en=""),
    Unit.SCORE: Text(zh=" 分", en=""),
    Unit.PER_10000: Text(zh="", en=""),
    Unit.COUNT: Text(zh="", en=""),
}
DECIMALS = {
    Unit.SHARE: 1,
    Unit.SECONDS: 0,
    Unit.HOURS: 1,
    Unit.POINTS: 0,
    Unit.SCORE: 2,
    Unit.PER_10000: 1,
    Unit.COUNT: 0,
}
MINUS = "\u2212"


MINUTES_FROM_SECONDS = 600
"""From ten minutes on, seconds are told as minutes."""
DAYS_FROM_HOURS = 72
"""From three days on, hours are told as days."""
MINUTES = Text(zh=" 分钟", en=" min")
DAYS = Text(zh=" 天", en=" days")


class Scale(msgspec.Struct, frozen=True):
    """How values of a unit are told: divided, with some decimals, with a sign."""

    divisor: float
    decimals: int
    sign: Text

    def number(self, value: float) -> str:
        """Return a value without the sign."""
        return f"{value / self.divisor:,.{self.decimals}f}".replace("-", MINUS)

    def told(self, value: float, language: Language) -> str:
        """Return a value with the sign."""
        return self.number(value) + self.sign.in_language(language)


def scale(unit: Unit, size: float) -> Scale:
    """Return how values of about a size are told in their unit; long times in minutes or days."""
    if unit is Unit.SECONDS and abs(size) >= MINUTES_FROM_SECONDS:
        return Scale(60, 1, MINUTES)
    if unit is Unit.HOURS and abs(size) >= DAYS_FROM_HOURS:
        return Scale(24, 1, DAYS)
    return Scale(0.01 if unit is Unit.SHARE else 1, DECIMALS[unit], UNIT_SIGNS[unit])


def value(figure: Figure, language: Language) -> str:
    """Return the value with the sign of its unit, or why it is missing."""
    if figure.value is None:
        return MISSING.get(figure.missing or "", MISSING[""]).in_language(language)
    return scale(figure.unit, figure.value).told(figure.value, language)


def interval(figure: Figure, language: Language) -> str:
    """Return the interval as ``low – high`` with the sign of the unit, empty where there is none."""
    if figure.value is None or (figure.low is None and figure.high is None):
        return ""
    told = scale(figure.unit, figure.value)
    ends = [told.number(bound) if bound is not None else "?" for bound in (figure.low, figure.high)]
    return " – ".join(ends) + told.sign.in_language(language)
