"""Check digits of the identifiers that Chinese institutions live with: resident ID, credit code, card number.

Pure functions. They tell whether an identifier is well formed, never whether it was issued to anybody.
"""

from __future__ import annotations

import re
from datetime import date

from tiexin.kernel.errors import InvalidInputError

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""2 ** (18 - position) modulo 11 for the 17 digits of the body (GB 11643-1999)."""
RESIDENT_CHECKS = "10X98765432"
"""Check character by remainder (ISO 7064 MOD 11-2)."""
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code: no I, O, S, V, Z (GB 32100-2015)."""
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""3 ** (position - 1) modulo 31."""
MOBILE = re.compile(r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}", re.ASCII)
"""Number segments assigned to mobile service in mainland China (MIIT numbering plan, 2023)."""
CODE_CHARS = 18
"""Length of a resident identity number and of a unified social credit code."""
CARD_DIGITS_MAX = 19
_DIGITS = re.compile(r"\d+", re.ASCII)
_CREDIT_VALUES = {character: value for value, character in enumerate(CREDIT_ALPHABET)}
_ORGANISATION_VALUES = {character: value for value, character in enumerate(ORGANISATION_ALPHABET)}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The digit sum of twice a digit."""


class IdentifierError(InvalidInputError):
    """The body of an identifier has the wrong length or characters; the facts say what is expected, not the value."""

    code = "invalid_identifier"


def resident_id_check(body: str) -> str:
    """Return the check character (0-9 or X) of the first 17 digits of a resident identity number.

    Source: GB 11643-1999; ISO/IEC 7064 MOD 11-2.

    Raises:
        IdentifierError: the body is not 17 digits.
    """
    _expect_digits(body, 17, "resident identity number")
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, body, strict=True))
    return RESIDENT_CHECKS[total % 11]


def is_resident_id(text: str) -> bool:
    """Tell whether a text is a well-formed 18-character resident identity number: digits, birth date, check (X large).

    Source: GB 11643-1999.
    """
    body = text[:17]
    if len(text) != CODE_CHARS or not _all_digits(body):
        return False
    return _is_day(body[6:14]) and text[17] == resident_id_check(body)


def resident_id_from_old(text: str) -> str:
    """Return the 18-character number of an old 15-digit one (two-digit year of the 20th century, no check digit).

    Source: GB 11643-1989 against GB 11643-1999.

    Raises:
        IdentifierError: the text is not 15 digits.
    """
    _expect_digits(text, 15, "old resident identity number")
    body = text[:6] + "19" + text[6:]
    return body + resident_id_check(body)


def old_resident_id(text: str) -> str:
    """Return the 15-digit form that an 18-character number of the 20th century had before 1999.

    Raises:
        IdentifierError: the number is not well formed, or its holder was born after 1999.
    """
    if not is_resident_id(text) or text[6:8] != "19":
        msg = "Only a well-formed 18-character number with a birth year from 1900 to 1999 has an old form."
        raise IdentifierError(msg, expected="18 characters, born 1900-1999")
    return text[:6] + text[8:17]


def organisation_code_check(body: str) -> str:
    """Return the check character (0-9 or X) of the first 8 characters of an organisation code.

    Source: GB 11714-1997.

    Raises:
        IdentifierError: the body is not 8 digits and capital letters.
    """
    if len(body) != len(ORGANISATION_WEIGHTS) or any(character not in _ORGANISATION_VALUES for character in body):
        msg = "The body of an organisation code is 8 digits or capital letters."
        raise IdentifierError(msg, expected="8 of 0-9 A-Z")
    pairs = zip(ORGANISATION_WEIGHTS, body, strict=True)
    rest = 11 - sum(weight * _ORGANISATION_VALUES[character] for weight, character in pairs) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def unified_credit_code_check(body: str) -> str:
    """Return the check character of the first 17 characters of a unified social credit code.

    Source: GB 32100-2015.

    Raises:
        IdentifierError: the body is not 17 characters of the code's alphabet.
    """
    if len(body) != len(CREDIT_WEIGHTS) or any(character not in _CREDIT_VALUES for character in body):
        msg = "The body of a unified social credit code is 17 digits or capital letters without I, O, S, V and Z."
        raise IdentifierError(msg, expected=f"17 of {CREDIT_ALPHABET}")
    pairs = zip(CREDIT_WEIGHTS, body, strict=True)
    total = sum(weight * _CREDIT_VALUES[character] for weight, character in pairs)
    return CREDIT_ALPHABET[-total % 31]


def is_unified_credit_code(text: str) -> bool:
    """Tell whether a text is a well-formed unified social credit code: alphabet, region digits, check character.

    Source: GB 32100-2015.
    """
    body = text[:17]
    if len(text) != CODE_CHARS or any(character not in _CREDIT_VALUES for character in body):
        return False
    return _all_digits(body[2:8]) and text[17] == unified_credit_code_check(body)


def luhn_check(body: str) -> str:
    """Return the check digit of a card number without its last digit.

    Source: ISO/IEC 7812-1:2017, annex B (Luhn formula, MOD 10).

    Raises:
        IdentifierError: the body is not digits, or longer than 18.
    """
    if not _all_digits(body) or len(body) >= CARD_DIGITS_MAX:
        msg = "The body of a card number is 1 to 18 digits."
        raise IdentifierError(msg, expected="1 to 18 digits")
    total = 0
    for place, digit in enumerate(reversed(body)):
        total += int(digit) if place % 2 else _DOUBLED[int(digit)]
    return str(-total % 10)


def is_luhn(text: str) -> bool:
    """Tell whether a text of 2 to 19 digits ends with its Luhn check digit. Source: ISO/IEC 7812-1:2017, annex B."""
    return 1 < len(text) <= CARD_DIGITS_MAX and _all_digits(text) and luhn_check(text[:-1]) == text[-1]


def is_mobile_number(text: str) -> bool:
    """Tell whether a text is 11 digits of a mobile segment of mainland China, without prefix and blanks."""
    return MOBILE.fullmatch(text) is not None


def _expect_digits(text: str, length: int, what: str) -> None:
    if len(text) != length or not _all_digits(text):
        msg = f"This part of a {what} is {length} digits."
        raise IdentifierError(msg, expected=f"{length} digits")


def _all_digits(text: str) -> bool:
    return _DIGITS.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
