"""What stands on a certificate beside its fixed words: rows, times, numbers and the address in its code."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from tiexin.kernel.clock import from_us
from tiexin.kernel.text import Text
from tiexin.trust.receipts.certificate.texts import filled, words
from tiexin.trust.receipts.facts import Facts

ZONE = "Asia/Shanghai"
PAGE_PATH = "/verify"
WITNESSES_MAX = 3
REASONS_MAX = 3
STAMPS_MAX = 3
NO_MINOR_UNIT = dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK"), 0)
"""Digits of the minor unit where they are not two (ISO 4217)."""
_GROUP = 8


class CertificateInput(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a certificate is made of.

    ``kind`` names the sort of receipt, ``address`` is that of the server (``https://bank.example``; None where nobody
    knows it), ``file`` the name of the attached proof, ``house`` the institution's name, ``stamps`` what time stamps
    and anchors cover the checkpoint, ``made_us`` when it is made (UTC µs).
    """

    facts: Facts
    kind: Text
    made_us: int
    address: str | None = None
    house: str = ""
    stamps: tuple[str, ...] = ()
    zone: str = ZONE

    @property
    def file(self) -> str:
        """The name of the proof inside the certificate."""
        return f"receipt-{self.facts.index}.tlog-proof"

    @property
    def page(self) -> str | None:
        """The address of the checking page; None where nobody knows it."""
        return None if self.address is None else self.address.rstrip("/") + PAGE_PATH

    @property
    def link(self) -> str | None:
        """The address in the code: the checking page with origin, index and entry in its fragment.

        A fragment never leaves the browser (RFC 3986, section 3.5), so the server does not learn which receipt is
        looked at; the page finds the inclusion proof in the public tiles.
        """
        if self.page is None:
            return None
        entry = base64.urlsafe_b64encode(self.facts.entry).rstrip(b"=").decode()
        return f"{self.page}#{urlencode({'origin': self.facts.origin, 'index': self.facts.index, 'entry': entry})}"


def rows_of(given: CertificateInput) -> list[tuple[Text, Text]]:
    """Return the rows of facts: label and value, each in both languages."""
    facts, event, names = given.facts, given.facts.event, words().facts
    rows = [
        (names["happened"], _same(local_time(event["time_us"], given.zone))),
        (names["recorded"], _same(local_time(event["recorded_us"], given.zone))),
    ]
    rows += _content_rows(event.get("data"))
    if event.get("channel"):
        rows.append((names["channel"], words().channels.get(event["channel"], _same(event["channel"]))))
    if event.get("case"):
        rows.append((names["case"], _same(_short(event["case"]))))
    rows.append((names["event"], _same(_short(event["id"]))))
    rows.append((names["entry"], filled(words().place, number=f"{facts.index + 1:,}", size=f"{facts.size:,}")))
    rows.append((names["witnesses"], _witnesses(facts)))
    if given.stamps:
        rows.append((names["stamps"], _same("; ".join(_short(stamp) for stamp in given.stamps[:STAMPS_MAX]))))
    return rows


def _content_rows(data: Any) -> list[tuple[Text, Text]]:
    """Return what a decision came to and why, or how much was paid, as far as the event says it in the usual members.

    The proof is anybody's file, so nothing here relies on the form of ``data``.
    """
    names, rows = words().facts, list[tuple[Text, Text]]()
    if not isinstance(data, dict):
        return rows
    outcome = words().outcomes.get(str(data.get("outcome")))
    if outcome is not None:
        rows.append((names["outcome"], outcome))
    trail = data.get("trail")
    reasons = trail.get("reasons") if isinstance(trail, dict) else None
    if isinstance(reasons, list):
        said = [one for one in reasons if isinstance(one, dict) and one.get("zh") and one.get("en")][:REASONS_MAX]
        if said:
            zh = "".join(_sentence(_short(str(one["zh"]), 120), "。") for one in said)
            rows.append(
                (names["reasons"], Text(zh, " ".join(_sentence(_short(str(one["en"]), 220), ".") for one in said)))
            )
    amount, currency = data.get("amount_minor"), data.get("currency")
    if type(amount) is int and isinstance(currency, str):
        rows.append((names["amount"], _same(money(amount, currency))))
    return rows


def money(amount_minor: int, currency: str) -> str:
    """Return an amount as people write it, such as ``CNY 1,234.50``; ``amount_minor`` is in the minor unit."""
    digits = NO_MINOR_UNIT.get(currency, 2)
    whole, part = divmod(abs(amount_minor), 10**digits)
    sign = "-" if amount_minor < 0 else ""
    return f"{currency[:3]} {sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def _witnesses(facts: Facts) -> Text:
    names = facts.witnesses
    if not names:
        return words().no_witness
    shown = "、".join(_short(name, 60) for name in names[:WITNESSES_MAX])
    if len(names) > WITNESSES_MAX:
        return filled(words().and_more, names=shown, count=len(names))
    return filled(words().witnessed, names=shown)


def _sentence(text: str, stop: str) -> str:
    return text if text.endswith(("。", ".", "…", "！", "？", "!", "?")) else f"{text}{stop}"


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def local_time(time_us: int, zone: str) -> str:
    """Return a moment as people write it, with the distance of its zone from UTC."""
    moment = from_us(time_us).astimezone(ZoneInfo(zone))
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:]})"


def grouped(digest: bytes) -> str:
    """Return a hash in hex, in groups of eight that a person can compare."""
    text = digest.hex()
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def place_of(facts: Facts) -> str:
    """Return origin, index and size as they stand in the proof."""
    return f"{facts.origin} · index {facts.index} · size {facts.size}"


def _same(text: str) -> Text:
    return Text(text, text)
