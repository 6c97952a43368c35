"""POST /v1/alerts: the webhook that answers an alert with lessons, and may post them to a channel."""

import time
from typing import Any

from fastapi import APIRouter, Request

from api.access import needs
from api.alerts import read_alert
from api.depends import Parts
from api.posting import Recent, message
from api.schemas_search import RelatedAnswer

router = APIRouter(prefix="/v1")

_LESSONS = 5


class AlertAnswer(RelatedAnswer):
    """Lessons that bear on the alert; none for one that is over. `posted`: they went to the channel just now."""

    posted: bool


@router.post("/alerts", dependencies=[needs("read")])
def alerts(parts: Parts, request: Request, sent: dict[str, Any]) -> AlertAnswer:
    """Take an alert of Alertmanager (version 4) or PagerDuty (v3). Within an hour it is posted once."""
    start = time.perf_counter()
    alert = read_alert(sent)
    if not alert.keys:
        return AlertAnswer(took_ms=0.0, degraded=None, suggestions=[], posted=False)
    found = parts.related.of_text(alert.title, alert.text, _LESSONS)
    answer = RelatedAnswer.of(found, took_ms=round((time.perf_counter() - start) * 1000, 2))
    channel = parts.settings.slack_webhook
    recent: Recent = request.app.state.told_alerts
    posts = bool(channel and answer.suggestions and recent.claim(alert.keys))
    if posts:
        try:
            parts.fetcher.post_json(channel, message(alert.title, answer))
        except Exception:  # whatever it was: who sends the alert again gets it posted
            recent.forget(alert.keys)
            raise
    return AlertAnswer(**answer.model_dump(), posted=posts)
