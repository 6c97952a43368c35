"""A person's words -> a safe full-text query.

Nothing of FTS5's own syntax gets through: every term leaves here as a quoted string. Stop words
are dropped unless there is nothing else; of a long text the most telling terms are kept.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:[-_./:@#+'’][^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")

MOST_TERMS = 24
"""Terms of a long query that are searched for: the most telling. More adds noise and time."""

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can cannot could did do does doing don down during each few for from further had has have having he her here hers
    him his how i if in into is isn it its just ll me more most my no nor not now of off on once only or other our ours
    out over own re s same she should so some such t than that the their theirs them then there these they this those
    through to too under until up us ve very was we were what when where which while who whom why will with would you
    your yours
    """.split()
)


@dataclass(frozen=True, slots=True)
class Keywords:
    """`expression` for full text ("" if there is nothing to look for), and the terms it is made of."""

    expression: str
    terms: tuple[str, ...]


Frequency = Callable[[Sequence[str]], dict[str, int]]
"""Tells in how many passages each term occurs."""


def keywords(text: str, frequency: Frequency | None = None) -> Keywords:
    """The full-text query of a person's words.

    A token with inner punctuation (`CVE-2024-3094`, `kube-dns`, `java.util`) is looked for as a
    phrase and by its parts. `frequency` is asked only when there are more than MOST_TERMS terms,
    to keep the most telling; without it the first ones are kept.
    """
    counts = Counter(_terms(text))
    kept = {term: count for term, count in counts.items() if term not in STOP_WORDS} or dict(counts)
    if len(kept) > MOST_TERMS:
        kept = _telling(kept, frequency) if frequency else dict(list(kept.items())[:MOST_TERMS])
    return Keywords(" OR ".join(f'"{term}"' for term in kept), tuple(kept))


def _terms(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text.lower()):
        parts = _WORD.findall(token)
        if len(parts) > 1:
            yield " ".join(parts)
        yield from parts


def _telling(terms: Mapping[str, int], frequency: Frequency) -> dict[str, int]:
    """The terms of greatest tf-idf, in the order of the text; terms that occur nowhere are of no use."""
    known = {term: found for term, found in frequency(list(terms)).items() if found}
    most = max(known.values(), default=1)

    def weight(term: str) -> float:
        return (1 + math.log(terms[term])) * math.log(1 + most / known[term])

    kept = set(sorted(known, key=weight, reverse=True)[:MOST_TERMS])
    return {term: count for term, count in terms.items() if term in kept}
