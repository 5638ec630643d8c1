"""Making a file private must not give up the locks that SQLite holds on it in the same process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from tiexin.infra.db import open_sqlite
from tiexin.infra.files import private_file

OTHER = """
import sys
from pathlib import Path
from tiexin.infra.db import open_sqlite
import sqlalchemy as sa
with open_sqlite(Path(sys.argv[1])) as database, database.write() as connection:
    connection.execute(sa.text("INSERT INTO notes VALUES ('other')"))
"""


def test_a_second_opening_leaves_the_first_its_log(tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    with open_sqlite(file) as first:
        with first.write() as connection:
            connection.execute(sa.text("CREATE TABLE notes (words TEXT)"))
        with open_sqlite(file) as second, second.read() as connection:
            connection.execute(sa.text("SELECT count(*) FROM notes"))
        # Another process that closes the database takes the log away if it holds itself for the last user.
        subprocess.run([sys.executable, "-c", OTHER, str(file)], check=True)
        assert file.with_name("notes.sqlite-wal").exists()
        with first.write() as connection:
            connection.execute(sa.text("INSERT INTO notes VALUES ('first')"))
        with first.read() as connection:
            assert connection.execute(sa.text("SELECT words FROM notes ORDER BY words")).scalars().all() == [
                "first",
                "other",
            ]


def test_a_file_is_made_for_its_owner_alone_and_kept_as_it_is(tmp_path: Path) -> None:
    file = private_file(tmp_path / "a")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("kept")
    file.chmod(0o640)
    private_file(file)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("kept", 0o640)
