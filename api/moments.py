"""A learning moment: a short lesson, written down in a minute, found and suggested at once."""

import uuid

from api.schemas_lessons import NewMoment
from api.wiring import Lessonry
from corpus.errors import Conflict, NotFound
from corpus.types import Document, Draft
from corpus.urls import canonical

_LONGEST_TITLE = 100


def take(parts: Lessonry, new: NewMoment, by: str = "") -> Document:
    """Store a moment as a lesson in the state draft, owned by who wrote it, and index it.

    Conflict if its address is that of a stored document.
    """
    _check_free(parts, new.url)
    text = _text(new)
    masked = parts.redaction(text)
    draft = Draft(
        identity=f"moment:{uuid.uuid4().hex}" if new.url is None else canonical(new.url),
        title=masked((new.title or "").strip() or _title(new.learned)),
        text=masked(text),
        kind="lesson",
        url=new.url,
        source="learning moment",
    )
    passages = parts.split(draft.title, draft.text)
    with parts.corpus.db.write():
        parts.corpus.documents.put(draft, passages)
        parts.corpus.lifecycle.say(draft.id, {"state": "draft", "owner": by or None}, by)
    parts.indexer.catch_up()
    return parts.corpus.documents.get(draft.id)


def _check_free(parts: Lessonry, url: str | None) -> None:
    if url is None:
        return
    try:
        known = parts.corpus.documents.find(url)
    except NotFound:
        return
    raise Conflict(f"url: {known.title!r:.100} has this address already (/documents/{known.id})")


def _text(new: NewMoment) -> str:
    told = (("What happened", new.happened), ("What we learned", new.learned), ("Who could use it", new.audience))
    return "\n\n".join(f"## {heading}\n\n{said.strip()}" for heading, said in told if said.strip())


def _title(learned: str) -> str:
    """The first sentence of what was learned, cut where it is long."""
    line = learned.strip().splitlines()[0].strip()
    sentence = line.partition(". ")[0].rstrip(".")
    return sentence if len(sentence) <= _LONGEST_TITLE else sentence[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
