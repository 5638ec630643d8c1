"""Runs the real application beside a test."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Run ``tiexin serve`` on a free port; yields its address once it listens."""
    command = [sys.executable, "-m", "tiexin.app.cli", "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"http://[\d.]+:\d+", line):
                break
        else:
            pytest.fail(f"tiexin serve ended without listening: {said}")
        try:
            yield found.group()
        finally:
            process.terminate()
            process.communicate(timeout=30)
