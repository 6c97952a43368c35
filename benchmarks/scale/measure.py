"""What a query, a change, a start, a compaction and a byte cost at 10 thousand, 100 thousand and a million passages.

usage: python benchmarks/scale/measure.py FOLDER --from DONOR [--sizes 10000 100000 1000000] [--only PART]...

Homes are made by made.py beside each other in FOLDER, and stay there for the next time; DONOR is a home of real
documents. Figures go to FOLDER/figures.json, size by size; report.py makes the table and the pictures of them.

near      the vector index: recall@10 against all vectors, and ms; filters for 1 %, 0.01 %, and one document
http      ms for a whole GET /v1/search over one connection, by mode and filter
change    ms to take a document in or to remove it by another process, and for the next query of the server after that
compact   seconds to fold in what came, and ms of queries meanwhile
start     seconds until a server is ready, against one of an empty home, and for `lessonry search` in a fresh process
          against a script of sentence-transformers, FAISS and sqlite-utils over the same texts and vectors
many      queries a second of 16 clients, against that script's functions called one after the other by one
room      bytes on disk beside the texts, and resident memory of a server that has answered, against an empty one
"""

import argparse
import itertools
import json
import os
import platform
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import made
import numpy as np
from plain import Plain

from api.settings import load
from api.wiring import Lessonry
from corpus.types import Draft, Filter
from search.encoders import DEFAULT_MODEL, model_source
from search.types import Vectors

Figures = dict[str, Any]

