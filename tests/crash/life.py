"""An hour of life in ten minutes: a real server, 16 readers, 4 writers, refreshes, compactions and backups.

    python -m tests.crash.life [MINUTES] [SEED]

No error, no lost update, no hit with a text that its document did not have, and memory that stays; prints the figures.
"""

import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from api.doctor import examine
from api.refreshing import subscribe
from corpus.store import Corpus, restore_backup
from tests.crash.life_log import Log
from tests.crash.life_memory import Memory
from tests.fakes import VOCABULARY, opened

ROOT = Path(__file__).parents[2]
READERS, WRITERS = 16, 4
_OF_ONE_WRITER = 25
_SHELF = "shelf"
_FILES = 5
_BETWEEN_CARE = 4.0
_REFUSED = (429, 503)


@dataclass
class Report:
    """What life came to. `statuses` counts answers, refusals with Retry-After among them."""

    statuses: Counter[int] = field(default_factory=Counter)
    hits: int = 0
    writes: Counter[str] = field(default_factory=Counter)
    backups: int = 0
    generations: int = 0
    memory: float = 0.0
    slope: float = 0.0


class Life:
    """One home and all who are at it. Whatever is wrong is an AssertionError of `live`."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.report = Report()
        self._folder = folder
        self._seed = seed
        self._log = Log()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._local = threading.local()
        self._address = ""

    def live(self, seconds: float) -> Report:
        """See the header."""
        self._prepare_files()
        command = [sys.executable, "-m", "tests.crash.life_server", str(self._folder / "home")]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
            try:
                assert server.stderr
                told = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
                assert told, server.stderr.read()
                self._address = told[0]
                threading.Thread(target=lambda: list(server.stderr or ()), daemon=True).start()
                self._settle()
                with Memory(server.pid) as memory:
                    self._everybody(seconds)
                self.report.slope, self.report.memory = memory.slope(), memory.last()
                self._compare()
                self.report.generations = self._get("/readyz").json()["index"]["generation"]
            finally:
                server.terminate()
        assert server.returncode == 0
        with opened(self._folder / "home") as lessonry:
            assert examine(lessonry) == []
        return self.report

    def _everybody(self, seconds: float) -> None:
        parts: list[Callable[[random.Random], None]] = [*[self._read] * READERS]
        parts += [self._writer(number) for number in range(WRITERS)] + [self._care]
        with ThreadPoolExecutor(len(parts)) as pool:
            living = [pool.submit(self._until_over, part, n) for n, part in enumerate(parts)]
            ends = time.monotonic() + seconds
            while time.monotonic() < ends and not any(one.done() for one in living):
                time.sleep(0.1)
            self._over.set()
        for one in living:
            one.result()

    def _until_over(self, part: Callable[[random.Random], None], number: int) -> None:
        chance = random.Random(self._seed * 1000 + number)
        while not self._over.is_set():
            part(chance)
            self._over.wait(chance.random() * 0.2)

    def _ask(self, method: str, path: str, allowed: tuple[int, ...] = (), **more: Any) -> httpx.Response:
        """An answer without an error. What is refused for now is asked again when it says so."""
        if not hasattr(self._local, "client"):
            self._local.client = httpx.Client(base_url=self._address, timeout=60)
        while True:
            answer: httpx.Response = self._local.client.request(method, path, **more)
            with self._lock:
                self.report.statuses[answer.status_code] += 1
            if answer.status_code not in _REFUSED:
                break
            time.sleep(min(5.0, float(answer.headers["Retry-After"])))
        assert answer.is_success or answer.status_code in allowed, (method, path, answer.status_code, answer.text)
        return answer

    def _get(self, path: str, allowed: tuple[int, ...] = (), **params: Any) -> httpx.Response:
        return self._ask("GET", path, allowed, params=params)

    def _count(self, what: str) -> None:
        with self._lock:
            self.report.writes[what] += 1

    # readers

    def _read(self, chance: random.Random) -> None:
        word, some = chance.choice(VOCABULARY), self._log.some()
        title, document_id = chance.choice(sorted(some.items()))
        kind = chance.choice(["search"] * 4 + ["related", "neighbours", "page", "document", "feed"])
        start = time.monotonic()
        if kind == "search":
            mode = chance.choice(["hybrid", "keyword", "semantic"])
            for hit in self._get("/v1/search", q=f"{word} {title}", mode=mode).json()["hits"]:
                self._check(hit["document"]["title"], hit["passage"]["text"], start, hit)
                with self._lock:
                    self.report.hits += 1
        elif kind == "related":
            self._ask("POST", "/v1/related", json={"title": "A ticket", "text": f"We saw the {word} and {title}."})
        elif kind == "neighbours":
            self._get(f"/v1/documents/{document_id}/related", (404,))
        elif kind == "page":
            self._get(f"/documents/{document_id}", (404,))
        elif kind == "feed":
            self._get(f"/v1/collections/{_SHELF}/feed.{chance.choice(['atom', 'json'])}")
        else:
            answer = self._get(f"/v1/documents/{document_id}", (404,))
            possible = self._log.possible(title, start)
            assert (answer.json()["text"] if answer.is_success else None) in possible, (title, answer.text)

    def _check(self, title: str, passage: str, start: float, told: Any) -> None:
        possible = self._log.possible(title, start)
        assert any(text is not None and passage in text for text in possible), (told, possible)

    # writers

    def _writer(self, number: int) -> Callable[[random.Random], None]:
        titles = [f"writer {number} lesson {n}" for n in range(_OF_ONE_WRITER)]

        def write(chance: random.Random) -> None:
            kind = chance.choice(["put"] * 4 + ["remove", "count", "note", "useful", "moment"])
            if kind == "put":
                self._put(chance.choice(titles), chance)
            elif kind == "remove":
                self._remove(chance.choice(titles))
            elif kind == "count":
                self._count_up()
            elif kind == "note":
                self._note(f"seed {number}", f"note {chance.random()}")
            elif kind == "useful":
                self._useful(f"seed {chance.randrange(WRITERS)}")
            elif len(self._log.documents) < 400:
                self._moment(f"moment {number} {chance.random()}", chance)

        return write

    def _put(self, title: str, chance: random.Random) -> None:
        text = _text(title, chance)
        self._log.begin(title, text)
        asked = {"title": title, "text": text, "url": f"https://example.org/{title.replace(' ', '-')}"}
        job = self._ask("POST", "/v1/documents", json=asked).json()["job"]
        ended = self._ended(job)
        [item] = ended["result"]["items"]
        self._log.acknowledged(title, item["id"])
        self._count("documents")

    def _ended(self, job: dict[str, Any]) -> dict[str, Any]:
        while job["status"] in ("queued", "running"):
            time.sleep(0.05)
            job = self._get(f"/v1/jobs/{job['id']}").json()
        assert job["status"] == "done", job
        return job

    def _remove(self, title: str) -> None:
        versions = self._log.possible(title, time.monotonic())
        if versions and versions[-1] is not None:
            self._log.begin(title, None)
            self._ask("DELETE", f"/v1/documents/{self._log.ids[title]}")
            self._log.acknowledged(title)
            self._count("removals")

    def _count_up(self) -> None:
        """Add 1 to what the collection says, however many others do the same."""
        while True:
            seen = self._get(f"/v1/collections/{_SHELF}")
            edit = {"description": str(int(seen.json()["description"]) + 1)}
            match = {"If-Match": seen.headers["ETag"]}
            if self._ask("PATCH", f"/v1/collections/{_SHELF}", (412,), json=edit, headers=match).is_success:
                break
        with self._log.lock:
            self._log.counted += 1
        self._count("collections with If-Match")

    def _note(self, title: str, note: str) -> None:
        self._ask("PATCH", f"/v1/collections/{_SHELF}/items/{self._log.ids[title]}", json={"note": note})
        self._log.notes[title] = note
        self._count("notes")

    def _useful(self, title: str) -> None:
        told = {"document_id": self._log.ids[title], "context": "search", "verdict": "useful"}
        self._ask("POST", "/v1/feedback", json=told)
        with self._log.lock:
            self._log.useful[title] += 1
        self._count("verdicts")

    def _moment(self, title: str, chance: random.Random) -> None:
        learned = _text(title, chance)
        self._log.begin(title, f"## What we learned\n\n{learned}")
        made = self._ask("POST", "/v1/moments", json={"happened": "", "learned": learned, "title": title}).json()
        self._log.acknowledged(title, made["id"])
        self._count("moments")

    # care

    def _prepare_files(self) -> None:
        (self._folder / "files").mkdir()
        self._write_files(random.Random(self._seed))
        with opened(self._folder / "home") as lessonry:
            self._source = subscribe(lessonry, str(self._folder / "files"), None, {}).id

    def _write_files(self, chance: random.Random) -> None:
        for n in range(_FILES):
            text = _text(f"file {n}", chance)
            self._log.begin(f"file {n}", text)
            (self._folder / "files" / f"{n}.md").write_text(f"# file {n}\n\n{text}\n")

    def _settle(self) -> None:
        """The source's documents, one for each writer that stays, and the collection in which these stand."""
        chance = random.Random(self._seed)
        self._refresh()
        self._ask("POST", "/v1/collections", json={"title": "Shelf", "slug": _SHELF, "description": "0"})
        for n in range(WRITERS):
            self._put(f"seed {n}", chance)
            item = {"document_id": self._log.ids[f"seed {n}"]}
            self._ask("POST", f"/v1/collections/{_SHELF}/items", json=item)

    def _refresh(self) -> None:
        self._ended(self._ask("POST", f"/v1/sources/{self._source}/refresh").json()["job"])
        found = self._get("/v1/documents", limit=100).json()["items"]
        ids = {one["title"]: one["id"] for one in found}
        for n in range(_FILES):
            self._log.acknowledged(f"file {n}", ids.get(f"file {n}"))

    def _care(self, chance: random.Random) -> None:
        """A source has changed and is refreshed; another process writes a backup, which is whole."""
        self._write_files(chance)
        self._refresh()
        path = self._folder / f"{self.report.backups}.db"
        with Corpus(self._folder / "home") as corpus:
            corpus.backup(path)
        restored = self._folder / "restored"
        restore_backup(path, restored)
        path.unlink()
        self.report.backups += 1
        self._count("refreshes")
        self._over.wait(_BETWEEN_CARE)

    # in the end

    def _compare(self) -> None:
        """Everything that was acknowledged is there, as it was written last."""
        for title, text in self._log.final().items():
            answer = self._get(f"/v1/documents/{self._log.ids[title]}", (404,))
            assert (answer.json()["text"] if answer.is_success else None) == text, title
        shelf = self._get(f"/v1/collections/{_SHELF}").json()
        assert int(shelf["description"]) == self._log.counted
        notes = {item["document"]["title"]: item["note"] for item in shelf["items"]}
        assert notes == {f"seed {n}": self._log.notes.get(f"seed {n}", "") for n in range(WRITERS)}
        with Corpus(self._folder / "home") as corpus:
            counts = {title: corpus.feedback.counts(self._log.ids[title])["useful"] for title in notes}
        assert counts == {title: self._log.useful[title] for title in notes}


def _text(title: str, chance: random.Random) -> str:
    """Words that the encoder knows among others that no other text has: no two texts are copies."""
    words = [chance.choice(VOCABULARY) for _ in range(12)]
    words += ["".join(chance.choices("abcdefghiklmnoprstu", k=7)) for _ in range(50)]
    chance.shuffle(words)
    return f"On {title} this is known: {' '.join(words)}."


def told(report: Report) -> str:
    """The figures, as they stand in docs/operations.md."""
    statuses = ", ".join(f"{count:,} × {status}" for status, count in sorted(report.statuses.items()))
    writes = ", ".join(f"{what} {count:,}" for what, count in report.writes.most_common())
    return (
        f"answers: {statuses}\nhits compared: {report.hits:,}\nacknowledged writes: {writes}\n"
        f"backups: {report.backups}, generations of the index: {report.generations}\n"
        f"memory: {report.memory:.0f} MB in the end, {report.slope:+.2f} MB a minute\nnothing wrong, nothing lost"
    )


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        print(told(Life(Path(folder), int(sys.argv[2]) if len(sys.argv) > 2 else 1).live(60 * minutes)), flush=True)
