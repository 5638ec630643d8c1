"""Texts that exist in both languages of the house, each written rather than translated."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Language(StrEnum):
    """A language that the house writes in (BCP 47)."""

    ZH = "zh-CN"
    EN = "en"


class Text(msgspec.Struct, frozen=True):
    """One text in Chinese and English; choose with :meth:`in_language`."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in the language asked for."""
        return self.zh if language is Language.ZH else self.en
