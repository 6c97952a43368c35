"""Runs git on what is hostile: nothing that a repository holds is executed; time and size are bounded."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from corpus.errors import SourceError

# The whole environment: no settings of the user or the machine, no questions, no large files from elsewhere.
_ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}
# What a repository's own settings could have git run, and what git does in the background.
_OPTIONS = (
    f"core.hooksPath={os.devnull}", "core.fsmonitor=false", "core.pager=cat", "log.showSignature=false",
    "submodule.recurse=false", "credential.helper=", "gc.auto=0", "maintenance.auto=false",
)  # fmt: skip
_POLL = 0.3
_LAST_WORDS = 5.0
_ENTRY = 1000
"""Bytes that any file or folder counts at least: a disk runs out of places for them too."""


class GitFailed(Exception):
    """git ended with an error. `said` is the end of what it said."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said

    @property
    def line(self) -> str:
        """Its telling line, short and of plain characters."""
        lines = [line for line in self.said.splitlines() if line.strip()] or ["it did not say why"]
        told = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[-1])
        return re.sub(r"[^\x20-\x7e]", "?", told.removeprefix("fatal: ").removeprefix("error: "))[:200]


class Git:
    """git for one source, which errors name, with so many seconds for all that it is asked to do.

    `protocols` are those that it may use, as git lists them ("http:https"). SourceError if git is not installed.
    """

    def __init__(self, source: str, seconds: float, *, protocols: str = "none", options: Sequence[str] = ()) -> None:
        program = shutil.which("git")
        if program is None:
            raise SourceError(source, "git is not installed; install it, or give a folder of files")
        self._source = source
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._command = [program, *(part for option in (*_OPTIONS, *options) for part in ("-c", option))]
        self._environment = _ENVIRONMENT | {"GIT_ALLOW_PROTOCOL": protocols}

    def run(self, *arguments: str, grows: Path, most_bytes: int) -> None:
        """Run to the end. GitFailed; SourceError when the time is over, or `grows` holds more than `most_bytes`."""
        with self._started(arguments, subprocess.DEVNULL) as process:
            running = True
            while running:  # and once more when it has ended: it may have been quick
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_POLL)
                running = process.poll() is None
                self._check_time()
                if _size(grows, most_bytes) > most_bytes:
                    limit = f"larger than the limit of {most_bytes / 1e6:.0f} MB"
                    raise SourceError(self._source, f"the repository is {limit}")

    def tokens(self, *arguments: str) -> Iterator[str]:
        """What git prints, cut at each NUL, while it prints. GitFailed; SourceError when the time is over."""
        with self._started(arguments, subprocess.PIPE) as process:
            watch = threading.Timer(max(self._ends - time.monotonic(), 0), process.kill)
            watch.start()
            try:
                yield from _cut(process.stdout)
                process.wait()
            finally:
                watch.cancel()
            self._check_time()

    @contextmanager
    def _started(self, arguments: Sequence[str], out: int) -> "Iterator[subprocess.Popen[bytes]]":
        """The process, with all that it starts gone at the end; GitFailed if it says that it failed."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=said, env=self._environment, start_new_session=True,
            )  # fmt: skip
            try:
                yield process
            finally:
                _end(process)
            if process.returncode:
                said.seek(0)
                raise GitFailed(said.read(10_000).decode("utf-8", "replace"))

    def _check_time(self) -> None:
        if time.monotonic() > self._ends:
            raise SourceError(self._source, f"git was not done within {self._seconds:g} s")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it and its children to end, which has git tidy up, then make them."""
    if process.stdout:
        process.stdout.close()
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sent)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LAST_WORDS)


def _cut(printed: IO[bytes] | None) -> Iterator[str]:
    rest = b""
    while printed and (block := printed.read(65_536)):
        *whole, rest = (rest + block).split(b"\0")
        yield from map(os.fsdecode, whole)


def _size(folder: Path, most: int) -> int:
    """The bytes below a folder, counted no further than `most`."""
    size = 0
    for here, folders, names in os.walk(folder):
        for name in (*folders, *names):
            with suppress(OSError):  # git renames and removes what it is at work on
                size += max(os.lstat(os.path.join(here, name)).st_size, _ENTRY)
        if size > most:
            break
    return size
