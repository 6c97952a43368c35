"""A person's words -> a safe full-text query.

Nothing of FTS5's own syntax gets through: every term leaves here as a quoted string. Stop words
are dropped unless there is nothing else; of a long text the most telling terms are kept.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[^\W_]+(?:[-_./:@#+'’][^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a name such as `OOMKilled` or `maxRetries` is made of words."""

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")

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
    a about above after again all also am an and any are aren as at be because been before being below between both but
    by can cannot could couldn d did didn do does doesn doing don down during each few for from further had hadn has
    hasn have haven having he her here hers him his how i if in into is isn it its just ll m me more most my no nor not
    now of off on once only or other our ours out over own re s same she should shouldn so some such t than that the
    their theirs them then there these they this those through to too under until up us ve very was wasn we were weren
    what when where which while who whom why will with won would wouldn you your yours
    """.split()
)


@dataclass(frozen=True, slots=True)
class Keywords:
    """Terms that are looked for, and how often each counts.

    `whole` is a short query as one phrase ("" for a longer one), `identifiers` are those in it:
    phrases that a document has to the letter or has not. `spelled` has those of them that are more than their words,
    as they were typed: `http_proxy` is not `HTTP proxy`.
    """

    counts: Mapping[str, int]
    whole: str = ""
    identifiers: tuple[str, ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms."""
        return tuple(self.counts)

    @property
    def expression(self) -> str:
        """The query for full text, "" if there is nothing to look for."""
        return expression_of(self.counts)

    @property
    def count(self) -> int:
        """How many of the terms are single words."""
        return single_words(self.terms)


Frequency = Callable[[Sequence[str]], dict[str, int]]
"""Tells in how many passages each term occurs."""


def keywords(text: str, frequency: Frequency | None = None) -> Keywords:
    """The full-text query of a person's words.

    A token with inner punctuation (`CVE-2024-3094`, `kube-dns`, `java.util`) is looked for as a
    phrase and by its parts; a term that stands more than once in the text counts double.
    `frequency` tells which names of a question occur nowhere (`OOMKilled`): they are looked for by
    the words that they are made of. Of more than MOST_TERMS terms it keeps the most telling;
    without it the first ones are kept.
    """
    kept = looked_for(terms_of(text), frequency)
    if frequency and len(kept) <= _QUESTION:
        kept = {**dict.fromkeys(_parts(text, frequency), 1), **kept}
    whole = _phrase(text)
    if whole.count(" ") >= _QUESTION or not (" " in whole or _HUMP.search(text)):
        return Keywords(kept)
    identifiers = _identifiers(text, whole)
    typed = {whole: _EDGES.sub("", text), **identifiers}
    alone = " " not in whole  # a name, which may be found for its stem
    spelled = {phrase: name for phrase, name in typed.items() if alone or name.lower().split() != phrase.split()}
    return Keywords(kept, whole, tuple(identifiers), spelled)


def spelling(typed: str) -> re.Pattern[str]:
    """Finds in a text what is spelled just so, whatever the case and the blanks."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, typed.split())) + r"(?!\w)", re.IGNORECASE)


def expression_of(counts: Mapping[str, int]) -> str:
    """Terms, and how often each counts -> a query for full text."""
    return " OR ".join(f'"{term}"' for term, count in counts.items() for _ in range(count))


def terms_of(text: str) -> Counter[str]:
    """How often each term stands in a text."""
    return Counter(_terms(text))


def looked_for(counts: Mapping[str, int], frequency: Frequency | None = None) -> dict[str, int]:
    """The terms of a text that are looked for, and how often: no stop words, and of many the most telling."""
    often = {term: min(count, _MOST_OFTEN) for term, count in counts.items()}
    kept = {term: count for term, count in often.items() if not STOP_WORDS.issuperset(term.split())} or often
    if frequency and len(kept) > MOST_TERMS:
        return _telling(kept, frequency)
    return dict(list(kept.items())[:MOST_TERMS])


def single_words(terms: Iterable[str]) -> int:
    """How many terms are single words."""
    return sum(" " not in term for term in terms)


def _terms(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text.lower()):
        parts = _WORD.findall(token)
        if len(parts) > 1:
            yield " ".join(parts)
        yield from parts


def _parts(text: str, frequency: Frequency) -> list[str]:
    """The words that the unknown names in a text are made of."""
    names = {name.lower(): _HUMP.sub(" ", name).lower().split() for name in _WORD.findall(text)}
    made = {name: parts for name, parts in names.items() if len(parts) > 1}
    found = frequency(list(made)) if made else {}
    return [part for name, parts in made.items() if not found[name] for part in parts]


def _identifiers(text: str, whole: str) -> dict[str, str]:
    """`CVE-2024-3094` and `java.util` in a query, not `re-use`, by their phrases; and not the query itself."""
    codes = [token for token in _TOKEN.findall(text) if _is_identifier(token)]
    phrases = {_phrase(code): code for code in reversed(codes)}
    return dict([one for one in reversed(phrases.items()) if one[0] != whole][:_MOST_IDENTIFIERS])


def _phrase(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _is_identifier(token: str) -> bool:
    """With a letter, and with a mark that words do not have; a version number or two words with a hyphen are none."""
    marks = {letter for letter in token if not letter.isalnum()}
    named = any(map(str.isalpha, token))
    return named and (not marks.isdisjoint("_./:@#+") or ("-" in marks and any(map(str.isdigit, token))))


def _telling(terms: Mapping[str, int], frequency: Frequency) -> dict[str, int]:
    """The terms of greatest tf-idf, in the order of the text; terms that occur nowhere are of no use."""
    known = {term: found for term, found in frequency(list(terms)).items() if found}
    most = max(known.values(), default=1)

    def weight(term: str) -> float:
        return terms[term] * math.log(1 + most / known[term])

    kept = set(sorted(known, key=weight, reverse=True)[:MOST_TERMS])
    return {term: count for term, count in terms.items() if term in kept}
