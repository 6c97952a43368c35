"""Which column of a table is which of our fields, told by a person or by its name; and a row -> Page."""

import re
from collections.abc import Mapping, Sequence

from corpus.errors import NothingToRead, SourceError
from ingest.cells import earliest, plain, sections
from ingest.metadata import kind_named, name_of, page_address, partial_date, tags_of
from ingest.types import Page

FIELDS = ("title", "text", "url", "published", "organization", "tags", "kind", "id")
_NAMES = {
    "title": "title name subject headline heading summary incidenttitle shortdescription",
    "text": "text body content contenttext contenthtml bodyhtml description lesson lessons lessonlearned lessonslearned"
    " abstract details updates incidentupdates postmortem narrative rootcause recommendation recommendations summary",
    "url": "url link href permalink webpage htmlurl weburl shortlink externalurl",
    "published": "published publishedat publisheddate publicationdate datepublished date pubdate lessondate"
    " incidentdate createdat created startedat started resolvedat",
    "organization": "organization organisation company org publisher",
    "tags": "tags labels keywords categories category topics topic",
    "kind": "kind",
    "id": "id key uuid guid number identifier lessonid docid documentid incidentid issueid issuekey",
}
_PLACES = {field: {name: place for place, name in enumerate(names.split())} for field, names in _NAMES.items()}
_WHOLE = ("text", "body", "content", "contenttext", "contenthtml")
"""A column of such a name is all of the text where it has any; others are parts that are joined."""
_MANY = ("text", "tags")
_NO_TAG = re.compile(r"\d+|n/?a|none|null|other|unknown|categories|category|tags", re.IGNORECASE)
_FIRST_WORDS = 80

Columns = Mapping[str, tuple[str, ...]]
"""Field -> the columns that make it, in order."""


def plain_name(column: str) -> str:
    """A column's name without case and punctuation: `Created_At` is `createdat`."""
    return re.sub(r"[\W_]+", "", column).lower()


def find_columns(source: str, there: Sequence[str], wanted: Mapping[str, str]) -> Columns:
    """Field -> columns: as mapped, and guessed by name for the fields that are not.

    SourceError for a mapped column that is not there, an unknown field, and where no column has the text.
    """
    mapped = {field: _mapped(source, there, field, columns) for field, columns in wanted.items()}
    taken = {column for columns in mapped.values() for column in columns}
    left = [column for column in there if column not in taken]
    found = {field: mapped[field] if field in mapped else _guessed(field, left) for field in FIELDS}
    if found["text"] == found["title"]:  # `summary` alone may be either: a text is what we cannot do without
        found["title"] = mapped.get("title", ())
    if not found["text"]:
        raise SourceError(
            source, f"no column looks like the text; name it with --map text=COLUMN (there are: {_listed(there)})"
        )
    return found


def has_text(columns: Sequence[str]) -> bool:
    """True if one of the columns is called like a text."""
    return bool(_guessed("text", columns))


def _mapped(source: str, there: Sequence[str], field: str, columns: str) -> tuple[str, ...]:
    if field not in FIELDS:
        raise SourceError(source, f"there is no field {field!r} to map to; the fields are {', '.join(FIELDS)}")
    if columns in there:
        return (columns,)
    names = tuple(name.strip() for name in columns.split("+"))
    for name in names:
        if name not in there:
            raise SourceError(source, f"there is no column {name!r}; there are: {_listed(there)}")
    return names


def _guessed(field: str, there: Sequence[str]) -> tuple[str, ...]:
    places = _PLACES[field]
    ranked = sorted((places[plain_name(column)], at, column) for at, column in enumerate(there)
                    if plain_name(column) in places)  # fmt: skip
    if field not in _MANY:
        return tuple(column for _, _, column in ranked[:1])
    if field == "text" and ranked and plain_name(ranked[0][2]) in _WHOLE:
        return (ranked[0][2],)
    chosen = {column for place, _, column in ranked if plain_name(column) != "summary" or len(ranked) == 1}
    return tuple(column for column in there if column in chosen)


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:30])
    return f"{shown} and {len(columns) - 30} more" if len(columns) > 30 else shown or "none"


def page_of(source: str, row: Mapping[str, object], columns: Columns) -> Page:
    """The page that a row is; NothingToRead if its text columns are empty.

    A text of dated updates is the course of an incident, which began with the first of them.
    """
    texts = {column: row.get(column) for column in columns["text"]}
    text = sections(texts)
    if not text:
        raise NothingToRead(source, f"there is no text in {' or '.join(columns['text'])}")
    tags = tags_of(*(_named(row.get(column)) for column in columns["tags"]))
    begun = next((date for date in map(earliest, texts.values()) if date), None)
    return Page(
        text=text,
        title=one_line(_one(row, columns, "title")) or _first_words(text),
        kind=kind_named(_one(row, columns, "kind")) or ("post-mortem" if begun else None),
        url=page_address(_one(row, columns, "url")),
        organization=name_of(_one(row, columns, "organization")),
        published=partial_date(_one(row, columns, "published")) or begun,
        tags=tuple(tag for tag in tags if not _NO_TAG.fullmatch(tag)),
        id=one_line(_one(row, columns, "id")) or None,
    )


def one_line(value: object) -> str:
    """A text or a number as one line; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(plain(str(value)).split())


def _one(row: Mapping[str, object], columns: Columns, field: str) -> object:
    return next((row[column] for column in columns[field] if row.get(column)), None)


def _named(value: object) -> object:
    """Labels given as objects with a name, as issue trackers do."""
    if isinstance(value, list):
        return [part.get("name") if isinstance(part, Mapping) else part for part in value]
    return plain(value) if isinstance(value, str) else value


def _first_words(text: str) -> str:
    """What to call a text without a title: the start of its first line that is no heading."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    first = " ".join(next(lines, text).split())
    return first if len(first) <= _FIRST_WORDS else first[:_FIRST_WORDS].rsplit(" ", 1)[0] + "…"
