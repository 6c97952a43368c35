"""Living collections: what a saved search finds, or what is like the items and examples, waits for a curator."""

import html
import re

from corpus.collection_state import Living
from corpus.errors import BadEdit
from corpus.review_queue import Candidate, Decision, Reason
from corpus.store import Corpus
from corpus.types import Document
from search.related import Related
from search.searcher import Searcher
from search.types import Because, Hit, Query

_MOST_FOUND, _MOST_LISTED, _MOST_LIKE = 20, 100, 20
"""Of a search with words, of one that only filters, of documents alike: so many are offered at a time."""
_NEAR = 0.5
"""A hit is a match from this share of the best score on, if the words of the search stand in it."""
_MARKS = re.compile(r"</?mark>")


class LivingCollections:
    """Looks for what living collections may want, and takes the curator's word. Nothing publishes itself."""

    def __init__(self, corpus: Corpus, searcher: Searcher, related: Related) -> None:
        self._corpus = corpus
        self._searcher = searcher
        self._related = related

    def look(self, slug: str) -> int:
        """Put new matches into the review queue; how many are new. BadEdit if the collection is not a living one."""
        living = self._corpus.collections.get(slug).living
        if living is None:
            raise BadEdit(f"collection {slug!r} looks out for nothing; give it a search or examples first")
        frontier = self._corpus.collections.frontier()
        found: dict[str, tuple[Document, list[Reason]]] = {}
        for document, reason in [*self._by_search(living), *self._by_likeness(slug, living)]:
            found.setdefault(document.id, (document, []))[1].append(reason)
        known = {place.document_id for place in self._corpus.collections.state(slug).places}
        with self._corpus.db.write():
            new = [
                self._corpus.reviews.offer(slug, document, reasons)
                for document_id, (document, reasons) in found.items()
                if document_id not in known and document_id not in (*living.examples, *living.against)
            ]
            self._corpus.collections.looked(slug, frontier)
        return sum(new)

    def decide(
        self, slug: str, document_id: str, verdict: Decision, *, note: str | None = None, section: str = "",
        who: str = "", version: int | None = None,
    ) -> Candidate:  # fmt: skip
        """Accept a document that waits, with the reason as its note if none is given; or refuse it for good."""
        with self._corpus.db.write():
            candidate = self._corpus.reviews.candidate(slug, document_id)
            if verdict == "accept":
                said = self.draft_note(candidate) if note is None else note
                self._corpus.collections.add(slug, document_id, said, section=section, who=who, version=version)
            identity = candidate.document.identity
            self._corpus.reviews.decide(slug, identity, verdict, who=who, note=note or "")
        return candidate

    def draft_note(self, candidate: Candidate) -> str:
        """The reasons, as a note to begin with."""
        items = self._corpus.documents.get_many([one.item for one in candidate.reasons if one.item])
        lines = []
        for one in candidate.reasons:
            like = f"Like “{items[one.item].title}”" if one.item in items else "Like the others"
            lines.append(f"{f'Found by “{one.query}”' if one.by == 'search' else like}: {one.theirs}")
        return "\n\n".join(lines)

    def _by_search(self, living: Living) -> list[tuple[Document, Reason]]:
        if not living.query:
            return []
        results = self._searcher.search(Query(text=living.query, limit=_MOST_LISTED, explain=True))
        listed = not any(hit.explanation.keyword_weight or hit.explanation.semantic_weight for hit in results.hits)
        hits = results.hits if listed else [hit for hit in results.hits[:_MOST_FOUND] if _matches(hit)]
        return [(hit.document, _found(living.query, hit)) for hit in hits]

    def _by_likeness(self, slug: str, living: Living) -> list[tuple[Document, Reason]]:
        there = self._corpus.documents.get_many([*living.examples, *living.against])
        examples, against = ([one for one in ids if one in there] for ids in (living.examples, living.against))
        found = self._related.of_collection(slug, against, _MOST_LIKE, examples)
        return [
            (
                one.document,
                Reason(
                    by="likeness", theirs=why.theirs, yours=why.yours, item=why.item or "", passage_id=why.passage_id
                ),
            )
            for one in found.items
            for why in one.because[:1]
        ]


def _matches(hit: Hit) -> bool:
    return hit.explanation.bm25 is not None and hit.score >= _NEAR


def _found(query: str, hit: Hit) -> Reason:
    snippet = html.unescape(_MARKS.sub("", hit.snippet))
    words = tuple(word.term for word in hit.explanation.words)
    return Reason(by="search", query=query, theirs=" ".join(snippet.split()), words=words, passage_id=hit.passage.id)


def _like(why: Because) -> Reason:
    return Reason(by="likeness", theirs=why.theirs, yours=why.yours, item=why.item or "", passage_id=why.passage_id)
