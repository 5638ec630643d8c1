"""The table of jobs; nobody else's. On SQLite a file of its own, on PostgreSQL a table beside the record.

Whoever runs a job holds it by a token and a lease. Every change a worker makes names its token, so a worker that lost
its lease can change nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from tiexin.infra.db import Database, Schema, ensure_schema, open_postgresql, open_sqlite
from tiexin.infra.jobs.contracts import Job, JobState, NewJob
from tiexin.infra.settings import Settings
from tiexin.kernel.text import Text

JOBS_FILE: Final = "jobs.sqlite"
SCHEMA: Final = Schema(name="jobs", migrations=Path(__file__).parent / "migrations", head="jobs_0001")
JSON_COLUMNS: Final = ("params", "about", "notes", "result", "error")

jobs = sa.Table(
    "jobs",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("params", sa.Text),
    sa.Column("about", sa.Text),
    sa.Column("title_zh", sa.Text),
    sa.Column("title_en", sa.Text),
    sa.Column("owner", sa.Text),
    sa.Column("unit", sa.Text),
    sa.Column("attempts", sa.Integer),
    sa.Column("revision", sa.BigInteger),
    sa.Column("done", sa.BigInteger),
    sa.Column("total", sa.BigInteger),
    sa.Column("what_zh", sa.Text),
    sa.Column("what_en", sa.Text),
    sa.Column("notes", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("token", sa.Text),
    sa.Column("holder", sa.Text),
    sa.Column("lease_until_us", sa.BigInteger),
    sa.Column("cancel_asked", sa.Integer),
    sa.Column("created_us", sa.BigInteger),
    sa.Column("started_us", sa.BigInteger),
    sa.Column("finished_us", sa.BigInteger),
)


class JobStore:
    """Rows of jobs."""

    def __init__(self, settings: Settings) -> None:
        self._database: Database = (
            open_postgresql(settings.database_url) if settings.database_url else open_sqlite(settings.home / JOBS_FILE)
        )
        try:
            ensure_schema(self._database, SCHEMA)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def add(self, new: NewJob, *, job_id: str, now_us: int) -> Job:
        """Queue a job and return it."""
        job = Job(
            id=job_id,
            kind=new.kind,
            state=JobState.QUEUED,
            title=new.title,
            owner=new.owner,
            unit=new.unit,
            params=new.params,
            about=new.about,
            created_us=now_us,
            what=Text("等候开始", "Waiting to begin"),
        )
        with self._database.write() as connection:
            connection.execute(jobs.insert().values(**_row(job)))
        return job

    def get(self, job_id: str) -> Job | None:
        """Return a job, None if there is none of that id."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).mappings().first()
        return None if row is None else _job(row)

    def list(
        self, *, owner: str | None = None, kind: str | None = None, state: JobState | None = None, limit: int = 100
    ) -> list[Job]:
        """Return jobs, newest first."""
        query = sa.select(jobs).order_by(jobs.c.created_us.desc(), jobs.c.id.desc()).limit(limit)
        for column, value in ((jobs.c.owner, owner), (jobs.c.kind, kind), (jobs.c.state, state)):
            if value is not None:
                query = query.where(column == str(value))
        with self._database.read() as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def count_waiting(self, owner: str) -> int:
        """Return how many jobs of an owner are queued or run."""
        query = sa.select(sa.func.count()).where(
            jobs.c.owner == owner, jobs.c.state.in_([JobState.QUEUED.value, JobState.RUNNING.value])
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def claim(self, *, token: str, holder: str, now_us: int, lease_us: int) -> Job | None:
        """Take the oldest queued job for a worker and return it; None if none waits."""
        waiting = sa.select(jobs.c.id).where(jobs.c.state == JobState.QUEUED.value)
        oldest = waiting.order_by(jobs.c.created_us, jobs.c.id).limit(1)
        with self._database.write() as connection:
            found = connection.execute(oldest.with_for_update(skip_locked=True)).scalar()
            if found is None:
                return None
            change = (
                jobs.update()
                .where(jobs.c.id == found, jobs.c.state == JobState.QUEUED.value)
                .values(
                    state=JobState.RUNNING.value,
                    token=token,
                    holder=holder,
                    lease_until_us=now_us + lease_us,
                    attempts=jobs.c.attempts + 1,
                    revision=jobs.c.revision + 1,
                    started_us=sa.func.coalesce(jobs.c.started_us, now_us),
                    error=None,
                    what_zh="正在开始",
                    what_en="Beginning",
                )
            )
            if connection.execute(change).rowcount != 1:
                return None
            row = connection.execute(sa.select(jobs).where(jobs.c.id == found)).mappings().one()
        return _job(row)

    def remove_ended(self, *, before_us: int, limit: int = 500) -> Sequence[str]:
        """Forget jobs that ended before a moment; return their ids."""
        old = sa.select(jobs.c.id).where(jobs.c.finished_us < before_us).limit(limit)
        with self._database.write() as connection:
            found = [str(job_id) for job_id in connection.execute(old).scalars()]
            connection.execute(jobs.delete().where(jobs.c.id.in_(found)))
        return found

    def change(self, job_id: str, *, token: str | None = None, only: JobState | None = None, **values: Any) -> bool:
        """Change a job if it is held by ``token`` (where given) and stands as ``only`` says; tell whether it was."""
        for name in JSON_COLUMNS:
            if values.get(name) is not None:
                values[name] = msgspec.json.encode(values[name], enc_hook=str).decode()
        if "what" in values:
            text: Text = values.pop("what")
            values.update(what_zh=text.zh, what_en=text.en)
        if isinstance(values.get("state"), JobState):
            values["state"] = values["state"].value
        query = jobs.update().where(jobs.c.id == job_id).values(revision=jobs.c.revision + 1, **values)
        if token is not None:
            query = query.where(jobs.c.token == token, jobs.c.state == JobState.RUNNING.value)
        if only is not None:
            query = query.where(jobs.c.state == only.value)
        with self._database.write() as connection:
            return connection.execute(query).rowcount == 1


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "params": msgspec.json.encode(job.params).decode(),
        "about": msgspec.json.encode(job.about).decode(),
        "title_zh": job.title.zh,
        "title_en": job.title.en,
        "owner": job.owner,
        "unit": job.unit,
        "attempts": 0,
        "revision": 0,
        "done": 0,
        "what_zh": job.what.zh,
        "what_en": job.what.en,
        "cancel_asked": 0,
        "created_us": job.created_us,
    }


def _job(row: sa.RowMapping) -> Job:
    values: dict[str, Any] = dict(row)
    for name in JSON_COLUMNS:
        values[name] = None if values[name] is None else msgspec.json.decode(values[name])
    title = Text(values.pop("title_zh"), values.pop("title_en"))
    what = Text(values.pop("what_zh"), values.pop("what_en"))
    values["state"] = JobState(values["state"])
    values["cancel_asked"] = bool(values["cancel_asked"])
    return Job(title=title, what=what, **values)
