"""Pieces of work that survive a restart: what was asked, how it stands, what came of it."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, get_args

from corpus.clock import now
from corpus.database import Database
from corpus.errors import NotFound
from corpus.types import Job, JobStatus

_COLUMNS = "id, status, request, result, error, created, updated"


class Jobs:
    """The jobs of one database. Who runs them is not this file's business."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def create(self, request: Mapping[str, Any], *, job_id: str | None = None) -> Job:
        """A new job, queued."""
        job_id = job_id or new_job_id()
        time = now()
        with self._db.write() as db:
            db.execute(
                f"INSERT INTO jobs ({_COLUMNS}) VALUES (?, 'queued', ?, NULL, NULL, ?, ?)",
                [job_id, json.dumps(request, ensure_ascii=False), time, time],
            )
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """The job of that id; NotFound if there is none."""
        with self._db.read() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", [job_id]).fetchone()
        if row is None:
            raise NotFound("job", job_id)
        return _job(row)

    def unfinished(self) -> list[Job]:
        """Jobs that are queued, or were running when their process ended; the oldest first."""
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM jobs WHERE status IN ('queued', 'running') ORDER BY created, rowid"
            return [_job(row) for row in db.execute(query)]

    def waiting(self) -> int:
        """How many jobs are queued or running."""
        with self._db.read() as db:
            query = "SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')"
            return int(db.execute(query).fetchone()[0])

    def counts(self) -> dict[JobStatus, int]:
        """How many jobs stand how; 0 for what none does."""
        with self._db.read() as db:
            found = dict(db.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall())
        return {status: found.get(status, 0) for status in get_args(JobStatus)}

    def recent(self, limit: int = 20) -> list[Job]:
        """The latest jobs, the newest first."""
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM jobs ORDER BY created DESC, rowid DESC LIMIT ?"
            return [_job(row) for row in db.execute(query, [limit])]

    def update(
        self, job_id: str, status: JobStatus, *, result: Mapping[str, Any] | None = None, error: str | None = None
    ) -> Job:
        """Say how the job stands; NotFound if there is none. Of one that has ended a text that was sent is not kept."""
        kept = "request" if status in ("queued", "running") else "json_remove(request, '$.text')"
        with self._db.write() as db:
            updated = db.execute(
                f"UPDATE jobs SET status = ?, request = {kept}, result = coalesce(?, result), error = ?, updated = ?"
                " WHERE id = ?",
                [status, None if result is None else json.dumps(result, ensure_ascii=False), error, now(), job_id],
            )
            if updated.rowcount == 0:
                raise NotFound("job", job_id)
        return self.get(job_id)


def new_job_id() -> str:
    """A fresh id, known before the job is stored (an upload is kept under it)."""
    return uuid.uuid4().hex


def _job(row: Any) -> Job:
    return Job(
        id=row[0],
        status=row[1],
        request=json.loads(row[2]),
        result=None if row[3] is None else json.loads(row[3]),
        error=row[4],
        created=row[5],
        updated=row[6],
    )
