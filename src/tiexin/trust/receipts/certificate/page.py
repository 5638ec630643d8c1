"""The page of the certificate as people see it: A4, Chinese and English, drawn with reportlab.

Source of the form: ISO 32000 (PDF). Both fonts are cut from Noto CJK (see ``data/fonts/README.md``) and embedded, of
them only the characters that stand on the page.
"""

from __future__ import annotations

import functools
import threading
from io import BytesIO
from typing import Any, Final

import msgspec

from tiexin.kernel.text import Text
from tiexin.trust.receipts.certificate.breaking import broken
from tiexin.trust.receipts.certificate.fonts import BODY, HEAD, face, runs
from tiexin.trust.receipts.certificate.texts import filled, words
from tiexin.trust.receipts.certificate.values import CertificateInput, grouped, local_time, place_of, rows_of

WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""
MARGIN: Final = 54.0
INNER: Final = WIDTH - 2 * MARGIN
GUTTER: Final = 24.0
INK, SOFT, LINE, ACCENT, WASH = "#1d1a18", "#6d6661", "#e4deda", "#b23c26", "#fbf4f1"
QR_SIZE: Final = 104.0
LEADING: Final = 1.45
KEYS_MAX: Final = 4
LABEL: Final = 122.0
"""Width of the column of labels."""

TOP: Final = HEIGHT - 50
BOTTOM: Final = 80.0
"""Above the footer."""

_DRAWING: Final = threading.Lock()
"""The fonts are shared, and reportlab keeps the place where it reads in them."""

_HEART = (
    (16, 24.2),
    (10.4, 20.3, 7.6, 17.0, 7.6, 13.6),
    (7.6, 11.0, 9.5, 9.2, 11.9, 9.2),
    (13.6, 9.2, 15.1, 10.1, 16.0, 11.6),
    (16.9, 10.1, 18.4, 9.2, 20.1, 9.2),
    (22.5, 9.2, 24.4, 11.0, 24.4, 13.6),
    (24.4, 17.0, 21.6, 20.3, 16.0, 24.2),
)
"""The heart of ``web/public/favicon.svg``, on its square of 32 by 32, y downwards."""


def draw(given: CertificateInput) -> bytes:
    """Return the certificate as an unsigned PDF without attachment: one page, more where the event says much."""
    with _DRAWING:
        face(BODY)
        face(HEAD)
        content, pages = _drawn(given, pages=1)
        return content if pages == 1 else _drawn(given, pages=pages)[0]


def _drawn(given: CertificateInput, *, pages: int) -> tuple[bytes, int]:
    from reportlab.pdfgen.canvas import Canvas

    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), initialFontName=BODY, lang="zh-CN")
    title = words().headings["title"]
    canvas.setTitle(f"{title.zh} · {title.en}")
    canvas.setAuthor(given.facts.origin)
    canvas.setCreator("Tiexin 贴心")
    sheet = _Sheet(canvas, given, pages=pages)
    sheet.fill()
    canvas.save()
    return stream.getvalue(), sheet.page


class _Style(msgspec.Struct, frozen=True):
    """How a text is set: size in points, colour, font."""

    size: float
    color: str = INK
    font: str = BODY


