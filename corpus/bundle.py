"""A home as a folder of readable files, fit for git: export, import, and export again gives equal bytes.

    bundle.json                 what this folder is, and which files the export wrote
    documents/<name>.md         front matter and headed text; <name> is the id in what we export
    lessons/<name>.yaml         what people say of a document: states, action items, verdicts; see bundle_lessons
    collections/<slug>.yaml     title, description, items: [{document: <name>, note: ...}]; more in bundle_collections

A folder written by hand (like the starter) may leave out what is stored with a document but
does not come from its author: id, identity, added, changed. A document's other addresses
stand in it as `aliases`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus import bundle_collections, bundle_documents, bundle_lessons
from corpus.bundle_documents import Read
from corpus.bundle_fields import read_text
from corpus.clock import now
from corpus.collection_state import Place, added
from corpus.documents import draft_digest
from corpus.edits import Stood
from corpus.errors import BundleError
from corpus.store import Corpus
from corpus.types import Document, Draft, PassageText

Split = Callable[[str, str], list[PassageText]]
"""(title, headed text) -> passages."""

_MARK_FILE = "bundle.json"
_MARK = {"format": "lessonry-bundle", "version": 1}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many documents an import added, changed and found as they were; and collections written."""

    added: int
    changed: int
    unchanged: int
    collections: int


