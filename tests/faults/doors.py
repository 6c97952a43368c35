"""A home with three documents, its doors, and a process of its own for faults that would harm the tests beside it."""

import contextlib
import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from fastapi.testclient import TestClient

from api import cli
from api.app import create_app
from api.wiring import Lessonry
from search import encoders
from tests.fakes import FakeEncoder, opened, stored

TEXTS = {
    "Valve": "The valve stuck open.",
    "Disk": "The disk was full and the backup was empty.",
    "Clock": "A leap second and the clock.",
}


def fill(home: Path) -> None:
    """Make the home, as an earlier process left it."""
    with opened(home) as lessonry:
        for title, text in TEXTS.items():
            stored(lessonry, title, text)
        lessonry.indexer.rebuild()
        lessonry.prepare()


@contextlib.contextmanager
def served(lessonry: Lessonry) -> Iterator[TestClient]:
    """A server of the home."""
    app = create_app(lessonry)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(home: Path, *words: object) -> Done:
    """One call of the command line."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(encoders, "open_encoder", lambda *_, **__: FakeEncoder()),
        patch.object(sys, "argv", ["lessonry", "--home", str(home), *map(str, words)]),
    ):
        try:
            cli.main()
        except SystemExit as ended:
            return Done(int(ended.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("a command ends by SystemExit")


def finds(client: TestClient, words: str, title: str) -> None:
    """The document comes first by words and by meaning, and nothing is missing."""
    answer = client.get("/v1/search", params={"q": words, "explain": True}).json()
    assert answer["hits"][0]["document"]["title"] == title, answer
    assert answer["hits"][0]["explain"]["semantic"]["cosine"] > 0
    assert answer["degraded"] is None


def command_finds(home: Path, words: str, title: str) -> None:
    """As `finds`, from the command line."""
    done = command(home, "search", words, "--json")
    answer = json.loads(done.out)
    assert answer["hits"][0]["document"]["title"] == title, answer
    assert (done.code, answer["degraded"]) == (0, None)


def ended(client: TestClient, job: dict) -> dict:
    """A job once it has ended; a test that waits longer than its job is worth fails by itself."""
    for _ in range(1200):
        job = client.get(f"/v1/jobs/{job['id']}").json()
        if job["status"] in ("done", "failed"):
            return job
        time.sleep(0.025)
    raise AssertionError(f"the job did not end: {job}")


def whole(home: Path, titles: Sequence[str] = tuple(TEXTS)) -> None:
    """The truth is intact, and so is all that is derived from it."""
    doctor = json.loads(command(home, "doctor", "--json").out)
    assert doctor == {"healthy": True, "problems": [], "repaired": []}
    listed = json.loads(command(home, "list", "--json").out)["items"]
    assert sorted(item["title"] for item in listed) == sorted(titles)


def elsewhere(work: Callable[[Path], None], folder: Path, under: Sequence[str] = ()) -> None:
    """`work(folder)` in a process of its own, started by the command `under`; what it raises fails the test."""
    script = (
        f"from pathlib import Path\nfrom tests.faults.doors import as_a_server_logs\n"
        f"from tests.faults.{Path(work.__code__.co_filename).stem} import {work.__name__} as work\n"
        f"as_a_server_logs()\nwork(Path({str(folder)!r}))"
    )
    done = subprocess.run(
        [*under, sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def as_a_server_logs() -> None:
    """To standard error, as `api.server` has it."""
    logging.basicConfig(level=logging.WARNING)
