"""Slack's export: threads, and long messages that nobody answered, are documents."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from corpus.errors import IngestError, Unreadable
from ingest import headed
from ingest.archives import Archive
from ingest.decode import decode
from ingest.export_parts import Entry, Found, Record, gathered, inner, joined, made, records, word
from ingest.people import one_person
from ingest.types import Page

_DAY = re.compile(r"(.*/)([^/]+)/\d{4}-\d\d-\d\d\.json")
_LISTS = ("users.json", "channels.json", "org_users.json", "groups.json")
_PRIVATE = re.compile(r"D[A-Z0-9]{8,}|mpdm-.*")
_KEPT = ("", "thread_broadcast", "me_message", "file_share", "reply_broadcast")
_LEAST_WORDS = 40
"""A message that nobody answered is a document if it has so many words."""
_TITLE = 80
_MARK = re.compile(r"<([^<>\n]{1,3000})>")
_CALLED = re.compile(r"(?<![\w@])@([\w.-]{1,80})")
_STRANGER = "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Who and what the ids of an export stand for.

    User id -> shown name, user id -> all names, a name of one word -> user id, channel id -> name.
    """

    shown: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    called: Mapping[str, str]
    channels: Mapping[str, str]


def slack_root(archive: Archive) -> str | None:
    """The folder of an export ("" or "name/"); None if the archive is none."""
    names = set(archive.names())
    days = [match for name in names if (match := _DAY.fullmatch(f"/{name}"))]
    roots = {match[1][1:] for match in days}
    return next((root for root in sorted(roots, key=len) if any(f"{root}{part}" in names for part in _LISTS)), None)


def read_slack(archive: Archive, root: str, *, source: str, most_items: int) -> list[Entry]:
    """The threads and long messages of all channels. What people wrote to each other in private is left out."""
    people = [*_listed(archive, f"{root}users.json"), *_listed(archive, f"{root}org_users.json")]
    channels = [*_listed(archive, f"{root}channels.json"), *_listed(archive, f"{root}groups.json")]
    names = {word(person, "id"): tuple(_names(person)) for person in people}
    space = Workspace(
        shown={id: known[0] for id, known in names.items() if known},
        names=names,
        called={name.lower(): id for id, known in names.items() for name in known},
        channels={word(channel, "id"): word(channel, "name") for channel in channels},
    )
    return gathered(source, _threads(archive, root, space), most_items)


def _listed(archive: Archive, name: str) -> list[Record]:
    """The objects of a list in the archive; none if it is not there or broken, as names can be done without."""
    return _objects(archive.get(name)) or []


def _objects(body: bytes | None) -> list[Record] | None:
    """The objects of a JSON list; None if it cannot be read."""
    try:
        found = json.loads(decode(body or b"", "", declared="utf-8"))
    except (IngestError, ValueError, RecursionError):
        return None
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else None


def _names(person: Record) -> Iterator[str]:
    """A person's names, the one that Slack shows first."""
    found = [*_shown_names(inner(person, "profile")), *_shown_names(person)]
    return iter(dict.fromkeys(found))


def _shown_names(record: Record) -> Iterator[str]:
    """Names, the one that Slack shows first. Signs and single letters name nobody."""
    names = (headed.one_line(word(record, key).replace(":", " ")) for key in ("display_name", "real_name", "name"))
    return (name for name in names if len(re.findall(r"[^\W\d_]", name)) > 1)


# --- threads


def _threads(archive: Archive, root: str, space: Workspace) -> Iterator[Found]:
    channels: dict[str, list[str]] = {}
    for name in archive.names():
        match = _DAY.fullmatch(f"/{name}")
        if match and match[1][1:] == root and not _PRIVATE.fullmatch(match[2]):
            channels.setdefault(match[2], []).append(name)
    for channel, days in channels.items():
        yield from _of_channel(archive, channel, days, space)


def _of_channel(archive: Archive, channel: str, days: Sequence[str], space: Workspace) -> Iterator[Found]:
    """A channel's days are read together: a thread goes on for as long as people answer."""
    threads: dict[str, dict[str, Record]] = {}
    for name in days:
        messages = _objects(archive.get(name))
        if messages is None:
            yield name, _broken
        for message in filter(_is_said, messages or []):
            moment = word(message, "ts")
            threads.setdefault(word(message, "thread_ts") or moment, {})[moment] = message
    for start, said in threads.items():
        told = [said[moment] for moment in sorted(said, key=float)]
        if len(told) > 1 or len(word(told[0], "text").split()) >= _LEAST_WORDS:
            yield f"#{channel}, {start}", partial(_thread, channel, start, told, space)


