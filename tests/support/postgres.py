"""A private PostgreSQL cluster for tests: made in a temporary folder, gone when the test process is gone.

The cluster is held by a small shell that waits for the end of its standard input. However the test process ends,
also by kill -9, that pipe closes; then the shell stops the server and removes the folder.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

MAJOR_MIN = 15
ADMIN = "tiexin"
START_ATTEMPTS = 5
SERVER_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; the first of these that exists is used then."""

HOLD = """
set -eu
"$BIN/pg_ctl" -D "$ROOT/data" -l "$ROOT/log" -w -t 60 -s -o "$OPTIONS" start </dev/null >&2
echo ready
cat >/dev/null
"$BIN/pg_ctl" -D "$ROOT/data" -m immediate -w -s stop >&2 || true
rm -rf "$ROOT"
"""


class ClusterError(RuntimeError):
    """The cluster could not be made or started; carries what PostgreSQL said."""


def find_binaries() -> Path | None:
    """Return the folder with initdb and postgres (Debian's layout, 15 or newer, lowest first), or None."""
    found = sorted(
        (int(path.parent.parent.name), path.parent)
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    )
    return next((folder for major, folder in found if major >= MAJOR_MIN), None)


class Cluster:
    """A running PostgreSQL server on a loopback port, with fsync on as in an installation."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._password = secrets.token_hex(16)
        self._databases = 0
        self._root: Path | None = None
        self._holder: subprocess.Popen[bytes] | None = None
        self.port = 0

    def url(self, database: str) -> str:
        """Return the address of a database of this cluster (``postgresql://…``)."""
        return f"postgresql://{ADMIN}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster and wait until it answers.

        Raises:
            ClusterError: initdb failed, or no port worked after five attempts.
        """
        self._root = Path(tempfile.mkdtemp(prefix="tiexin-pg-"))
        identity = _unprivileged()
        if identity:
            os.chown(self._root, identity["user"], identity["group"])
        self._initialise(self._root, identity)
        for _ in range(START_ATTEMPTS):
            self.port = _free_port()
            if self._launch(self._root, identity):
                return
        log = self._root / "log"
        said = log.read_text("utf-8", "replace")[-2_000:] if log.exists() else "nothing"
        shutil.rmtree(self._root, ignore_errors=True)
        msg = f"PostgreSQL did not start after {START_ATTEMPTS} attempts; it said: {said}"
        raise ClusterError(msg)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self._holder is not None:
            _finish(self._holder)
            self._holder = None

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """Yield the address of a fresh database copied from ``template``; it is dropped at the end."""
        self._databases += 1
        name = f"test_{self._databases}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(create)
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _initialise(self, root: Path, identity: Mapping[str, Any]) -> None:
        secret = root / "password"
        secret.write_text(self._password + "\n", "utf-8")
        if identity:
            os.chown(secret, identity["user"], identity["group"])
        secret.chmod(0o600)
        done = subprocess.run(
            [
                *(self._binaries / "initdb", "--pgdata", root / "data", "--username", ADMIN, "--pwfile", secret),
                # The data folder is thrown away: only the files of initdb itself are not synced, commits are.
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **identity,
        )
        secret.unlink()
        if done.returncode:
            shutil.rmtree(root, ignore_errors=True)
            msg = f"initdb failed: {done.stderr.decode('utf-8', 'replace')}"
            raise ClusterError(msg)

    def _launch(self, root: Path, identity: Mapping[str, Any]) -> bool:
        options = f"-h 127.0.0.1 -p {self.port} -k {root} -c timezone=UTC -c max_connections=200"
        holder = subprocess.Popen(
            ["/bin/sh", "-c", HOLD],
            env={"PATH": os.defpath, "BIN": str(self._binaries), "ROOT": str(root), "OPTIONS": options},
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A Ctrl-C at the terminal is for pytest, which then closes the pipe.
            start_new_session=True,
            **identity,
        )
        if holder.stdout is not None and holder.stdout.readline() == b"ready\n":
            self._holder = holder
            return True
        _finish(holder)
        return False


def _finish(holder: subprocess.Popen[bytes]) -> None:
    with holder:  # closes the pipes, which is the signal, and waits
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> dict[str, Any]:
    """Return the identity to run as: our own (empty), or another one when we are root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in SERVER_USERS if name in known)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
