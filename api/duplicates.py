"""Copies and reports of one event, as people see them; and the search for the latter among what is new."""

from collections.abc import Callable, Sequence
from typing import Any

from api.wiring import Lessonry
from corpus.types import Document
from search.events import Rarity, same_event

_NEIGHBOURS = 10

Progress = Callable[[int, int | None], None]


def find_events(lessonry: Lessonry, ids: Sequence[str], progress: Progress = lambda *_: None) -> None:
    """Propose pairs of reports of the same event: each of these documents beside those nearest to it."""
    documents = lessonry.corpus.documents
    for number, document_id in enumerate(ids, 1):
        near = dict(lessonry.related.neighbours(document_id, _NEIGHBOURS))
        found = documents.get_many([document_id, *near])
        progress(number, len(ids))
        mine = found.pop(document_id, None)
        if mine is None:  # removed meanwhile
            continue
        for other in found.values():
            if lessonry.corpus.aliases.decision(mine.identity, other.identity) == "apart":
                continue
            reason = same_event(mine, other, Rarity(lessonry.corpus.fulltext.frequencies, mine, other))
            if reason:
                lessonry.corpus.aliases.propose(mine.identity, other.identity, "same event", reason, near[other.id])


def told(lessonry: Lessonry, most: int) -> dict[str, Any]:
    """What was joined, and the pairs that wait for a person's word, the surest first."""
    aliases, documents = lessonry.corpus.aliases, lessonry.corpus.documents
    return {
        "joined": [
            {
                "identity": one.identity,
                "address": one.address,
                "document": one.document_id,
                "reason": one.reason,
                "added": one.added,
            }
            for one in aliases.all(limit=most)
        ],
        "candidates": [
            {
                "relation": pair.relation,
                "reason": pair.reason,
                "score": round(pair.score, 3),
                "one": _brief(documents.find(pair.one)),
                "other": _brief(documents.find(pair.other)),
            }
            for pair in aliases.pairs(limit=most)
        ],
    }


def _brief(document: Document) -> dict[str, Any]:
    return {"id": document.id, "title": document.title, "url": document.url, "published": document.published}
