"""The worker of a server: does queued jobs one after the other, and keeps the index in step.

huey holds the queue; the record of each job is in the corpus. A job that was queued or running
when its process ended is queued again at the next start: taking a document in twice changes nothing.
"""

import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi import UploadFile
from huey import SqliteHuey

from api.taking_in import counted
from api.wiring import Lessonry
from corpus.errors import LessonryError, NotFound, TooLarge
from corpus.jobs import new_job_id
from corpus.types import Job, JobStatus
from corpus.urls import canonical
from ingest.extract import extract
from ingest.sources import Items, items_of_bytes
from ingest.types import Item, Options, Outcome, Page

_ENCODED_AT_ONCE = 128
"""Passages between two updates of the index: new lessons become searchable by meaning in such steps."""
_IDLE_SECONDS = 2.0
_UPLOAD_BLOCK = 1 << 20

log = logging.getLogger(__name__)


class Worker:
    """One thread. `take` may be called from any thread, `start` once."""

    def __init__(self, lessonry: Lessonry) -> None:
        self._lessonry = lessonry
        self._huey = SqliteHuey("lessonry", filename=str(lessonry.settings.home / "queue.db"), results=False)
        self._run = self._huey.task()(self._do)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lessonry-worker", daemon=True)

    def start(self) -> None:
        """Queue what an earlier process left, and begin to work."""
        self._huey.flush()
        for job in self._lessonry.corpus.jobs.unfinished():
            self._run(job.id)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop after the job at hand; what is left is done at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def take(self, request: Mapping[str, Any], job_id: str | None = None) -> Job:
        """Record a job and queue it."""
        job = self._lessonry.corpus.jobs.create(request, job_id=job_id)
        self._run(job.id)
        self._wake.set()
        return job

    async def take_upload(self, file: UploadFile, request: Mapping[str, Any]) -> Job:
        """Keep an uploaded file and queue its taking in. TooLarge if it is larger than the setting allows."""
        name = Path(file.filename or "upload").name[:200] or "upload"
        job_id = new_job_id()
        folder = self._uploads()
        folder.mkdir(parents=True, exist_ok=True)
        limit, size = self._lessonry.settings.max_bytes, 0
        with (folder / job_id).open("wb") as kept:
            while block := await file.read(_UPLOAD_BLOCK):
                size += len(block)
                if size > limit:
                    (folder / job_id).unlink()
                    raise TooLarge(name, limit)
                kept.write(block)
        return self.take({**request, "upload": name}, job_id)

    def _uploads(self) -> Path:
        return self._lessonry.settings.home / "uploads"

    def _warm_up(self) -> None:
        """Open the model now, so that the first query need not wait for it."""
        try:
            self._lessonry.encoder.encode_query("warm")
        except LessonryError as error:
            log.warning("%s", error)

    def _work(self) -> None:
        self._warm_up()
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                task = self._huey.dequeue()
                if task is not None:
                    self._huey.execute(task)
                elif not self._index():
                    self._wake.wait(_IDLE_SECONDS)
            except LessonryError as error:  # a full disk, a missing model: said, and tried again later
                log.warning("%s", error)
                self._stopping.wait(_IDLE_SECONDS)
            except Exception:
                log.exception("the worker met an unexpected error and goes on")
                self._stopping.wait(_IDLE_SECONDS)

    def _index(self) -> bool:
        """One step towards an index that holds everything; False when there is nothing left to do."""
        indexer = self._lessonry.indexer
        before = indexer.pending
        left = indexer.catch_up(encode_at_most=_ENCODED_AT_ONCE)
        return bool(left and left != before) or indexer.compact_if_worth_it()

    def _do(self, job_id: str) -> None:
        jobs = self._lessonry.corpus.jobs
        try:
            job = jobs.get(job_id)
        except NotFound:  # the home was restored from a backup since
            return
        if job.status in ("done", "failed"):
            return
        jobs.update(job_id, "running")
        try:
            outcomes = list(self._outcomes(job))
        except LessonryError as error:
            jobs.update(job_id, "failed", error=str(error))
            return
        except Exception:
            jobs.update(job_id, "failed", error="an unexpected error, which is in the server's log")
            raise
        finally:
            (self._uploads() / job_id).unlink(missing_ok=True)
        self._collect(job, outcomes)
        failed = [outcome for outcome in outcomes if outcome.status == "failed"]
        status: JobStatus = "failed" if outcomes and len(failed) == len(outcomes) else "done"
        jobs.update(job_id, status, result=counted(outcomes), error=failed[0].error if failed else None)

    def _outcomes(self, job: Job) -> Iterable[Outcome]:
        request = job.request
        ingestor = self._lessonry.ingestor
        options = Options(kind=request.get("kind"), tags=tuple(request.get("tags", ())))
        if "upload" in request:
            return ingestor.take(self._uploaded(job, options), options)
        if request.get("text") is not None:
            return ingestor.take(Items.of([_written(request)]), options)
        return ingestor.add(str(request["url"]), options)

    def _uploaded(self, job: Job, options: Options) -> Items:
        """The items of an uploaded file. The same file under the same name is the same document."""
        name = str(job.request["upload"])
        body = (self._uploads() / job.id).read_bytes()
        identity = f"upload:{hashlib.sha256(name.encode() + body).hexdigest()[:32]}"
        return items_of_bytes(body, name=name, identity=identity, options=options, extract=extract)

    def _collect(self, job: Job, outcomes: Iterable[Outcome]) -> None:
        slug = job.request.get("collection")
        for outcome in outcomes:
            if slug and outcome.id and outcome.status != "failed":
                self._lessonry.add_to_collection(str(slug), outcome.id)


def _written(request: Mapping[str, Any]) -> Item:
    """A text that a person sent. Without an address, equal title and text are one document."""
    title, text, url = str(request["title"]), str(request["text"]), request.get("url")
    digest = hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()[:32]
    page = Page(
        title=title, text=text, url=url, organization=request.get("organization"), published=request.get("published")
    )
    return Item(source=title, identity=canonical(str(url)) if url else f"text:{digest}", read=lambda: page)
