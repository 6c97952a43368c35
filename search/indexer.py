"""Keeps an index in step with the store: changes since the manifest -> vectors -> index.

Safe to repeat and to kill at any moment: what is encoded is cached, what is not is encoded next time.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Protocol

from corpus.changes import ChangeLog
from corpus.errors import IndexDamaged, StoreUnusable
from corpus.types import Changes, passage_key
from corpus.vectors import VectorCache
from search.index import Findable, Ids, Scored, packed, unpacked
from search.index_faiss import FaissIndex
from search.types import Encoder, Vectors
from search.words import WordIndex

_BATCH = 64
"""Passages encoded between two writes to the cache: what a kill costs at most."""
_SMALL_TAIL = 1_000
"""A tail up to this size is never worth a new generation by itself."""
_LARGE_TAIL = 20_000
"""A tail beyond this size slows down every query."""

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told (passages encoded, passages to encode)."""


class InStep(Protocol):
    """An index that is kept in step with the store, as searching asks for it."""

    @property
    def index(self) -> Findable:
        """What can be found in it."""

    @property
    def waiting(self) -> Collection[int]:
        """Ids of the passages that have no vector yet."""

    def catch_up(self, *, encode_at_most: int | None = None, wait: bool = True) -> int:
        """Bring it to the store's revision; the number of passages still without a vector."""

    def changes_since(self, revision: int) -> Changes | None:
        """What can be found since then and what not any more; None if that cannot be told."""

    def encoded(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that stand in no document."""

    def by_words(self, terms: Mapping[str, int], k: int, allowed: Ids | None = None) -> Scored | None:
        """The best passages by words, as WordIndex has them; None where FTS5 is to be asked."""

    def word_counts(self, terms: Sequence[str]) -> dict[str, int] | None:
        """In how many passages each term occurs, as WordIndex has it; None where FTS5 is to be asked."""


class Indexer:
    """Brings one index up to the store. All its methods may be called from any thread."""

    def __init__(
        self, changes: ChangeLog, cache: VectorCache, encoder: Encoder, index: FaissIndex, words: WordIndex
    ) -> None:
        self._changes = changes
        self._cache = cache
        self._encoder = encoder
        self.index = index
        self.words = words
        self._lock = threading.Lock()
        self._compacting = threading.Lock()
        self._pending: dict[int, bytes] = {}
        self._opened = False
        self._said = ""

    @property
    def pending(self) -> int:
        """How many passages have no vector yet, as of the last `catch_up`."""
        return len(self._pending)

    @property
    def waiting(self) -> Collection[int]:
        """See InStep."""
        return self._pending.keys()

    def changes_since(self, revision: int) -> Changes | None:
        """See InStep."""
        return self._changes.since(revision)

    @property
    def lag(self) -> int:
        """How many writing transactions the store is ahead of the index."""
        return max(0, self._changes.position()[1] - self.index.manifest.revision)

    def catch_up(
        self, *, encode_at_most: int | None = None, wait: bool = True, progress: Progress | None = None
    ) -> int:
        """Bring the index to the store's revision; the number of passages still without a vector.

        At most `encode_at_most` passages are encoded now (None: all of them); the others wait.
        With `wait` False an index that another thread is busy with is left as it stands, once it is open.
        """
        if not self._lock.acquire(blocking=wait or not self._opened):
            return self.pending
        try:
            self._open()
            held = self.index.manifest
            if (held.lineage, held.revision) != self._changes.position() or self._pending:
                self._apply(encode_at_most, progress)
            if self.index.tail_size > _SMALL_TAIL:
                self._follow()
            return self.pending
        finally:
            self._lock.release()

    def compact_if_worth_it(self) -> bool:
        """Fold the tail into a new generation when it has grown to a fair share of the base, and that of words too.

        Queries and updates go on meanwhile.
        """
        with self._compacting:
            written = self.words.compact_if_worth_it()
            size, tail = self.index.base_size, self.index.tail_size
            worth = tail > min(max(_SMALL_TAIL, size // 10), _LARGE_TAIL) or (size == 0 and tail > 0)
            if self._pending or not worth:
                return written
            self.index.compact()
            return True

    def rebuild(self, *, progress: Progress | None = None) -> int:
        """Make the index anew from the store and write it; the number of passages it holds."""
        with self._compacting, self._lock:
            self._opened = True
            self._pending = {}
            self.index.clear()
            self._apply(None, progress)
            self.index.compact()
            self.words.clear()
            self.words.compact_if_worth_it()
            return self.index.manifest.count

    def by_words(self, terms: Mapping[str, int], k: int, allowed: Ids | None = None) -> Scored | None:
        """See InStep."""
        return self.words.search(terms, k, allowed)

    def word_counts(self, terms: Sequence[str]) -> dict[str, int] | None:
        """See InStep."""
        return self.words.frequencies(terms)

    def encoded(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that stand in no document, cached like those of passages."""
        keys = [passage_key("", "", text) for text in texts]
        cached = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in cached}
        if missing:
            vectors = self._encoder.encode(list(missing.values()))
            fresh = {key: packed(vector) for key, vector in zip(missing, vectors, strict=True)}
            self._keep(fresh)
            cached.update(fresh)
        return unpacked([cached[key] for key in keys], self._encoder.dimension)

    def _open(self) -> None:
        if self._opened:
            return
        try:
            self.index.open()
        except IndexDamaged as error:
            log.warning("%s", error)
            self.index.clear()
        self._opened = True

    def _follow(self) -> None:
        """Another process may have compacted."""
        try:
            self.index.follow()
        except IndexDamaged as error:
            self._say(str(error))

    def _apply(self, encode_at_most: int | None, progress: Progress | None) -> None:
        changes = self._changes.since(self.index.manifest.revision)
        if changes.lineage != self.index.manifest.lineage or changes.revision < self.index.manifest.revision:
            self.index.clear()
            self._pending = {}
            changes = self._changes.since(0)
        wanted = {**self._pending, **dict(changes.added)}
        for passage_id in changes.removed:
            wanted.pop(passage_id, None)
        cached = self._vectors(wanted, encode_at_most, progress)
        ids = [passage_id for passage_id, key in wanted.items() if key in cached]
        vectors = unpacked([cached[wanted[passage_id]] for passage_id in ids], self._encoder.dimension)
        self.index.update(ids, vectors, changes.removed, lineage=changes.lineage, revision=changes.revision)
        self._pending = {passage_id: key for passage_id, key in wanted.items() if key not in cached}

    def _vectors(
        self, wanted: dict[int, bytes], encode_at_most: int | None, progress: Progress | None
    ) -> dict[bytes, bytes]:
        """Vectors by key, packed: those that are known, and so many of the others encoded now."""
        cached = self._known(list(dict.fromkeys(wanted.values())))
        missing = {key: passage_id for passage_id, key in wanted.items() if key not in cached}
        cached.update(self._encode(dict(list(missing.items())[:encode_at_most]), progress))
        return cached

    def _encode(self, missing: dict[bytes, int], progress: Progress | None) -> dict[bytes, bytes]:
        """Encode one passage for each key, similar lengths together, caching as it goes."""
        encoded: dict[bytes, bytes] = {}
        texts = self._changes.texts(list(missing.values()))
        todo = sorted(
            ((key, texts[i]) for key, i in missing.items() if i in texts), key=lambda pair: (len(pair[1]), pair[0])
        )
        keep = self._keep if len(todo) <= _BATCH else partial(self._cache.put, self._encoder.id)  # hours are not risked
        for start in range(0, len(todo), _BATCH):
            part = todo[start : start + _BATCH]
            vectors = self._encoder.encode([text for _, text in part])
            fresh = {key: packed(vector) for (key, _), vector in zip(part, vectors, strict=True)}
            keep(fresh)
            encoded.update(fresh)
            if progress is not None:
                progress(start + len(part), len(todo))
        return encoded

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is cached. A cache that cannot be read costs time, not an answer."""
        try:
            return self._cache.get(self._encoder.id, keys)
        except StoreUnusable as error:
            self._say(str(error))
            return {}

    def _keep(self, fresh: Mapping[bytes, bytes]) -> None:
        """Cache what was encoded, as `_known` does."""
        try:
            self._cache.put(self._encoder.id, fresh)
        except StoreUnusable as error:
            self._say(str(error))

    def _say(self, fault: str) -> None:
        """Once, not with every query."""
        if fault != self._said:
            log.warning("%s", fault)
        self._said = fault