def _broken(shown: str) -> Page:
    raise Unreadable(shown, "it is no list of messages: locked, damaged or cut off")


def _is_said(message: Record) -> bool:
    """True for what a person said; joins, topics, bots and what was deleted are not."""
    if message.get("hidden") or word(message, "bot_id") or word(message, "user") == "USLACKBOT":
        return False
    is_timed = re.fullmatch(r"\d{1,12}(?:\.\d{1,9})?", word(message, "ts")) is not None
    return is_timed and word(message, "subtype") in _KEPT and bool(word(message, "text") or _files(message))


def _files(message: Record) -> list[str]:
    found = [*records(message, "files"), inner(message, "file")]
    return [name for part in found if (name := headed.one_line(word(part, "title", "name")))]


def _thread(channel: str, start: str, told: Sequence[Record], space: Workspace, shown: str) -> Page:
    texts = [_plain(word(message, "text"), space) for message in told]
    first = next((line for text in texts for line in text.splitlines() if re.search(r"\w", line)), f"#{channel}")
    return made(
        shown,
        joined(_with_days(told, [_line(message, text, space) for message, text in zip(told, texts, strict=True)])),
        title=_shortened(first.strip("#*`- ")),
        id=f"{channel}-{start}",
        published=_day(told[0]),
        tags=[channel],
        people=_people(told, space),
    )


def _with_days(told: Sequence[Record], lines: Sequence[str]) -> Iterator[str]:
    """The lines, under a heading a day if it took more than one. Times of day say little of what was learned."""
    days = [_day(message) or "" for message in told]
    before = ""
    for day, line in zip(days, lines, strict=True):
        if day != before and days[0] != days[-1]:
            yield headed.heading(2, day)
        before = day
        yield line


def _line(message: Record, text: str, space: Workspace) -> str:
    parts = [text, *(f"(file: {name})" for name in _files(message))]
    said = joined(part for part in parts if part)
    gap = "\n\n" if said.startswith(("```", "- ")) else " "
    return f"{_who(message, space)}:{gap}{said}"


def _who(message: Record, space: Workspace) -> str:
    known = space.shown.get(word(message, "user"))
    return known or next(_shown_names(inner(message, "user_profile")), _STRANGER)


def _people(told: Sequence[Record], space: Workspace) -> Iterator[str]:
    """Who speaks, and who is spoken to: as a user, or by a name that is written out."""
    for message in told:
        text = word(message, "text")
        yield one_person(*space.names.get(word(message, "user"), ()), *_shown_names(inner(message, "user_profile")))
        for match in _MARK.finditer(text):
            id, _, label = match[1].partition("|")
            if id.startswith("@"):
                yield one_person(*space.names.get(id[1:], ()), label.removeprefix("@"))
        for match in _CALLED.finditer(text):
            yield one_person(*space.names.get(space.called.get(match[1].lower().rstrip(".-"), ""), ()))


def _day(message: Record) -> str | None:
    try:
        return datetime.fromtimestamp(float(word(message, "ts")), UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return None


def _shortened(text: str) -> str:
    text = headed.one_line(text)
    return text if len(text) <= _TITLE else text[:_TITLE].rsplit(" ", 1)[0] + "…"


# --- text


def _plain(text: str, space: Workspace) -> str:
    """Slack's own markup as headed text: ids as names, links as their labels, code fenced."""
    parts = _MARK.sub(lambda match: _meant(match[1], space), text).split("```")
    if len(parts) % 2 == 0:  # half a listing
        parts[-2:] = [f"{parts[-2]}\n{parts[-1]}"]
    blocks = (headed.fenced(_unescaped(part)) if at % 2 else _prose(part.strip()) for at, part in enumerate(parts))
    return headed.tidy("\n\n".join(block for block in blocks if block.strip()))


def _prose(text: str) -> str:
    bulleted = re.sub(r"(?m)^\s*[•◦▪]\s*", "- ", _unescaped(text))
    return headed.unheaded(re.sub(r"(?<![\w*])\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*(?![\w*])", r"\1", bulleted))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _meant(mark: str, space: Workspace) -> str:
    """What stands between the angle brackets: a person, a channel, a command or a link."""
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        return "@" + (space.shown.get(target[1:]) or label or _STRANGER).removeprefix("@")
    if target.startswith("#"):
        return "#" + (label or space.channels.get(target[1:]) or "channel").removeprefix("#")
    if target.startswith("!"):
        return label or "@" + re.split(r"[\^]", target[1:])[0]
    return label or target.removeprefix("mailto:")
