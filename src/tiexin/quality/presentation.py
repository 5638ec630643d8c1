"""How a figure is written for a person: value, interval and n, the same in the terminal and in the report."""

from __future__ import annotations

from tiexin.kernel.text import Language, Text
from tiexin.quality.contracts import Figure, Unit
from tiexin.quality.figures import NOT_REACHED

MISSING = {
    NOT_REACHED: Text(zh="未办结的太多，尚不可知", en="not known yet: too many are still open"),
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


def number(value: float, unit: Unit) -> str:
    """Return a value in its unit without the sign of the unit, with the decimals that the unit deserves."""
    scaled = value * 100 if unit is Unit.SHARE else value
    return f"{scaled:,.{DECIMALS[unit]}f}".replace("-", MINUS)


def value(figure: Figure, language: Language) -> str:
    """Return the value with the sign of its unit, or why it is missing."""
    if figure.value is None:
        return MISSING.get(figure.missing or "", MISSING[""]).in_language(language)
    return number(figure.value, figure.unit) + UNIT_SIGNS[figure.unit].in_language(language)


def interval(figure: Figure, language: Language) -> str:
    """Return the interval as ``low–high`` with the sign of the unit, empty where there is none."""
    if figure.value is None or (figure.low is None and figure.high is None):
        return ""
    ends = [number(bound, figure.unit) if bound is not None else "?" for bound in (figure.low, figure.high)]
    return " – ".join(ends) + UNIT_SIGNS[figure.unit].in_language(language)
