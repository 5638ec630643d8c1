"""Targets of figures, and whether the data prove that one is met, missed, or neither."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path

import msgspec

from tiexin.kernel.errors import InvalidInputError
from tiexin.kernel.text import Text
from tiexin.quality.contracts import Figure
from tiexin.quality.definitions import rules


class TargetsError(InvalidInputError):
    """A file of targets cannot be used; says why."""

    code = "invalid_targets"


class Verdict(StrEnum):
    """What an interval says about a target."""

    MET = "met"
    """The whole interval is on the good side."""
    OPEN = "open"
    """The target lies within the interval: the data cannot tell."""
    MISSED = "missed"
    """The whole interval is on the bad side."""


class Targets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Targets by figure, with their source and the day from which they hold."""

    version: int
    effective_from: str
    source: Text
    targets: dict[str, float]


def load_targets(file: Path | None = None) -> Targets:
    """Return the targets of a file, or those that ship with Tiexin.

    Raises:
        TargetsError: the file cannot be read, or names a figure that does not exist or has no better side.
    """
    import yaml

    try:
        shipped = resources.files("tiexin.quality").joinpath("data", "targets.yaml")
        text = shipped.read_text("utf-8") if file is None else file.read_text("utf-8")
        found = msgspec.convert(yaml.safe_load(text), Targets)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        msg = f"The targets in {file} cannot be used: {error}"
        raise TargetsError(msg, file=str(file)) from error
    for name in found.targets:
        if name not in rules() or rules()[name].definition.better == "none":
            msg = f"{name!r} is not a figure that can have a target."
            raise TargetsError(msg, figure=name)
    return found


def targets_of(home: Path) -> Targets:
    """Return the targets of an installation: its own ``targets.yaml``, or those that ship with Tiexin.

    Raises:
        TargetsError: the installation's file cannot be used.
    """
    own = home / "targets.yaml"
    return load_targets(own if own.is_file() else None)


def verdict(figure: Figure, target: float) -> Verdict | None:
    """Return what the interval of a figure says about its target, None where too little is known."""
    if figure.value is None or not figure.rankable:
        return None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    if rules()[figure.id].definition.better == "lower":
        low, high, target = -high, -low, -target
    if low >= target:
        return Verdict.MET
    return Verdict.MISSED if high < target else Verdict.OPEN
