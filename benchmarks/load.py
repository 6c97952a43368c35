"""200 clients at once, for minutes, while documents are taken in: what is answered, what is refused, how long it takes.

usage: python benchmarks/load.py HOME [--clients 200] [--minutes 5] [--pause 0]

HOME is copied, not changed; benchmarks/scale/made.py makes one of 100,000 passages. A server of its own is asked by one
client first, alone: the idle figures. Then all clients ask at once, each as soon as it has its answer (or after a pause
of so many seconds on average), and comes again when a 503 says so, while a file of many documents is taken in. Of ten
questions eight are searches for words of titles, one is a page that related lessons are wanted for, one is a document.
Times are those of whole round trips that were answered; clients and server share the machine.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

IDLE = 300
"""Requests of the one client that asks alone."""
TAKEN_IN = 20_000
"""Documents that wait to be taken in: more than there is time for."""


@dataclass
class Figures:
    """Milliseconds of what was answered, by kind of question, and how often each status came."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    unsaid: int = 0
    """Refusals that do not say when to come again."""

    @property
    def all(self) -> list[float]:
        return [one for times in self.times.values() for one in times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--pause", type=float, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        command = [sys.executable, "-m", "api.cli", "--home", str(home), "serve", "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr
                told = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
                assert told, server.stderr.read()
                said = threading.Thread(target=shutil.copyfileobj, args=(server.stderr, sys.stderr), daemon=True)
                said.start()
                asyncio.run(measure(told[0], given.clients, 60 * given.minutes, given.pause))
                server.terminate()
                said.join()
            finally:
                server.kill()


async def measure(address: str, clients: int, seconds: float, pause: float) -> None:
    """Print one table: idle, and under load."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)  # the server's is 5
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        asked = Asked(client, await some_documents(client))
        idle, loaded = Figures(), Figures()
        chance = random.Random(1)
        for _ in range(20):  # what is made on the first question
            await asked.once(chance, Figures())
        for _ in range(IDLE):
            await asked.once(chance, idle)

        async def reader(own: random.Random) -> None:
            while time.monotonic() < ends:
                await asked.once(own, loaded)
                await asyncio.sleep(own.random() * 2 * pause)

        await asked.to_take_in(TAKEN_IN)
        before = await asked.documents()
        ends = time.monotonic() + seconds
        await asyncio.gather(*[reader(random.Random(number)) for number in range(2, clients + 2)])
        taken = await asked.documents() - before
    table(idle, loaded, taken, clients, seconds)


async def some_documents(client: httpx.AsyncClient) -> dict[str, str]:
    """Ids of the first thousand documents, by title."""
    found: dict[str, str] = {}
    cursor: dict[str, str] = {}
    while len(found) < 1000:
        page = (await client.get("/v1/documents", params={"limit": "100", **cursor})).json()
        found.update((one["title"], one["id"]) for one in page["items"])
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    return found


class Asked:
    """What clients ask of the server, in words of its own documents."""

    def __init__(self, client: httpx.AsyncClient, documents: dict[str, str]) -> None:
        self._client = client
        self._documents = documents
        self._titles = list(documents)

    async def once(self, chance: random.Random, figures: Figures) -> None:
        """One question. A refusal that says when to come again is waited for, not asked again."""
        kind = chance.choice(["search"] * 8 + ["related", "document"])
        start = time.perf_counter()
        answer = await self._answer(kind, chance)
        took = 1000 * (time.perf_counter() - start)
        figures.statuses[answer.status_code] += 1
        if answer.is_success:
            figures.times.setdefault(kind, []).append(took)
        elif "Retry-After" in answer.headers:
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        else:
            figures.unsaid += 1

    async def _answer(self, kind: str, chance: random.Random) -> httpx.Response:
        title, *others = chance.sample(self._titles, 6)
        if kind == "search":
            words = re.findall(r"\w+", f"{title} {others[0]}")
            return await self._client.get(
                "/v1/search", params={"q": " ".join(chance.sample(words, min(4, len(words))))}
            )
        if kind == "related":
            return await self._client.post("/v1/related", json={"title": title, "text": ". ".join(others), "limit": 5})
        return await self._client.get(f"/v1/documents/{self._documents[title]}")

    async def to_take_in(self, count: int) -> None:
        """Send so many documents in one file."""
        chance = random.Random(1)
        rows = []
        for number in range(count):
            words = " ".join(chance.sample(self._titles, 40)).split()
            text = "\n\n".join(" ".join(chance.sample(words, 60)) for _ in range(4))
            rows.append(json.dumps({"id": f"taken-in-{number}", "title": f"Taken in {number}", "text": text}))
        sent = await self._client.post("/v1/uploads", files={"file": ("many.jsonl", "\n".join(rows).encode())})
        sent.raise_for_status()

    async def documents(self) -> int:
        """How many documents the server has."""
        [count] = re.findall(r"^lessonry_documents (\S+)", (await self._client.get("/metrics")).text, re.M)
        return round(float(count))


def table(idle: Figures, loaded: Figures, taken: int, clients: int, seconds: float) -> None:
    print(f"| ms for a round trip | answered | median | of 95 % | of 99 % | most |\n{'|---' * 6}|")
    for name, figures in (("one client", idle), (f"{clients} clients", loaded)):
        for kind, times in [("all", figures.all), *sorted(figures.times.items())]:
            cuts = statistics.quantiles(times, n=100)
            figure = " | ".join(f"{one:.0f}" for one in (cuts[49], cuts[94], cuts[98], max(times)))
            print(f"| {name}: {kind} | {len(times)} | {figure} |")
    ratio = statistics.quantiles(loaded.all, n=100)[98] / statistics.quantiles(idle.all, n=100)[98]
    print(f"\n99th percentile under load: {ratio:.1f} times the idle one")
    print(f"answers: {dict(sorted(loaded.statuses.items()))}; that do not say when to come again: {loaded.unsaid}")
    print(f"taken in meanwhile: {taken} documents")
    print(f"{len(loaded.all) / seconds:.1f} answers a second")


if __name__ == "__main__":
    main()
