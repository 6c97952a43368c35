"""The index as those see it who see a part of the corpus: the same vectors, and only their passages are near."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from corpus.store import Corpus
from corpus.types import Changes, Filter
from search.index import Findable, Ids, Manifest, Scored
from search.indexer import InStep
from search.types import Vectors


class PartOfIndex:
    """Finds only passages of a corpus; which these are is asked again when something changed."""

    def __init__(self, whole: Findable, corpus: Corpus) -> None:
        self._whole = whole
        self._corpus = corpus
        self._seen: tuple[tuple[str, int], Ids] | None = None

    @property
    def manifest(self) -> Manifest:
        """That of the whole index."""
        return self._whole.manifest

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        """See Findable. What is `allowed` was asked of the corpus, so it is part of it."""
        return self._whole.search(vector, k, self.shown() if allowed is None else allowed)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """See Findable."""
        return self._whole.vectors(ids)

    def shown(self) -> Ids | None:
        """The passages there are to find; None if that is all of them, which is searched the quickest."""
        position = self._corpus.changes.position()
        if self._seen is None or self._seen[0] != position:
            ids = self._corpus.documents.passage_ids(Filter())
            self._seen = (position, np.array(ids, dtype=np.int64))
        shown = self._seen[1]
        return None if len(shown) == self._whole.manifest.count else shown


class PartIndexer:
    """What keeps the whole index in step, for those who see a part of it."""

    def __init__(self, whole: InStep, corpus: Corpus) -> None:
        self._whole = whole
        self.index = PartOfIndex(whole.index, corpus)

    @property
    def waiting(self) -> Collection[int]:
        """See InStep."""
        return self._whole.waiting

    def changes_since(self, revision: int) -> Changes | None:
        """None: what may be seen changes by other things than passages that come and go."""
        return None

    def catch_up(self, *, encode_at_most: int | None = None, wait: bool = True) -> int:
        """See InStep."""
        return self._whole.catch_up(encode_at_most=encode_at_most, wait=wait)

    def encoded(self, texts: Sequence[str]) -> Vectors:
        """See InStep."""
        return self._whole.encoded(texts)

    def by_words(self, terms: Mapping[str, int], k: int, allowed: Ids | None = None) -> Scored | None:
        """See InStep. What is `allowed` was asked of the corpus, so it is part of it."""
        return self._whole.by_words(terms, k, self.index.shown() if allowed is None else allowed)

    def word_counts(self, terms: Sequence[str]) -> dict[str, int] | None:
        """See InStep. Words are counted in all passages, as FTS5 does."""
        return self._whole.word_counts(terms)
