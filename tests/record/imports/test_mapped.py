from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.record.imports.conftest import HEAD, MAPPING, Importer
from tiexin.kernel.clock import iso_us
from tiexin.record.api import Record
from tiexin.record.contracts import Event
from tiexin.record.imports.model import ImportFileError, ImportOptionError, MappingError, TooManyRejectsError

Events = Callable[[], list[Event]]
ROW = "2024-05-01 10:00:00,c1,4711,fees,Why this fee?\n"


def lines_of(file: str | None) -> list[dict[str, object]]:
    assert file is not None
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]


def test_a_row_becomes_an_event(import_csv: Importer, events: Events, record: Record) -> None:
    report = import_csv(HEAD + ROW)
    assert (report.read, report.appended, report.duplicates, report.rejected) == (1, 1, 0, 0)
    assert report.source == "urn:tiexin:dataset:visits"
    (event,) = events()
    assert event.type == "message.received.v1"
    assert iso_us(event.time_us) == "2024-05-01T08:00:00Z"
    assert event.case == "c1"
    assert event.subject == record.pseudonymise("customer", "4711")
    assert event.data == {"topic": "fees", "personal": {"words": "Why this fee?"}}
    assert (event.team, event.journey, event.channel, event.actor) == (None, None, None, None)
    assert len(event.id) == 32


def test_running_again_adds_nothing(import_csv: Importer, record: Record) -> None:
    content = HEAD + ROW + ROW + ROW.replace("c1", "c2")
    first, second = import_csv(content), import_csv(content)
    assert (first.read, first.appended, first.duplicates) == (3, 3, 0)
    assert (second.read, second.appended, second.duplicates, second.rejected) == (3, 0, 3, 0)
    assert record.position() == 3


def test_identical_rows_all_count_and_differ_by_their_ordinal(import_csv: Importer, events: Events) -> None:
    import_csv(HEAD + ROW * 3)
    first, second, third = (event.id for event in events())
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_a_longer_export_adds_only_its_new_rows(import_csv: Importer, record: Record) -> None:
    import_csv(HEAD + ROW)
    report = import_csv(HEAD + ROW + ROW.replace("c1", "c2"), name="renamed.csv")
    assert (report.read, report.appended, report.duplicates) == (2, 1, 1)
    assert record.position() == 2


@pytest.mark.parametrize(
    ("row", "line", "reason", "column", "value"),
    [
        ("yesterday,c1,1,a,b\n", 2, "not_a_time", "at", "yesterday"),
        (",c1,1,a,b\n", 2, "missing_time", None, None),
        ("2024-03-31 02:30:00,c1,1,a,b\n", 2, "time_skipped", "at", "2024-03-31T02:30:00"),
        ("2024-10-27 02:30:00,c1,1,a,b\n", 2, "time_twice", "at", "2024-10-27T02:30:00"),
        ("2024-05-01 10:00:00,c1,1\n", 2, "wrong_column_count", None, None),
        ('2024-05-01 10:00:00,"c"1,1,a,b\n', 2, "malformed_row", None, None),
        ("2024-05-01 10:00:00,c1,,a,words\n", 2, "record_refused", "subject", None),
    ],
)
def test_a_bad_row_is_set_aside_with_its_place(
    import_csv: Importer, record: Record, row: str, line: int, reason: str, column: str | None, value: str | None
) -> None:
    report = import_csv(HEAD + row + ROW)
    assert (report.read, report.appended, report.rejected) == (2, 1, 1)
    (found,) = lines_of(report.rejects_file)
    assert (found["line"], found["reason"], found.get("column"), found.get("value")) == (line, reason, column, value)
    assert found["zh"]
    assert found["en"]
    assert record.position() == 1


def test_the_rejects_file_is_the_owners_alone_and_shows_no_personal_value(import_csv: Importer) -> None:
    mapping = MAPPING.replace("words: words", "words: {column: words, as: int}")
    report = import_csv(HEAD + ROW, mapping=mapping)
    (found,) = lines_of(report.rejects_file)
    assert found["reason"] == "not_a_number"
    assert "value" not in found
    assert "Why this fee" not in json.dumps(found)
    assert report.rejects_file is not None
    assert Path(report.rejects_file).stat().st_mode & 0o777 == 0o600


