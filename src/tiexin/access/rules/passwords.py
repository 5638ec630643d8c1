"""Pure rules of passwords and user names.

Source: NIST SP 800-63B-4, 3.1.1.2: length counts, composition does not; texts are normalised (NFKC) before hashing.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Set as AbstractSet

from tiexin.kernel.errors import InvalidInputError

NAME_CHARS_MAX = 64
NAME_SIGNS = frozenset("._-@+")
RESERVED_NAMES = frozenset({"local", "unknown", "many"})
"""What the record calls those who are no users; a user of that name could act in their place unseen."""
ONE_TIME_BYTES = 15
"""120 random bits, shown as six groups of four characters."""
RUNS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class UserNameError(InvalidInputError):
    """A name of a user is not possible; says what it may be."""

    code = "invalid_user_name"


class PasswordError(InvalidInputError):
    """A new password is not possible; ``reason`` says why."""

    code = "password_not_possible"
    title = "This password cannot be used"


def user_name(given: str) -> str:
    """Return the name of a user in the form in which it is kept: NFKC, without case.

    Raises:
        UserNameError: it is empty, longer than 64 characters, or holds other signs than letters, digits, ``._-@+``.
    """
    name = unicodedata.normalize("NFKC", given).strip().casefold()
    if not 1 <= len(name) <= NAME_CHARS_MAX or not all(sign.isalnum() or sign in NAME_SIGNS for sign in name):
        msg = f"A user name has 1 to {NAME_CHARS_MAX} letters, digits or signs of ._-@+ and no spaces."
        raise UserNameError(msg, limit=NAME_CHARS_MAX)
    return name


def new_user_name(given: str) -> str:
    """Return the name of a user to be added, in the form in which it is kept.

    Raises:
        UserNameError: nobody can have it, or the record calls somebody else so.
    """
    name = user_name(given)
    if name in RESERVED_NAMES:
        msg = f"The record says {name} of callers who are no users. Take another name; nothing was changed."
        raise UserNameError(msg, name=name)
    return name


def normalised(password: str) -> str:
    """Return a password in the form in which it is hashed (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(
    password: str, *, name: str, chars_min: int, chars_max: int, common: AbstractSet[str], former: str | None = None
) -> None:
    """Pass if a new password may be used.

    Args:
        password: as typed.
        name: of the user, which the password must not hold.
        chars_min: shortest length in characters.
        chars_max: longest.
        common: passwords that many people use, in lower case without spaces and signs.
        former: the password that it replaces, if it is known.

    Raises:
        PasswordError: it is too short or too long, common, a row of keys, or holds the name.
    """
    text = normalised(password)
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    if len(text) < chars_min:
        _refuse(
            "too_short", f"Take at least {chars_min} characters; a short sentence is easy to keep in mind.", chars_min
        )
    if len(text) > chars_max:
        _refuse("too_long", f"Take at most {chars_max} characters.", chars_max)
    if former is not None and text == normalised(former):
        _refuse("same_as_before", "This is the password it should replace.", None)
    if plain in common or _is_row(plain):
        _refuse("too_common", "Many people use this password, so it is tried first. Take words of your own.", None)
    if len(name) >= 4 and name.partition("@")[0] in text.casefold():  # noqa: PLR2004  (shorter names are in many words)
        _refuse("holds_name", "The password holds your user name, which others know.", None)


def _refuse(reason: str, words: str, limit: int | None) -> None:
    facts = {"reason": reason} | ({"limit": limit} if limit is not None else {})
    msg = f"{words} Nothing was changed."
    raise PasswordError(msg, **facts)


def _is_row(plain: str) -> bool:
    """Tell whether a text repeats a few signs or runs along the keyboard, the alphabet or the digits."""
    if len(set(plain)) <= 3:  # noqa: PLR2004  (aaaa…, ababab…, 121212…)
        return True
    return any(plain in run * 4 or plain in run[::-1] * 4 for run in RUNS)


def one_time_password(random: bytes) -> str:
    """Return a password of 15 random bytes that can be read out: ``k7m2-p4qx-…`` (no 0, 1, 8, 9)."""
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
