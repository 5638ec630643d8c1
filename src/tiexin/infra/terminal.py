"""What every command shares: the invocation, JSON on stdout, problems on stderr, exit codes.

Exit 0 on success, 2 on bad usage, 1 on failure (problem object on stderr) or on a refusal (its JSON on stdout).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import msgspec
import typer

# Typer carries its own copy of click: the context of the click package is never the one that runs.
from typer._click.globals import get_current_context

from tiexin.infra.settings import Settings, load_settings
from tiexin.kernel.errors import TiexinError

if TYPE_CHECKING:
    from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


class Invocation(msgspec.Struct, frozen=True):
    """The global options of one command line."""

    home: Path | None = None

    def settings(self) -> Settings:
        """Return the settings of the chosen home."""
        return load_settings(self.home)


def invocation() -> Invocation:
    """Return the global options of the command that is running."""
    context = get_current_context(silent=True)
    found = context.find_object(Invocation) if context else None
    return found or Invocation()


def emit_json(value: Any) -> None:
    """Write one JSON document and a line end to stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.flush()


def console(*, stderr: bool = False) -> Console:
    """Return a rich console; progress and logs belong on stderr."""
    from rich.console import Console  # rich costs 50 ms; only commands that print tables need it

    return Console(stderr=stderr)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a deliberate error of a command into a problem object on stderr and exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except TiexinError as error:
            _tell(error, as_json=bool(kwargs.get("as_json")) or not sys.stderr.isatty())
            raise typer.Exit(1) from error

    return run


def _tell(error: TiexinError, *, as_json: bool) -> None:
    """Write a problem for a program, or, at a terminal, its sentence for a person."""
    text = msgspec.json.encode(error.problem()).decode() if as_json else f"{error.title}. {error.message}"
    sys.stderr.write(text + "\n")
