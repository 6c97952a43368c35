"""What routes ask for: the parts of the home, the worker, and the small types of their parameters."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import Field

from api.jobs import Worker
from api.wiring import Lessonry


def the_lessonry(request: Request) -> Lessonry:
    """The parts, as the app was made with them."""
    lessonry: Lessonry = request.app.state.lessonry
    return lessonry


def the_worker(request: Request) -> Worker:
    """The runner of jobs."""
    worker: Worker = request.app.state.worker
    return worker


Parts = Annotated[Lessonry, Depends(the_lessonry)]
Jobs = Annotated[Worker, Depends(the_worker)]
Words = Annotated[str, Field(max_length=200)]
DocumentId = Annotated[str, Path(max_length=200)]
Slug = Annotated[str, Path(max_length=100)]