def write_bundle(corpus: Corpus, folder: Path) -> int:
    """Write everything that people wrote; the number of documents. Files of an earlier export are replaced.

    BundleError if the folder holds something else.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK_FILE).exists():
        raise BundleError(folder, "the folder is not empty and is no export of ours; choose another one")
    written: dict[str, str] = {}
    with corpus.db.snapshot():
        ids = corpus.documents.ids()
        for document_id in ids:
            document = corpus.documents.get(document_id)
            aliases = [alias.identity for alias in corpus.aliases.of(document_id)]
            edits = corpus.documents.edits(document_id)
            written[f"documents/{document_id}.md"] = bundle_documents.written(document, edits, aliases)
            if said := bundle_lessons.written(corpus, document_id):
                written[f"lessons/{document_id}.yaml"] = said
        for collection in corpus.collections.all():
            written[f"collections/{collection.slug}.yaml"] = bundle_collections.written(corpus, collection.slug)
    try:
        _write(folder, written)
    except OSError as error:
        raise BundleError(folder, f"it cannot be written ({error.strerror})") from error
    return len(ids)


def read_bundle(corpus: Corpus, folder: Path, split: Split) -> Imported:
    """Take a bundle in, all of it or, where anything is wrong with it, nothing. BundleError names the file."""
    if not (folder / "documents").is_dir():
        raise BundleError(folder, "this is no bundle: it has no folder documents/")
    _check_mark(folder)
    documents = {
        path.stem: bundle_documents.read(path, read_text(path)) for path in sorted((folder / "documents").glob("*.md"))
    }
    _check_distinct(folder, documents)
    collections = {
        path.stem: bundle_collections.read(path, read_text(path), documents)
        for path in sorted((folder / "collections").glob("*.yaml"))
    }
    lessons = _read_lessons(folder, documents)
    fresh = [name for name, read in documents.items() if _differs(corpus, read)]
    passages = {name: split(documents[name].draft.title, documents[name].draft.full_text) for name in fresh}
    added = 0
    with corpus.db.write():
        ids = {name: _id(read) for name, read in documents.items()}
        for name in fresh:
            added += not corpus.documents.get_many([ids[name]])
            _store(corpus, documents[name], passages[name])
        for name, read in documents.items():
            _store_aliases(corpus, ids[name], read)
        bundle_lessons.store(corpus, lessons, ids)
        changed_collections = sum(
            bundle_collections.store(corpus, slug, told, ids) for slug, told in collections.items()
        )
    return Imported(added, len(fresh) - added, len(documents) - len(fresh), changed_collections)


def _write(folder: Path, written: Mapping[str, str]) -> None:
    """Write the files, and remove those of an earlier export; what others put there stays."""
    for name in {Path(name).parts[0] for name in written} | {"documents", "collections"}:
        if (folder / name).is_symlink():
            raise BundleError(folder / name, "it is a link; an export writes into its own folder only")
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in _written_before(folder) - written.keys():
        (folder / name).unlink(missing_ok=True)
    for name, content in written.items():
        _replace(folder / name, content)
    mark = {**_MARK, "files": sorted(written)}
    _replace(folder / _MARK_FILE, json.dumps(mark, indent=2, ensure_ascii=False) + "\n")


def _replace(path: Path, content: str) -> None:
    """Put a file in its place, whole, whatever was there; what a link leads to is left alone."""
    fresh = path.with_name(f".{path.name}.part")
    fresh.unlink(missing_ok=True)
    with fresh.open("x", encoding="utf-8", newline="") as file:
        file.write(content)
    fresh.replace(path)


def _written_before(folder: Path) -> set[str]:
    try:
        files = json.loads((folder / _MARK_FILE).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, TypeError, KeyError):
        return set()
    ours = re.compile(r"documents/[^/\\]+\.md|(?:collections|lessons)/[^/\\]+\.yaml")
    return {str(name) for name in files if ours.fullmatch(str(name))}


def _read_lessons(folder: Path, documents: Mapping[str, Read]) -> dict[str, bundle_lessons.Told]:
    paths = sorted((folder / "lessons").glob("*.yaml"))
    for path in paths:
        if path.stem not in documents:
            raise BundleError(path, "it is about no document of this bundle")
    return {path.stem: bundle_lessons.read(path, read_text(path)) for path in paths}


def _check_mark(folder: Path) -> None:
    """A bundle without a mark is one that people wrote; one of a later version may hold what we would lose."""
    path = folder / _MARK_FILE
    if not path.exists():
        return
    try:
        mark = json.loads(read_text(path))
        format, version = mark["format"], mark["version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BundleError(path, "it does not tell the format and the version of this bundle") from error
    if (format, version) != (_MARK["format"], _MARK["version"]):
        raise BundleError(path, f"this is {format!r:.40} of version {version!r:.40}, which is not read here")


def _check_distinct(folder: Path, documents: Mapping[str, Read]) -> None:
    names: dict[str, str] = {}
    for name, read in documents.items():
        other = names.setdefault(_id(read), name)
        if other != name:
            raise BundleError(folder / "documents" / f"{name}.md", f"it is the same document as {other}.md (id or url)")


def _id(read: Read) -> str:
    return str(read.stored.get("id") or read.draft.id)


def _document(read: Read) -> Document:
    """The document as the bundle holds it; a time that it does not tell is now."""
    fields = {name: getattr(read.draft, name) for name in Draft.__slots__}
    added = str(read.stored.get("added") or now())
    return Document(**fields, id=_id(read), added=added, changed=str(read.stored.get("changed") or added))


def _differs(corpus: Corpus, read: Read) -> bool:
    if "id" not in read.stored:  # written by hand: what people set since by hand is not undone
        return corpus.documents.digest(read.draft.id) != draft_digest(read.draft)
    stored = corpus.documents.get_many([_id(read)]).get(_id(read))
    return stored != _document(read) or corpus.documents.edits(_id(read)) != read.stored.get("edits", {})


def _store(corpus: Corpus, read: Read, passages: list[PassageText]) -> None:
    if "id" in read.stored:
        corpus.documents.restore(_document(read), passages, edits=read.stored.get("edits", {}))
    else:
        corpus.documents.put(read.draft, passages)


def _store_aliases(corpus: Corpus, document_id: str, read: Read) -> None:
    """Let the document have its other addresses; those that stand for something here already are left."""
    for identity in filter(corpus.aliases.is_free, read.aliases):
        corpus.aliases.add(identity, document_id, "told by the bundle that it came in")


def put_aside(corpus: Corpus, document_id: str) -> None:
    """Remove a document, and keep for a day what is needed to bring it back; NotFound if there is none."""
    document = corpus.documents.get(document_id)
    aliases = [alias.identity for alias in corpus.aliases.of(document_id)]
    with corpus.db.write():
        file = bundle_documents.written(document, corpus.documents.edits(document_id), aliases)
        places = list(_places(corpus, document_id))
        corpus.edits.keep_removed(document_id, file, bundle_lessons.written(corpus, document_id), places)
        corpus.documents.remove(document_id)


def bring_back(corpus: Corpus, document_id: str, split: Split, who: str = "") -> None:
    """Undo a removal of the last day, in the collections that there still are; NotFound if there is none.

    What took its place may have been removed meanwhile: then it is superseded, by nothing that is known.
    """
    file, said, places = corpus.edits.removed(document_id)
    path = Path(f"{document_id}.md")
    read = bundle_documents.read(path, file)
    passages = split(read.draft.title, read.draft.full_text)
    with corpus.db.write():
        _store(corpus, read, passages)
        _store_aliases(corpus, document_id, read)
        told = bundle_lessons.read(path, said).with_successors(corpus.documents.get_many)
        bundle_lessons.store(corpus, {document_id: told}, {document_id: document_id})
        there = {collection.slug for collection in corpus.collections.all()}
        for slug, position, note, section, since in places:
            if slug in there:
                place = Place(document_id, note=note, section=section, added=since)
                corpus.collections.change(slug, added(place, position), who=who)


def _places(corpus: Corpus, document_id: str) -> Iterator[Stood]:
    for collection in corpus.collections.containing(document_id):
        state = corpus.collections.state(collection.slug)
        position = state.index(document_id)
        place = state.places[position]
        yield collection.slug, position, place.note, place.section, place.added
