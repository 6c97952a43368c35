"""The documents of a bundle, a Markdown file each: front matter and headed text."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import frontmatter
from corpus.bundle_fields import Fields
from corpus.collection_state import VISIBILITIES
from corpus.documents import EDITABLE
from corpus.errors import BundleError
from corpus.types import KINDS, Document, Draft
from corpus.urls import canonical

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELDS = (
    "title", "kind", "organization", "published", "updated", "url", "tags", "language", "source", "identity", "id",
    "summary", "gone", "visibility",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A document of a bundle; `stored` has the fields that only an export knows."""

    draft: Draft
    stored: Mapping[str, Any]
    aliases: tuple[str, ...]


def written(document: Document, edits: Mapping[str, Any], aliases: Sequence[str]) -> str:
    """The file of a document."""
    fields: dict[str, Any] = {name: getattr(document, name) for name in _FIELDS}
    fields["tags"] = list(document.tags)
    fields.update(aliases=list(aliases), added=document.added, changed=document.changed)
    if edits:
        fields["edits"] = dict(sorted(edits.items()))
    return frontmatter.dump({name: value for name, value in fields.items() if value not in (None, [])}, document.text)


def read(path: Path, content: str) -> Read:
    """The document in a file; BundleError says what is wrong."""
    fields, text = frontmatter.parse(content)
    told = Fields(path, fields)
    title, url, document_id = told.text("title"), told.text("url"), told.text("id")
    if not title and not ("title" in told and document_id):  # an export may hold an empty one
        raise BundleError(path, "its front matter has no title")
    if document_id and not _ID.fullmatch(document_id):
        raise told.wrong("id", f"is {document_id!r:.60}; an id is made of letters, digits, - and _")
    if url and not url.startswith(("http://", "https://")):
        raise told.wrong("url", f"is {url!r:.60}, no address of the web")
    draft = Draft(
        identity=told.text("identity") or (canonical(url) if url else f"bundle:{path.stem}"),
        title=title or "",
        text=text,
        kind=told.one_of("kind", KINDS) or "post-mortem",
        url=url,
        organization=told.text("organization"),
        published=told.partial_date("published"),
        tags=told.texts("tags"),
        language=told.text("language"),
        updated=told.partial_date("updated"),
        summary=told.text("summary"),
        gone=told.partial_date("gone"),
        visibility=told.one_of("visibility", VISIBILITIES),
        source=(told.text("source") or "") if "source" in told else url or path.name,
    )
    stored: dict[str, Any] = {"id": document_id, "added": told.time("added"), "changed": told.time("changed")}
    if edits := told.within("edits"):
        stored["edits"] = _edits(edits)
    spelled = str if document_id else canonical  # a person writes an address as it comes
    stored = {name: value for name, value in stored.items() if value}
    return Read(draft, stored, tuple(spelled(alias) for alias in told.texts("aliases")))


def _edits(told: Fields) -> Mapping[str, Any]:
    """What people set by hand, of EDITABLE; a field that was emptied is None."""
    if strange := told.names() - set(EDITABLE):
        raise told.wrong(min(strange), f"is no field out of {', '.join(EDITABLE)}")
    read: dict[str, Callable[[str], Any]] = {
        "kind": lambda name: told.one_of(name, KINDS), "visibility": lambda name: told.one_of(name, VISIBILITIES),
        "published": told.partial_date,
        "tags": lambda name: list(told.texts(name)),
    }  # fmt: skip
    return {name: read.get(name, told.text)(name) for name in EDITABLE if name in told}