FILTERS = {"all": "", "1 %": "one-in-100", "0.01 %": "one-in-10000", "one": "single"}
"""What is asked for, and the tag of made documents that it is."""
CLIENTS = 16
CHANGES = 25
ROUNDS = 5
_TURN = itertools.count()
_BLOCK = 50_000
_LESSONRY = str(Path(sys.executable).with_name("lessonry"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", type=Path, required=True, dest="donor")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--only", action="append", choices=list(PARTS))
    given = parser.parse_args()
    path = given.folder / "figures.json"
    figures: Figures = json.loads(path.read_text()) if path.exists() else {"sizes": {}}
    figures["machine"] = machine()
    queries = judged_queries()
    for size in given.sizes:
        home = given.folder / f"made{size}"
        found = figures["sizes"].setdefault(str(size), {})
        if not home.exists():
            start = time.perf_counter()
            made.fill(home, made.read(given.donor), size)
            found["filled"] = round(time.perf_counter() - start, 1)
        for name in given.only or PARTS:
            found[name] = PARTS[name](home, queries)
            print(size, name, json.dumps(found[name]), flush=True)
            path.write_text(json.dumps(figures, indent=2) + "\n")


def machine() -> dict[str, str]:
    """What these figures were measured on."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", told)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {
        "processor": model[1] if model else platform.processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "python": platform.python_version(),
        "commit": commit,
        "day": time.strftime("%Y-%m-%d"),
    }


def judged_queries() -> list[str]:
    """The queries of the starter corpus, each once."""
    judgements = Path(__file__).parents[2] / "corpus" / "starter" / "judgements.jsonl"
    return list(dict.fromkeys(json.loads(line)["query"] for line in judgements.read_text().splitlines()))


def anew(query: str) -> str:
    """A question that was not asked lately, with another word left out each time: a server remembers what 256 mean."""
    words = query.split()
    left_out = next(_TURN) % len(words)
    return " ".join(words[:left_out] + words[left_out + 1 :]) or query


def spread(values: Sequence[float]) -> Figures:
    """Median, 95th and 99th percentile, and the least."""
    cuts = np.percentile(values, [50, 95, 99])
    return {
        "median": round(cuts[0], 2),
        "p95": round(cuts[1], 2),
        "p99": round(cuts[2], 2),
        "least": round(min(values), 2),
    }


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def near(home: Path, queries: Sequence[str]) -> Figures:
    found: Figures = {}
    with Lessonry(load(home=home)) as lessonry:
        index = lessonry.indexer.index
        lessonry.indexer.catch_up()
        vectors = np.stack([lessonry.encoder.encode_query(query) for query in queries])
        ids = np.array(lessonry.corpus.documents.passage_ids(Filter()), dtype=np.int64)
        for name, tag in FILTERS.items():
            wanted = (
                np.array(lessonry.corpus.documents.passage_ids(Filter(tag=(tag,))), dtype=np.int64) if tag else None
            )
            right = exact(lessonry, ids if wanted is None else wanted, vectors)
            times, shares = [], []
            for vector, best in zip(vectors, right, strict=True):
                start = time.perf_counter()
                hits = index.search(vector, 250, wanted)
                times.append(1000 * (time.perf_counter() - start))
                shares.append(len({i for i, _ in hits[:10]} & best) / max(1, len(best)))
            found[name] = {"recall@10": round(statistics.fmean(shares), 4) if any(right) else None, "ms": spread(times)}
    return found


def exact(lessonry: Lessonry, ids: np.ndarray, queries: Vectors) -> list[set[int]]:
    """The ten nearest of these passages, all of them looked at."""
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    for start in range(0, len(ids), _BLOCK):
        held = lessonry.indexer.index.vectors(ids[start : start + _BLOCK].tolist())
        places, scores = np.array(list(held)), np.stack(list(held.values())) @ queries.T
        for number, column in enumerate(scores.T):
            top = np.argsort(-column)[:10]
            best[number] = sorted([*best[number], *zip(column[top].tolist(), places[top].tolist(), strict=True)])[-10:]
    return [{i for _, i in one} for one in best]


@contextmanager
def serving(
    home: Path, *options: str, max_requests: int = CLIENTS
) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A server that is ready, and a client."""
    command = [_LESSONRY, "--home", str(home), "serve", "--port", "0", *options]
    settings = {**os.environ, "LESSONRY_MAX_REQUESTS": str(max_requests)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=settings) as server:
        try:
            assert server.stderr
            told = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
            assert told, server.stderr.read()
            said = threading.Thread(target=shutil.copyfileobj, args=(server.stderr, sys.stderr), daemon=True)
            said.start()
            with httpx.Client(base_url=told[0], timeout=120) as client:
                while not is_ready(client):
                    time.sleep(0.02)
                yield client, server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def search(client: httpx.Client, query: str, **more: str) -> dict[str, Any]:
    answer = client.get("/v1/search", params={"q": query, **more})
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    assert told["degraded"] is None, told["degraded"]
    return told


def http(home: Path, queries: Sequence[str]) -> Figures:
    """Kinds take turns, query by query, so that what else the machine does falls on all of them."""
    kinds = {name: {"tag": tag} if tag else {} for name, tag in FILTERS.items()}
    kinds |= {mode: {"mode": mode} for mode in ("keyword", "semantic")}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    with serving(home) as (client, _):
        for query in queries:
            search(client, query)
        for _ in range(3):
            for query in queries:
                for name, more in kinds.items():
                    asked = anew(query)
                    times[name].append(timed(lambda asked=asked, more=more: search(client, asked, **more)))
        alone: dict[str, list[float]] = {"hybrid": [], "hybrid again": []}
        for query in map(anew, 3 * list(queries)):
            for name in alone:
                alone[name].append(timed(lambda query=query: search(client, query)))
    return {name: spread(found) for name, found in {**times, **alone}.items()}


def change(home: Path, queries: Sequence[str]) -> Figures:
    times: dict[str, list[float]] = {name: [] for name in ("add", "next query", "remove", "query after that", "query")}
    chance = random.Random(3)
    with Lessonry(load(home=home)) as lessonry, serving(home) as (client, _):
        for query in queries[:50]:
            search(client, query)
        for number in range(CHANGES):
            words = " ".join(chance.sample(" ".join(queries).split(), 80))
            one = Draft(identity=f"change:{number}", title=f"Okapi {number}", text=words, source="change")
            passages = lessonry.split(one.title, one.text)
            times["add"].append(timed(lambda one=one, passages=passages: lessonry.corpus.documents.put(one, passages)))
            asked = f"okapi {number}"
            start = time.perf_counter()
            hits = search(client, asked)["hits"]
            times["next query"].append(1000 * (time.perf_counter() - start))
            assert hits[0]["document"]["id"] == one.id, asked
            times["query"].append(timed(lambda asked=asked: search(client, asked)))
        for number in range(CHANGES):
            gone = Draft(identity=f"change:{number}", title="", text="", source="").id
            times["remove"].append(timed(lambda gone=gone: lessonry.corpus.documents.remove(gone)))
            start = time.perf_counter()
            hits = search(client, f"okapi {number}")["hits"]
            times["query after that"].append(1000 * (time.perf_counter() - start))
            assert gone not in {hit["document"]["id"] for hit in hits}
    return {name: spread(found) for name, found in times.items()}


def compact(home: Path, queries: Sequence[str]) -> Figures:
    with Lessonry(load(home=home)) as lessonry, serving(home) as (client, _):
        lessonry.indexer.catch_up()
        for query in queries:
            search(client, query)
        with ThreadPoolExecutor(1) as beside:
            start = time.perf_counter()
            done = beside.submit(lessonry.indexer.index.compact)
            times = []
            while not done.done() or len(times) < 20:
                times.append(timed(lambda: search(client, random.choice(queries))))
            seconds = time.perf_counter() - start
            done.result()
    return {"seconds": round(seconds, 2), "query meanwhile": spread(times)}


def start(home: Path, queries: Sequence[str]) -> Figures:
    times: dict[str, list[float]] = {"server": [], "server of an empty home": [], "search": [], "plain script": []}
    with tempfile.TemporaryDirectory() as folder:
        plain = Plain.of(home, Path(folder)) if size_of(home) <= 100_000 else None
        for turn in range(ROUNDS):
            query = queries[turn]
            for name, one in (("server", home), ("server of an empty home", Path(folder) / "empty")):
                begin = time.perf_counter()
                with serving(one):
                    times[name].append(time.perf_counter() - begin)
            command = [_LESSONRY, "--home", str(home), "search", query, "--json"]
            times["search"].append(timed(lambda c=command: subprocess.run(c, check=True, capture_output=True)) / 1000)
            if plain:
                command = [sys.executable, str(Path(__file__).with_name("plain.py")), folder, query]
                times["plain script"].append(
                    timed(lambda c=command: subprocess.run(c, check=True, capture_output=True)) / 1000
                )
    return {name: spread(found) for name, found in times.items() if found}


def many(home: Path, queries: Sequence[str]) -> Figures:
    """Queries a second. The plain functions are asked in between, in the same minutes."""
    if size_of(home) > 100_000:
        return {}
    found: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        plain = Plain.of(home, Path(folder))
        model = plain.model(model_source(DEFAULT_MODEL))
        rates: dict[str, list[float]] = {"plain, one after the other": [], "1 worker": [], "2 workers": []}
        for _ in range(3):
            milliseconds = sum(timed(lambda query=query: plain.search(model, query)) for query in queries[:60])
            rates["plain, one after the other"].append(1000 * 60 / milliseconds)
            for workers in (1, 2):
                rates[f"{workers} worker{'s' * (workers > 1)}"].append(rate(home, queries, workers))
        found = {
            name: {"median": round(statistics.median(values), 1), "all": [round(one, 1) for one in values]}
            for name, values in rates.items()
        }
    return found


def rate(home: Path, queries: Sequence[str], workers: int) -> float:
    """The clients are of the plainest kind, since they have the same cores."""
    with serving(home, "--workers", str(workers), max_requests=CLIENTS * workers) as (client, _):
        host = client.base_url.netloc.decode()

        def ask(part: Sequence[str]) -> None:
            with closing(HTTPConnection(host, timeout=120)) as own:
                for query in part:
                    own.request("GET", f"/v1/search?{urlencode({'q': query})}")
                    answer = own.getresponse()
                    answer.read()
                    assert answer.status == 200, answer.status

        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(ask, [queries[:20]] * CLIENTS))
            begin = time.perf_counter()
            list(clients.map(ask, [[*map(anew, queries[number::CLIENTS] * 8)] for number in range(CLIENTS)]))
            return 8 * len(queries) / (time.perf_counter() - begin)


