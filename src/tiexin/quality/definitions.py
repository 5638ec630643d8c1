"""The definitions of all figures, read once from ``data/definitions.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tiexin.kernel.text import Text
from tiexin.quality.contracts import Definition, Kind, Unit


class Rule(msgspec.Struct, frozen=True):
    """A definition together with the sort of contact it is counted from."""

    definition: Definition
    kind: Kind


class _BothLanguages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str

    def text(self) -> Text:
        return Text(zh=self.zh.strip(), en=self.en.strip())


@cache
def rules() -> dict[str, Rule]:
    """Return every definition by id, in the order in which they are published."""
    import yaml

    text = resources.files("tiexin.quality").joinpath("data", "definitions.yaml").read_text("utf-8")
    content = yaml.safe_load(text)
    methods = {name: _text(both) for name, both in content["methods"].items()}
    source = f"{content['source']} v{content['version']}, {content['effective_from']}"
    return {
        entry["id"]: Rule(_definition(entry, methods, source), Kind(entry["kind"])) for entry in content["definitions"]
    }


def _definition(entry: dict[str, Any], methods: dict[str, Text], source: str) -> Definition:
    return Definition(
        id=entry["id"],
        name=_text(entry["name"]),
        short=_text(entry["short"]),
        text=_text(entry["text"]),
        interval=methods[entry["method"]],
        unit=Unit(entry["unit"]),
        better=entry["better"],
        source=source,
    )


def _text(both: dict[str, str]) -> Text:
    # Strict, because a comma in an unquoted YAML text silently becomes another member.
    return msgspec.convert(both, _BothLanguages).text()
