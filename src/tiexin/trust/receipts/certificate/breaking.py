"""Where lines of mixed Chinese and Latin text may end."""

from __future__ import annotations

from collections.abc import Callable


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return a text in lines no wider than ``width``: between Chinese characters anywhere, else at spaces.

    No line starts with a closing sign or ends with an opening one (GB/T 15834 and W3C clreq, prohibited positions); a
    word longer than a line is cut.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if not line or measure((line + piece).rstrip()) <= width:
            line = line + piece if line else piece.lstrip()
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        while len(line) > 1 and measure(line.rstrip()) > width:
            cut = next(n for n in range(len(line.rstrip()) - 1, 0, -1) if n == 1 or measure(line[:n]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


_NEVER_FIRST = frozenset("，。；：！？、）》」』】”’…—,.;:!?)")
_NEVER_LAST = frozenset("（《「『【“‘(")
_FIRST_WIDE = "\u2e80"


def _pieces(text: str) -> list[str]:
    """Return a text cut where a line may end; joined they are the text again."""
    pieces: list[str] = []
    for sign in text:
        before = pieces[-1] if pieces else ""
        joins = before and (
            sign in _NEVER_FIRST
            or before[-1] in _NEVER_LAST
            or sign == " "
            or (sign < _FIRST_WIDE and before[-1] < _FIRST_WIDE and not _ends_piece(before, sign))
        )
        if joins:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _ends_piece(before: str, sign: str) -> bool:
    """Tell whether a line may end between two signs of Latin text: after a space, and within a path after a slash."""
    return before[-1] == " " or (before[-1] == "/" and before[-2:-1].isalnum() and sign.isalnum())
