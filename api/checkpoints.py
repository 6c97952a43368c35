"""A design, a change or a runbook, section by section: which lessons bear on it. The text is never stored."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.wiring import Lessonry
from corpus.passages import sections
from search.types import Suggestion, Suggestions

_LONGEST = 3_000
"""Characters of a section; a longer one is split between paragraphs."""
_MOST = 60
"""Parts of a document; of a longer one neighbours are joined."""
_SPARE = 5
"""Lessons asked for beyond the limit, since those that are nearer to another section are told there."""
_WORDS = 12
"""Words of a sentence by which it is found again in the source."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A part of the document under its heading, and the lessons that bear on it."""

    heading: str
    text: str
    lessons: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The parts on which lessons bear. `degraded` says what is missing from the answer, if anything is."""

    parts: list[Checkpoint]
    degraded: str | None


def check(lessonry: Lessonry, title: str, text: str, limit: int) -> Checked:
    """At most so many lessons for each part; each lesson once, where it is nearest."""
    parts = parts_of(title, text)
    found = [_suggested(lessonry, part, limit + _SPARE) for part in parts]
    best = [max(one.cosine for one in answer.items) for answer in found if answer.items]
    passages = sum(len(lessonry.split("", part.text)) for part in parts)
    floor = near_enough(best, passages, lessonry.related.floor)
    nearest: dict[str, tuple[float, int]] = {}
    for place, answer in enumerate(found):
        for one in answer.items:
            nearest[one.document.id] = max((one.cosine, -place), nearest.get(one.document.id, (-1.0, 0)))
    told = [
        replace(part, lessons=tuple(_here(answer.items, place, nearest, floor))[:limit])
        for place, (part, answer) in enumerate(zip(parts, found, strict=True))
    ]
    return Checked([part for part in told if part.lessons], next((one.degraded for one in found if one.degraded), None))


def parts_of(title: str, text: str) -> list[Checkpoint]:
    """A headed text cut at its headings; long sections are split, and there are never very many."""
    parts = [
        Checkpoint(" › ".join(name for name in section.path if name != title), body)
        for section in sections(text)
        for body in _split(section.body)
    ]
    each = max(1, -(-len(parts) // _MOST))
    return [_joined(parts[start : start + each]) for start in range(0, len(parts), each)]


def line_of(source: str, sentence: str) -> int | None:
    """The line of a source on which a sentence begins, whatever stands between its words; None if it is not there."""
    words = re.findall(r"\w+", sentence)[:_WORDS]
    found = re.search(r"[\W_]+".join(words), source) if words else None
    return source.count("\n", 0, found.start()) + 1 if found else None


def _suggested(lessonry: Lessonry, part: Checkpoint, limit: int) -> Suggestions:
    """What bears on a part; nothing on one that is nearer to paperwork than to any lesson."""
    found = lessonry.related.of_text("", part.text, limit)
    if found.items and lessonry.related.paperwork(part.text) > max(one.cosine for one in found.items):
        return replace(found, items=[])
    return found


def near_enough(best: Sequence[float], passages: int, floor: Callable[[float], float]) -> float:
    """How near a lesson must be: the step-up procedure of Benjamini and Hochberg over the parts.

    `best`: how near each part comes that comes near at all; `floor`: the least for a page of so many passages.
    In a document with which lessons have nothing to do, it is the floor for all its passages, as if it were one page.
    The more parts come near to lessons, the lower it is, so that the share of wrong ones among them stays the same.
    """
    nearest_first = sorted(best, reverse=True)
    floors = ((told, floor(passages / told)) for told in range(len(best), 0, -1))
    return next((least for told, least in floors if nearest_first[told - 1] >= least), math.inf)


def _here(
    items: Sequence[Suggestion], place: int, nearest: Mapping[str, tuple[float, int]], floor: float
) -> Iterator[Suggestion]:
    """The suggestions of the part at a place that are near enough, and nearer to no other part."""
    return (one for one in items if one.cosine >= floor and nearest[one.document.id][1] == -place)


def _split(body: str) -> list[str]:
    """Paragraphs, packed into pieces that are not too long."""
    pieces: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body):
        if pieces and len(pieces[-1]) + len(paragraph) < _LONGEST:
            pieces[-1] += f"\n\n{paragraph}"
        else:
            pieces.append(paragraph)
    return pieces


def _joined(parts: Sequence[Checkpoint]) -> Checkpoint:
    return Checkpoint(parts[0].heading, "\n\n".join(part.text for part in parts))