def test_a_local_time_without_zone_is_never_guessed(import_csv: Importer, record: Record) -> None:
    report = import_csv(HEAD + ROW, mapping=MAPPING.replace("zone: Europe/Amsterdam\n", ""))
    (found,) = lines_of(report.rejects_file)
    assert (report.appended, found["reason"], found["column"]) == (0, "time_without_zone", "at")
    assert record.position() == 0


@pytest.mark.parametrize(("fold", "utc"), [("earlier", "2024-10-27T00:30:00Z"), ("later", "2024-10-27T01:30:00Z")])
def test_the_mapping_says_which_of_two_equal_hours_is_meant(
    import_csv: Importer, events: Events, fold: str, utc: str
) -> None:
    import_csv(HEAD + "2024-10-27 02:30:00,c1,1,a,b\n", mapping=f"{MAPPING}fold: {fold}\n")
    assert [iso_us(event.time_us) for event in events()] == [utc]


def test_the_zone_of_the_command_line_wins(import_csv: Importer, events: Events) -> None:
    import_csv(HEAD + ROW, zone="Asia/Shanghai")
    assert iso_us(events()[0].time_us) == "2024-05-01T02:00:00Z"


def test_too_many_bad_rows_stop_the_import_and_what_came_before_stays(import_csv: Importer, record: Record) -> None:
    content = HEAD + ROW + "x,c,1,a,b\n" * 3 + ROW.replace("c1", "c9")
    with pytest.raises(TooManyRejectsError) as caught:
        import_csv(content, max_rejects=2)
    assert caught.value.facts["limit"] == 2
    assert (caught.value.facts["kept"], caught.value.facts["rejected"]) == (1, 3)
    assert record.position() == 1
    report = import_csv(content, max_rejects=3)
    assert (report.read, report.appended, report.duplicates, report.rejected) == (5, 1, 1, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_apart(import_csv: Importer, events: Events, encoding: str) -> None:
    row = "2024-05-01 10:00:00,c1,4711,手续费,为什么收这笔费用？\n"
    import_csv((HEAD + row).encode(encoding))
    assert events()[0].data == {"topic": "手续费", "personal": {"words": "为什么收这笔费用？"}}


def test_the_encoding_can_be_named(import_csv: Importer, events: Events) -> None:
    import_csv((HEAD + ROW.replace("fees", "fête")).encode("cp1252"), encoding="cp1252")
    assert events()[0].data["topic"] == "fête"


def test_one_damaged_line_of_a_utf8_file_is_set_aside(import_csv: Importer, record: Record) -> None:
    good = "".join(f"2024-05-01 10:00:00,c{number},4711,费用,词\n" for number in range(100))
    damaged = "2024-05-01 10:00:00,c,4711,费用,词\n".encode()[:-3] + b"\xff\n"
    report = import_csv((HEAD + good).encode() + damaged)
    (found,) = lines_of(report.rejects_file)
    assert (report.appended, found["line"], found["reason"], found["column"]) == (100, 102, "bad_encoding", "words")
    assert record.position() == 100


def test_an_unknown_encoding_imports_nothing(import_csv: Importer, record: Record) -> None:
    with pytest.raises(ImportOptionError, match="neither UTF-8 nor GB18030"):
        import_csv(HEAD.encode() + b"2024-05-01 10:00:00,\xff\xff,1,a,b\n")
    assert record.position() == 0


def test_quoted_line_ends_count_as_lines(import_csv: Importer, events: Events) -> None:
    row = '2024-05-01 10:00:00,c1,4711,fees,"two\nlines"\n'
    report = import_csv(HEAD + row + "bad,c,1,a,b\n")
    assert events()[0].data["personal"] == {"words": "two\nlines"}
    assert lines_of(report.rejects_file)[0]["line"] == 4


def test_semicolons_and_gzip(import_csv: Importer, record: Record) -> None:
    report = import_csv((HEAD + ROW).replace(",", ";"), name="visits.csv.gz")
    assert (report.appended, record.position()) == (1, 1)


def test_a_truncated_gzip_file_keeps_what_came_before_and_goes_on_later(
    import_csv: Importer, record: Record, tmp_path: Path
) -> None:
    rows = "".join(f"2024-05-01 10:00:00,c{number * 7919 % 10007},{number},a,b{number}\n" for number in range(60_000))
    import_csv(HEAD, name="visits.csv.gz")
    import gzip

    whole = gzip.compress((HEAD + rows).encode())
    path = tmp_path / "visits.csv.gz"
    path.write_bytes(whole)
    from tiexin.record.imports.model import ImportKind, ImportSpec
    from tiexin.record.imports.runner import run_import

    spec = ImportSpec(kind=ImportKind.MAPPING, mapping=tmp_path / "visits.yaml", encoding="utf-8")
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportFileError, match="truncated gzip"):
        run_import(record, path, spec)
    kept = record.position()
    assert 0 < kept < 60_000
    path.write_bytes(whole)
    report = run_import(record, path, spec)
    assert (report.read, report.appended, report.duplicates) == (60_000, 60_000 - kept, kept)


