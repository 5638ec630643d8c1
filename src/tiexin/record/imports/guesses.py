"""What the columns of an unknown table might mean, from their names (English and Chinese) and their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self

import msgspec

from tiexin.record.imports.casts import as_float
from tiexin.record.imports.mapping import ISO
from tiexin.record.imports.model import RowError

FORMATS = (
    ISO,
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y年%m月%d日",
    "%y%m%d %H:%M:%S",
)
NULL_WORDS = frozenset({"N/A", "NA", "n/a", "NULL", "null", "None", "none", "NaN", "nan", "?", "-", "无", "空"})
BAD_TIMES_SHARE_MAX = 0.02
SAMPLE_OF_TIMES = 400
CATEGORY_SHARE_MAX = 0.2
CATEGORIES_MAX = 500
LONG_TEXT_CHARS = 80
WORDS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "time": r"time|date|stamp|when|_at$|时间|日期",
        "end": r"end|finish|complete|close|resolv|结束|完成|关闭",
        "case": r"case|ticket|incident|request|application|order|claim|number$|工单|案件|流程|申请|业务编号|单号|个案",
        "step": r"activity|concept:name$|action|event|step|status|state|task|操作|环节|步骤|活动|节点|状态",
        "actor": r"resource|agent|user|clerk|server|employee|staff|updated_by|坐席|柜员|员工|经办|操作员|处理人",
        "person": r"customer|client|caller|subscriber|member|holder|客户|账户|卡号|会员|持卡",
        "private": r"name$|phone|mobile|mail|address|narrative|comment|message|text|birth|passport|id_?card|ssn"
        r"|姓名|手机|电话|邮箱|地址|证件|身份证|备注|留言|内容|生日",
        "lifecycle": r"lifecycle|transition|生命周期",
        "team": r"group|team|department|unit|部门|机构|网点|组",
        "product": r"product|产品",
        "id": r"(^|_|\b)(uu)?id$|event_?id|流水号|编号$|序号",
    }.items()
}


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the sample: its values without the absent ones, and what they could be."""

    name: str
    count: int
    distinct: int
    formats: list[str]
    is_number: bool
    is_whole: bool
    is_bool: bool
    is_local_time: bool
    ambiguous_day: bool
    mean_chars: float
    null_words: frozenset[str]
    bad_times: int = 0

    @classmethod
    def of(cls, name: str, values: Sequence[Any]) -> Self:
        """Return what the values of a column are like."""
        texts = {value.strip() for value in values if isinstance(value, str)}
        nulls = frozenset(texts & NULL_WORDS)
        present = [value.strip() if isinstance(value, str) else value for value in values]
        present = [
            value for value in present if value is not None and not (isinstance(value, str) and value in {"", *nulls})
        ]
        written = [value if isinstance(value, str) else str(value) for value in present]
        formats = _formats_of(present)
        numbers = [_number(value) for value in present]
        is_number = bool(numbers) and all(number is not None for number in numbers) and not formats
        return cls(
            name=name,
            count=len(present),
            distinct=len(set(written)),
            formats=formats[:1],
            is_number=is_number,
            is_whole=is_number and all(number is not None and number.is_integer() for number in numbers),
            is_bool=bool(present)
            and {word.casefold() for word in written} <= {"true", "false", "yes", "no", "是", "否"},
            is_local_time=bool(formats) and any(_is_local(value, formats[0]) for value in present[:SAMPLE_OF_TIMES]),
            ambiguous_day=any("%d/%m" in form for form in formats) and any("%m/%d/" in form for form in formats),
            mean_chars=sum(map(len, written)) / max(len(written), 1),
            null_words=nulls,
            bad_times=sum(not _has(value, formats[0]) for value in present) if formats else 0,
        )

    @property
    def member(self) -> str:
        """The name as a member of ``data``: lower case words joined by underscores."""
        found = re.sub(r"[^\w]+", "_", self.name.strip(), flags=re.UNICODE).strip("_").lower()
        return f"{found}_" if found in {"personal", ""} else found

    def field(self) -> str:
        """Return the YAML of a field that reads this column as what it seems to be."""
        name = msgspec.json.encode(self.name).decode()
        if self.formats:
            formats = msgspec.json.encode(self.formats).decode()
            return f"{{column: {name}, as: moment, formats: {formats}}}"
        if self.is_bool:
            return f"{{column: {name}, as: bool}}"
        if self.is_number:
            return f"{{column: {name}, as: {'int' if self.is_whole else 'float'}}}"
        return name

    def named(self, kind: str) -> bool:
        """Tell whether the name has one of the words for a meaning."""
        return WORDS[kind].search(self.name) is not None


