"""Print the help of every command as Markdown; run by regenerate.py, which fixes width and plainness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from tiexin.app.cli import app


def pages(command: Any, *, path: str, parent: Any = None) -> Iterator[str]:
    """Yield one section a command, parents first, in the order in which --help lists them."""
    context = typer.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    text = command.get_help(context).strip()
    yield f"\n## `{path}`\n\n```text\n{text}\n```\n"
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        # Resolved rather than looked up: the root names its parts without loading them.
        _, inner, _ = command.resolve_command(context, [name])
        if not inner.hidden:
            yield from pages(inner, path=f"{path} {name}", parent=context)


if __name__ == "__main__":
    print("".join(pages(typer.main.get_command(app), path="tiexin")), end="")
