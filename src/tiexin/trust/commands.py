"""Trust on the command line: ``tiexin trust …``; each file beside this one adds the commands of its subject."""

from __future__ import annotations

import typer

from tiexin.trust import (
    commands_anchor,
    commands_keys,
    commands_log,
    commands_monitor,
    commands_receipts,
    commands_trail,
    commands_verify,
    commands_witnesses,
)

app = typer.Typer(
    no_args_is_help=True, help="The log that outsiders can verify: keys, proofs, receipts, witnesses, anchors, audit."
)
commands_keys.add_to(app)
commands_verify.add_to(app)
commands_log.add_to(app)
commands_receipts.add_to(app)
commands_monitor.add_to(app)
commands_witnesses.add_to(app)
commands_trail.add_to(app)
commands_anchor.add_to(app)
