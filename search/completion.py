"""Help with typing, from the corpus's own words: how a query may go on, and what was probably meant."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.errors import BadQuery
from corpus.fulltext import stemmed
from corpus.store import Corpus
from corpus.technologies import name_of
from corpus.types import KINDS
from corpus.vocabulary import Field
from search.keywords import Frequency
from search.query_language import FIELDS, LONG, Parsed, conditions, parse, plain

CompletionKind = Literal["title", "organization", "tag", "technology", "word", "kind", "collection"]

_NAMES: dict[Field, str] = {"organization": "org", "tag": "tag", "technology": "tech"}
"""What names are completed, and the field that asks for them."""
_MOST_TITLES, _MOST_NAMES = 3, 3
_CANDIDATES = 200
"""Words, and titles, that are weighed against each other."""
_MOST_UNKNOWN = 5
"""Words of a query that a better one is looked for."""
_ALONE = re.compile(r"(?<![\w./:@#+\\-])[^\W\d_]{4,30}(?![\w/@#+\\]|[.:-]\S)")
"""A word that is no part of an identifier, an address or a path."""
_LAST = re.compile(r'(?<!\S)(?:(?P<field>[^\W\d_]+):)?(?P<fragment>"[^"]*|[^\s":]*)$')


@dataclass(frozen=True, slots=True)
class Completion:
    """How a query may go on: `text` to be shown, `query` to be asked, and the document if it is a title."""

    text: str
    kind: CompletionKind
    query: str
    document_id: str | None = None


class Typing:
    """Completes and mends what is typed. Looks at the store as it is."""

    def __init__(self, corpus: Corpus, frequencies: Frequency) -> None:
        self._corpus = corpus
        self._frequencies = frequencies

    def completions(self, typed: str, limit: int) -> list[Completion]:
        """Up to `limit` ways to go on with what is typed: values of a field, else words, names and titles."""
        before, field, fragment = _last(typed)
        if field in FIELDS:
            return self._values(FIELDS[field], before, fragment)[:limit]
        titles = self._titles(typed.strip(), min(limit, _MOST_TITLES))
        if field or len(fragment) < 2:
            return titles
        names = [one for name in _NAMES for one in self._names(name, before, fragment)][:_MOST_NAMES]
        words = self._words(before, fragment, max(limit - len(names) - len(titles), 1))
        return [*words, *names, *titles][:limit]

    def suggest(self, typed: str, limit: int) -> tuple[list[Completion], str | None]:
        """Completions, and what was probably meant where nothing begins with what is typed."""
        typed = plain(typed)
        found = self.completions(typed, limit)
        if any(one.query.lower().startswith(typed.lower()) for one in found):
            return found, None
        try:
            return found, self.did_you_mean(typed, parse(typed))
        except BadQuery:
            return found, None  # it is not written to its end

    def did_you_mean(self, typed: str, asked: Parsed) -> str | None:
        """The query with its words that occur nowhere replaced by near ones that do; None if there is no such word."""
        meant = typed
        words = dict.fromkeys(_ALONE.findall(asked.words))
        if len(words) > LONG:
            return None  # it was pasted, not typed
        counts = self._frequencies([word.lower() for word in words])
        unknown = [word for word in words if not counts[word.lower()]][:_MOST_UNKNOWN]
        for word in unknown:
            if near := self._near(word.lower()):
                better = near[0].capitalize() if word[0].isupper() else near[0]
                meant = re.sub(rf"(?<!\w){word}(?!\w)", better, meant)  # both are nothing but letters
        for one in conditions(typed):
            if better_name := self._better_name(one.name, one.value):
                meant = meant.replace(one.typed, f"{one.typed.split(':')[0]}:{_quoted(better_name)}")
        return meant if meant != typed else None

    def _better_name(self, field: str, value: str) -> str | None:
        """A near name where there is none like this."""
        known, said = self._known(field), _spelled(field, value)
        return None if said in map(str.lower, known) else next(iter(_nearest_names(said, known)), None)

    def unknown_names(self, typed: str) -> tuple[str, ...]:
        """Of each name that a query asks for and no document has, a line that says so."""
        return tuple(
            f"no document has {_NAMES[name]}:{_quoted(one.value[:60])}"
            for one in conditions(typed)
            for name in _NAMES
            if name == one.name and _spelled(name, one.value) not in map(str.lower, self._known(name))
        )

    def _known(self, field: str) -> list[str]:
        """All names of a field, none of one that has none."""
        return [one for name in _NAMES if name == field for one, _ in self._corpus.vocabulary.names(name)]

    def _near(self, word: str) -> list[str]:
        """Words in use that are spelled nearly so, the nearest first, of those the more frequent.

        They begin with one of its first two letters: a slip in the very first one is rare, and a scan of all is slow.
        """
        reach = _reach(word)
        known = self._corpus.vocabulary.of_length(len(word) - reach, len(word) + reach, word[:2])
        near = _nearest(word, known)
        counts = self._frequencies(near)
        in_use = [one for one in near if counts[one]]
        return sorted(in_use, key=lambda one: (_distance(word, one), one[0] != word[0], -counts[one], one))

    def _words(self, before: str, fragment: str, limit: int) -> list[Completion]:
        if len(fragment) > 30 or not fragment.isalpha():
            return []
        begun = self._corpus.vocabulary.beginning(fragment, _CANDIDATES)
        counts = self._frequencies(begun)
        found = sorted((word for word in begun if counts[word]), key=lambda word: (-counts[word], len(word), word))
        found = _one_of_each_stem(found) or (self._near(fragment) if len(fragment) > 3 else [])
        return [Completion(word, "word", before + word) for word in found if word != fragment][:limit]

    def _names(self, field: Field, before: str, fragment: str) -> list[Completion]:
        """Names with a word that begins so, or that are spelled nearly so; the most used first."""
        known = dict(self._corpus.vocabulary.names(field))
        starts = re.compile(rf"(?<!\w){re.escape(fragment)}", re.IGNORECASE)
        found = sorted((name for name in known if starts.search(name)), key=lambda name: (-known[name], name))
        return [
            Completion(name, field, f"{before}{_NAMES[field]}:{_quoted(name)}")
            for name in found or _nearest_names(fragment, known)
        ]

    def _values(self, field: str, before: str, fragment: str) -> list[Completion]:
        for name in _NAMES:
            if name == field:
                return self._names(name, before, fragment)
        if field == "kind":
            return [Completion(kind, "kind", f"{before}kind:{kind}") for kind in KINDS if kind.startswith(fragment)]
        if field == "collection":
            slugs = [one.slug for one in self._corpus.collections.all() if fragment in one.slug]
            return [Completion(slug, "collection", f"{before}in:{slug}") for slug in slugs]
        return []

    def _titles(self, typed: str, limit: int) -> list[Completion]:
        """Titles with these words in this order; those that begin so first."""
        if len(typed) < 3:
            return []
        found = self._corpus.vocabulary.titles(typed, _CANDIDATES)
        place = {title: title.lower().find(typed.lower()) for _, title in found}
        fitting = [(i, title) for i, title in found if place[title] >= 0 and not title[: place[title]][-1:].isalnum()]
        fitting.sort(key=lambda one: (place[one[1]], one[1]))
        return [Completion(title, "title", title, document_id) for document_id, title in fitting[:limit]]


def _last(typed: str) -> tuple[str, str, str]:
    """What is typed, cut before its last piece: the rest of it, and that piece as (field, beginning of a value)."""
    found = _LAST.search(typed)
    if found is None:  # there is a quotation in it
        return typed, "", ""
    return typed[: found.start()], (found["field"] or "").lower(), found["fragment"].lstrip('"').lower()


def _one_of_each_stem(words: Sequence[str]) -> list[str]:
    """Of words that are found together the first."""
    stems = stemmed(words)
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(" ".join(stems[word]), word)
    return list(first.values())


def _reach(word: str) -> int:
    """How many typing errors a word of its length may have."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _distance(one: str, other: str) -> int:
    return int(OSA.distance(one, other))


def _nearest(word: str, known: Sequence[str]) -> list[str]:
    """Those that are within reach, the nearest first."""
    distance = OSA.distance
    found = process.extract(word, known, scorer=distance, score_cutoff=_reach(word), limit=_CANDIDATES)
    return [match[0] for match in found]


def _nearest_names(word: str, names: Iterable[str]) -> list[str]:
    """Names that are spelled nearly so, or a word of theirs is; upper and lower case are one."""
    known = list(names)
    spelled = {part: name for name in known for part in name.lower().split()} | {name.lower(): name for name in known}
    return list(dict.fromkeys(spelled[part] for part in _nearest(word, list(spelled))))


def _spelled(field: str, value: str) -> str:
    return (name_of(value) if field == "technology" else value).lower()


def _quoted(name: str) -> str:
    return f'"{name}"' if re.search(r"[\s:]", name) else name