def test_a_changed_mapping_is_a_contradiction_and_is_reported(import_csv: Importer, events: Events) -> None:
    import_csv(HEAD + ROW)
    report = import_csv(HEAD + ROW, mapping=MAPPING.replace("topic: topic", "topic: {constant: other}"))
    (found,) = lines_of(report.rejects_file)
    assert (report.appended, report.rejected, found["reason"]) == (0, 1, "record_conflict")
    assert events()[0].data["topic"] == "fees"


def test_json_lines_with_members_of_members(import_csv: Importer, events: Events) -> None:
    mapping = """
mapping: 1
event:
  type: {constant: message.received.v1}
  time: at
  step: what.kind
  id: id
data: {size: {column: what.size, as: int}}
"""
    content = '{"id":"1","at":"2024-05-01T10:00:00+08:00","what":{"kind":"k","size":3}}\n\nno json\n[1]\n'
    report = import_csv(content, name="log.jsonl", mapping=mapping)
    assert (report.read, report.appended, report.rejected) == (3, 1, 2)
    assert [line["line"] for line in lines_of(report.rejects_file)] == [3, 4]
    (event,) = events()
    assert (event.id, event.step, event.journey, event.data) == ("1", "k", "log", {"size": 3})


def test_kinds_of_rows(import_csv: Importer, events: Events) -> None:
    mapping = """
mapping: 1
zone: UTC
event: {time: at, type: {constant: message.received.v1}, case: case}
rows:
  - when: {column: topic, is: [drop]}
    skip: true
  - when: {column: topic, is: [ask, 1]}
    event: {step: topic}
  - when: {column: words, present: true}
    event: {type: {constant: chat.started.v1}}
"""
    rows = "".join(
        f"2024-05-01 10:00:00,{topic},1,{topic},{words}\n"
        for topic, words in [("drop", "x"), ("ask", "x"), ("1", "x"), ("else", "x"), ("else", "")]
    )
    report = import_csv(HEAD + rows, mapping=mapping, journey="asking")
    assert [(event.type, event.step) for event in events()] == [
        ("message.received.v1", "ask"),
        ("message.received.v1", "1"),
        ("chat.started.v1", None),
    ]
    assert {event.journey for event in events()} == {"asking"}
    assert [(line["line"], line["reason"]) for line in lines_of(report.rejects_file)] == [
        (2, "left_out"),
        (6, "no_kind_applies"),
    ]


