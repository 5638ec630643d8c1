"""The words of the certificate, read from ``data/certificate.yaml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

import msgspec

from tiexin.kernel.text import Text

FILE: Final = Path(__file__).parents[2] / "data" / "certificate.yaml"


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every text of the certificate; braces are filled in from the proof."""

    headings: dict[str, Text]
    summary: Text
    facts: dict[str, Text]
    place: Text
    no_witness: Text
    witnessed: Text
    and_more: Text
    proved: list[Text]
    unproved: list[Text]
    check: list[Text]
    check_unknown: Text
    qr: Text
    details: dict[str, Text]
    keep: Text
    footer: Text
    made: Text
    channels: dict[str, Text]
    outcomes: dict[str, Text]


@functools.cache
def words() -> Words:
    """Return the words of the certificate."""
    import yaml

    return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Words)


def filled(text: Text, **values: object) -> Text:
    """Return a text with its braces filled in, in both languages."""
    return Text(text.zh.format(**values), text.en.format(**values))
