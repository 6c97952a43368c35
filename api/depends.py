"""What routes ask for: the parts of the home, the worker, and the small types of their parameters.

They are asked for in the event loop: a thread of its own, which a plain function would get, costs more than they do.
"""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import Field

from api.access import the_person
from api.jobs import Worker
from api.wiring import Lessonry


async def the_lessonry(request: Request) -> Lessonry:
    """The parts, with as much in them as whoever asks may see. There is no other way from a route to the home."""
    lessonry: Lessonry = request.app.state.lessonry
    return lessonry if the_person(request).sees == "members" else lessonry.public


async def the_worker(request: Request) -> Worker:
    """The runner of jobs."""
    worker: Worker = request.app.state.worker
    return worker


Parts = Annotated[Lessonry, Depends(the_lessonry)]
Jobs = Annotated[Worker, Depends(the_worker)]
Words = Annotated[str, Field(max_length=200)]
DocumentId = Annotated[str, Path(max_length=200)]
Slug = Annotated[str, Path(max_length=100)]
