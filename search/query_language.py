"""What a person types -> words to look for, and what the documents must and must not have. Pure.

    certificate "leap second" -dns kind:lesson org:"Acme & Sons" tag:tls tech:k8s after:2020 before:2022-06 in:tls

Who pastes an error message must not have to know this: what is no field of ours, no closed quotation and no
plain word after a minus is text, and in a long text only the fields at its ends are fields.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from corpus.errors import BadQuery
from corpus.types import KINDS, Filter, is_partial_date

FIELDS = {
    "kind": "kind",
    "org": "organization", "organization": "organization", "organisation": "organization",
    "tag": "tag",
    "tech": "technology", "technology": "technology",
    "after": "since", "since": "since",
    "before": "until", "until": "until",
    "in": "collection", "collection": "collection",
}  # fmt: skip
"""The fields as they are typed, and what they are called in a Filter."""
MOST_CONDITIONS = 32
"""Fields, phrases and exclusions of one query."""
LONG = 12
"""Words that a person types at most; a longer query is taken for a pasted text."""

_TERM = re.compile(
    r"""
    (?P<minus>-?)(?:(?P<field>[^\W\d_]+):)?"(?P<quoted>[^"\n]+)"(?!\S)     # "..", -"..", org:".."
    | (?P<minus_>-?)(?P<field_>[^\W\d_]+):(?P<value>[^\s":][^\s"]*)(?!\S)  # tag:dns
    | -(?P<without>[^\W\d_]{3,}(?:-[^\W\d_]+)*)(?!\S)                      # -dns, but not rm -rf
    | \S+
    """,
    re.VERBOSE,
)
_QUOTES = str.maketrans("“”„", '"""')
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_COMMAND = re.compile(r"(?<!\S)(?:--?\w(?!\S)|--\w|-\w*[A-Z0-9])|[/\\=|>$]|\w\.\w")
"""Signs that a short query is a command or code: what has a minus there is a flag."""
_WORD = re.compile(r"[^\W_]")
_MEANT = {
    "type": "kind", "category": "tag", "label": "tag", "team": "org", "company": "org",
    "date": "after", "year": "after",
}  # fmt: skip
_OF_OTHERS = {"title", "author", "text", "body", "site", "url", "lang", "language", "is", "has", "from", "by"}
"""Names that people try, since other search engines have such fields."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query understood: the words to look for (those of phrases too), the filter, and what a person should know."""

    words: str
    wanted: Filter
    notes: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """What must stand in a document."""
        return self.wanted.phrases

    @property
    def excluded(self) -> tuple[str, ...]:
        """What must not."""
        return self.wanted.excluded


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a query that says which documents count, as it was typed, and the query without it.

    `name` is a field of a Filter, "phrase" or "without".
    """

    name: str
    value: str
    typed: str
    rest: str


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of a query as it was typed. `role` is "text", "phrase", "without", "barred" or a field's name.

    Barred is a field with a minus.
    """

    typed: str
    role: str
    value: str

    def as_text(self) -> "Term":
        """The same piece as nothing but text."""
        return Term(self.typed, "text", self.typed)


def parse(text: str) -> Parsed:
    """What a person's query asks for; BadQuery names a field's value that is wrong, and the mend."""
    terms, note = _understood(_terms(text))
    conditions = [term for term in terms if term.role != "text"]
    if len(conditions) > MOST_CONDITIONS:
        raise BadQuery(f"the query has {len(conditions)} fields, phrases and exclusions; {MOST_CONDITIONS} is the most")
    return Parsed(_words(terms), _filter(conditions), _distinct([*_unknown(terms), *note]))


def words_of(text: str) -> str:
    """The words of a query, without all that says which documents count."""
    return _words(_understood(_terms(text))[0])


def conditions(text: str) -> list[Condition]:
    """The fields, phrases and exclusions of a query, right or wrong, in their order; no more than may be."""
    terms, _ = _understood(_terms(text))
    typed = [term for term in terms if term.role != "text"][:MOST_CONDITIONS]
    return [
        Condition(
            FIELDS.get(term.role, term.role), term.value, term.typed,
            " ".join(other.typed for other in terms if other is not term),
        )
        for term in typed
    ]  # fmt: skip


def _words(terms: Sequence[Term]) -> str:
    return " ".join(term.value for term in terms if term.role in ("text", "phrase"))


def plain(text: str) -> str:
    """What is typed without control characters and halves of characters, with plain quotation marks."""
    return _CONTROLS.sub(" ", text).translate(_QUOTES)


def _terms(text: str) -> list[Term]:
    return [_term(found) for found in _TERM.finditer(plain(text))]


def _term(found: re.Match[str]) -> Term:
    typed = found[0]
    field = (found["field"] or found["field_"] or "").lower()
    value = (found["quoted"] or found["value"] or "").strip()
    minus = bool(found["minus"] or found["minus_"])
    if field in FIELDS and value:
        return Term(typed, "barred" if minus else field, value)
    if found["quoted"] and not field and _WORD.search(value):
        return Term(typed, "without" if minus else "phrase", value)
    without = found["without"]
    return Term(typed, "without", without) if without and _is_plain(without) else Term(typed, "text", typed)


