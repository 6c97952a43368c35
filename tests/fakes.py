"""Stand-ins whose answers can be computed by eye, and a home put together from them."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api.settings import load
from api.wiring import Lessonry
from corpus import passages
from corpus.errors import LessonryError
from corpus.store import Corpus
from corpus.types import Draft, PassageText
from corpus.vectors import VectorCache
from search.index_faiss import FaissIndex
from search.indexer import Indexer
from search.related import Related
from search.searcher import Searcher
from search.words import WordIndex

VOCABULARY = tuple(
    """
    alarm backup certificate clock config crew deploy disk expired
    full leap outage queue restore router second typo valve
    """.split()
)
"""What the fake encoder knows. Dimension n is the word n; the last dimension is everything else."""


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class FakeEncoder:
    """A bag of words over VOCABULARY, of unit length: cosine = the share of known words in common.

    A text without any known word is the last dimension. A text weighs its number of words.
    `encoded` counts the passages given to `encode`; `broken`, once set, is raised instead of answers.
    """

    limit = 200
    dimension = len(VOCABULARY) + 1

    def __init__(self, id: str = "fake/1") -> None:
        self.id = id
        self.encoded = 0
        self.broken: LessonryError | None = None

    def measure(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.broken:
            raise self.broken
        self.encoded += len(texts)
        return np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dimension), np.float32)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        if self.broken:
            raise self.broken
        return self._vector(text)

    def _vector(self, text: str) -> NDArray[np.float32]:
        text.encode()  # half a character is refused, as by any real one
        words = words_of(text)
        counts = np.array([*(words.count(word) for word in VOCABULARY), 0], dtype=np.float32)
        if not counts.any():
            counts[-1] = 1
        unit: NDArray[np.float32] = counts / np.linalg.norm(counts)
        return unit


def split(title: str, text: str, limit: int = FakeEncoder.limit) -> list[PassageText]:
    return passages.split(text, title=title, measure=FakeEncoder().measure, limit=limit)


def draft(name: str, text: str, **fields: object) -> Draft:
    """A draft of the identity `test:name` whose title is its name, unless told otherwise."""
    return Draft(**{"identity": f"test:{name}", "title": name, "text": text, "source": name, **fields})  # type: ignore[arg-type]


class Home:
    """All parts of one home folder over the fake encoder, put together as `api.wiring` does."""

    def __init__(self, folder: Path, encoder: FakeEncoder | None = None) -> None:
        self.folder = folder
        self.encoder = encoder or FakeEncoder()
        self.corpus = Corpus(folder)
        self.cache = VectorCache(folder / "vectors.db")
        self.index = FaissIndex(folder / "index", self.encoder.id, self.encoder.dimension)
        words = WordIndex(folder / "words", self.corpus.changes)
        self.indexer = Indexer(self.corpus.changes, self.cache, self.encoder, self.index, words)
        self.searcher = Searcher(self.corpus, self.encoder, self.indexer)
        self.related = Related(self.corpus, self.encoder, self.indexer, self.searcher)

    def put(self, name: str, text: str, **fields: object) -> str:
        """Store a document; its id."""
        one = draft(name, text, **fields)
        self.corpus.documents.put(one, split(one.title, one.text))
        return one.id

    def reopened(self) -> "Home":
        """The same folder in the hands of a new process."""
        self.close()
        return Home(self.folder, FakeEncoder(self.encoder.id))

    def close(self) -> None:
        self.cache.close()
        self.corpus.close()

    def __enter__(self) -> "Home":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def opened(home: Path, **settings: object) -> Lessonry:
    """All parts as the application has them, over the fake encoder."""
    lessonry = Lessonry(load(home=home, **settings))
    lessonry.__dict__["encoder"] = FakeEncoder()
    return lessonry


def stored(lessonry: Lessonry, name: str, text: str, **fields: object) -> str:
    """Store and index a document; its id. A worker that indexes at the same time is waited for, as no query does."""
    one = draft(name, text, **fields)
    lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
    lessonry.indexer.catch_up()
    return one.id


def at_our_pages(client: TestClient) -> TestClient:
    """The client, as a browser that has a page of ours open: what it sends carries the token of the page's forms."""
    found = re.search(r'name="csrf" content="(\w+)"', client.get("/signin").text)
    assert found
    client.headers["X-CSRF-Token"] = found[1]
    return client
