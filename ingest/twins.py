"""The copies of a document among what is stored: found by fingerprint, told by `ingest.copies`, kept as aliases."""

from corpus.store import Corpus
from corpus.types import Document, Draft
from corpus.urls import canonical
from ingest.copies import Verdict, judge
from ingest.fingerprint import fingerprint

_MOST_CANDIDATES = 20
_AT_A_TIME = 500
Original = tuple[Document, str]
"""The document that a draft is a copy of, and why."""


class Twins:
    """Looks for copies of what is taken in. What a person decided about a pair stands."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def original_of(self, draft: Draft, *, notes: bool) -> Original | None:
        """The stored document that a new draft is a copy of, None if it is a document of its own.

        With `notes`, an alias that became another text is taken off, and a doubtful pair is kept for a person.
        """
        if self._corpus.documents.digest(draft.id) is not None:
            return None
        owner = self._corpus.aliases.document_of(draft.identity)
        if owner is not None:
            document = self._corpus.documents.get(owner)
            reason = self._still_copy(draft, document)
            if reason is not None:
                return document, reason
            if notes:
                self._corpus.aliases.drop(draft.identity)
        return self._nearest(draft, notes=notes)

    def _still_copy(self, draft: Draft, document: Document) -> str | None:
        """Why what stands at an alias now is still a copy; what a person joined stays joined."""
        verdict = judge(draft, document)
        if verdict is not None and verdict.copy:
            return verdict.reason
        joined = self._corpus.aliases.decision(draft.identity, document.identity) == "joined"
        return "joined by a person" if joined else None

    def _nearest(self, draft: Draft, *, notes: bool) -> Original | None:
        candidates = self._corpus.fingerprints.candidates(fingerprint(draft.text), most=_MOST_CANDIDATES)
        found = self._corpus.documents.get_many(candidates)
        doubtful: list[tuple[Document, Verdict]] = []
        for document in (found[candidate] for candidate in candidates if candidate in found):
            verdict = judge(draft, document)
            if verdict is None or self._corpus.aliases.decision(draft.identity, document.identity) == "apart":
                continue
            if verdict.copy:
                return document, verdict.reason
            doubtful.append((document, verdict))
        for document, verdict in doubtful if notes else ():
            self._corpus.aliases.propose(draft.identity, document.identity, "copy", verdict.reason, verdict.score)
        return None

    def note(self, copy: Draft, document: Document, reason: str) -> None:
        """Keep the copy's address, and its text in case that a person splits it off again."""
        self._alias(copy.identity, document.id, reason, copy)

    def note_redirect(self, address: str, document_id: str) -> None:
        """Keep an address that leads to a document, unless a document of its own stands there."""
        identity = canonical(address)
        if self._corpus.documents.digest(Draft(identity=identity, title="", text="").id) is None:
            self._alias(identity, document_id, "it leads to this page", None, address)

    def _alias(
        self, identity: str, document_id: str, reason: str, copy: Draft | None, address: str | None = None
    ) -> None:
        owner = self._corpus.aliases.document_of(identity)
        if owner == document_id:
            return
        if owner is not None:
            self._corpus.aliases.drop(identity)
        self._corpus.aliases.add(identity, document_id, reason, copy, address=address)

    def know(self, document_id: str, text: str) -> None:
        """Remember a document's fingerprint, so that copies of it are found."""
        self._corpus.fingerprints.put(document_id, fingerprint(text))

    def know_all(self) -> None:
        """Remember the fingerprints of documents that came in another way, such as a bundle."""
        while missing := self._corpus.fingerprints.missing(_AT_A_TIME):
            for document in self._corpus.documents.get_many(missing).values():
                self.know(document.id, document.text)
