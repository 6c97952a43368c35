"""What the readers of exports share: entries one by one, fields of odd records, comments, times, Markdown and HTML."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from bs4 import BeautifulSoup, Tag

from corpus.errors import IngestError, NothingToRead, Unreadable
from corpus.types import Kind
from ingest import headed
from ingest.html_blocks import headed_text
from ingest.kinds import guess_kind
from ingest.markdown import read_markdown
from ingest.metadata import kind_named, name_of, page_address, partial_date, tags_of
from ingest.people import one_person
from ingest.types import Outcome, Page

Entry = Page | Outcome
Record = Mapping[str, object]
Found = tuple[str, Callable[[str], Page]]
"""Where an entry stands ("issue 7"), and what reads it when it is told how to call it in errors."""

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^(#{1,6})(?=\s)")
_NO_PERSON = re.compile(r"(?:ghost|null|none|unknown|anonymous|system|n/?a|unassigned|former user)?", re.IGNORECASE)
_ROLES = (
    "user agent assignee acknowledger created_by owner author creator lead scribe commander incident_commander reporter"
    " last_status_change_by".split()
)
_LONGEST_NAME = 5
"""A text of more words is no name."""
_DEEPEST = 6
_ACCOUNT_ID = re.compile(
    r"(?:[a-z]{2,4}:)?[0-9a-f]{24}|\d+:[0-9a-f-]{36}|JIRAUSER\d+|qm:[0-9a-f:-]{30,}", re.IGNORECASE
)
_MENTION = re.compile(r"(?<![\w@/.`])@([A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38})(?![\w/-])")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,500}`", re.DOTALL)


def gathered(source: str, found: Iterable[Found], most_items: int) -> list[Entry]:
    """The pages of an export; for what cannot be read its failed outcome, for what says nothing a skipped one.

    What is wrong with the file as a whole (an error that names `source` itself) is raised.
    """
    entries: list[Entry] = []
    for place, read in found:
        shown = f"{source}, {place}"
        if len(entries) >= most_items:
            error = f"{source}: it holds more than {most_items} entries; the rest is not read"
            return [*entries, Outcome(source=shown, status="failed", error=error)]
        try:
            entries.append(read(shown))
        except NothingToRead as error:
            entries.append(Outcome(source=shown, status="skipped", error=str(error)))
        except IngestError as error:
            if source in (getattr(error, "source", None), getattr(error, "url", None)):
                raise  # an attack on the whole file is not the fault of one entry
            entries.append(Outcome(source=shown, status="failed", error=str(error)))
    return entries


def made(
    shown: str,
    text: str,
    *,
    title: str,
    id: str,
    kind: Kind | None = None,
    url: object = None,
    organization: object = None,
    published: str | None = None,
    updated: str | None = None,
    tags: Iterable[str] = (),
    people: Iterable[str] = (),
) -> Page:
    """The page of an entry, its fields checked. NothingToRead if the text has no word in it."""
    text = headed.tidy(text)
    if not re.search(r"\w", text):
        raise NothingToRead(shown, "there is no text in it")
    title, known = headed.one_line(title), tags_of(list(tags))
    return Page(
        text=text,
        title=title or None,
        kind=guess_kind(title, [line for _, line in headed.headings(text)], known, kind),
        url=page_address(url),
        organization=name_of(organization),
        published=published,
        updated=updated,
        tags=known,
        id=id or None,
        people=persons(people),
    )


# --- records


def record_of(value: object, shown: str) -> Record:
    """The value if it is an object; Unreadable for anything else."""
    if not isinstance(value, Mapping):
        raise Unreadable(shown, "it is not an object")
    return value


def word(record: Record, *keys: str) -> str:
    """The first of the keys that has a text or a number, as text; empty if none has."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def inner(record: Record, key: str) -> Record:
    """The object under a key, an empty one if there is none."""
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def records(record: Record, key: str) -> list[Record]:
    """The objects of the list under a key; whatever else is in it says nothing."""
    value = record.get(key)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def labels(record: Record, *keys: str) -> Iterator[str]:
    """Labels as texts or as objects with a name."""
    for key in keys:
        value = record.get(key)
        for part in value if isinstance(value, list) else []:
            name = word(part, "name", "title") if isinstance(part, Mapping) else part
            if isinstance(name, str) and name.strip():
                yield headed.one_line(re.sub("[,;]", " ", name))


