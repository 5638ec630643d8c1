"""The command line: one entry, whose parts are loaded only when they are called.

``tiexin --help`` names every part from the table below without importing any of them, so it answers at once.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from typer.core import TyperGroup

from tiexin import __version__
from tiexin.infra.terminal import Invocation


class Part(msgspec.Struct, frozen=True):
    """A part of the command line: where its command or ``typer.Typer`` stands, and what ``--help`` says of it."""

    module: str
    name: str
    help: str


PARTS: Final[dict[str, Part]] = {
    "demo": Part("tiexin.app.demo_command", "demo_command", "Generate a small bank and open its picture."),
    "import": Part("tiexin.record.commands_import", "import_command", "Read a file of contacts into the record."),
    "jobs": Part("tiexin.app.jobs.commands", "app", "Long-running work: list, show, retry, cancel."),
    "record": Part("tiexin.record.commands", "app", "The event record: figures, export, erasure, lake."),
    "journeys": Part("tiexin.journeys.commands", "app", "Journeys: summary, edges, variants, rework, comparison."),
    "quality": Part("tiexin.quality.commands", "app", "Service-quality figures with n and interval."),
    "report": Part("tiexin.app.report", "report_command", "Write the report as one self-contained page."),
    "generate": Part("tiexin.app.demo_command", "generate_command", "Make up the contacts of a bank, with the truth."),
    "trust": Part("tiexin.trust.commands", "app", "The log that outsiders can verify: proofs, receipts, audit."),
    "witness": Part("tiexin.trust.commands_witness", "app", "Cosign what other logs publish, never two histories."),
    "serve": Part("tiexin.app.serve_command", "serve_command", "Serve the HTTP interface and the console."),
    "keys": Part("tiexin.access.commands", "app", "API keys for machines that call the server."),
    "users": Part("tiexin.access.commands_users", "app", "The people who may sign in: add, list, lock, reset."),
    "rights": Part("tiexin.access.commands", "rights_command", "Which role has which rights."),
}


class LazyGroup(TyperGroup):
    """Knows every part by name and imports one only to run it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  (the signature is click's)
        """Return the names of the parts, in the order of the table."""
        return list(PARTS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a stand-in that bears the name and help of a part; None if there is no such part."""
        part = PARTS.get(cmd_name)
        if part is None:
            return super().get_command(ctx, cmd_name)
        return typer.core.TyperCommand(cmd_name, help=part.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the real command of the part that is called."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        if name not in PARTS:
            return name, stand_in, rest
        return name, _load(name), rest


def _load(name: str) -> Any:
    part = PARTS[name]
    found = getattr(importlib.import_module(part.module), part.name)
    outer = typer.Typer(add_completion=False)
    if isinstance(found, typer.Typer):
        outer.add_typer(found, name=name)
        return typer.main.get_group(outer).commands[name]
    outer.command(name)(found)
    return typer.main.get_command(outer)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tiexin 贴心: one verifiable record of every contact with a customer, and the service that runs on it.",
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tiexin {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of the installation (default: TIEXIN_HOME or ~/.local/share/tiexin)."),
    ] = None,
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Keep the global options for the command that follows."""
    ctx.obj = Invocation(home=home)


def main() -> None:
    """Run the command line; exit codes are 0 for success, 1 for failure or refusal, 2 for wrong usage."""
    app(prog_name="tiexin")


if __name__ == "__main__":
    main()