def _is_plain(word: str) -> bool:
    """`dns`, `Cloudflare` and `TLS`, not `XmxSize`."""
    return word.islower() or word.isupper() or word.istitle()


def _understood(terms: list[Term]) -> tuple[list[Term], list[str]]:
    """The terms with those as text that are a part of something pasted, and a note on that."""
    text = [term.typed for term in terms if term.role == "text"]
    said = [place for place, term in enumerate(terms) if term.role not in FIELDS]
    if said and said[-1] - said[0] >= LONG:
        kept = _ends(terms, said[0], said[-1])
        why = "in a text as long as this, quotation marks, minus signs and fields are words"
    elif any(map(_COMMAND.search, text)):
        kept, why = [_flag(term) for term in terms], 'this looks like code, so -word is a word; -"word" excludes it'
    elif terms and _is_name(terms[0]):
        kept, why = [terms[0].as_text(), *terms[1:]], f"{terms[0].typed[:60]} at the very beginning is a word"
    else:
        kept, why = terms, ""
    return kept, [*([why] if kept != terms else []), *_excluded_names(kept)]


def _is_name(term: Term) -> bool:
    """-Cloudflare, -TLS: to be excluded, or a flag; and as `-ERR` an error message may begin."""
    return term.role == "without" and '"' not in term.typed and not term.value.islower()


def _excluded_names(terms: Sequence[Term]) -> Iterator[str]:
    for term in filter(_is_name, terms):
        yield f'{term.typed[:60]} excludes a word; "{term.typed[:60]}" in quotation marks looks for it'


def _ends(terms: list[Term], first: int, last: int) -> list[Term]:
    """Fields before and behind a text stay fields."""
    return [term.as_text() if first <= place <= last else term for place, term in enumerate(terms)]


def _flag(term: Term) -> Term:
    bare = term.role in ("without", "barred") and '"' not in term.typed
    return term.as_text() if bare else term


def _filter(conditions: Sequence[Term]) -> Filter:
    for term in conditions:
        if term.role == "barred":
            raise BadQuery(f'{term.typed[:60]}: a field cannot be excluded; -word and -"some words" can')
    return Filter(
        phrases=_distinct(term.value for term in conditions if term.role == "phrase"),
        excluded=_distinct(term.value for term in conditions if term.role == "without"),
        kind=_distinct(map(_kind, _of(conditions, "kind"))),
        organization=_distinct(term.value for term in _of(conditions, "organization")),
        tag=_distinct(term.value for term in _of(conditions, "tag")),
        technology=_distinct(term.value for term in _of(conditions, "technology")),
        collection=_collection(_of(conditions, "collection")),
        since=max(map(_date, _of(conditions, "since")), default=None),
        until=min(map(_date, _of(conditions, "until")), key=lambda date: date + "~", default=None),
    )


def _of(conditions: Sequence[Term], name: str) -> list[Term]:
    return [term for term in conditions if FIELDS.get(term.role) == name]


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _kind(term: Term) -> str:
    plain = term.value.lower().replace("-", "").removesuffix("s")
    for kind in KINDS:
        if plain == kind.replace("-", ""):
            return kind
    raise BadQuery(f"{term.typed[:60]} is none of {', '.join(KINDS)}; put it in quotes to search for the words")


def _date(term: Term) -> str:
    if is_partial_date(term.value):
        return term.value
    raise BadQuery(
        f"{term.typed[:60]} is no date; give YYYY, YYYY-MM or YYYY-MM-DD, or put it in quotes to search for the words"
    )


def _collection(given: Sequence[Term]) -> str | None:
    slugs = _distinct(term.value for term in given)
    if len(slugs) > 1:
        raise BadQuery(f"in:{slugs[0]} and in:{slugs[1]} are two collections; ask for one at a time")
    return slugs[0] if slugs else None


def _unknown(terms: Sequence[Term]) -> Iterator[str]:
    """What was searched as text though it may have been meant for a field."""
    for term in terms:
        name, colon, value = term.typed.partition(":")
        if term.role != "text" or not colon:
            continue
        if not value.strip('"') and name.lower() in FIELDS and len(terms) <= LONG:
            yield f"{name[:20]}: has no value right behind it, so it was searched as a word"
        elif value and (meant := _meant(name.lower())):
            yield f"there is no field '{name[:20]}:'; did you mean {meant}:? It was searched as words"
        elif value and name.lower() in _OF_OTHERS:
            yield f"there is no field '{name[:20]}:'; it was searched as words"


def _meant(name: str) -> str | None:
    """The field that a name was probably meant for."""
    if name in FIELDS or len(name) < 3:
        return None
    near = [field for field in FIELDS if len(field) > 2 and OSA.distance(name, field) == 1]
    return _MEANT.get(name) or (near[0] if near else None)
