"""A witness that dies or whose disk fails at a chosen step. Run by test_kill.py, one process a life.

Arguments: home, vkey of the log, mode (kill, fail, none), step from 1. Every line of standard input is a request
(base64); every line of standard output, written only once the witness has answered, is its status and body (base64).
"""

from __future__ import annotations

import base64
import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tiexin.trust.witness.opening import opened_witness


class Steps:
    """Counts what the witness does to its disk, before and after each call, and breaks at one of them."""

    def __init__(self, mode: str, at: int) -> None:
        self._mode = mode
        self._left = at

    def step(self) -> None:
        """Take one step."""
        self._left -= 1
        if self._left == 0 and self._mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._left == 0 and self._mode == "fail":
            raise OSError(errno.ENOSPC, "No space left on device")

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call with a step before and one after it."""

        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            done = call(*args, **kwargs)
            self.step()
            return done

        return stepped


def main() -> None:
    """Answer requests until the input ends."""
    home, vkey, mode, at = sys.argv[1:]
    with opened_witness(Path(home), logs=[vkey]) as witness:
        os.write(1, b"ready\n")
        steps = Steps(mode, int(at))
        os.fsync = steps.around(os.fsync)
        os.fdopen = steps.around(os.fdopen)
        Path.replace = steps.around(Path.replace)  # type: ignore[method-assign]
        for line in sys.stdin.buffer:
            answer = witness.add_checkpoint(base64.b64decode(line))
            os.write(1, b"%d %s\n" % (answer.status, base64.b64encode(answer.body)))


if __name__ == "__main__":
    main()