@pytest.mark.parametrize(
    ("field", "written", "expected"),
    [
        ("{column: topic, as: int}", "12", 12),
        ("{column: topic, as: int}", "12.0", 12),
        ("{column: topic, as: float}", "1.5e3", 1500.0),
        ("{column: topic, as: seconds}", "1:02:03", 3723.0),
        ("{column: topic, as: seconds}", "02:03.5", 123.5),
        ("{column: topic, as: bool}", "Yes", True),
        ("{column: topic, as: bool}", "否", False),
        ("{column: topic, as: bool, true: [J], false: [N]}", "j", True),
        ('{column: topic, as: day, formats: ["%d/%m/%Y"]}', "03/04/2024", "2024-04-03"),
        ("{column: topic, as: moment}", "2024-05-01T10:00:00", "2024-05-01T08:00:00Z"),
        ("{column: topic, as: moment, formats: [epoch_ms]}", "1000", "1970-01-01T00:00:01Z"),
        ("{column: topic, values: {a: b}, other: keep}", "c", "c"),
        ("{column: topic, values: {a: b}, other: absent, default: d}", "c", "d"),
        ("{column: topic, as: int, minimum: 0, out_of_range: absent}", "-1", None),
        ("{columns: [topic, case]}", "", "c1"),
        ('{format: "{case}/{topic}"}', "t", "c1/t"),
        ("{column: topic, nulls: [none]}", "none", None),
    ],
)
def test_values(import_csv: Importer, events: Events, field: str, written: str, expected: object) -> None:
    mapping = MAPPING.replace("topic: topic", f"found: {field}")
    report = import_csv(HEAD + f"2024-05-01 10:00:00,c1,4711,{written},w\n", mapping=mapping)
    assert report.rejected == 0
    assert events()[0].data.get("found") == expected


@pytest.mark.parametrize(
    ("field", "written", "reason"),
    [
        ("{column: topic, as: int}", "1.5", "not_a_whole_number"),
        ("{column: topic, as: int}", "1e30", "not_a_whole_number"),
        ("{column: topic, as: float}", "1,5", "malformed"),
        ("{column: topic, as: float}", "inf", "not_a_number"),
        ("{column: topic, as: float}", "1_000", "not_a_number"),
        ("{column: topic, as: bool}", "perhaps", "not_yes_or_no"),
        ("{column: topic, as: day}", "3.4.2024", "not_a_day"),
        ("{column: topic, values: {a: b}}", "c", "not_in_values"),
        ("{column: topic, as: int, maximum: 3}", "4", "out_of_range"),
    ],
)
def test_values_that_do_not_fit(import_csv: Importer, record: Record, field: str, written: str, reason: str) -> None:
    mapping = MAPPING.replace("topic: topic", f"found: {field}")
    report = import_csv(HEAD + f"2024-05-01 10:00:00,c1,4711,{written},w\n", mapping=mapping)
    expected = "wrong_column_count" if reason == "malformed" else reason
    assert [line["reason"] for line in lines_of(report.rejects_file)] == [expected]
    assert record.position() == 0


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ("mapping: 2\nevent: {}\n", "mapping"),
        ("mapping: 1\nevent: {time: at}\n", "event.type"),
        ("mapping: 1\nevent: {time: at, type: t, colour: c}\n", "event"),
        ("mapping: 1\nevent: {time: at, type: {constant: a, column: b}}\n", "event.type"),
        ("mapping: 1\nevent: {time: at, type: t}\npersonal: {a: b}\n", "personal"),
        ("mapping: 1\nevent: {time: at, type: t}\ndata: {a: {column: at, minimum: 3}}\n", "data.a"),
        ("mapping: 1\nevent: {time: at, type: nowhere}\n", "nowhere"),
        (MAPPING.replace("Europe/Amsterdam", "Mars/Phobos"), "zone"),
    ],
)
def test_a_wrong_mapping_names_its_field(import_csv: Importer, record: Record, mapping: str, field: str) -> None:
    with pytest.raises((MappingError, ImportOptionError)) as caught:
        import_csv(HEAD + ROW, mapping=mapping)
    assert caught.value.facts["field"] == field
    assert record.position() == 0


@pytest.mark.parametrize("mapping", ["a: [", "a: 1\na: 2\n", "a: &x 1\nb: *x\n"])
def test_broken_yaml_names_its_line(import_csv: Importer, mapping: str) -> None:
    with pytest.raises(MappingError) as caught:
        import_csv(HEAD, mapping=mapping)
    assert caught.value.facts["line"] in {1, 2}
