"""Who holds a job: a process of a machine, named so that it can be told whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process(pid: int | None = None) -> str:
    """Return the name of a process of this machine: host, boot, number and start, which together never come again."""
    found = pid or os.getpid()
    return f"{socket.gethostname()}/{_boot()}/{found}/{_start_of(found)}"


def is_gone(holder: str) -> bool:
    """Tell whether a holder is known to have ended; False also where it ran on another machine (its lease decides)."""
    host, boot, pid, start = [*holder.split("/"), "", "", "", ""][:4]
    if host != socket.gethostname():
        return False
    if boot != _boot() or not pid.isdigit():
        return True
    return _start_of(int(pid)) != start


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"


def _start_of(pid: int) -> str:
    """Return when a process started, in the kernel's ticks; empty when there is none, or only its remains."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in {"Z", "X"} else fields[19]
