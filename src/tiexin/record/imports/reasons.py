"""Why a row cannot be an event: a stable code and its text in both languages."""

from __future__ import annotations

from enum import StrEnum

from tiexin.kernel.text import Text


class Reason(StrEnum):
    """The codes of a rejects file."""

    BAD_ENCODING = "bad_encoding"
    DUPLICATE_ATTRIBUTE = "duplicate_attribute"
    LEFT_OUT = "left_out"
    MALFORMED_ROW = "malformed_row"
    MISSING_CASE = "missing_case"
    MISSING_STEP = "missing_step"
    MISSING_TIME = "missing_time"
    MISSING_TYPE = "missing_type"
    NO_KIND_APPLIES = "no_kind_applies"
    NOT_A_DAY = "not_a_day"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TIME = "not_a_time"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_IN_VALUES = "not_in_values"
    NOT_TEXT = "not_text"
    NOT_YES_OR_NO = "not_yes_or_no"
    OUT_OF_RANGE = "out_of_range"
    RECORD_CONFLICT = "record_conflict"
    RECORD_REFUSED = "record_refused"
    ROW_TOO_LONG = "row_too_long"
    TIME_SKIPPED = "time_skipped"
    TIME_TWICE = "time_twice"
    TIME_WITHOUT_ZONE = "time_without_zone"
    TOO_MANY_COLUMNS = "too_many_columns"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    WRONG_TYPE = "wrong_type"


TEXTS: dict[Reason, Text] = {
    Reason.BAD_ENCODING: Text("有字节不符合文件编码", "Bytes do not fit the file's encoding"),
    Reason.DUPLICATE_ATTRIBUTE: Text("同一事件的属性重复出现", "An attribute stands twice in one event"),
    Reason.LEFT_OUT: Text("映射规定跳过此类行", "The mapping leaves such rows out"),
    Reason.MALFORMED_ROW: Text("这一行无法拆分或解析", "The row cannot be read"),
    Reason.MISSING_CASE: Text("缺少个案编号", "There is no case"),
    Reason.MISSING_STEP: Text("缺少环节名称", "There is no step"),
    Reason.MISSING_TIME: Text("缺少发生时间", "There is no time"),
    Reason.MISSING_TYPE: Text("缺少事件类型", "There is no event type"),
    Reason.NO_KIND_APPLIES: Text("没有适用于此行的映射条件", "No `when` of the mapping holds for the row"),
    Reason.NOT_A_DAY: Text("不是映射所列格式的日期", "Not a day in a format that the mapping names"),
    Reason.NOT_A_NUMBER: Text("不是数字", "Not a number"),
    Reason.NOT_A_TIME: Text("不是映射所列格式的时间", "Not a time in a format that the mapping names"),
    Reason.NOT_A_WHOLE_NUMBER: Text("不是整数", "Not a whole number"),
    Reason.NOT_IN_VALUES: Text("映射的取值表里没有这个值", "The mapping's list of values does not have it"),
    Reason.NOT_TEXT: Text("这种值不能作为文本", "The value cannot be a text"),
    Reason.NOT_YES_OR_NO: Text("既不是“是”也不是“否”", "Neither yes nor no"),
    Reason.OUT_OF_RANGE: Text("数值超出允许范围", "The number is out of range"),
    Reason.RECORD_CONFLICT: Text(
        "同一来源与编号已有不同内容的记录", "The same source and id are recorded with other content"
    ),
    Reason.RECORD_REFUSED: Text("记录库不接受该事件", "The record refuses the event"),
    Reason.ROW_TOO_LONG: Text("这一行超过长度上限", "The row is longer than the limit"),
    Reason.TIME_SKIPPED: Text(
        "该当地时间因夏令时拨快而不存在", "This local time does not exist: clocks went forward over it"
    ),
    Reason.TIME_TWICE: Text(
        "该当地时间因夏令时拨慢而出现两次，映射未说明取哪一次",
        "This local time occurs twice: clocks went back, and the mapping has no `fold`",
    ),
    Reason.TIME_WITHOUT_ZONE: Text(
        "当地时间没有时区；请在映射里写 zone 或加 --zone",
        "A local time without a zone; state `zone` in the mapping or use --zone",
    ),
    Reason.TOO_MANY_COLUMNS: Text("列或属性数超过上限", "More columns or attributes than the limit"),
    Reason.WRONG_COLUMN_COUNT: Text("列数与表头不一致", "The number of fields differs from the header"),
    Reason.WRONG_TYPE: Text("值不符合声明的类型", "The value does not have its declared type"),
}
