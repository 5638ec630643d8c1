"""``python -m tiexin.app.openapi`` writes the OpenAPI, from which the console's client is generated."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from tiexin.app.http import create_app
from tiexin.infra.settings import Settings


def dump() -> bytes:
    """Return the OpenAPI as JSON text that is the same on every machine: sorted keys, two spaces, one line end."""
    document = create_app(Settings(home=Path("/nowhere"))).openapi()
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(dump())
