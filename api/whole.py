"""A document with all that is known of it: its passages, its page, its other addresses, other reports of its event."""

from api.schemas import DocumentFull
from api.wiring import Lessonry
from corpus.types import Document

_MOST_EVENTS = 20


def whole(parts: Lessonry, document: Document) -> DocumentFull:
    """The document as people and programs are shown it."""
    corpus = parts.corpus
    address = document.url if document.gone else None
    return DocumentFull.whole(
        document,
        corpus.documents.passages(document.id),
        archived=parts.settings.archived(address) if address else None,
        checked=corpus.fetches.checked(document.id),
        aliases=[alias.address for alias in corpus.aliases.of(document.id)],
        same_event=_same_event(parts, document),
        feedback=corpus.feedback.counts(document.id),
    )


def _same_event(parts: Lessonry, document: Document) -> list[tuple[Document, str]]:
    """Other reports of its event, as far as nobody said that they are none."""
    pairs = parts.corpus.aliases.pairs("same event", identity=document.identity, limit=_MOST_EVENTS)
    others = [pair.other if pair.one == document.identity else pair.one for pair in pairs]
    return [(parts.corpus.documents.find(other), pair.reason) for other, pair in zip(others, pairs, strict=True)]
