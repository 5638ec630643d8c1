"""Which stages a journey has: the institution's own file first, then the one that ships, else none."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tiexin.journeys.stages.contracts import StagedBy, StageName
from tiexin.kernel.errors import InvalidInputError

STAGES_FILE = "stages.yaml"
STAGES_BYTES_MAX = 1_048_576
SHIPPED = Path(__file__).parent / "data" / STAGES_FILE


class StagesFileError(InvalidInputError):
    """The institution's file of stages cannot be used; names the file and the reason."""

    code = "invalid_stages"


class StagesFile(msgspec.Struct, frozen=True, kw_only=True):
    """Stages by journey."""

    version: int
    journeys: dict[str, list[StageName]]


def stages_for(journey: str, *, home: Path | None) -> tuple[list[StageName], StagedBy]:
    """Return the stages that a file names for a journey, and which file did; none where none did.

    Raises:
        StagesFileError: ``<home>/stages.yaml`` cannot be read, is larger than 1 MiB, or names a step twice.
    """
    own = home / STAGES_FILE if home is not None else None
    if own is not None and own.is_file():
        found = _load(own).journeys.get(journey)
        if found:
            return found, StagedBy.INSTITUTION
    found = _load(SHIPPED).journeys.get(journey)
    return (found, StagedBy.SHIPPED) if found else ([], StagedBy.ORDER)


def _load(file: Path) -> StagesFile:
    import yaml

    try:
        if file.stat().st_size > STAGES_BYTES_MAX:
            msg = f"{file} is larger than {STAGES_BYTES_MAX:,} bytes."
            raise StagesFileError(msg, file=file.name, limit_bytes=STAGES_BYTES_MAX)
        loaded = msgspec.convert(yaml.safe_load(file.read_bytes()), type=StagesFile)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        msg = f"{file} names no stages that can be read: {error}"
        raise StagesFileError(msg, file=file.name) from error
    for journey, stages in loaded.journeys.items():
        steps = [step for stage in stages for step in stage.steps]
        names = [stage.stage for stage in stages]
        if len(steps) != len(set(steps)) or len(names) != len(set(names)):
            msg = f"{file} names a step or a stage of {journey!r} twice; each belongs to one stage."
            raise StagesFileError(msg, file=file.name, journey=journey)
    return loaded
