"""``python -m tiexin.app.worker``: the process of one job, or of one question about a file.

What it is to do comes as a line of JSON on standard input (:class:`tiexin.infra.jobs.process.Order`).
"""

from __future__ import annotations

import os
import sys

import msgspec

from tiexin.app.jobs.kinds import all_kinds, all_questions
from tiexin.infra.jobs.process import Order, bind, memory_error, read_order
from tiexin.infra.jobs.worker import work
from tiexin.kernel.errors import TiexinError


def main() -> None:
    """Do what the first line of standard input says, within its limits."""
    order = read_order()
    bind(order.limits)
    if order.job is not None:
        work(order, all_kinds())
    else:
        answer(order)


def answer(order: Order) -> None:
    """Write the answer to a question, or the problem met, as one JSON object on standard output."""
    try:
        found = {"answer": all_questions()[order.question or ""](order.settings, order.arguments)}
    except MemoryError:
        found = {"problem": memory_error(order.limits).problem()}
    except TiexinError as error:
        found = {"problem": error.problem()}
    sys.stdout.buffer.write(msgspec.json.encode(found, enc_hook=str))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
    # Threads of libraries must not hold back a process whose work is done and written down.
    sys.stdout.flush()
    os._exit(0)
