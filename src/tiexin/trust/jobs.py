"""What trust does on its own: follow the record in a running server, and audit as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiexin.infra.jobs.contracts import JobKind
from tiexin.kernel.text import Text
from tiexin.trust.follower import Follower

if TYPE_CHECKING:
    from tiexin.infra.jobs.contracts import JobRun
    from tiexin.trust.api import Trust

__all__ = ["AUDIT_KIND", "Follower", "following", "kind", "run_audit"]

AUDIT_KIND: Final = "trust.audit"


def following(trust: Trust) -> Follower:
    """Return what keeps a server's log up to date and puts its heads into the keeping of others; start it."""
    from tiexin.trust.anchors.background import background

    return Follower(trust, after=background(trust))


def kind() -> JobKind:
    """Return the kind of job that audits the log against the record."""
    return JobKind(
        name=AUDIT_KIND,
        title=Text("核对可验证日志", "Check the verifiable log against the record"),
        runner="tiexin.trust.jobs:run_audit",
        resumes=True,
    )


def run_audit(run: JobRun) -> dict[str, Any]:
    """Audit; return the report (JSON-ready)."""
    import msgspec

    from tiexin.record.api import open_record
    from tiexin.trust.api import open_trust

    words = Text("逐条核对", "Comparing event by event")
    with open_record(run.settings) as record, open_trust(run.settings, record=record) as trust:
        report = trust.audit(tell=lambda done, total: run.progress(done, total=total, what=words))
    found: dict[str, Any] = msgspec.to_builtins(report)
    return found
