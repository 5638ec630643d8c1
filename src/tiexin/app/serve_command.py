"""``tiexin serve``: the HTTP interface and the console."""

from __future__ import annotations

from typing import Annotated

import typer

from tiexin.infra.terminal import guarded, invocation


@guarded
def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on; other than loopback needs API keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.")] = 8765,
    *,
    require_key: Annotated[
        bool, typer.Option("--require-key", help="Ask callers on this machine for an API key as well.")
    ] = False,
) -> None:
    """Serve the HTTP interface and the console until Ctrl+C."""
    from tiexin.app.serve import serve

    serve(invocation().settings(), host, port, require_key=require_key)
