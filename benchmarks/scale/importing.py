"""Taking documents in, end to end, against the plain pipeline: the same extraction and store, another encoder.

usage: python benchmarks/scale/importing.py FOLDER [--rounds 2] [--documents 400]

FOLDER is one of documents. The plain pipeline encodes with `SentenceTransformer.encode`, batches of 32 texts, which it
sorts by length itself. Both run alternately, each in a new home and a fresh process; passages a second are told.
"""

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from api.settings import load
from api.wiring import Lessonry
from ingest.types import Options
from search import encoder_torch
from search.encoders import DEFAULT_MODEL, DEFAULT_SHA256, model_source
from search.types import Vectors

_SUFFIXES = {".md", ".html", ".txt", ".rst"}


class PlainEncoder(encoder_torch.TorchEncoder):
    """As one would write it."""

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        take_in(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--documents", type=int, default=400)
    given = parser.parse_args()
    rates: dict[str, list[float]] = {"lessonry": [], "plain": []}
    with tempfile.TemporaryDirectory() as folder:
        files = sample(given.folder, Path(folder) / "documents", given.documents)
        for turn in range(given.rounds):
            for name in rates:
                command = [sys.executable, __file__, "one", name, str(files), f"{folder}/{name}{turn}"]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found = json.loads(told.splitlines()[-1])
                rates[name].append(found["passages"] / found["seconds"])
                print(name, found, file=sys.stderr, flush=True)
    print("| passages a second, end to end | median | each |\n|---|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):.1f} | {', '.join(f'{one:.1f}' for one in values)} |")
    print(f"\n{statistics.median(rates['lessonry']) / statistics.median(rates['plain']):.2f} times as quick")


def sample(folder: Path, to: Path, count: int) -> Path:
    """Copies of some documents of a folder, the same ones each time."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.stat().st_size > 1_000)
    to.mkdir()
    for number, path in enumerate(random.Random(1).sample(found, min(count, len(found)))):
        shutil.copy(path, to / f"{number:04d}{path.suffix}")
    return to


def take_in(name: str, files: Path, home: Path) -> None:
    """Add the files to a new home; the time begins when everything is imported and the model is open."""
    with Lessonry(load(home=home)) as lessonry:
        if name == "plain":
            model = encoder_torch.load(DEFAULT_MODEL, model_source(DEFAULT_MODEL), DEFAULT_SHA256)
            lessonry.__dict__["encoder"] = PlainEncoder(DEFAULT_MODEL, model)
        lessonry.encoder.encode_query("warm")
        start = time.perf_counter()
        outcomes = list(lessonry.ingestor.add(str(files), Options()))
        read = time.perf_counter() - start
        lessonry.indexer.catch_up()
        lessonry.indexer.compact_if_worth_it()
        seconds = time.perf_counter() - start
        passages = lessonry.corpus.changes.passage_count()
    print(
        json.dumps(
            {"documents": len(outcomes), "passages": passages, "reading": round(read, 2), "seconds": round(seconds, 2)}
        )
    )


if __name__ == "__main__":
    main()
