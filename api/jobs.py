"""The worker of a server: does queued jobs, refreshes the sources that are due, and keeps the index in step.

The record of each job is in the corpus. A job that was queued or running when its process ended
is queued again at the next start: taking a document in twice changes nothing.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi import UploadFile

from api.duplicates import find_events
from api.lanes import Lane
from api.locks import alone
from api.refreshing import Refresher, Stopped
from api.taking_in import counted
from api.wiring import Lessonry
from corpus.errors import LessonryError, NotFound, QueueFull, SearchError, StoreUnusable, TooLarge
from corpus.jobs import new_job_id
from corpus.mending import NO_HANDLES, no_handle_left, writing
from corpus.types import Job, JobStatus, Subscription
from corpus.urls import canonical
from ingest.types import Item, Items, Options, Outcome, Page
from search.turns import TURNS

_ENCODED_AT_ONCE = 128
"""Passages between two updates of the index: new lessons become searchable by meaning in such steps."""
_INDEXED_EVERY = 16
"""Documents of a long job between two such updates."""
_WAITING_SECONDS = 5.0
"""Between two tries to write to a home that cannot be written to."""
_UPLOAD_BLOCK = 1 << 20
_MOST_TOLD = 200
"""Items that the record of a refresh tells of by name."""

log = logging.getLogger(__name__)


class Worker:
    """Two threads: one takes documents in and keeps the index in step, one refreshes sources, which may take hours.

    `take` may be called from any thread, `start` once.
    """

    def __init__(self, lessonry: Lessonry) -> None:
        self._lessonry = lessonry
        self._refresher = Refresher(lessonry)
        self._stopping = threading.Event()
        self._documents = self._new_lane("lessonry", self._catch_up)
        self._refreshes = self._new_lane("refreshes", self._plan)

    def start(self) -> None:
        """Begin to work, first at what an earlier process left."""
        for lane in (self._documents, self._refreshes):
            lane.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop after the document at hand; what is left is done at the next start."""
        self._stopping.set()
        for lane in (self._documents, self._refreshes):
            lane.stop(seconds)

    def _new_lane(self, name: str, idle: Callable[[], bool]) -> Lane:
        def left() -> list[str]:
            unfinished = self._lessonry.corpus.jobs.unfinished()
            return [job.id for job in unfinished if self._lane(job.request) is lane]

        lane = Lane(name, self._lessonry, left, self._do, idle, self._stopping)
        return lane

    def _lane(self, request: Mapping[str, Any]) -> Lane:
        return self._refreshes if "source_id" in request else self._documents

    def take(self, request: Mapping[str, Any], job_id: str | None = None) -> Job:
        """Record a job and queue it. QueueFull if too many wait; a source's refresh never is one too many."""
        if "source_id" not in request:
            self._has_room()
        job = self._lessonry.corpus.jobs.create(request, job_id=job_id)
        self._lane(request).queue(job.id)
        return job

    def _has_room(self) -> None:
        most = self._lessonry.settings.max_jobs
        if self._lessonry.corpus.jobs.waiting() >= most:
            raise QueueFull(most)

    def refresh(self, subscription: Subscription) -> Job:
        """The job that refreshes a source now: the one that waits or runs already, or a new one."""
        unfinished = self._lessonry.corpus.jobs.unfinished()
        waiting = (job for job in unfinished if job.request.get("source_id") == subscription.id)
        request = {"source_id": subscription.id, "address": subscription.address}
        return next(waiting, None) or self.take(request)

    async def take_upload(self, file: UploadFile, request: Mapping[str, Any]) -> Job:
        """Keep an uploaded file and queue its taking in. TooLarge if it is larger than the setting allows."""
        self._has_room()
        name = Path(file.filename or "upload").name[:200] or "upload"
        job_id = new_job_id()
        folder = self._uploads()
        try:
            with writing(folder):
                await self._keep(file, folder / job_id, name)
            return self.take({**request, "upload": name}, job_id)
        except LessonryError:
            (folder / job_id).unlink(missing_ok=True)
            raise

    async def _keep(self, file: UploadFile, path: Path, name: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        limit, size = self._lessonry.settings.max_bytes, 0
        with path.open("wb") as kept:
            while block := await file.read(_UPLOAD_BLOCK):
                size += len(block)
                if size > limit:
                    raise TooLarge(name, limit)
                kept.write(block)

    def _uploads(self) -> Path:
        return self._lessonry.settings.home / "uploads"

    def _catch_up(self) -> bool:
        """One step for what has come in: into the index, then before the curators of living collections."""
        return self._index() or self._look()

    def _look(self) -> bool:
        """Look for what one living collection may want; False if none has to be looked at."""
        due = self._lessonry.corpus.collections.due()
        if due:
            self._lessonry.living.look(due[0])
        return bool(due)

    def _index(self) -> bool:
        """One step towards an index that holds everything; False when there is nothing left to do."""
        indexer = self._lessonry.indexer
        before = indexer.pending
        left = indexer.catch_up(encode_at_most=_ENCODED_AT_ONCE)
        return bool(left and left != before) or indexer.compact_if_worth_it()

    def _index_on_the_way(self) -> None:
        """So that queries need not encode what a long job takes in."""
        try:
            self._index()
        except SearchError:  # the documents are stored all the same; when the job is done, this is tried and said again
            return

    def _plan(self) -> bool:
        """Make a job of the refresh that is due longest; False if none is."""
        waiting = {job.request.get("source_id") for job in self._lessonry.corpus.jobs.unfinished()}
        due = [one for one in self._lessonry.corpus.subscriptions.due() if one.id not in waiting]
        if due:
            self.refresh(due[0])
        return bool(due)

    def _do(self, job_id: str) -> None:
        """Do a job, unless another server of this home is at it. What was uploaded is kept until it is done.

        While the home cannot be written to, it waits: what was accepted is not lost.
        """
        while not self._stopping.is_set():
            try:
                with alone(self._lessonry.settings.home, f"job-{job_id}", again=False) as mine:
                    if mine:
                        self._attempt(job_id)
                        (self._uploads() / job_id).unlink(missing_ok=True)
                return
            except StoreUnusable as error:
                log.warning("job %s waits: %s", job_id, error)
                self._stopping.wait(_WAITING_SECONDS)
            except Stopped:  # the job stays as it is, and is taken up by the next start
                return

    def _attempt(self, job_id: str) -> None:
        jobs = self._lessonry.corpus.jobs
        try:
            job = jobs.get(job_id)
        except NotFound:  # the home was restored from a backup since
            return
        if job.status in ("done", "failed"):
            return
        jobs.update(job_id, "running")
        try:
            outcomes = []
            begun = time.perf_counter()
            for outcome in self._outcomes(job):
                outcomes.append(outcome)
                if self._stopping.is_set():
                    raise Stopped
                TURNS.make_way(time.perf_counter() - begun)
                if len(outcomes) % _INDEXED_EVERY == 0:
                    self._index_on_the_way()
                begun = time.perf_counter()
        except (Stopped, StoreUnusable):
            raise
        except LessonryError as error:
            jobs.update(job_id, "failed", error=str(error))
            return
        except Exception as error:
            if self._stopping.is_set():  # it took too long to stop, and the home was closed under it
                raise Stopped from error
            if no_handle_left(self._lessonry.settings.home):
                raise StoreUnusable(self._lessonry.settings.home, NO_HANDLES) from error
            log.exception("job %s met an unexpected error", job_id)
            jobs.update(job_id, "failed", error="an unexpected error, which is in the server's log")
            return
        self._collect(job, outcomes)
        self._compare(outcomes)
        failed = [outcome for outcome in outcomes if outcome.status == "failed"]
        status: JobStatus = "failed" if outcomes and len(failed) == len(outcomes) else "done"
        jobs.update(job_id, status, result=counted(outcomes), error=failed[0].error if failed else None)

    def _outcomes(self, job: Job) -> Iterable[Outcome]:
        request = job.request
        if "source_id" in request:
            return self._refreshed(str(request["source_id"]))
        ingestor = self._lessonry.ingestor
        options = Options(
            kind=request.get("kind"), tags=tuple(request.get("tags", ())), visibility=request.get("visibility")
        )
        if "upload" in request:
            return ingestor.take(self._uploaded(job, options), options)
        if request.get("text") is not None:
            return ingestor.take(Items.of([_written(request)]), options)
        return ingestor.add(str(request["url"]), options)

    def _refreshed(self, source_id: str) -> Iterable[Outcome]:
        """Refresh a source; what is worth telling of its items."""
        told: list[Outcome] = []

        def seen(outcome: Outcome) -> None:
            if outcome.status != "unchanged" and len(told) < _MOST_TOLD:
                told.append(outcome)

        source = self._lessonry.corpus.subscriptions.get(source_id)
        self._refresher.refresh(source, stop=self._stopping.is_set, seen=seen)
        return told

    def _uploaded(self, job: Job, options: Options) -> Items:
        """The items of an uploaded file. The same file under the same name is the same document."""
        name = str(job.request["upload"])
        body = (self._uploads() / job.id).read_bytes()
        identity = f"upload:{hashlib.sha256(name.encode() + body).hexdigest()[:32]}"
        return self._lessonry.sources.items_of_bytes(body, name=name, identity=identity, options=options)

    def _compare(self, outcomes: Iterable[Outcome]) -> None:
        """Look for other reports of the events that what is new tells of, once it is in the index."""
        try:
            self._lessonry.indexer.catch_up()
            find_events(self._lessonry, [one.id for one in outcomes if one.id and one.status == "added"])
        except (
            SearchError
        ) as error:  # without a model there is nothing to compare by; `duplicates --find` does it later
            log.warning("%s", error)

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
