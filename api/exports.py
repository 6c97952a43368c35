"""A collection to take along: Markdown, CSV, JSON. Citations are `api.citations`, feeds `api.feeds`."""

import csv
import io
import json
import re
from collections.abc import Sequence

from api.rendering import day, web_address
from api.schemas_collections import CollectionShape, ItemShape
from corpus.types import Collection, CollectionItem

COLUMNS = ("position", "section", "title", "note", "kind", "organization", "published", "url", "tags", "id", "added")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")

_TAG = re.compile(r"<(?!https?://)")


def markdown(collection: Collection, items: Sequence[CollectionItem]) -> str:
    """The collection as a Markdown text."""
    lines = [f"# {_plain(collection.title)}", *([_harmless(collection.description)] if collection.description else [])]
    section = ""
    for number, item in enumerate(items, 1):
        if item.section != section:
            section = item.section
            lines.append(f"## {_plain(section)}")
        lines.append(f"{number}. {_title(item)}" + "".join(f"\n   {line}" if line else "\n" for line in _told(item)))
    return "\n\n".join(lines) + "\n"


def table(items: Sequence[CollectionItem]) -> str:
    """The items as CSV; what a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in items:
        one = item.document
        row = (
            item.position + 1, item.section, one.title, item.note, one.kind, one.organization, one.published, one.url,
            ", ".join(one.tags), one.id, item.added,
        )  # fmt: skip
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def whole(collection: Collection, items: Sequence[CollectionItem]) -> str:
    """The collection with all its items as JSON, in the shapes of the HTTP interface."""
    told = CollectionShape.of(collection).model_dump(by_alias=True)
    told["items"] = [ItemShape.of(item).model_dump() for item in items]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _title(item: CollectionItem) -> str:
    title, address = _plain(item.document.title), web_address(item.document.url)
    return f"[{title}](<{re.sub('[<>]', '', address)}>)" if address else title


def _told(item: CollectionItem) -> list[str]:
    one = item.document
    facts = ", ".join(part for part in (one.kind, one.organization, one.published and day(one.published)) if part)
    return [facts, *(["", *_harmless(item.note).splitlines()] if item.note else [])]


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _harmless(text: str) -> str:
    """Markdown in which a tag is shown, not obeyed; an address between < and > stays a link."""
    return _TAG.sub(r"\<", text)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