class _Sheet:
    """Pages that are filled from the top; ``y`` is where the next thing starts, in points from the bottom."""

    def __init__(self, canvas: Any, given: CertificateInput, *, pages: int) -> None:
        self.canvas = canvas
        self.given = given
        self.y = TOP
        self.page = 1
        self._pages = pages

    def fill(self) -> None:
        """Put everything on the page."""
        self._brand()
        self._title()
        self._facts()
        self._rule(10, room=130)
        self._statements()
        self._rule(8, room=105)
        self._check()
        self._rule(8, room=55)
        self._details()
        self._footer()
        self.canvas.showPage()

    def _room(self, height: float) -> bool:
        """Begin a new page if less than this height is left; tell whether it did."""
        if self.y - height >= BOTTOM:
            return False
        self._footer()
        self.canvas.showPage()
        self.page += 1
        self.y = TOP
        return True

    # -- parts --------------------------------------------------------------------------------------------------

    def _brand(self) -> None:
        given, canvas, size = self.given, self.canvas, 20.0
        canvas.saveState()
        canvas.translate(MARGIN, self.y - 4 + size)
        canvas.scale(size / 32, -size / 32)
        canvas.setFillColor(ACCENT)
        canvas.roundRect(0, 0, 32, 32, 7, stroke=0, fill=1)
        heart = canvas.beginPath()
        heart.moveTo(*_HEART[0])
        for curve in _HEART[1:]:
            heart.curveTo(*curve)
        heart.close()
        canvas.setFillColor("#ffffff")
        canvas.drawPath(heart, stroke=0, fill=1)
        canvas.restoreState()
        made = f"{words().made.zh} {words().made.en} {local_time(given.made_us, given.zone)}"
        self._line(WIDTH - MARGIN, self.y + 2, made, _Style(7.5, SOFT), right=True)
        room = INNER - size - 20 - self._width(made, BODY, 7.5)
        house = given.house or given.facts.origin
        while self._width(house, BODY, 10) > room:
            house = f"{house[:-2]}…"
        self._line(MARGIN + size + 8, self.y + 2, house, _Style(10))
        self.y -= 18
        self._rule(0)

    def _title(self) -> None:
        title = words().headings["title"]
        self.y -= 36
        self._line(MARGIN, self.y, title.zh, _Style(30, INK, HEAD))
        width = self._width(title.zh, HEAD, 30)
        self._line(MARGIN + width + 14, self.y, title.en, _Style(15, SOFT, HEAD))
        kind = f"{self.given.kind.zh} {self.given.kind.en}"
        chip = self._width(kind, BODY, 10) + 20
        self.canvas.setFillColor(ACCENT)
        self.canvas.roundRect(WIDTH - MARGIN - chip, self.y - 4, chip, 22, 11, stroke=0, fill=1)
        self._line(WIDTH - MARGIN - chip + 10, self.y + 3.5, kind, _Style(10, "#ffffff"))
        self.y -= 20
        self.y -= self._text(MARGIN, self.y, words().summary.zh, INNER, _Style(11.5))
        self.y -= 2
        self.y -= self._text(MARGIN, self.y, words().summary.en, INNER, _Style(9.5, SOFT))
        self.y -= 12

    def _facts(self) -> None:
        beside, under = self.given.link is not None, 0.0
        if self.given.link is not None:
            under = self.y - QR_SIZE - 52
            self._code(self.given.link, self.y)
        for name, value in rows_of(self.given):
            beside = beside and self.y > under
            width = INNER - LABEL - (QR_SIZE + 40 if beside else 0)
            if self._room(self._value(value, width, y=None)):
                beside = False
                width = INNER - LABEL
            self._line(MARGIN, self.y - 10, name.zh, _Style(9.5))
            beyond = self._width(name.zh, BODY, 9.5) + 6
            self._line(MARGIN + beyond, self.y - 10, name.en, _Style(7.5, SOFT))
            self.y -= self._value(value, width, y=self.y) + 7
        if beside:
            self.y = min(self.y, under)
        self.y -= 2

    def _value(self, value: Text, width: float, *, y: float | None) -> float:
        """Set a value and return its height; without ``y`` only measure it. Both languages share a line if they fit."""
        x, main, soft = MARGIN + LABEL, _Style(10.5), _Style(8, SOFT)
        if value.en == value.zh:
            return self._text(x, y, value.zh, width, main)
        beyond = self._width(value.zh, BODY, main.size) + 8
        if beyond + self._width(value.en, BODY, soft.size) <= width:
            if y is not None:
                self._line(x + beyond, y - main.size, value.en, soft)
            return self._text(x, y, value.zh, width, main)
        used = self._text(x, y, value.zh, width, main)
        return used + self._text(x, None if y is None else y - used, value.en, width, soft)

    def _code(self, link: str, top: float) -> None:
        import segno

        code = segno.make(link, error="m", micro=False, boost_error=False)
        modules = [list(row) for row in code.matrix]
        box = QR_SIZE + 24
        left, unit = WIDTH - MARGIN - box, QR_SIZE / len(modules)
        self.canvas.setFillColor(WASH)
        self.canvas.roundRect(left, top - box - 24, box, box + 24, 6, stroke=0, fill=1)
        self.canvas.setFillColor("#ffffff")
        self.canvas.rect(left + 6, top - box + 6, box - 12, box - 12, stroke=0, fill=1)
        path = self.canvas.beginPath()
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    path.rect(left + 12 + column * unit, top - 12 - (row + 1) * unit, unit, unit)
        self.canvas.setFillColor(INK)
        self.canvas.drawPath(path, stroke=0, fill=1)
        caption = words().qr
        self._line(left + box / 2, top - box - 4, caption.zh, _Style(9), middle=True)
        self._line(left + box / 2, top - box - 16, caption.en, _Style(7.5, SOFT), middle=True)

    def _statements(self) -> None:
        column = (INNER - GUTTER) / 2
        said = (("proved", words().proved), ("unproved", words().unproved))
        ends = []
        for number, (name, texts) in enumerate(said):
            left, y = MARGIN + number * (column + GUTTER), self.y
            y = self._heading(left, y, words().headings[name])
            for text in texts:
                mark = ACCENT if name == "proved" else SOFT
                self.canvas.setFillColor(mark)
                self.canvas.circle(left + 2.5, y - 7.5, 2, stroke=0, fill=1)
                y = self._both(left + 12, y, filled(text, origin=self.given.facts.origin[:80]), column - 12)
            ends.append(y)
        self.y = min(ends) - 4

    def _check(self) -> None:
        given = self.given
        self.y = self._heading(MARGIN, self.y, words().headings["check"])
        steps = list(words().check)
        steps[0] = filled(steps[0], page=given.page) if given.page else words().check_unknown
        column = (INNER - 2 * GUTTER) / 3
        ends = []
        for number, text in enumerate(steps):
            left = MARGIN + number * (column + GUTTER)
            self._line(left, self.y - 10, str(number + 1), _Style(12, ACCENT, HEAD))
            ends.append(self._both(left + 14, self.y, text, column - 14))
        self.y = min(ends) - 4

    def _details(self) -> None:
        facts = self.given.facts
        keys = ", ".join(f"{name[:60]} {key.hex()}" for name, key in facts.signatures[:KEYS_MAX])
        shown = {
            "log": place_of(facts)[:240],
            "leaf": grouped(facts.entry),
            "root": grouped(facts.root),
            "key": keys,
        }
        for name, value in shown.items():
            label = words().details[name]
            self._line(MARGIN, self.y - 8, f"{label.zh} {label.en}", _Style(7, SOFT))
            self.y -= self._text(MARGIN + 104, self.y, value, INNER - 104, _Style(7)) + 1.5

    def _footer(self) -> None:
        footer = filled(words().footer, file=self.given.file)
        self.canvas.setStrokeColor(LINE)
        self.canvas.line(MARGIN, 78, WIDTH - MARGIN, 78)
        y = 74.0
        for text in (words().keep, footer):
            y -= self._text(MARGIN, y, text.zh, INNER, _Style(7.5))
            y -= self._text(MARGIN, y, text.en, INNER, _Style(6.5, SOFT)) + 2
        if self._pages > 1:
            self._line(WIDTH - MARGIN, 30, f"{self.page} / {self._pages}", _Style(7.5, SOFT), right=True)

    # -- strokes ------------------------------------------------------------------------------------------------

    def _heading(self, x: float, y: float, text: Text) -> float:
        self._line(x, y - 12, text.zh, _Style(12.5, INK, HEAD))
        width = self._width(text.zh, HEAD, 12.5)
        self._line(x + width + 8, y - 12, text.en, _Style(8.5, SOFT, HEAD))
        return y - 20

    def _both(self, x: float, y: float, text: Text, width: float) -> float:
        y -= self._text(x, y, text.zh, width, _Style(9))
        return y - self._text(x, y - 1, text.en, width, _Style(7.5, SOFT)) - 4

    def _rule(self, after: float, *, room: float = 0) -> None:
        """Draw a line across, unless what follows (of height ``room``) begins a new page."""
        if self._room(room):
            return
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.6)
        self.canvas.line(MARGIN, self.y, WIDTH - MARGIN, self.y)
        self.y -= after

    def _line(self, x: float, y: float, text: str, style: _Style, *, right: bool = False, middle: bool = False) -> None:
        self.canvas.setFillColor(style.color)
        if right or middle:
            x -= self._width(text, style.font, style.size) / (1 if right else 2)
        for font, piece in runs(text, style.font):
            self.canvas.setFont(font, style.size)
            self.canvas.drawString(x, y, piece)
            x += self.canvas.stringWidth(piece, font, style.size)

    def _width(self, text: str, font: str, size: float) -> float:
        return sum(float(self.canvas.stringWidth(piece, of, size)) for of, piece in runs(text, font))

    def _text(self, x: float, y: float | None, text: str, width: float, style: _Style) -> float:
        """Set a text in lines below ``y`` and return the height it takes; without ``y`` only measure it."""
        leading, lines = style.size * LEADING, self._broken(text, width, style)
        for number, line in enumerate(lines if y is not None else ()):
            self._line(x, (y or 0) - style.size - number * leading, line, style)
        return len(lines) * leading

    def _broken(self, text: str, width: float, style: _Style) -> list[str]:
        measure = functools.partial(self._width, font=style.font, size=style.size)
        return broken(text, width, measure)
