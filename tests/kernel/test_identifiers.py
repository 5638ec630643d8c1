"""Check digits against the examples that the standards themselves print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiexin.kernel.identifiers import (
    CREDIT_ALPHABET,
    IdentifierError,
    is_luhn,
    is_mobile_number,
    is_resident_id,
    is_unified_credit_code,
    luhn_check,
    old_resident_id,
    organisation_code_check,
    resident_id_check,
    resident_id_from_old,
    unified_credit_code_check,
)

DIGITS = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_resident_ids_that_the_standard_prints(number: str) -> None:
    assert resident_id_check(number[:17]) == number[17]
    assert is_resident_id(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "110105194912310021",  # another check digit
        "11010519491231002x",  # a small x
        "11010519490231002X",  # there is no 31 February
        "1101051949123100",  # too short
        "11010519491231002X ",  # a blank behind
        "１１010519491231002X",  # full-width digits
    ],
)
def test_resident_ids_that_are_not_well_formed(number: str) -> None:
    assert not is_resident_id(number)


def test_old_resident_ids_go_both_ways() -> None:
    assert resident_id_from_old("110105491231002") == "11010519491231002X"
    assert old_resident_id("11010519491231002X") == "110105491231002"
    with pytest.raises(IdentifierError) as refused:
        old_resident_id("440524188001010014")
    assert refused.value.facts == {"expected": "18 characters, born 1900-1999"}
    with pytest.raises(IdentifierError):
        resident_id_from_old("11010549123100")


def test_the_unified_credit_code_that_the_standard_prints() -> None:
    assert unified_credit_code_check("91350100M000100Y4") == "3"
    assert is_unified_credit_code("91350100M000100Y43")
    assert not is_unified_credit_code("91350100M000100Y34")
    assert not is_unified_credit_code("91350100M000100Y4")
    assert not is_unified_credit_code("91350100I000100Y43")
    assert len(CREDIT_ALPHABET) == 31


def test_the_organisation_code_inside_it() -> None:
    assert organisation_code_check("M000100Y") == "4"
    assert organisation_code_check("D2143569") == "X"


def test_luhn_numbers_that_are_published() -> None:
    assert luhn_check("7992739871") == "3"
    for number in ("79927398713", "4111111111111111", "378282246310005", "6011111111111117"):
        assert is_luhn(number)
    assert not is_luhn("4111111111111112")
    assert not is_luhn("4111 1111 1111 1111")
    assert not is_luhn("0" * 20)
    assert not is_luhn("0")


@pytest.mark.parametrize("number", ["13800138000", "19912345678", "16612345678"])
def test_mobile_numbers(number: str) -> None:
    assert is_mobile_number(number)


@pytest.mark.parametrize("number", ["12345678901", "1380013800", "+8613800138000", "15412345678", "138001380000"])
def test_what_is_no_mobile_number(number: str) -> None:
    assert not is_mobile_number(number)


@pytest.mark.parametrize(
    ("check", "body", "expected"),
    [
        (resident_id_check, "1101051949123100", "17 digits"),
        (resident_id_check, "1101051949123100X", "17 digits"),
        (unified_credit_code_check, "91350100M000100YO", f"17 of {CREDIT_ALPHABET}"),
        (organisation_code_check, "m000100Y", "8 of 0-9 A-Z"),
        (luhn_check, "", "1 to 18 digits"),
        (luhn_check, "79927398a", "1 to 18 digits"),
    ],
)
def test_refusals_say_what_is_expected_and_never_the_value(check: object, body: str, expected: str) -> None:
    assert callable(check)
    with pytest.raises(IdentifierError) as refused:
        check(body)
    assert refused.value.facts == {"expected": expected}
    assert not body or body not in refused.value.message


@given(DIGITS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert resident_id_check(wrong) != resident_id_check(body)
    assert luhn_check(wrong) != luhn_check(body)


@given(DIGITS, st.integers(0, 15))
def test_neighbours_that_changed_places_are_noticed_in_resident_ids(body: str, place: int) -> None:
    wrong = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert (resident_id_check(wrong) == resident_id_check(body)) == (wrong == body)
