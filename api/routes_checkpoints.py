"""POST /v1/checkpoints: which lessons bear on a design, section by section."""

import time

from fastapi import APIRouter

from api.access import needs
from api.checkpoints import check
from api.depends import Parts
from api.schemas_checkpoints import CheckpointsAnswer, CheckpointsQuestion

router = APIRouter(prefix="/v1")


@router.post("/checkpoints", dependencies=[needs("read")])
def checkpoints(parts: Parts, question: CheckpointsQuestion) -> CheckpointsAnswer:
    """Lessons that bear on a design, a change or a runbook, by section. The text is neither stored nor logged."""
    start = time.perf_counter()
    found = check(parts, question.title, question.text, question.limit)
    took_ms = round((time.perf_counter() - start) * 1000, 2)
    return CheckpointsAnswer.of(found, title=question.title, source=question.text, took_ms=took_ms)
