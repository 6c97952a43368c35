"""A process that works on a home, and tells a log what it begins and what is done: until it is killed.

    python -m tests.crash.worker FOLDER SEED [POINT]

With POINT it kills itself at that write point: the so-and-so-many-th statement of SQL, or file that is opened for
writing, renamed, removed or made.
"""

import json
import os
import random
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from api.wiring import Lessonry
from tests.crash.operations import State, carry_out, choose, outcomes
from tests.fakes import FakeEncoder, opened

_FILE_EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile"}


class Log:
    """What the harness reads: one JSON value a line, in the file before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, value: Any) -> None:
        """Append a line, in one write."""
        os.write(self._file, (json.dumps(value) + "\n").encode())


class WritePoints:
    """Counts the instants at which something is written, and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self._left = last
        sys.addaudithook(self._file_event)
        connect = sqlite3.connect

        def traced(*args: Any, **named: Any) -> sqlite3.Connection:
            connection = connect(*args, **named)
            connection.set_trace_callback(lambda statement: self.passed())
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]

    def passed(self) -> None:
        """One more."""
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _file_event(self, event: str, args: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if writes or event in _FILE_EVENTS:
            self.passed()


def work(folder: Path, seed: int) -> None:
    """Operations without end. The state to begin with, the backups and the encoder's number lie in `folder`."""
    start = json.loads((folder / "state.json").read_text())
    state: State = start["state"]
    backups: dict[str, State] = start["backups"]
    encoder = start["encoder"]
    chance = random.Random(seed)
    log = Log(folder / "log")
    lessonry = _open(folder, encoder)
    log.write(["ready"])
    while True:
        operation = choose(chance, state, sorted(backups))
        log.write(["began", operation])
        if operation[0] == "migrate":
            lessonry.close()
            encoder += 1
            lessonry = _open(folder, encoder)
        carry_out(lessonry, operation, folder)
        state = outcomes(state, operation, backups)[-1]
        if operation[0] == "backup":
            backups[operation[1]] = state
        log.write(["done"])


def _open(folder: Path, encoder: int) -> Lessonry:
    lessonry = opened(folder / "home")
    lessonry.__dict__["encoder"] = FakeEncoder(f"fake/{encoder}")
    return lessonry


if __name__ == "__main__":
    if len(sys.argv) > 3:
        WritePoints(int(sys.argv[3]))
    work(Path(sys.argv[1]), int(sys.argv[2]))
