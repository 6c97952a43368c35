"""Pure functions over texts: tokens, precision, recall, F1, and the lines that are found again."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Agreement:
    """How two multisets of words agree; each figure between 0 and 1."""

    precision: float
    recall: float
    f1: float


def tokens(text: str) -> Counter[str]:
    """The multiset of the text's lower-cased words."""
    return Counter(_WORD.findall(text.lower()))


def agreement(found: str, expected: str) -> Agreement:
    """Of the words found, how many are expected, and the other way round; two texts without words agree."""
    ours, theirs = tokens(found), tokens(expected)
    common = (ours & theirs).total()
    precision = common / ours.total() if ours else float(not theirs)
    recall = common / theirs.total() if theirs else float(not ours)
    both = precision + recall
    return Agreement(precision, recall, 2 * precision * recall / both if both else 0.0)


def mean(found: Sequence[Agreement]) -> Agreement:
    """Each figure's mean: the F1 is the mean of the pages' own, not that of the other two means."""
    figures = [[one.precision, one.recall, one.f1] for one in found]
    return Agreement(*(statistics.mean(column) for column in zip(*figures, strict=True)))


def lines_kept(found: str, expected: Sequence[str]) -> float:
    """The share of the expected lines that are lines of the text, whatever blanks and bars stand between the words."""
    there = Counter(_squeezed(found.splitlines()))
    wanted = Counter(_squeezed(expected))
    return (there & wanted).total() / wanted.total() if wanted else 1.0


def headings_of(text: str) -> list[str]:
    """The lines that start with one to six `#`."""
    return [line.lstrip("#") for line in text.splitlines() if re.match(r"#{1,6} ", line)]


def shared(found: str, expected: str) -> str:
    """The lines of `found` of which the other text holds at least half, by runs of three words."""
    words = _WORD.findall(expected.lower())
    known = set(zip(words, words[1:], words[2:], strict=False))
    kept = []
    for line in found.splitlines():
        own = _WORD.findall(line.lower())
        runs = list(zip(own, own[1:], own[2:], strict=False))
        if runs and 2 * sum(run in known for run in runs) >= len(runs):
            kept.append(line)
    return "\n".join(kept)


def _squeezed(lines: Iterable[str]) -> list[str]:
    return [text for line in lines if (text := " ".join(line.replace("|", " ").split()))]
