"""What a log is called when nobody gave it a name."""

from __future__ import annotations

import re
import socket


def default_origin() -> str:
    """Return this machine's name with a path, in the form of an address without scheme (tlog-checkpoint, origin)."""
    host = re.sub(r"[^a-z0-9.-]", "-", socket.gethostname().lower()) or "localhost"
    return f"{host}/tiexin"
