"""Lessonry, asked line by line by peers.py, which runs in another environment.

usage: python benchmarks/scale/asked.py HOME FOLDER

Writes what peers need into FOLDER: texts.jsonl, vectors.npy [n, d], queries.json, query_vectors.npy. Then each line of
standard input is answered by a line of JSON: `near N` the rows of the ten nearest passages to query N, `search N` the
titles of the ten hits for it, both with the milliseconds that took here.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from measure import judged_queries

from api.settings import load
from api.wiring import Lessonry
from corpus.types import Filter, encoder_text
from search.types import Query

_BLOCK = 20_000


def main() -> None:
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    queries = judged_queries()
    with Lessonry(load(home=home)) as lessonry:
        lessonry.indexer.catch_up()
        ids = lessonry.corpus.documents.passage_ids(Filter())
        rows = {i: row for row, i in enumerate(ids)}
        vectors = np.lib.format.open_memmap(
            folder / "vectors.npy", mode="w+", dtype=np.float32, shape=(len(ids), lessonry.encoder.dimension)
        )
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as texts:
            for start in range(0, len(ids), _BLOCK):
                part = ids[start : start + _BLOCK]
                held, fields = lessonry.indexer.index.vectors(part), lessonry.corpus.changes.fields(part)
                vectors[start : start + len(part)] = np.stack([held[i] for i in part])
                texts.writelines(json.dumps(encoder_text(*fields[i])) + "\n" for i in part)
        vectors.flush()
        asked = np.stack([lessonry.encoder.encode_query(query) for query in queries])
        np.save(folder / "query_vectors.npy", asked)
        (folder / "queries.json").write_text(json.dumps(queries))
        print("ready", flush=True)
        for line in sys.stdin:
            what, number = line.split()
            start_of = time.perf_counter()
            if what == "near":
                found: list[object] = [rows[i] for i, _ in lessonry.indexer.index.search(asked[int(number)], 10)]
            else:
                hits = lessonry.searcher.search(Query(text=queries[int(number)])).hits
                found = [hit.document.title for hit in hits]
            print(json.dumps({"ms": 1000 * (time.perf_counter() - start_of), "found": found}), flush=True)


if __name__ == "__main__":
    main()
