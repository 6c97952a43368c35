"""Lessons posted to a channel: the message, and what was told lately."""

import re
import threading
import time
from collections.abc import Sequence

from api.quoting import line
from api.schemas_search import RelatedAnswer, SuggestionShape

_HOUR = 3_600.0
_MOST_KEYS = 10_000
_LONGEST = 3_000
"""Characters of a message."""


class Recent:
    """Keys that were told within the last hour. In memory; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}

    def claim(self, keys: Sequence[str]) -> bool:
        """True if one of the keys is new; all of them count as told from now on."""
        now = time.monotonic()
        with self._lock:
            self._told = {key: at for key, at in self._told.items() if now - at < _HOUR}
            new = [key for key in keys if key not in self._told]
            self._told.update(dict.fromkeys(new, now))
            for key in list(self._told)[:-_MOST_KEYS]:
                del self._told[key]
        return bool(new)

    def forget(self, keys: Sequence[str]) -> None:
        """They could not be told after all."""
        with self._lock:
            for key in keys:
                self._told.pop(key, None)


def message(title: str, answer: RelatedAnswer) -> dict[str, str]:
    """Lessons in Slack's own markup, in which nobody is called and nothing but our links is a link."""
    text = f"*Lessons for {_shown(title, 200)}*"
    for one in answer.suggestions:
        entry = f"\n• {_entry(one)}"
        if len(text) + len(entry) > _LONGEST:
            break
        text += entry
    return {"text": text}


def _entry(one: SuggestionShape) -> str:
    document = one.document
    title = _shown(document.title, 200).replace("|", "/")
    address = re.sub(r"[\s|<>]", "", document.url or "")[:500].replace("&", "&amp;")
    linked = f"<{address}|{title}>" if address else title
    facts = ", ".join(part for part in (document.kind, document.published, document.state) if part)
    theirs = f"\n> {_shown(one.because[0].theirs, 300)}" if one.because else ""
    return f"{linked} ({facts}){theirs}"


def _shown(text: str, most: int) -> str:
    return line(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
