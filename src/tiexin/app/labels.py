"""The words that a reader sees for the codes of an installation: its own file, and those of the demonstration."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text

LABELS_FILE = "labels.yaml"
LABELS_BYTES_MAX = 1_048_576


class LabelsError(InvalidInputError):
    """The file of labels cannot be used; says why."""

    code = "invalid_labels"


class Labels(msgspec.Struct, frozen=True):
    """Texts by part (journeys, steps, …) and code."""

    parts: dict[str, dict[str, Text]] = {}

    def of(self, part: str, code: str) -> Text:
        """Return the words for a code; the code itself where nobody gave any."""
        return self.parts.get(part, {}).get(code) or Text(zh=code, en=code)


def load_labels(home: Path) -> Labels:
    """Return the words of ``labels.yaml`` in a home; in the home of a demonstration also those that ship with it.

    Raises:
        LabelsError: the file cannot be read, is larger than 1 MiB, or is not of the form part → code → zh and en.
    """
    parts: dict[str, dict[str, Text]] = {}
    if (home / "demo").is_dir():
        from tiexin.app.demo.profile import load_labels as of_demonstration

        parts = {part: dict(texts) for part, texts in of_demonstration().items()}
    for part, texts in _own(home / LABELS_FILE).items():
        parts.setdefault(part, {}).update(texts)
    return Labels(parts)


def _own(file: Path) -> dict[str, dict[str, Text]]:
    if not file.is_file():
        return {}
    import yaml

    if file.stat().st_size > LABELS_BYTES_MAX:
        msg = f"{file} is larger than {LABELS_BYTES_MAX:,} bytes, the most that a file of labels may have."
        raise LabelsError(msg, file=str(file))
    try:
        return msgspec.convert(yaml.safe_load(file.read_text("utf-8")) or {}, dict[str, dict[str, Text]])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        msg = f"The labels in {file} cannot be used: {error}"
        raise LabelsError(msg, file=str(file)) from error