def kind_labelled(names: Iterable[str]) -> Kind | None:
    """The kind of an issue of which a label or type says that it is an incident: `outage`, `type::incident`."""
    named = (kind_named(re.split(r"[:/]", name)[-1]) for name in names)
    return "post-mortem" if "post-mortem" in named else None


# --- persons


def persons(names: Iterable[str]) -> tuple[str, ...]:
    """Persons, each as `one_person` writes them, without repetition, and without what stands for nobody."""
    known = (one_person(*(part for part in name.split("\n") if _is_person(part))) for name in names)
    return tuple(dict.fromkeys(filter(None, known)))


def _is_person(name: str) -> bool:
    return len(name) <= 200 and not _NO_PERSON.fullmatch(headed.one_line(name))


def everybody(value: object, depth: int = 0, *, are_persons: bool = False) -> Iterator[str]:
    """All persons who took part in it, each with what else is known of their name."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from everybody(part, depth + 1, are_persons=are_persons)
    elif isinstance(value, Mapping):
        if are_persons and not re.search("service|team|schedule|policy", word(value, "type")):
            yield one_person(*(word(value, name) for name in ("name", "summary", "email")))
        for key, part in value.items():
            yield from everybody(
                part, depth + 1, are_persons=is_role(key) and (key != "agent" or not isinstance(part, str))
            )
    elif are_persons and isinstance(value, str) and len(value.split()) <= _LONGEST_NAME:
        yield value


def is_role(key: str) -> bool:
    """True for a key that names what somebody has to do with it: owner, authors."""
    return key.lower().removesuffix("s") in _ROLES


def mentioned(text: str) -> Iterator[str]:
    """The logins that a text mentions as `@login` outside of code."""
    return (match[1] for match in _MENTION.finditer(_CODE.sub(" ", text)))


def comment(author: str, date: str | None, text: str) -> str:
    """A comment as a section: by whom, when. A login is written as a mention, so that it is told from a word."""
    name = headed.one_line(author)
    known = not _NO_PERSON.fullmatch(name) and not _ACCOUNT_ID.fullmatch(name)
    shown = name if re.search(r"\s", name) else f"@{name.removeprefix('@')}"
    return section(", ".join(part for part in (f"Comment by {shown}" if known else "Comment", date) if part), text)


# --- text


def section(title: str, text: str) -> str:
    """A section of level two, the headings within pushed below it; empty without text."""
    if not text.strip():
        return ""
    return f"{headed.heading(2, title)}\n\n{_below(text)}"


def joined(parts: Iterable[str]) -> str:
    """Blocks of text with blank lines between."""
    return "\n\n".join(part for part in parts if part)


def _below(text: str) -> str:
    lines, inside = [], False
    for line in text.splitlines():
        inside ^= bool(_FENCE.match(line))
        lines.append(line if inside else _HEADING.sub(lambda match: "#" * min(len(match[1]) + 2, 6), line))
    return "\n".join(lines)


def markdown(text: str, shown: str) -> str:
    """Markdown as headed text; empty if there are no words in it."""
    try:
        page = read_markdown(text, source=shown)
    except NothingToRead:
        return ""
    return f"{headed.heading(1, page.title)}\n\n{page.text}" if page.title else page.text


def html_text(tree: Tag) -> str:
    """A tree of HTML as headed text; for absurdly deep ones without structure."""
    try:
        return headed_text(tree)
    except RecursionError:
        return headed.tidy(headed.unheaded(tree.get_text("\n")))


def html_fragment(text: str) -> BeautifulSoup:
    """A piece of HTML as a tree."""
    return BeautifulSoup(text, "lxml")


# --- time


def when(value: object) -> str:
    """A moment as `2024-11-07 09:30 UTC`; empty for what is none. Without a zone it is taken as it stands."""
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if found is None:
            return ""
        return found.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if found.tzinfo else f"{found:%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return ""


def day(record: Record, *keys: str) -> str | None:
    """The first of the keys that has a date."""
    return next((date for key in keys if (date := partial_date(record.get(key)))), None)
