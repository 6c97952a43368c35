"""The web pages for those who add: three forms, and how the work they start goes on."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import BeforeValidator, ValidationError

from api.access import needs, the_person
from api.depends import Jobs, Parts
from api.forms import NOTHING
from api.problems import STATUS
from api.rendering import error_page, page
from api.schemas import NewDocument
from corpus.errors import LessonryError, NotFound
from corpus.types import KINDS, Job
from ingest.types import Status

router = APIRouter()

_FIELD_HINTS = {
    "url": "give a whole address that begins with http:// or https://",
    "kind": "choose one of the kinds in the list",
    "title": "a title has at most 300 characters",
}

Words = Annotated[str, Form()]
Chosen = Annotated[UploadFile | None, File(), BeforeValidator(lambda sent: None if isinstance(sent, str) else sent)]
"""A file; a form without one may send words in its place."""
_OPEN = ("queued", "running")


@router.get("/add", dependencies=[needs("read")])
def add(request: Request) -> Response:
    """An address, a file, or a text written here."""
    return _forms(request)


@router.post("/add/url", dependencies=[needs("ingest")])
def add_url(request: Request, jobs: Jobs, url: Words = "", kind: Words = "") -> Response:
    """Take in an address."""
    given = {"url": url.strip(), "kind": kind}
    try:
        new = NewDocument.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        return _forms(request, "url", _in_words(error, "give the address of a page"), given)
    return _to(jobs.take(new.model_dump(exclude_none=True)))


@router.post("/add/text", dependencies=[needs("ingest")])
def add_text(request: Request, jobs: Jobs, title: Words = "", text: Words = "", kind: Words = "") -> Response:
    """Take in a text as it was written."""
    given = {"title": title.strip(), "text": text, "kind": kind}
    try:
        new = NewDocument.model_validate({name: value for name, value in given.items() if value or name == "text"})
    except ValidationError as error:
        return _forms(request, "text", _in_words(error, "give a title and a text"), given)
    return _to(jobs.take(new.model_dump(exclude_none=True)))


@router.post("/add/file", dependencies=[needs("ingest")])
async def add_file(request: Request, jobs: Jobs, file: Chosen = None, kind: Words = "") -> Response:
    """Take in a file."""
    given = {"kind": kind}
    if file is None or not file.filename:
        return _forms(request, "file", "choose a file first", given)
    if kind and kind not in KINDS:
        return _forms(request, "file", _FIELD_HINTS["kind"], given)
    try:
        job = await jobs.take_upload(file, {"kind": kind} if kind else {})
    except LessonryError as error:
        return _forms(request, "file", str(error), given, status=STATUS[type(error)])
    return _to(job)


@router.get("/jobs", dependencies=[needs("read")])
def recent_jobs(request: Request, parts: Parts) -> Response:
    """What was added lately, and how it went."""
    recent = parts.corpus.jobs.recent(50)
    jobs = [(job, _asked_for(job), _became(job)) for job in recent]
    return page(request, "jobs.html", jobs=jobs, open=any(job.status in _OPEN for job in recent))


@router.get("/jobs/{job_id}", dependencies=[needs("read")])
def job(request: Request, parts: Parts, job_id: Annotated[str, Path(max_length=64)]) -> Response:
    """How a job stands; a page that looks again by itself until it is done."""
    try:
        found = parts.corpus.jobs.get(job_id)
    except NotFound:
        return error_page(request, 404, "There is no such job", "Jobs are known as long as their home is kept.")
    result: dict[str, Any] = found.result or {}
    return page(
        request, "job.html", job=found, what=_asked_for(found), items=result.get("items", []),
        masked=result.get("masked", {}), open=found.status in _OPEN,
    )  # fmt: skip


def _forms(
    request: Request, form: str = "", error: str = "", given: Mapping[str, str] = NOTHING, status: int = 422
) -> Response:
    """The page with the forms; after a mistake with what was given, and what is wrong with it."""
    return page(
        request, "add.html", status=status if error else 200, form=form, error=error, given=given, kinds=KINDS,
        writable="ingest" in the_person(request).scopes,
    )  # fmt: skip


def _to(job: Job) -> Response:
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _asked_for(job: Job) -> str:
    """What a person gave: a file's name, a title, an address; or the source that is refreshed."""
    given = (job.request.get(name) for name in ("upload", "title", "url", "address"))
    return str(next((one for one in given if one), "a document"))


def _became(job: Job) -> str:
    """What became of it, in words."""
    if job.error:
        return job.error
    result: dict[str, Any] = job.result or {}
    counts = ", ".join(f"{result[name]:,} {name}" for name in get_args(Status) if result.get(name))
    return counts or ("nothing new" if job.status == "done" else "")


def _in_words(error: ValidationError, nothing_given: str) -> str:
    where = error.errors()[0]["loc"]
    return _FIELD_HINTS.get(str(where[0]), nothing_given) if where else nothing_given
