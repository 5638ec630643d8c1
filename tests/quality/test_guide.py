"""The guide and the definitions say the same, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiexin.kernel.text import Language
from tiexin.quality.guide import definitions_table

DOCS = Path(__file__).resolve().parents[2] / "docs" / "guide"


@pytest.mark.parametrize(("language", "suffix"), [(Language.ZH, "zh"), (Language.EN, "en")])
def test_the_guide_defines_every_figure_as_the_data_do(language: Language, suffix: str) -> None:
    page = (DOCS / f"quality.{suffix}.md").read_text("utf-8")
    assert page.endswith(definitions_table(language))