class Guess(msgspec.Struct, kw_only=True):
    """Which column is what; each column stands in one place."""

    all: list[Column]
    time: Column | None = None
    id: Column | None = None
    case: Column | None = None
    step: Column | None = None
    subject: Column | None = None
    actor: Column | None = None
    lifecycle: Column | None = None
    team: Column | None = None
    product: Column | None = None
    other_times: list[Column] = []
    personal: list[Column] = []
    data: list[Column] = []


def guess(columns: list[Column]) -> Guess:
    """Return the most likely meaning of the columns."""
    found = Guess(all=columns)
    left = {column.name: column for column in columns if column.count and column.name}

    def take(kinds: str, *, fits: Any) -> Column | None:
        best = next((column for column in left.values() if fits(column) and column.named(kinds)), None)
        return left.pop(best.name) if best else None

    times = [column for column in left.values() if column.formats]
    times.sort(key=lambda column: (column.named("end"), not column.named("time"), -column.distinct))
    if times:
        found.time = left.pop(times[0].name)
    found.other_times = [column for column in times[1:] if column.name in left]
    found.lifecycle = take("lifecycle", fits=_is_category)
    found.subject = take("person", fits=lambda column: not column.formats and column.distinct > 1 and _is_code(column))
    rows = max(column.count for column in columns)
    found.id = take("id", fits=lambda column: column.distinct == column.count == rows and not column.formats)
    found.case = take("case", fits=lambda column: _is_code(column) and 1 < column.distinct < column.count)
    found.step = take("step", fits=_is_category) if found.case else None
    found.actor = take("actor", fits=lambda column: not column.is_number and column.mean_chars < LONG_TEXT_CHARS)
    found.team = take("team", fits=_is_category)
    found.product = take("product", fits=_is_category)
    for column in left.values():
        private = column.named("private") or column.named("person") or column.mean_chars >= LONG_TEXT_CHARS
        plain = column.is_bool or column.formats or (column.is_number and not column.named("private"))
        (found.personal if private and not plain else found.data).append(column)
    return found


def _is_category(column: Column) -> bool:
    few = column.distinct <= max(CATEGORY_SHARE_MAX * column.count, 12) and column.distinct <= CATEGORIES_MAX
    return few and not column.formats and not column.is_number and column.mean_chars < LONG_TEXT_CHARS


def _is_code(column: Column) -> bool:
    return not column.formats and not column.is_bool and column.mean_chars < LONG_TEXT_CHARS / 2


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return as_float(value)
    except RowError:
        return None


def _formats_of(values: Sequence[Any]) -> list[str]:
    """Return the formats that nearly every one of the first values has, in order of preference."""
    sample = values[:SAMPLE_OF_TIMES]
    if not sample or all(isinstance(value, int | float | bool) for value in sample):
        return []
    if all(isinstance(value, date) for value in sample):
        return [ISO]
    # One slip of the pen must not hide the only column of times of a short table, but half of the values has to fit.
    bad_max = min(max(1, int(BAD_TIMES_SHARE_MAX * len(sample))), (len(sample) - 1) // 2)
    return [form for form in FORMATS if sum(not _has(value, form) for value in sample) <= bad_max]


def _has(value: Any, form: str) -> bool:
    return _moment(value, form) is not None


def _moment(value: Any, form: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or (form == ISO and not re.match(r"^\d{4}-\d{2}", value)):
        return None
    try:
        return datetime.fromisoformat(value) if form == ISO else datetime.strptime(value, form)  # noqa: DTZ007
    except ValueError:
        return None


def _is_local(value: Any, form: str) -> bool:
    moment = _moment(value, form)
    return moment is not None and moment.tzinfo is None
