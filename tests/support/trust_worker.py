"""A process that writes to the record, or keeps its log, until it is killed. Run by tests/trust/test_kill.py.

The keeper tells on its standard output, one line each, every size that it published.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.support.events import call
from tests.support.trust import begun
from tiexin.infra.settings import Settings

BATCH = 7


def main() -> None:
    """Write, or keep the log, as the first argument says."""
    role, home, url, run = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with begun(Settings(home=home, database_url=url)) as (record, trust):
        os.write(1, b"ready\n")
        number = 0
        while role == "write":
            record.append([call(index, id=f"{run}/{number}/{index}") for index in range(BATCH)])
            number += 1
        while True:
            head = trust.sync()
            os.write(1, b"%d %b\n" % (head.size, head.root.hex().encode()))


if __name__ == "__main__":
    main()