def room(home: Path, queries: Sequence[str]) -> Figures:
    with Lessonry(load(home=home)) as lessonry, lessonry.corpus.db.read() as db:
        text = db.execute("SELECT sum(length(CAST(title || heading || text AS BLOB))) FROM passages").fetchone()[0]
    files = {path.relative_to(home): path.stat().st_size for path in home.rglob("*") if path.is_file()}
    by: dict[str, int] = {}
    for path, size in files.items():
        by[path.parts[0]] = by.get(path.parts[0], 0) + size
    count = size_of(home)
    resident = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, one in (("server", home), ("server of an empty home", Path(folder))):
            with serving(one) as (client, server):
                for query in queries:
                    search(client, query)
                    search(client, query, tag=FILTERS["1 %"])
                told = Path(f"/proc/{server.pid}/smaps_rollup").read_text()
                resident[name] = int(re.search(r"^Rss:\s+(\d+)", told, re.M)[1]) // 1024  # type: ignore[index]
    return {
        "bytes a passage": round(sum(by.values()) / count),
        "of them text": round(text / count),
        "by file": {name: round(size / count) for name, size in sorted(by.items(), key=lambda one: -one[1])[:6]},
        "resident MiB": resident,
    }


def size_of(home: Path) -> int:
    return int(re.sub(r"\D", "", home.name))


PARTS: dict[str, Callable[[Path, Sequence[str]], Figures]] = {
    "room": room, "near": near, "http": http, "change": change, "start": start, "many": many, "compact": compact,
}  # fmt: skip


if __name__ == "__main__":
    main()
