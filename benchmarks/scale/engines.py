"""Which engine of FAISS serves how many vectors: recall@10, ms a query on one thread, bytes a vector, seconds to build.

usage: python benchmarks/scale/engines.py HOME

The vectors of a made home; the queries are those of the starter corpus. `scored again`: the best by codes (CANDIDATES)
are scored by the vectors themselves, which stand in memory here. Queries go round: each is answered by all before the
next is asked.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from measure import judged_queries

from api.settings import load
from api.wiring import Lessonry
from corpus.types import Filter

CANDIDATES = 396


def main() -> None:
    with Lessonry(load(home=Path(sys.argv[1]))) as lessonry:
        lessonry.indexer.catch_up()
        ids = lessonry.corpus.documents.passage_ids(Filter())
        held = lessonry.indexer.index.vectors(ids)
        vectors = np.stack([held[i] for i in ids])
        queries = np.stack([lessonry.encoder.encode_query(query) for query in judged_queries()])
    faiss.omp_set_num_threads(1)
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :100]
    lists = int(2 * np.sqrt(len(vectors)))
    dimension, product = vectors.shape[1], faiss.METRIC_INNER_PRODUCT
    made: dict[str, tuple[str, bool, int | None]] = {
        "Flat": ("Flat", False, None),
        "SQfp16": ("SQfp16", False, None),
        "HNSW32": ("HNSW32,Flat", False, 128),
        **{f"IVF{lists},SQ8, {n} lists": (f"IVF{lists},SQ8", True, n) for n in (48, 128)},
        **{f"IVF{lists},PQ96x4fs, {n} lists": (f"IVF{lists},PQ96x4fs", True, n) for n in (128,)},
        **{f"IVF{lists},PQ192x4fs, {n} lists": (f"IVF{lists},PQ192x4fs", True, n) for n in (128, 192, 256)},
    }
    engines: dict[str, Any] = {}
    facts: dict[str, tuple[float, int]] = {}
    for recipe, _, _ in made.values():
        if recipe not in engines:
            start = time.perf_counter()
            engine = faiss.index_factory(dimension, recipe, product)
            engine.train(vectors[:: max(1, len(vectors) // (50 * lists))])
            engine.add(vectors)
            facts[recipe] = time.perf_counter() - start, len(faiss.serialize_index(engine)) // len(vectors)
            engines[recipe] = engine
            print(recipe, facts[recipe], file=sys.stderr, flush=True)
    times: dict[str, list[float]] = {name: [] for name in made}
    shares: dict[str, list[tuple[float, float]]] = {name: [] for name in made}
    for query, right in zip(queries, exact, strict=True):
        for name, (recipe, again, more) in made.items():
            ask = asked(engines[recipe], vectors, again, more)
            start = time.perf_counter()
            found = ask(query.reshape(1, -1))
            times[name].append(1000 * (time.perf_counter() - start))
            shares[name].append(tuple(len({*found[:n]} & {*right[:n].tolist()}) / n for n in (10, 100)))
    columns = ("scored again", "recall@10", "recall@100", "ms, median", "ms, p99", "bytes a vector", "built in s")
    print(f"| {len(vectors):,} vectors | {' | '.join(columns)} |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, (recipe, again, _) in made.items():
        middle, last = np.percentile(times[name], [50, 99])
        seconds, size = facts[recipe]
        ten, hundred = np.mean(shares[name], axis=0)
        told = f"{ten:.3f} | {hundred:.3f} | {middle:.2f} | {last:.2f} | {size} | {seconds:.0f}"
        print(f"| {name} | {'yes' if again else 'no'} | {told} |")


def asked(engine: Any, vectors: np.ndarray, again: bool, more: int | None) -> Callable[[np.ndarray], list[int]]:
    def ask(query: np.ndarray) -> list[int]:
        if more is not None and hasattr(engine, "nprobe"):
            engine.nprobe = more
        elif more is not None:
            engine.hnsw.efSearch = more
        _, found = engine.search(query, CANDIDATES if again else 100)
        if not again:
            return found[0].tolist()
        rows = np.sort(found[0][found[0] >= 0])
        return rows[np.argsort(-(vectors[rows] @ query[0]))[:100]].tolist()

    return ask


if __name__ == "__main__":
    main()
