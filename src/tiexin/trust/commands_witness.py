"""A witness on the command line: ``tiexin witness …``."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="A witness: cosigns what logs of others publish, never two histories.")
