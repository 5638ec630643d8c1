"""What the OpenAPI says about the answers of trust; the answers themselves are encoded from contracts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class BeginBody(BaseModel):
    """How the log is to be called for ever; without a name it is called after this installation."""

    model_config = ConfigDict(extra="forbid")

    origin: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="Like an address without scheme: log.bank.example/service"),
    ] = None


class HeadModel(BaseModel):
    """The published head of the log."""

    size: int
    root: str = Field(description="Hexadecimal.")
    time: str


class SeenModel(BaseModel):
    """A witness, and whether it cosigned the head."""

    name: str
    time: str | None = Field(description="By the witness's own clock.")
    ok: bool


class WitnessesModel(BaseModel):
    """How many witnesses must cosign, of how many, and who did."""

    needed: int
    of: int
    seen: list[SeenModel]


class AnchorModel(BaseModel):
    """A head that was put into the keeping of somebody else."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["evm", "rfc3161"]
    size: int
    root: str
    time: str
    where: str
    ok: bool
    detail: str | None = None


class FaultModel(BaseModel):
    """One thing an audit found."""

    kind: Literal["altered", "missing", "added", "log_altered", "log_damaged", "checkpoint_invalid", "record_damaged"]
    event: str | None
    index: int | None
    detail: str


class AuditModel(BaseModel):
    """The last audit."""

    ok: bool
    entries: int
    seconds: float
    time: str
    time_us: int
    behind: int
    faults_total: int
    faults: list[FaultModel] = Field(description="At most 1,000 of them.")


class PublishingModel(BaseModel):
    """How often a head is published, and why the last round failed, if it did."""

    every_seconds: int
    last_error: str | None


class TrustModel(BaseModel):
    """How the verifiable log stands."""

    initialised: bool
    origin: str | None
    vkeys: list[str]
    head: HeadModel | None
    record: int = Field(description="Position of the record.")
    behind: int = Field(description="Events that the published head does not cover yet.")
    witnesses: WitnessesModel
    anchors: list[AnchorModel]
    audit: AuditModel | None
    publishing: PublishingModel
