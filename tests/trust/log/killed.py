"""A process that appends to a log and tells each acknowledgement, until it is killed (run by test_kill.py)."""

from __future__ import annotations

import sys
from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path
from threading import Semaphore

from tiexin.trust.log import Log


def entry_at(index: int) -> bytes:
    return sha256(index.to_bytes(8, "big")).digest()


def main() -> None:
    log = Log.open(Path(sys.argv[1]), journal_bytes=65_536)
    flying = Semaphore(64)

    def tell(done: Future[int]) -> None:
        # One short write(2) a line: the parent reads what was acknowledged, whatever happens to us next.
        sys.stdout.buffer.write(b"%d\n" % done.result())
        sys.stdout.buffer.flush()
        flying.release()

    index = log.size
    while True:
        if index % 1000 == 999:
            bulk = [entry_at(each) for each in range(index, index + 500)]
            for _ in range(64):
                flying.acquire()
            index = log.extend(bulk)
            sys.stdout.buffer.write(b"%d\n" % (index - 1))
            sys.stdout.buffer.flush()
            flying.release(64)
        flying.acquire()
        log.append(entry_at(index)).add_done_callback(tell)
        index += 1


if __name__ == "__main__":
    main()
