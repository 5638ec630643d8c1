"""Running an audit and keeping what it found."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tiexin.infra.files import write_durably
from tiexin.trust.anchors.kept import Kept
from tiexin.trust.audit import Faults, compare, find_strangers, rehash
from tiexin.trust.contracts import AuditReport, ContradictionError, Fault
from tiexin.trust.feed import Tell
from tiexin.trust.log import Log, LogDamagedError, NotInLogError
from tiexin.trust.rules.checkpoint import Checkpoint
from tiexin.trust.signed import checked, claimed_head

if TYPE_CHECKING:
    from tiexin.trust.service import OpenedLog

REPORT: Final = "audit.json"
CLAIMED: Final = "signed by another server of this record"
Promises = list[tuple[str, Checkpoint]]
"""What was signed and what was published, with a word for each."""


def run_audit(trust: OpenedLog, *, tell: Tell | None = None) -> AuditReport:
    """Audit the log as it stands; events that arrive meanwhile are counted as ``behind``, not as faults."""
    began, began_us = time.perf_counter(), trust.clock.now_us()
    faults = Faults()
    promised = _promises(trust, faults)
    # The database checks its own file in native code meanwhile, on another core.
    with ThreadPoolExecutor(1, thread_name_prefix="tiexin-audit") as beside:
        damage = beside.submit(trust.record.damage)
        size = _audit_log(trust, promised, faults, tell=tell)
        position = find_strangers(trust.record, size=size, faults=faults)
        for line in damage.result():
            faults.add(Fault(kind="record_damaged", detail=line))
    report = AuditReport(
        ok=faults.total == 0,
        entries=size,
        seconds=round(time.perf_counter() - began, 3),
        time_us=began_us,
        behind=max(0, position - size),
        faults_total=faults.total,
        faults=faults.shown,
    )
    write_durably(trust.folder / REPORT, msgspec.json.encode(report))
    return report


def _audit_log(trust: OpenedLog, promised: Promises, faults: Faults, *, tell: Tell | None) -> int:
    """Audit the log's files and then the record against them; return how many entries the log has."""
    try:
        log = trust.reading_alone()
    except NotInLogError:
        if promised:
            faults.add(Fault(kind="log_damaged", detail="checkpoints were signed, but the log's files are gone"))
        return 0
    except LogDamagedError as error:
        faults.add(Fault(kind="log_damaged", index=error.facts.get("index"), detail=error.message))
        return 0
    with log:
        if rehash(log, faults):
            _hold(log, promised, faults)
        try:
            compare(log, trust.record, trust.salts(), first=0, last=log.size, faults=faults, tell=tell)
        except LogDamagedError as error:
            faults.add(Fault(kind="log_damaged", index=error.facts.get("index"), detail=error.message))
        return log.size


def _promises(trust: OpenedLog, faults: Faults) -> Promises:
    """Return what was signed and what was published, as far as our keys vouch for it."""
    vkeys = trust.keys.vkeys()
    found: Promises = []
    published, was_published = trust.shelf.published(), trust.shelf.state().published_us > 0
    # Each stands on the disk before the next can be: whoever takes one away hides what was promised.
    notes = (("signed", trust.shelf.signed(), was_published or published is not None),
             ("published", published, was_published))  # fmt: skip
    for what, note, expected in notes:
        if note is None:
            if expected:
                faults.add(Fault(kind="checkpoint_invalid", detail=f"the {what} checkpoint was taken away"))
            continue
        try:
            found.append((what, checked(note, vkeys, what=what)))
        except ContradictionError as error:
            faults.add(Fault(kind="checkpoint_invalid", detail=error.message))
    sizes = {what: checkpoint.size for what, checkpoint in found}
    if sizes.get("signed", 0) < sizes.get("published", 0) and "signed" in sizes:
        detail = f"the signed checkpoint ({sizes['signed']:,} entries) is older than the published one: it was put back"
        faults.add(Fault(kind="checkpoint_invalid", detail=detail))
    # What stands elsewhere cannot be taken away from here, and the list of it is one more witness.
    for anchor in Kept(trust.settings.home).all():
        try:
            head = Checkpoint(trust.keys.origin, anchor.size, bytes.fromhex(anchor.root))
        except ValueError:
            faults.add(Fault(kind="checkpoint_invalid", detail=f"the anchor at {anchor.where} was altered in its list"))
        else:
            found.append((f"anchored at {anchor.where}", head))
    claimed = claimed_head(trust.record, trust.keys.origin)
    if claimed is not None and claimed not in [checkpoint for _, checkpoint in found]:
        found.append((CLAIMED, claimed))
    return found


def _hold(log: Log, promised: Promises, faults: Faults) -> None:
    for what, checkpoint in promised:
        if checkpoint.size > log.size and what == CLAIMED:
            continue  # another server is ahead; that is no fault of this log
        if checkpoint.size > log.size:
            detail = f"a checkpoint of {checkpoint.size:,} entries was {what}, but the log holds only {log.size:,}"
        elif log.root(checkpoint.size) != checkpoint.root:
            detail = f"the log has another root at {checkpoint.size:,} entries than the checkpoint that was {what}"
        else:
            continue
        faults.add(Fault(kind="log_damaged", detail=detail))


def last_report(folder: Path) -> AuditReport | None:
    """Return the report of the last audit, None when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / REPORT).read_bytes(), type=AuditReport)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
