"""Readers in a process of their own: what breaks, hangs or swells costs one document."""

import os
import pickle
import signal
import sys
import time
from pathlib import Path

import pytest

from corpus.errors import NothingToRead, TooLarge, Unreadable
from ingest.apart import Processes, _answer
from ingest.extract import extract
from ingest.types import Page


def process_id() -> int:
    return os.getpid()


def broken() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def endless() -> None:
    time.sleep(3600)


def swollen() -> int:
    return len(bytearray(4_000_000_000))


def buggy() -> None:
    raise KeyError("a bug of ours")


def writing(path: str) -> None:
    Path(path).write_text("x")


def talking() -> str:
    print("noise between the answers", flush=True)  # noqa: T201
    return "answer"


def known_modules() -> set[str]:
    return set(sys.modules)


def environment() -> dict[str, str]:
    return dict(os.environ)


@pytest.fixture(scope="module")
def apart() -> Processes:
    return Processes(memory=1_500_000_000, seconds=60)


def test_a_page_comes_back_as_from_the_reader_itself(apart):
    body = b"# The valve\n\nIt was open.\n\n## What to learn\n\nClose it."
    assert apart("a.md", extract, body, name="a.md") == extract(body, name="a.md")


def test_the_process_is_another_one_and_is_used_again(apart):
    first = apart("x", process_id)
    assert first != os.getpid()
    assert apart("x", process_id) == first


@pytest.mark.parametrize("breaks", [broken, swollen])
def test_a_reader_that_breaks_down_costs_one_document(apart, breaks):
    with pytest.raises(Unreadable, match=r"hostile\.pdf: its reader broke down.*read_memory"):
        apart("hostile.pdf", breaks)
    assert apart("next", process_id)


def test_a_reader_that_hangs_is_ended():
    quick = Processes(memory=1_500_000_000, seconds=0.5)
    with pytest.raises(Unreadable, match=r"slow\.pdf: reading it takes longer than 0\.5 s \(setting read_seconds\)"):
        quick("slow.pdf", endless)


def test_errors_keep_their_kind_and_fields(apart):
    with pytest.raises(NothingToRead) as caught:
        apart("empty.pdf", extract, b"", name="empty.md")
    assert caught.value.source == "empty.md"
    assert caught.value.args == (f"empty.md: {caught.value.reason}",)


def test_a_bug_stays_a_bug(apart):
    with pytest.raises(RuntimeError, match="KeyError: 'a bug of ours'"):
        apart("x", buggy)


def test_the_process_cannot_write_files_and_sees_no_environment(apart, tmp_path):
    with pytest.raises(RuntimeError, match="File too large"):
        apart("x", writing, str(tmp_path / "file"))
    assert apart("x", environment).keys() <= {"LC_CTYPE"}


def test_what_a_library_prints_is_no_answer(apart):
    assert apart("x", talking) == "answer"


def test_the_engines_are_not_loaded_there(apart):
    apart("a.md", extract, b"# A\n\nText.", name="a.md")
    assert not {"torch", "faiss", "openvino", "fastapi"} & apart("x", known_modules)


@pytest.mark.parametrize("error", [TooLarge("http://a.example/", 5), Unreadable("a.pdf", "damaged")])
def test_every_field_of_an_error_travels(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.args, copy.__dict__) == (type(error), error.args, error.__dict__)


def test_a_reader_that_was_taken_over_runs_nothing_here(tmp_path):
    class Attack:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    with pytest.raises(EOFError):
        _answer(pickle.dumps((True, Attack())))
    assert not (tmp_path / "owned").exists()
    assert _answer(pickle.dumps((True, Page(url=None, text="fine"))))[1].text == "fine"
