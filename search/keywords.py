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
_IDENTIFIER = re.compile(r"(?=.*[^\W\d_]|.*[._:-].*[._:-])(.*[_./:@#+]|.*\d.*-|.*-.*\d)")
"""With a letter, or of three parts; a fraction, a number with a comma, two words with a hyphen are none."""

MOST_TERMS = 64
"""Terms of a long query that are searched for: the most telling. More adds time and next to nothing else."""
_MOST_IDENTIFIERS = 4
"""Identifiers of a query that are looked for to the letter."""
_QUESTION = 12
"""Words up to which a whole query may be a phrase: an error message, a name, a title."""
_MOST_OFTEN = 2
"""A term that a query says again counts double. More often is how its author writes, not what it is about."""

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
    """`expression` for full text ("" if there is nothing to look for), and the terms it is made of.

    `whole` is a short query as one phrase ("" for a longer one), `identifiers` are those in it:
    phrases that a document has to the letter or has not.
    """

    expression: str
    terms: tuple[str, ...]
    whole: str = ""
    identifiers: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many of the terms are single words."""
        return sum(" " not in term for term in self.terms)


Frequency = Callable[[Sequence[str]], dict[str, int]]
"""Tells in how many passages each term occurs."""


def keywords(text: str, frequency: Frequency | None = None) -> Keywords:
    """The full-text query of a person's words.

    A token with inner punctuation (`CVE-2024-3094`, `kube-dns`, `java.util`) is looked for as a
    phrase and by its parts; a term that stands more than once in the text counts double.
    `frequency` is asked only when there are more than MOST_TERMS terms, to keep the most telling;
    without it the first ones are kept.
    """
    counts = {term: min(count, _MOST_OFTEN) for term, count in Counter(_terms(text)).items()}
    kept = {term: count for term, count in counts.items() if term not in STOP_WORDS} or counts
    if len(kept) > MOST_TERMS:
        kept = _telling(kept, frequency) if frequency else dict(list(kept.items())[:MOST_TERMS])
    phrases = [f'"{term}"' for term, count in kept.items() for _ in range(count)]
    whole = " ".join(_WORD.findall(text.lower()))
    if not 0 < whole.count(" ") < _QUESTION:
        return Keywords(" OR ".join(phrases), tuple(kept))
    return Keywords(" OR ".join(phrases), tuple(kept), whole, tuple(_identifiers(text, whole)))


def _terms(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text.lower()):
        parts = _WORD.findall(token)
        if len(parts) > 1:
            yield " ".join(parts)
        yield from parts


def _identifiers(text: str, whole: str) -> list[str]:
    """`CVE-2024-3094` and `java.util` in a query, not `re-use`; and not the query itself."""
    codes = [token for token in _TOKEN.findall(text.lower()) if _IDENTIFIER.search(token)]
    phrases = dict.fromkeys(" ".join(_WORD.findall(code)) for code in codes)
    return [phrase for phrase in phrases if phrase != whole][:_MOST_IDENTIFIERS]


def _telling(terms: Mapping[str, int], frequency: Frequency) -> dict[str, int]:
    """The terms of greatest tf-idf, in the order of the text; terms that occur nowhere are of no use."""
    known = {term: found for term, found in frequency(list(terms)).items() if found}
    most = max(known.values(), default=1)

    def weight(term: str) -> float:
        return terms[term] * math.log(1 + most / known[term])

    kept = set(sorted(known, key=weight, reverse=True)[:MOST_TERMS])
    return {term: count for term, count in terms.items() if term in kept}
