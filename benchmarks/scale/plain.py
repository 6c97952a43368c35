"""What one writes without Lessonry: sentence-transformers, a flat FAISS index, and sqlite-utils for the texts.

usage: python benchmarks/scale/plain.py FOLDER QUERY     asks a folder that measure.py made, in a fresh process
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import sqlite_utils


@dataclass
class Plain:
    """Passages in a table, their vectors in a flat index."""

    texts: sqlite_utils.Database
    index: Any

    @staticmethod
    def of(home: Path, folder: Path) -> "Plain":
        """The texts and vectors of a home in a folder, without anything else that it has."""
        import numpy as np

        from api.settings import load
        from api.wiring import Lessonry
        from corpus.types import Filter

        texts = sqlite_utils.Database(folder / "plain.db")
        with Lessonry(load(home=home)) as lessonry:
            lessonry.indexer.catch_up()
            ids = lessonry.corpus.documents.passage_ids(Filter())
            index = faiss.IndexFlatIP(lessonry.encoder.dimension)
            rows = 0
            for start in range(0, len(ids), 10_000):
                part = ids[start : start + 10_000]
                held, fields = lessonry.indexer.index.vectors(part), lessonry.corpus.changes.fields(part)
                index.add(np.stack([held[i] for i in part]))
                told = [{"row": rows + at, "title": fields[i][0], "text": fields[i][2]} for at, i in enumerate(part)]
                texts["passages"].insert_all(told, pk="row")
                rows += len(part)
        faiss.write_index(index, str(folder / "plain.faiss"))
        return Plain(texts, index)

    @staticmethod
    def opened(folder: Path) -> "Plain":
        return Plain(sqlite_utils.Database(folder / "plain.db"), faiss.read_index(str(folder / "plain.faiss")))

    @staticmethod
    def model(source: str) -> Any:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(source, device="cpu")

    def search(self, model: Any, query: str) -> list[dict[str, Any]]:
        """The ten nearest passages."""
        vector = model.encode([query], normalize_embeddings=True)
        scores, rows = self.index.search(vector, 10)
        return [
            {**self.texts["passages"].get(int(row)), "score": float(s)}
            for s, row in zip(scores[0], rows[0], strict=True)
        ]


if __name__ == "__main__":
    from search.encoders import DEFAULT_MODEL, model_source

    here = Plain.opened(Path(sys.argv[1]))
    print(json.dumps(here.search(Plain.model(model_source(DEFAULT_MODEL)), sys.argv[2])))
