"""What a document says of itself, whatever its format: dates, organization, tags, language, address, kind.

Nothing is invented: what is ambiguous or not a value of its field is unknown (None).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from corpus.types import Kind
from ingest.types import Page

_MOST_TAGS = 12
_OLDEST = 1900
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?(?:(?:T|\s)\s*\d{1,2}:?\d\d.*|Z)?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}.*)?",
        rf"(?:[a-z]+,?\s+)?{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}})(?:,?\s.*)?",
        rf"(?:[a-z]+,?\s+)?{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})(?:,?\s.*)?",
        rf"{_MONTH},?\s+(?P<year>\d{{4}})",
    )
)
_SLASHED = re.compile(r"(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<year>\d{4})")
_IN_NAME = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d\d)(?P=gap)(?P<day>\d\d)(?!\d)")
_IN_PATH = re.compile(r"(?:^|/)(?P<year>(?:19|20)\d\d)[-/](?P<month>\d\d)(?:[-/](?P<day>\d\d))?(?=[/-])")

DATE_KEYS = (
    "date", "published", "published_at", "published_on", "publish_date", "publication_date", "publishdate",
    "publisheddate", "datepublished", "pubdate", "created", "created_at",
)  # fmt: skip
_URL_KEYS = ("canonical_url", "canonical", "source_url", "url", "link")
_ORGANIZATION_KEYS = ("organization", "organisation", "company", "org", "publisher")
_TAG_KEYS = ("tags", "keywords", "categories", "category", "tag")


def partial_date(value: object, *, today: date | None = None) -> str | None:
    """YYYY, YYYY-MM or YYYY-MM-DD, as precise as the value. None for what is ambiguous, no date, or to come.

    >>> partial_date("May 3rd, 2021"), partial_date("13/04/2021"), partial_date("03/04/2021")
    ('2021-05-03', '2021-04-13', None)
    """
    if isinstance(value, date):
        value = value.strftime("%Y-%m-%d") if value.year >= 1000 else ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = " ".join(value[:80].split())
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            parts = match.groupdict()
            return _valid(parts["year"], _month(parts["month"]), parts.get("day"), today)
    return _slashed(text, today) or _mailed(text, today)


def date_in_name(name: str, *, today: date | None = None) -> str | None:
    """The date in a file's name (2024-11-07, 20241107, 2024_11_07), else in its path (2024/11/07, 2024-11)."""
    path = name.split("?")[0].split("#")[0]
    folder, _, last = path.rpartition("/")
    for match in _IN_NAME.finditer(last):
        found = _valid(match["year"], match["month"], match["day"], today)
        if found:
            return found
    in_path = None
    for match in _IN_PATH.finditer(f"{folder}/"):
        in_path = _valid(match["year"], match["month"], match["day"], today) or in_path
    return in_path


def tags_of(*values: object) -> tuple[str, ...]:
    """Lower-case tags without repetition, at most twelve; a text is cut at commas and semicolons."""
    found: dict[str, None] = {}
    for value in values:
        parts = re.split(r"[,;]", value) if isinstance(value, str) else value
        for part in parts if isinstance(parts, list | tuple) else ():
            tag = " ".join(str(part).split()).strip("#\"' ").lower() if isinstance(part, str | int) else ""
            if tag and len(tag) <= 60:
                found[tag] = None
    return tuple(found)[:_MOST_TAGS]


def language_of(value: object) -> str | None:
    """The first part of a language tag ("en-GB" -> "en"); None for anything else."""
    if not isinstance(value, str):
        return None
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]{1,30})?", value.strip())
    return match[1].lower() if match and match[1].lower() not in ("und", "zxx", "mul") else None


def page_address(value: object) -> str | None:
    """An absolute http(s) address of a page; None for a site's root and for anything else."""
    if not isinstance(value, str) or re.search(r"[\s<>\"]", value.strip()) or len(value) > 2000:
        return None
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname
    except ValueError:
        return None
    own = parts.path.strip("/") or parts.query
    return value.strip() if parts.scheme.lower() in ("http", "https") and host and own else None


def name_of(value: object) -> str | None:
    """A name given as text or as a mapping with `name`: one line, not an address, not overlong."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[0] if len(value) == 1 else None
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    return text if text and len(text) <= 200 and not re.match(r"https?://|@", text) else None


def stated(fields: Mapping[str, object], text: str) -> Page:
    """The page of a text with its front matter's fields; keys as found in the wild."""
    known = {key.casefold().replace("-", "_").replace(" ", "_"): value for key, value in fields.items()}
    extra = known.get("extra")
    if isinstance(extra, Mapping):  # where Zola keeps what it does not know itself
        known = {**{str(key).casefold(): value for key, value in extra.items()}, **known}
    path = known.get("path")
    return Page(
        text=text,
        title=name_of(known.get("title")),
        kind=kind_named(known.get("kind")) or kind_named(known.get("type")),
        url=_first(page_address(known.get(key)) for key in _URL_KEYS),
        organization=_first(name_of(known.get(key)) for key in _ORGANIZATION_KEYS),
        published=_first(partial_date(known.get(key)) for key in DATE_KEYS)
        or (date_in_name(f"{path}/") if isinstance(path, str) else None),
        tags=tags_of(*(known.get(key) for key in _TAG_KEYS)),
        language=_first(language_of(known.get(key)) for key in ("language", "lang", "locale")),
        visibility="members" if known.get("visibility") == "members" else None,
        id=_identifier(known.get("id")) or _identifier(known.get("uuid")),
    )


def kind_named(value: object) -> Kind | None:
    """The kind that a field names, spelled as people spell it."""
    name = re.sub(r"[\W_]+", "", value).casefold() if isinstance(value, str) else ""
    if name in ("postmortem", "postmortems", "incident", "incidentreport", "outage", "rca"):
        return "post-mortem"
    if name in ("lesson", "lessons", "lessonlearned", "lessonslearned"):
        return "lesson"
    return "guidance" if name in ("guidance", "guide", "guideline", "guidelines", "howto", "playbook") else None


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _identifier(value: object) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= 200 else None


def _month(text: str | None) -> str | None:
    if text is None or text.isdigit():
        return text
    return str(next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(text[:3].lower())))


def _valid(year: str, month: str | None, day: str | None, today: date | None) -> str | None:
    """The partial date, if the calendar has it and it is not to come."""
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    limit = (today or datetime.now(UTC).date()) + timedelta(days=2)
    if first.year < _OLDEST or first > limit:
        return None
    return first.isoformat()[: 10 if day else 7 if month else 4]


def _slashed(text: str, today: date | None) -> str | None:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    one, two = int(match["one"]), int(match["two"])
    if one == two or one > 12:
        return _valid(match["year"], str(two), str(one), today)
    return _valid(match["year"], str(one), str(two), today) if two > 12 else None


def _mailed(text: str, today: date | None) -> str | None:
    if not re.match(r"[A-Za-z]{3},", text):
        return None
    try:
        return partial_date(parsedate_to_datetime(text), today=today)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
