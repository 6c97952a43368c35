"""How a server logs: lines of text or of JSON on stderr, each with the id of the request that it came from."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

REQUEST_ID = "X-Request-ID"
_NONE = "-"
_current = ContextVar("request id", default=_NONE)
_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"


def request_id() -> str:
    """The id of the request that is being answered, `-` outside of one."""
    return _current.get()


def begin_request(name: str) -> None:
    """From here on, and in the threads that work for it, this request is being answered."""
    _current.set(name)


def to_stderr(how: Literal["text", "json"]) -> None:
    """Let all loggers of this process, those of libraries too, write there from warnings on; ours of requests, all."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if how == "json" else logging.Formatter(_TEXT))
    handler.addFilter(_with_request_id)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _with_request_id(record: logging.LogRecord) -> bool:
    record.request_id = request_id()
    return True


class _Json(logging.Formatter):
    """One JSON object a line. `extra={"fields": {...}}` of a log call become members of it."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
