"""A page -> the draft of a document: what it says, what a listing and a person say of it, what its address tells."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from corpus.public import narrowest
from corpus.types import Draft, Kind, Mention, is_partial_date
from corpus.urls import canonical
from ingest import headed
from ingest.kinds import guess_kind
from ingest.redaction import Redaction
from ingest.types import Item, Options, Page

_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b")
_LEAST_TIMES, _WORDS_PER_TIME = 3, 200
"""A text with so many times of day, and one in so many words, is a chronology."""
_FULLER = 0.8
"""An entry's own text stands if the page behind it has not even that share of its words."""
_LONGEST_TITLE = 300
_LONGEST_SUMMARY = 2_000
_MOST_TAGS = 20
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_SUFFIXES = re.compile(r"(?:\.(?:md|markdown|mdx|txt|text|rst|html?|xhtml|erb|pdf|docx|json|php|aspx?|jsp))+$", re.I)
_DATE_IN_FRONT = re.compile(r"^\d{4}[-_. ]?\d\d[-_. ]?\d\d[-_. ]+(?=\S)")


def merged(page: Page, listed: Page | None, *, of_one_house: bool) -> Page:
    """A page with what a listing has in place of what the page does not say, and of its text, if that is more.

    A listing of another house does not replace the text of a page.
    """
    if listed is None:
        return page
    fuller = of_one_house and len(listed.text.split()) * _FULLER > len(page.text.split())
    return replace(
        page,
        text=listed.text if fuller else page.text,
        title=page.title or listed.title,
        kind=page.kind or listed.kind,
        organization=page.organization or listed.organization,
        updated=page.updated or listed.updated,
        language=page.language or listed.language,
        people=(*page.people, *listed.people),
    )


def of_one_house(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, or one below the other.

    >>> of_one_house("https://www.acme.example/feed", "https://blog.acme.example/post")
    True
    """
    hosts = [(urlsplit(address).hostname or "").removeprefix("www.") for address in (one, other)]
    short, long = sorted(hosts, key=len)
    return short == long or ("." in short and long.endswith(f".{short}"))


def mention_of(item: Item, options: Options) -> Mention:
    """What the listing that an item was found in, or the person who adds it, says of its document."""
    listed = item.listed or Page(text="")
    summary = _summary(listed.summary or "", Redaction.of(listed, options.redact))
    published = listed.published if is_partial_date(listed.published or "") else None
    return Mention(
        source=item.found_in, address=item.identity, kind=options.kind, summary=summary, published=published,
        visibility=options.visibility, tags=_tags((*options.tags, *listed.tags)),
    )  # fmt: skip


def with_mentions(draft: Draft, mentions: Sequence[Mention]) -> Draft:
    """A draft with what listings and people say of it; a person's mention, which comes first, decides its kind."""
    summaries = dict.fromkeys(said for said in (draft.summary, *(one.summary for one in mentions)) if said)
    return replace(
        draft,
        kind=next((one.kind for one in mentions if one.kind), draft.kind),
        published=draft.published or next((one.published for one in mentions if one.published), None),
        tags=_tags((*draft.tags, *(tag for one in mentions for tag in one.tags))),
        summary="\n\n".join(summaries) or None,
        visibility=narrowest([draft.visibility, *(one.visibility for one in mentions)]),
    )


def to_draft(page: Page, item: Item, masked: Callable[[str], str] = str) -> Draft:
    """The document that a page becomes: what it says, and what its address tells.

    Its identity is the address it states, else the item's. Texts come without control characters, and `masked`.
    """
    title = masked(_title(page.title or "") or _title(_name(item, page.text)) or _title(item.source))
    url = _clean(page.url or "") if _is_web(page.url) else None
    text = masked(_clean(page.text).strip("\n"))
    return Draft(
        identity=canonical(url) if url else item.identity,
        title=title,
        text=text,
        kind=page.kind or _kind(title, text),
        url=url,
        organization=_title(page.organization or "") or None,
        published=page.published if is_partial_date(page.published or "") else None,
        updated=page.updated if is_partial_date(page.updated or "") else None,
        tags=_tags(page.tags),
        language=page.language,
        source=item.source,
        summary=_summary(page.summary or "", masked),
        visibility=page.visibility,
    )


def _summary(text: str, masked: Callable[[str], str]) -> str | None:
    return masked(" ".join(_clean(text).split())[:_LONGEST_SUMMARY]) or None


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    plain = (" ".join(_clean(tag).split()).lower() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in plain if tag))[:_MOST_TAGS]


def readable_name(identity: str) -> str:
    """The last part of a path or address as a person would write it.

    >>> readable_name("file:///reports/2024-11-07-database_fail-over.md")
    'Database fail over'
    """
    is_file = identity.startswith("file://")
    parts = urlsplit("" if is_file else identity)
    within = parts.fragment or parts.path  # a file of a repository stands behind the repository's address
    name = PurePosixPath(identity.removeprefix("file://") if is_file else unquote(within)).name
    bare = _DATE_IN_FRONT.sub("", _SUFFIXES.sub("", name))
    words = re.sub(r"[-_\s+]+", " ", bare).strip() or parts.netloc
    return words[:1].upper() + words[1:]


def _name(item: Item, text: str) -> str:
    """A title for a page that has none: its file's or address's name; its first line if it came without either."""
    if item.identity.startswith(("http://", "https://", "file://")) or re.match(r"/[^#]*#", item.identity):
        return readable_name(item.identity)
    return next((line.strip(" #*-") for line in text.splitlines() if line.strip(" #*-")), "")


def _kind(title: str, text: str) -> Kind:
    """As its title and headings call it; else post-mortem if it tells events by the clock, lesson if not."""
    named = guess_kind(title, [line for _, line in headed.headings(text)])
    times = len(_CLOCK.findall(text))
    told_by_clock = times >= _LEAST_TIMES and times * _WORDS_PER_TIME >= len(text.split())
    return named or ("post-mortem" if told_by_clock else "lesson")


def _title(text: str) -> str:
    line = " ".join(_clean(text).split())
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1].rstrip() + "…"


def _clean(text: str) -> str:
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))


def _is_web(url: str | None) -> bool:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
