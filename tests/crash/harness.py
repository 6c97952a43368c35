"""Kills a process at work, opens its home again, and holds it against the log of what had been acknowledged."""

import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from api.doctor import examine
from api.wiring import Lessonry
from corpus.store import Corpus, restore_backup
from search.types import Query
from tests.crash.operations import EMPTY, Operation, State, found, outcomes, prepare
from tests.fakes import VOCABULARY, FakeEncoder, opened

ROOT = Path(__file__).parents[2]
_MOST_POINTS = 400
_LONGEST_WORK = 1.5
_STARTING = 120.0


@dataclass
class Report:
    """What the kills met."""

    kills: int = 0
    acknowledged: int = 0
    cut_off: Counter[str] = field(default_factory=Counter)
    """The operations that were under way."""
    by_point: int = 0
    slowest: float = 0.0
    """Seconds to open the home again, catch up and answer."""


class Victim:
    """One home, and the processes that die over it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.report = Report()
        self._folder = folder
        self._chance = random.Random(seed)
        self._state: State = EMPTY
        self._backups: dict[str, State] = {}
        self._encoder = 1
        prepare(folder)

    def kill_once(self) -> None:
        """Let a process work, kill it, and check what it leaves. AssertionError tells what was lost."""
        log = self._folder / "log"
        log.unlink(missing_ok=True)
        start = {"state": self._state, "backups": self._backups, "encoder": self._encoder}
        (self._folder / "state.json").write_text(json.dumps(start))
        self._let_work_and_kill(log)
        last = self._follow(log)
        self._reopen(last)
        self.report.kills += 1

    def _let_work_and_kill(self, log: Path) -> None:
        at_point = self._chance.random() < 0.5
        point = [str(self._chance.randrange(1, _MOST_POINTS))] if at_point else []
        command = [sys.executable, "-m", "tests.crash.worker", str(self._folder), str(self._chance.randrange(10**9))]
        with subprocess.Popen([*command, *point], cwd=ROOT, stderr=subprocess.PIPE) as process:
            if at_point:
                self.report.by_point += 1
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_STARTING)
            else:
                _wait_for(log, process)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(self._chance.random() * _LONGEST_WORK)
            process.kill()
            process.wait()
            said = process.stderr.read().decode() if process.stderr else ""
        assert process.returncode == -signal.SIGKILL, f"the process ended by itself:\n{said}"

    def _follow(self, log: Path) -> Operation | None:
        """Bring the state to what was acknowledged; the operation that was under way, if any."""
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        begun: Operation | None = None
        for word, *given in lines:
            if word == "began":
                begun = given[0]
                self._encoder += begun[0] == "migrate"
            elif word == "done" and begun is not None:
                self._state = outcomes(self._state, begun, self._backups)[-1]
                if begun[0] == "backup":
                    self._backups[begun[1]] = self._state
                self.report.acknowledged += 1
                begun = None
        return begun

    def _reopen(self, last: Operation | None) -> None:
        start = time.monotonic()
        with opened(self._folder / "home") as lessonry:
            lessonry.__dict__["encoder"] = FakeEncoder(f"fake/{self._encoder}")
            state = found(lessonry)
            possible = outcomes(self._state, last, self._backups) if last else [self._state]
            assert state in possible, f"after {last}: {_differences(state, possible[0])}"
            self._state = state
            _check_hits(lessonry)
            self.report.slowest = max(self.report.slowest, time.monotonic() - start)
            assert examine(lessonry) == [], f"after {last}"
        if last is not None:
            self.report.cut_off[last[0]] += 1
            if last[0] == "backup" and (self._folder / last[1]).exists():
                self._check_backup(self._folder / last[1])

    def _check_backup(self, path: Path) -> None:
        """A backup that was cut off is complete, or not there at all."""
        home = self._folder / "restored"
        restore_backup(path, home)
        with Corpus(home) as corpus:
            texts = {corpus.documents.get(i).title: corpus.documents.get(i).text for i in corpus.documents.ids()}
        assert texts == self._state["documents"]


def _check_hits(lessonry: Lessonry) -> None:
    """Every hit is of its document's own text, and the nearest are those that brute force finds."""
    lessonry.indexer.catch_up()
    corpus, encoder = lessonry.corpus, lessonry.encoder
    passages = {one.id: one for i in corpus.documents.ids() for one in corpus.documents.passages(i)}
    for word in VOCABULARY[::4]:
        for hit in lessonry.searcher.search(Query(text=word, limit=50)).hits:
            assert hit.passage.text in hit.document.text
            assert passages[hit.passage.id].text == hit.passage.text
        vector = encoder.encode_query(word)
        near = {
            i: float(np.dot(vector, encoder.encode([f"{one.title}\n{one.text}"])[0])) for i, one in passages.items()
        }
        listed = dict(lessonry.indexer.index.search(vector, len(passages) or 1))
        assert listed.keys() == near.keys()
        assert all(abs(listed[i] - near[i]) < 1e-3 for i in near)  # vectors are kept in half precision


def _differences(state: State, expected: State) -> str:
    parts = []
    for part in EMPTY:
        for name in sorted({*state[part], *expected[part]}):
            held, wanted = state[part].get(name), expected[part].get(name)
            if held != wanted:
                parts.append(f"{part} {name}: {held!r} instead of {wanted!r}")
    return "; ".join(parts)


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTING
    while not log.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
