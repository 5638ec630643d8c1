"""The fonts of the certificate: cut from Noto CJK, packed beside the code, embedded only as far as they are used."""

from __future__ import annotations

import functools
import lzma
from io import BytesIO
from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).parents[2] / "data" / "fonts"
BODY: Final = "TiexinBody"
RARE: Final = "TiexinRare"
"""The same face with the characters that are seldom needed; loaded when one is."""
HEAD: Final = "TiexinHead"
FILES: Final = {
    BODY: "NotoSansCJKsc-Regular-common.ttf.xz",
    RARE: "NotoSansCJKsc-Regular-rare.ttf.xz",
    HEAD: "NotoSerifCJKsc-Bold.ttf.xz",
}
MISSING: Final = "〓"
"""Printers' sign for a character that the type case does not hold."""


@functools.cache
def face(name: str) -> frozenset[int]:
    """Register a font with reportlab and return the code points that it holds."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(name, BytesIO(lzma.decompress((FONTS / FILES[name]).read_bytes())))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """Return a text in pieces with the font of each; what no font holds is shown by the sign for a missing one."""
    if font != BODY or all(ord(sign) in face(BODY) for sign in text):
        return [(font, text)]
    pieces: list[tuple[str, str]] = []
    for sign in text:
        code = ord(sign)
        drawn, of = (sign, BODY) if code in face(BODY) else (sign, RARE) if code in face(RARE) else (MISSING, BODY)
        if pieces and pieces[-1][0] == of:
            pieces[-1] = (of, pieces[-1][1] + drawn)
        else:
            pieces.append((of, drawn))
    return pieces
