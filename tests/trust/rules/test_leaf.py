"""What a leaf commits to: every stored byte, under a salt that tells nothing of another."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tiexin.record.contracts import STORED_COLUMNS
from tiexin.trust.rules.leaf import (
    OpeningError,
    StoredRowError,
    canonical,
    entry_of,
    event_of,
    opening,
    read_opening,
    salter,
)

ROW: dict[str, Any] = dict.fromkeys(STORED_COLUMNS) | {
    "position": 7,
    "time_us": 1_767_225_600_000_000,
    "recorded_us": 1_767_225_600_500_000,
    "type": "complaint.filed.v1",
    "source": "urn:bank:hotline",
    "id": "c-7",
    "subject": "3f0b",
    "case_id": "case-77",
    "data": '{"amount_minor":125050,"reason":"费用争议，要求退还"}',
    "personal": b"\x00\xff sealed",
    "personal_mac": b"m" * 32,
}


def row(**changes: Any) -> tuple[Any, ...]:
    return tuple((ROW | changes)[name] for name in STORED_COLUMNS)


def test_an_event_has_this_one_canonical_text() -> None:
    assert canonical(row()).decode() == (
        '{"case":"case-77","data":{"amount_minor":125050,"reason":"费用争议，要求退还"},"id":"c-7",'
        '"personal":"AP8gc2VhbGVk","personal_mac":"bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=","position":7,'
        '"recorded_us":1767225600500000,"source":"urn:bank:hotline","subject":"3f0b",'
        '"time_us":1767225600000000,"type":"complaint.filed.v1"}'
    )


@pytest.mark.parametrize("column", STORED_COLUMNS)
def test_every_column_is_in_it(column: str) -> None:
    value = ROW[column]
    other = value + 1 if isinstance(value, int) else (value or b"") + b"x" if "personal" in column else f"{value}x"
    assert canonical(row(**{column: other})) != canonical(row())


@pytest.mark.parametrize(
    ("text", "form", "kept"),
    [
        ('{"a":1}', '{"a":1}', None),
        ('{"a":0.5,"b":12.25}', '{"a":0.5,"b":12.25}', None),
        ('{"a":1.0}', '{"a":1}', '{"a":1.0}'),
        ('{"a":1e5}', '{"a":100000}', '{"a":1e5}'),
        ('{"a":1e16}', '{"a":10000000000000000}', '{"a":1e16}'),
        ('{"a":0.00001}', '{"a":0.00001}', None),
        ('{"a":1e-7}', '{"a":1e-7}', None),
        ('{"b":1,"a":2}', '{"a":2,"b":1}', '{"b":1,"a":2}'),
        ('{"a": 1}', '{"a":1}', '{"a": 1}'),
        ('{"a":1,"a":2}', '{"a":2}', '{"a":1,"a":2}'),
        ('{"a":9007199254740991}', '{"a":9007199254740991}', None),
        ('{"a":9007199254740993}', None, '{"a":9007199254740993}'),
        ('{"😀":1,"\uff00":2}', '{"😀":1,"\uff00":2}', None),
        ('{"\uff00":2,"😀":1}', '{"😀":1,"\uff00":2}', '{"\uff00":2,"😀":1}'),
        ("no JSON", None, "no JSON"),
        ("", None, ""),
    ],
)
def test_data_stands_in_the_form_of_rfc_8785_and_verbatim_where_it_differs(
    text: str, form: str | None, kept: str | None
) -> None:
    whole = canonical(row(data=text, extras=text)).decode()
    assert (f'"data":{form}' in whole) == (form is not None)
    assert ('"data_text"' in whole) == ('"extras_text"' in whole) == (kept is not None)
    found = json.loads(whole)
    assert found.get("data_text") == found.get("extras_text") == kept


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=6))
def test_the_quick_way_gives_what_rfc_8785_gives(data: dict[str, Any]) -> None:
    stored = msgspec.json.encode(data, order="deterministic").decode()
    found = json.loads(canonical(row(data=stored)))
    try:
        form = rfc8785.dumps(data)
    except rfc8785.CanonicalizationError:
        assert "data" not in found
        assert found["data_text"] == stored
        return
    assert b'"data":' + form in canonical(row(data=stored))
    assert found.get("data_text", form.decode()) == stored


@pytest.mark.parametrize(
    "changes",
    [
        {"position": "7"},
        {"time_us": 1.5},
        {"type": b"complaint"},
        {"id": None},
        {"data": None},
        {"data": b"{}"},
        {"subject": 5},
        {"personal": "text"},
        {"personal_mac": 1},
        {"actor": b"\xff"},
    ],
)
def test_a_value_that_is_not_of_its_columns_type_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(StoredRowError):
        canonical(row(**changes))


def test_a_row_with_a_column_too_few_is_refused() -> None:
    with pytest.raises(StoredRowError):
        canonical(row()[:-1])


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**63 - 1))
def test_a_salt_is_the_hmac_of_its_position(key: bytes, position: int) -> None:
    expected = hmac.digest(key, b"tiexin/leaf-salt/v1" + position.to_bytes(8, "big"), "sha256")
    assert salter(key)(position) == expected


def test_an_entry_is_the_hash_of_salt_and_text() -> None:
    assert entry_of(b"text", b"s" * 32) == hashlib.sha256(b"s" * 32 + b"text").digest()


def test_an_opening_reads_back_and_opens_its_entry() -> None:
    text, salt = canonical(row()), salter(b"k" * 32)(7)
    found = read_opening(opening(text, salt))
    assert (found.canonical, found.salt) == (text, salt)
    assert found.entry == entry_of(text, salt)


@pytest.mark.parametrize(
    "extra",
    [
        b"",
        b"{}",
        b'{"format":"tiexin.event/v2","salt":"%b","canonical":"{}"}' % (b"A" * 43 + b"="),
        b'{"format":"tiexin.event/v1","salt":"AAAA","canonical":"{}"}',
        b'{"format":"tiexin.event/v1","salt":"*","canonical":"{}"}',
        b'{"format":"tiexin.event/v1","salt":"%b","canonical":"{}"}' % (b"A" * 42 + b"B="),
        b'{"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(7),
)
def test_what_is_no_opening_is_refused(extra: bytes) -> None:
    with pytest.raises(OpeningError):
        read_opening(extra)


def test_a_text_nested_beyond_reason_is_refused_and_no_accident() -> None:
    with pytest.raises(OpeningError):
        event_of(b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
