"""What stands on a certificate beside its fixed words: rows, times, numbers and the address in its code."""

from __future__ import annotations

import base64
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from tiexin.kernel.clock import from_us
from tiexin.kernel.text import Text
from tiexin.trust.receipts.certificate.texts import filled, words
from tiexin.trust.receipts.facts import Facts

ZONE = "Asia/Shanghai"
PAGE_PATH = "/verify"
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
    if event.get("channel"):
        rows.append((names["channel"], words().channels.get(event["channel"], _same(event["channel"]))))
    if event.get("case"):
        rows.append((names["case"], _same(event["case"])))
    rows.append((names["event"], _same(event["id"])))
    place = filled(words().place, number=f"{facts.index + 1:,}", size=f"{facts.size:,}")
    rows.append((names["entry"], place))
    if facts.witnesses:
        rows.append((names["witnesses"], filled(words().witnessed, names="、".join(facts.witnesses))))
    else:
        rows.append((names["witnesses"], words().no_witness))
    if given.stamps:
        rows.append((names["stamps"], _same("; ".join(given.stamps))))
    return rows


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
