"""Readers of hostile formats run in a process of their own, with bounds on memory and time.

What kills or hangs a parser (PDF, DOCX, XML, HTML) then costs one document. The process starts with an empty
environment, cannot write files, and ends when its parent does.
"""

import atexit
import contextlib
import io
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache
from typing import IO, Any, Protocol, TypeVar, cast

from corpus.errors import LessonryError, Unreadable

Result = TypeVar("Result")
_LENGTH = struct.Struct(">Q")
_PLAIN = {("builtins", "MemoryError"), ("builtins", "RuntimeError"), ("corpus.errors", "again")}
_RUN = "import sys; sys.path[:] = sys.argv[2:]; from ingest.apart import serve; serve(int(sys.argv[1]))"


class Apart(Protocol):
    """Runs a reader on the bytes of a document. Raises what it raises, or Unreadable for `name` when it fails."""

    def __call__(self, name: str, reader: Callable[..., Result], /, *args: Any, **named: Any) -> Result: ...


def at_once(name: str, reader: Callable[..., Result], /, *args: Any, **named: Any) -> Result:
    """In this very process: for what is trusted, such as tests."""
    del name
    return reader(*args, **named)


@cache
def in_a_process(memory: int, seconds: float) -> "Processes":
    """The processes that all of this program share; each may take so many bytes, and seconds for one document."""
    processes = Processes(memory, seconds)
    atexit.register(processes.close)
    return processes


class Processes:
    """A few processes that read documents, started when they are needed. Safe from several threads."""

    def __init__(self, memory: int, seconds: float, most: int = max(1, os.cpu_count() or 1)) -> None:
        self._memory = memory
        self._seconds = seconds
        self._turns = threading.Semaphore(most)
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()

    def __call__(self, name: str, reader: Callable[..., Result], /, *args: Any, **named: Any) -> Result:
        """See `Apart`."""
        with self._turns:
            process = self._process()
            over = threading.Timer(self._seconds, process.expire)
            over.start()
            try:
                returned, answer = process.ask(reader, args, named)
            except (OSError, EOFError) as error:
                process.kill()
                raise Unreadable(name, self._too_long() if process.late else self._too_much()) from error
            finally:
                over.cancel()
            if isinstance(answer, MemoryError):
                process.kill()
                raise Unreadable(name, self._too_much()) from answer
            self._idle.put(process)
        if not returned:
            raise answer
        result: Result = answer
        return result

    def close(self) -> None:
        """End those that wait for work."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().end()

    def _process(self) -> "_Process":
        """One that waits, or a new one."""
        while True:
            try:
                process = self._idle.get_nowait()
            except queue.Empty:
                return _Process(self._memory)
            if process.alive():
                return process

    def _too_long(self) -> str:
        return f"reading it takes longer than {self._seconds:g} s (setting read_seconds)"

    def _too_much(self) -> str:
        return f"its reader broke down: damaged, or it needs more than {self._memory / 1e9:g} GB (setting read_memory)"


class _Process:
    """A child process and the pipes to it. `late`: it was ended since it took too long."""

    def __init__(self, memory: int) -> None:
        self.late = False
        self._child = subprocess.Popen(
            [sys.executable, "-B", "-c", _RUN, str(memory), *sys.path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, close_fds=True,
        )  # fmt: skip

    def ask(self, reader: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> tuple[bool, Any]:
        """(True, what the reader returns) or (False, what it raises); EOFError or OSError if the process is gone."""
        _send(cast(IO[bytes], self._child.stdin), (reader, args, named))
        answer: tuple[bool, Any] = _receive(cast(IO[bytes], self._child.stdout), _answer)
        return answer

    def alive(self) -> bool:
        """Does it still run?"""
        return self._child.poll() is None

    def end(self) -> None:
        """Nothing more is asked of it: it goes by itself."""
        self._child.communicate()

    def expire(self) -> None:
        """Its time is over."""
        self.late = True
        self.kill()

    def kill(self) -> None:
        """End it now; whoever waits for its answer gets EOFError."""
        with contextlib.suppress(OSError):
            self._child.kill()
        threading.Thread(target=self._child.wait, daemon=True, name="reap").start()


def serve(memory: int) -> None:
    """The child's life: read a question, answer it, until the parent is gone."""
    _bound(memory)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not stand between the answers
    while True:
        try:
            reader, args, named = _receive(asked)
        except EOFError:
            return
        try:
            answer = (True, reader(*args, **named))
        except (LessonryError, MemoryError) as error:
            answer = (False, error.with_traceback(None))
        except Exception as error:  # a bug: it stays one on the other side, as far as it can be sent
            answer = (False, RuntimeError("".join(traceback.format_exception(error))))
        _send(answers, answer)


def _bound(memory: int) -> None:
    """No more memory than this, no files, no core dumps; as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in (("RLIMIT_AS", memory), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _send(pipe: IO[bytes], value: object) -> None:
    body = pickle.dumps(value)
    pipe.write(_LENGTH.pack(len(body)) + body)
    pipe.flush()


def _receive(pipe: IO[bytes], unpickle: Callable[[bytes], Any] = pickle.loads) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size = _LENGTH.unpack(head)[0]
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return unpickle(body)


class _Answer(pickle.Unpickler):
    """Makes nothing but pages, drafts and errors: a reader that was taken over has no other way into the parent."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.partition(".")[0] in ("ingest", "corpus") else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, LessonryError)):
            return found
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise EOFError(f"{module}.{name} is nothing that a reader answers with")


def _answer(body: bytes) -> Any:
    return _Answer(io.BytesIO(body)).load()
