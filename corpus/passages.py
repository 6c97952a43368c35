"""Text -> passages: split at headings and sentences to what an encoder can read.

Knows no model: how much a text weighs is told by a `Measure`, which the wiring hands in.
The same text gives the same passages, and an edit moves only the passages near it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.types import PassageText, encoder_text

Measure = Callable[[Sequence[str]], list[int]]
"""Weighs each text in the encoder's own units (word pieces)."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])([\"'”’)\]]*)\s+(?=[\"'“‘(\[]?[A-Z0-9À-ÖØ-Þ])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|Dr|Mr|Mrs|Ms|St|No|Fig|Eq|Inc|Ltd|Co|approx|U\.S|U\.K|[A-Z])\.)[\"'”’)\]]*$"
)
_LINE_ITEM = re.compile(r"^\s*([-*+•|>]|\d{1,3}[.)]|\$|#|at )\s?")

_LONGEST_HEADING = 200
"""Characters. A longer line that begins like a heading is text."""
_SMALL = 32
"""A section lighter than this many units is joined to a neighbour: too little to be found by."""
_OVERLAP = 40
"""The last sentence of a passage is repeated in the next one if it is not heavier than this."""
_LEAST_BODY = 64
"""Title and headings may crowd a passage's own text down to this, not further."""
_CHUNK = 600
"""Text without any blank is cut into pieces of this many characters."""


@dataclass(frozen=True, slots=True)
class Section:
    """The text between two headings. `path` holds the headings above it, outermost first."""

    path: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """The smallest piece that is not cut: a sentence, a line of code or of a list."""

    text: str
    glue: str
    """What stands between the unit before and this one: a blank, a line break or a blank line."""
    weight: int


def sections(text: str) -> list[Section]:
    """Headed text cut at its headings; `#` inside code fences is no heading.

    No words are lost: a heading with nothing under it, not even another heading, is text itself,
    unless it is all there is.
    """
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fenced = False
    bare = False

    def close(level: int) -> None:
        """End the section before a heading of this level."""
        nonlocal bare
        body = "\n".join(lines).strip("\n")
        above = tuple(title for _, title in path)
        if body.strip():
            found.append(Section(above, body))
        elif bare and level <= path[-1][0] and (level or found):
            found.append(Section(above[:-1], above[-1]))
        bare = False
        lines.clear()

    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced or len(line) > _LONGEST_HEADING else _HEADING.match(line)
        title = _without_closing_marks(heading[2]) if heading else ""
        if heading is None or not title:
            lines.append(line)
            continue
        level = len(heading[1])
        close(level)
        path[:] = [(above, title) for above, title in path if above < level]
        path.append((level, title))
        bare = True
    close(0)
    return found


def _without_closing_marks(title: str) -> str:
    """`Title ##` -> `Title`; the `#` of `C#` stays."""
    title = title.rstrip()
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else title


def sentences(paragraph: str) -> list[str]:
    """A paragraph cut at sentence ends; abbreviations and initials do not end a sentence."""
    pieces: list[str] = []
    ends = [(end.start() + len(end[1] or ""), end.end()) for end in _SENTENCE_END.finditer(paragraph)]
    for start, end in zip([0, *(after for _, after in ends)], [*(end for end, _ in ends), None], strict=True):
        piece = paragraph[start:end]
        if pieces and _ABBREVIATION.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def split(text: str, *, title: str, measure: Measure, limit: int) -> list[PassageText]:
    """Cut headed text into passages that an encoder can read whole.

    `limit` is in the units of `measure` and holds for the text in its context (title and
    heading path, see `encoder_text`). Only a context that leaves less than _LEAST_BODY of it
    makes passages that are longer. A text without content gives no passages.
    """
    passages: list[PassageText] = []
    for section in _join_small(sections(text), measure):
        heading = " › ".join(part for part in section.path if part != title)
        context = measure([encoder_text(title, heading, "")])[0]
        budget = max(_LEAST_BODY, limit - context)
        for body in _pack(list(_units(section.body, measure, budget)), budget):
            passages.append(PassageText(heading, body))
    return passages


def _join_small(found: Sequence[Section], measure: Measure) -> list[Section]:
    """Join a section too small to be found by to the one after it, its heading kept as a line."""
    weights = measure([section.body for section in found]) if found else []
    joined: list[Section] = []
    pending: Section | None = None
    pending_weight = 0
    for section, weight in zip(found, weights, strict=True):
        if pending is not None:
            section = _joined(pending, section)
            weight += pending_weight
        if weight < _SMALL:
            pending, pending_weight = section, weight
        else:
            joined.append(section)
            pending = None
    if pending is not None:
        if joined and pending.path[:1] == joined[-1].path[:1]:
            joined[-1] = _joined(joined[-1], pending)
        else:
            joined.append(pending)
    return joined


def _joined(first: Section, second: Section) -> Section:
    shared = 0
    for one, other in zip(first.path, second.path, strict=False):
        if one != other:
            break
        shared += 1
    parts = []
    for section in (first, second):
        rest = " › ".join(section.path[shared:])
        parts.append(f"{rest}\n\n{section.body}" if rest else section.body)
    return Section(first.path[:shared], "\n\n".join(parts))


def _units(body: str, measure: Measure, budget: int) -> Iterator[_Unit]:
    pieces = list(pieces_of(body))
    weights = measure([text for text, _ in pieces])
    for (text, glue), weight in zip(pieces, weights, strict=True):
        if weight <= budget:
            yield _Unit(text, glue, weight)
        else:
            yield from _cut(text, glue, measure, budget)


def pieces_of(body: str) -> Iterator[tuple[str, str]]:
    """(text, glue before it) of the body of a section: paragraphs give sentences; code, lists and tables give lines."""
    glue = ""
    fenced = False
    for paragraph in re.split(r"\n\s*\n", body):
        for block in _blocks(paragraph, fenced):
            if isinstance(block, str):
                for sentence in sentences(block):
                    yield sentence, glue
                    glue = " "
            else:
                for line in block:
                    yield line, glue
                    glue = "\n"
            glue = "\n"
        fenced ^= sum(1 for line in paragraph.splitlines() if _FENCE.match(line)) % 2 == 1
        glue = "\n\n"


def _blocks(paragraph: str, fenced: bool) -> Iterator[str | list[str]]:
    """Runs of prose lines as one string, runs of lines that must stay lines as a list."""
    prose: list[str] = []
    kept: list[str] = []
    for line in paragraph.splitlines():
        fence = _FENCE.match(line) is not None
        if fenced or fence or _LINE_ITEM.match(line) or line.startswith(("    ", "\t")):
            if prose:
                yield " ".join(prose)
                prose = []
            kept.append(line.rstrip())
        elif line.strip():
            if kept:
                yield kept
                kept = []
            prose.append(line.strip())
        fenced ^= fence
    if prose:
        yield " ".join(prose)
    if kept:
        yield kept


def _cut(text: str, glue: str, measure: Measure, budget: int) -> Iterator[_Unit]:
    """Cut a unit that is too heavy at blanks, and what has no blanks by length."""
    words = [word[start : start + _CHUNK] for word in text.split() for start in range(0, len(word), _CHUNK)]
    weights = measure(words)
    if max(weights) > budget:  # e.g. a blob of base64: each character may weigh one unit
        words = [word[start : start + budget] for word in words for start in range(0, len(word), budget)]
        weights = measure(words)
    held: list[str] = []
    total = 0
    for word, weight in zip(words, weights, strict=True):
        if held and total + weight > budget:
            yield _Unit(" ".join(held), glue, total)
            held, total, glue = [], 0, " "
        held.append(word)
        total += weight
    yield _Unit(" ".join(held), glue, total)


def _pack(units: Sequence[_Unit], budget: int) -> Iterator[str]:
    """Fill passages evenly, so that none is a scrap, with the last sentence carried over."""
    total = sum(unit.weight for unit in units)
    if total <= budget:
        yield _text(units)
        return
    parts = -(-total // (budget - _OVERLAP)) if budget > 2 * _OVERLAP else -(-total // budget)
    target = total / parts
    held: list[_Unit] = []
    weight = 0
    fresh = 0
    for unit in units:
        full = weight + unit.weight > budget or fresh + unit.weight / 2 > target
        if fresh and full:
            yield _text(held)
            last = held[-1]
            carry = last.weight <= min(_OVERLAP, budget - unit.weight)
            held, weight, fresh = ([last], last.weight, 0) if carry else ([], 0, 0)
        held.append(unit)
        weight += unit.weight
        fresh += unit.weight
    yield _text(held)


def _text(units: Sequence[_Unit]) -> str:
    first, *rest = units
    return first.text + "".join(unit.glue + unit.text for unit in rest)
