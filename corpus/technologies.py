"""The names of technologies, their spellings, and which of them a text tells of. Pure."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")
_TOKEN = re.compile(r"[^\W_]+(?:_[^\W_]+)*(?:\+\+|#)?")
_ADDRESS = re.compile(r"\bhttps?://\S+")
"""A link to GitHub tells of no outage of GitHub."""
_LONGEST = 4
"""Words that a spelling has at most."""


def found_in(text: str) -> list[str]:
    """The names of the technologies that a text tells of, by name: spellings of theirs stand there as whole words."""
    words = _TOKEN.findall(_ADDRESS.sub(" ", text))
    lowered = [word.lower() for word in words]
    runs = {*words, *lowered}
    first = _first_words()
    for said in (words, lowered):
        starts = [i for i, word in enumerate(said) if word in first]
        runs.update(" ".join(said[i : i + length]) for i in starts for length in range(2, _LONGEST + 1))
    spellings = _spellings()
    return sorted({spellings[run] for run in runs & spellings.keys()})


def name_of(spelling: str) -> str:
    """The name of the technology that is spelled so (`k8s`: Kubernetes); what is no spelling of any stays as it is."""
    return _lowered().get(_plain(spelling.lower()), spelling)


@cache
def digest() -> str:
    """Another one when the list is another."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:16]


@cache
def _spellings() -> dict[str, str]:
    """spelling, as its tokens with spaces between them -> name."""
    return {_plain(spelling): name for name, spellings in _lines() for spelling in spellings}


@cache
def _lowered() -> dict[str, str]:
    names = {_plain(name.lower()): name for name, _ in _lines()}
    return {**{spelling.lower(): name for spelling, name in _spellings().items()}, **names}


@cache
def _first_words() -> frozenset[str]:
    return frozenset(spelling.split()[0] for spelling in _spellings() if " " in spelling)


@cache
def _lines() -> list[tuple[str, list[str]]]:
    return list(_read(_FILE.read_text("utf-8")))


def _read(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        if line and not line.startswith("# "):
            name, _, listed = line.partition(":")
            spellings = [one.strip() for one in listed.rstrip("!").split(",")]
            yield name, spellings if line.endswith("!") else [*spellings, name, name.lower()]


def _plain(text: str) -> str:
    return " ".join(_TOKEN.findall(text))
