"""What a test of the console stands on: its parts, and the real application beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 120_000
"""How long a page may take on a busy machine before a test gives up; a quick page is not held back by it."""


def needed(file: Path, *, what: str) -> Path:
    """Return the file; where it is missing the test fails, for a page nobody looked at is not known to work."""
    if file.is_file():
        return file
    reason = f"{what} is missing ({file}); make install provides it"
    if os.environ.get("TIEXIN_ALLOW_SKIP_BROWSER") == "1":
        pytest.skip(reason)
    pytest.fail(f"{reason}; TIEXIN_ALLOW_SKIP_BROWSER=1 skips these tests instead")


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
            process.communicate(timeout=PATIENCE_MS / 1000)
