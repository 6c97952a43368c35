"""Sentences worth showing, and which of them two texts have most in common by their words. Pure functions."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from corpus.passages import sections, sentences
from search.keywords import STOP_WORDS

LONGEST = 400
"""Characters of a sentence that are shown."""
_FEWEST_WORDS = 4
_NEARLY, _LONG = 0.85, 40
"""Share of words that copies have in common; words from which a text cannot be on a page by chance."""
_WORD = re.compile(r"\w+")

Stems = Callable[[str], Sequence[str]]
"""The stems of a text's words."""


def sentences_of(text: str) -> list[str]:
    """Sentences worth showing, without the marks of lists and code; a text without any gives itself."""
    found = [
        sentence.strip(" -*•|>`#")[:LONGEST]
        for section in sections(text)
        for line in section.body.splitlines()
        for sentence in sentences(line)
    ]
    telling = [sentence for sentence in found if len(sentence.split()) >= _FEWEST_WORDS]
    return list(dict.fromkeys(telling or [sentence for sentence in found if sentence]))


def same_words(page: str, document: str) -> bool:
    """Do nearly all words of a document stand on a page? Of a short one also the other way round, numbers included."""
    mine, theirs = (Counter(_WORD.findall(text.lower())) for text in (page, document))
    if theirs.total() >= _LONG:
        return (mine & theirs).total() >= _NEARLY * theirs.total()
    numbers = [{word for word in words if any(map(str.isdecimal, word))} for words in (mine, theirs)]
    return numbers[0] == numbers[1] and (mine & theirs).total() >= _NEARLY * (mine | theirs).total()


def in_common(mine: Sequence[str], theirs: str, stems: Stems, rarity: Mapping[str, int]) -> list[float]:
    """For each sentence of mine what the words weigh that it shares with a text: rare ones more, and those more
    that stand in few of my sentences, since they go with it. `rarity`: in how many passages a stem stands."""
    words = [set(stems(sentence)) - STOP_WORDS for sentence in mine]
    spread = Counter(word for found in words for word in found)
    other = set(stems(theirs))
    return [sum(1 / (spread[word] * math.log2(2 + rarity.get(word, 0))) for word in found & other) for found in words]


def most_telling(weights: Sequence[Sequence[float]], each: int, most: int) -> list[int]:
    """Places of sentences to look at: the best of every row, then the second best, up to `each` a row and `most`."""
    orders = [sorted(range(len(row)), key=lambda place: (-row[place], place))[:each] for row in weights]
    places = [order[turn] for turn in range(each) for order in orders if turn < len(order)]
    return list(dict.fromkeys(places))[:most]
