"""Asking all witnesses for the checkpoint that is published, to see who answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tiexin.kernel.errors import NotFoundError
from tiexin.trust.log import Log
from tiexin.trust.rules.policy import Policy
from tiexin.trust.witness.client import Answered, ask
from tiexin.trust.witness.policy_file import read_policy

LOG: Final = Path("trust") / "log"
PUBLISHED: Final = Path("trust") / "published" / "checkpoint"


class NothingPublishedError(NotFoundError):
    """There is no published checkpoint that witnesses could be asked for."""

    code = "nothing_published"


def check_witnesses(home: Path) -> tuple[Policy, list[Answered]]:
    """Return the policy of an installation and what each of its witnesses answers about the published checkpoint.

    Raises:
        NothingPublishedError: nothing is published yet.
    """
    policy = read_policy(home)
    try:
        note = (home / PUBLISHED).read_bytes()
    except FileNotFoundError:
        msg = "Nothing is published yet. Publish the log first with: tiexin trust sync"
        raise NothingPublishedError(msg) from None
    log = Log.read(home / LOG)
    try:
        return policy, ask(note, policy=policy, proof_of=log.consistency_proof).answers
    finally:
        log.close()
