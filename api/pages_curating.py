"""The web pages of collections for their curators: making, ordering, noting, deleting. Forms that need no JavaScript.

A form carries the version that its curator saw. Where somebody else changed the same thing since, nothing is
overwritten: a page shows both, with what was typed.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api import forms
from api.access import Who, needs
from api.depends import DocumentId, Parts, Slug
from api.pages_collections import Cursor, address, listed, missing, shown
from api.problems import STATUS
from api.rendering import error_page, page
from api.schemas import Line, Whole
from api.wiring import Lessonry
from corpus.clock import now
from corpus.collection_state import (
    VISIBILITIES,
    Edit,
    Living,
    Place,
    State,
    arranged,
    changed,
    described,
    living,
    removed,
    sectioned,
    stepped,
    unliving,
)
from corpus.errors import BadEdit, LessonryError, NotFound

router = APIRouter()

Words = Annotated[str, Form()]
Version = Annotated[Whole, Form()]
Arranging = Annotated[Literal["add", "rename", "up", "down", "remove"], Form()]
CURATE = [needs("curate")]
_DETAILS = ("title", "description", "visibility", "curators")


@router.post("/collections", dependencies=CURATE)
def create(
    request: Request, parts: Parts, person: Who, title: Words = "", description: Words = "", query: Words = "",
    document_id: Annotated[list[str] | None, Form(max_length=1000)] = None,
) -> Response:  # fmt: skip
    """Make a collection, with documents if some are given; with a query it looks out for more."""
    try:
        with parts.corpus.db.write():
            made = parts.corpus.collections.create(title.strip(), description=description.strip(), who=person.name)
            places = [Place(one, added=now()) for one in dict.fromkeys(document_id or ())]
            parts.corpus.collections.change(made.slug, arranged(places), who=person.name)
            if query.strip():
                parts.corpus.collections.change(made.slug, living(Living(query.strip())), who=person.name)
    except LessonryError as error:
        return listed(
            request, parts, status=STATUS[type(error)], title=title, description=description, query=query,
            documents=document_id or (), error=str(error),
        )  # fmt: skip
    return RedirectResponse(f"{address(made.slug)}/edit", 303)


@router.get("/collections/{slug}/edit", dependencies=CURATE)
def editing(request: Request, parts: Parts, slug: Slug, cursor: Cursor = None, undo: Whole = 0) -> Response:
    """A collection with all that can be changed of it."""
    return _editor(request, parts, slug, cursor=cursor, undo=undo)


@router.post("/collections/{slug}", dependencies=CURATE)
def describe(
    request: Request, parts: Parts, person: Who, slug: Slug, version: Version, title: Words = "",
    description: Words = "", visibility: Words = "members", curators: Words = "",
) -> Response:  # fmt: skip
    """Set title, description, visibility, curators."""
    names = tuple(dict.fromkeys(name.strip() for name in curators.split(",") if name.strip()))
    fields = {"title": title.strip(), "description": description.strip(), "visibility": visibility, "curators": names}

    def read(state: State) -> Any:
        return [getattr(state, name) for name in _DETAILS]

    typed = {"title": title, "description": description, "visibility": visibility, "curators": curators}
    return _careful(request, parts, person, slug, version, described(**fields), read, typed)


@router.post("/collections/{slug}/delete", dependencies=CURATE)
def delete(request: Request, parts: Parts, person: Who, slug: Slug) -> Response:
    """Delete a collection; the list offers to bring it back."""
    try:
        parts.corpus.collections.delete(slug, who=person.name)
    except NotFound:
        return missing(request)
    return RedirectResponse(f"/collections?deleted={address(slug).removeprefix('/collections/')}", 303)


@router.post("/collections/{slug}/restore", dependencies=CURATE)
def restore(
    request: Request, parts: Parts, person: Who, slug: Slug, number: Annotated[Whole, Form()],
    version: Annotated[Whole | None, Form()] = None,
) -> Response:  # fmt: skip
    """Bring back how it was; with a version only if nobody changed it since."""
    try:
        parts.corpus.collections.restore(slug, number, who=person.name, version=version)
    except LessonryError as error:
        return error_page(request, STATUS[type(error)], "It could not be brought back", str(error))
    return RedirectResponse(f"{address(slug)}/edit", 303)


@router.post("/add-to-collection", dependencies=CURATE)
def add_to_chosen(
    request: Request, parts: Parts, person: Who, document_id: Words, slug: Words = "", title: Words = ""
) -> Response:
    """Put a document into the chosen collection, or into a new one."""
    try:
        with parts.corpus.db.write():
            made = parts.corpus.collections.create(title.strip(), who=person.name).slug if title.strip() else slug
            parts.corpus.collections.add(made, document_id, who=person.name)
    except LessonryError as error:
        return error_page(request, STATUS[type(error)], "It was not added", str(error))
    return RedirectResponse(f"{address(made)}/edit#i-{document_id}", 303)


@router.post("/collections/{slug}/items", dependencies=CURATE)
def add(
    request: Request, parts: Parts, person: Who, slug: Slug, document: Words = "", note: Words = "",
    section: Annotated[str, Form(), Line] = "",
) -> Response:  # fmt: skip
    """Put a document in, by its id or address."""
    try:
        found = parts.corpus.documents.find(document.strip().rstrip("/").split("/documents/")[-1])
        parts.corpus.collections.add(slug, found.id, note.strip(), section=section, who=person.name)
    except LessonryError as error:
        said = "no document of that id or address is stored here; add it first" if document.strip() else "name one"
        return _editor(request, parts, slug, error=said if isinstance(error, NotFound) else str(error))
    return _back(parts, slug, found.id)


@router.post("/collections/{slug}/items/{document_id}/note", dependencies=CURATE)
def write_note(
    request: Request, parts: Parts, person: Who, slug: Slug, document_id: DocumentId, version: Version,
    note: Words = "",
) -> Response:  # fmt: skip
    """Write why a document is there."""

    def read(state: State) -> Any:
        return [state.places[state.index(document_id)].note] if state.has(document_id) else None

    note = note.replace("\r\n", "\n").strip()
    typed = {"note": note}
    return _careful(request, parts, person, slug, version, changed(document_id, note=note), read, typed, document_id)


@router.post("/collections/{slug}/items/{document_id}/move", dependencies=CURATE)
def move(
    request: Request, parts: Parts, person: Who, slug: Slug, document_id: DocumentId,
    step: Annotated[Literal["up", "down"] | None, Form()] = None,
    section: Annotated[str | None, Form()] = None, position: Annotated[Whole | None, Form()] = None,
) -> Response:  # fmt: skip
    """Move a document by a step, to a section, or to a position of the whole list."""
    by_step = stepped(document_id, -1 if step == "up" else 1)
    edit = by_step if step else changed(document_id, section=section, position=position)
    return _simple(request, parts, person, slug, edit, document_id)


@router.post("/collections/{slug}/items/{document_id}/remove", dependencies=CURATE)
def remove(request: Request, parts: Parts, person: Who, slug: Slug, document_id: DocumentId) -> Response:
    """Take a document out; the page offers to undo it."""
    return _simple(request, parts, person, slug, removed(document_id))


@router.post("/collections/{slug}/sections", dependencies=CURATE)
def arrange_sections(
    request: Request, parts: Parts, person: Who, slug: Slug, action: Arranging, name: Words = "", section: Words = ""
) -> Response:
    """Add, rename, move or give up a section."""

    def edit(state: State) -> State:
        names = list(state.sections)
        if action in ("add", "rename") and not name.strip():
            raise BadEdit("give the section a name")
        if action == "add":
            return sectioned([*names, name], {})(state)
        if section not in names:
            raise NotFound("section", section)
        if action == "rename":
            return sectioned([name if one == section else one for one in names], {section: name})(state)
        place = names.index(section)
        names.pop(place)
        if action != "remove":
            names.insert(max(0, place - 1) if action == "up" else place + 1, section)
        return sectioned(names, {})(state)

    return _simple(request, parts, person, slug, edit)


@router.post("/collections/{slug}/living", dependencies=CURATE)
def look_out(
    request: Request, parts: Parts, person: Who, slug: Slug, query: Words = "", examples: Words = "",
    against: Words = "", off: Words = "",
) -> Response:  # fmt: skip
    """Let it look out for more, and look at once; or for nothing any more."""
    try:
        if off:
            parts.corpus.collections.change(slug, unliving, who=person.name)
            return _back(parts, slug)
        wanted = Living(query.strip(), _documents(parts, examples), _documents(parts, against))
        parts.corpus.collections.change(slug, living(wanted), who=person.name)
        parts.living.look(slug)
    except LessonryError as error:
        return _editor(request, parts, slug, error=str(error))
    return RedirectResponse(f"/review?collection={address(slug).removeprefix('/collections/')}", 303)


def _simple(request: Request, parts: Lessonry, person: Any, slug: str, edit: Edit, document_id: str = "") -> Response:
    """A change that holds whatever others did meanwhile: it names what it is about."""
    try:
        parts.corpus.collections.change(slug, edit, who=person.name)
    except NotFound as error:
        if error.kind == "collection":
            return missing(request)
        said = "somebody took that document out meanwhile; the others stand as they did"
        return _editor(request, parts, slug, error=said if error.kind.startswith("item") else str(error), status=404)
    except LessonryError as error:
        return _editor(request, parts, slug, error=str(error))
    return _back(parts, slug, document_id)


def _careful(
    request: Request, parts: Lessonry, person: Any, slug: str, version: int, edit: Edit,
    read: Callable[[State], Any], typed: dict[str, str], document_id: str = "",
) -> Response:  # fmt: skip
    """A change of what is written; a page with both versions if `read` was changed since `version`."""
    collections = parts.corpus.collections
    try:
        with parts.corpus.db.write():
            present = collections.state(slug)
            if read(present) != read(collections.history.state(slug, version, present)):
                return _conflict(request, parts, slug, version, typed, document_id)
            collections.change(slug, edit, who=person.name)
    except NotFound:
        return missing(request)
    except LessonryError as error:
        return _editor(request, parts, slug, error=str(error), written=(document_id, typed))
    return _back(parts, slug, document_id)


def _conflict(
    request: Request, parts: Lessonry, slug: str, version: int, typed: dict[str, str], document_id: str
) -> Response:
    collections = parts.corpus.collections
    found = collections.get(slug)
    changes = [one for one in collections.history.of(slug, limit=20) if one.number > version]
    state = collections.state(slug)
    place = state.places[state.index(document_id)] if document_id and state.has(document_id) else None
    return page(
        request, "collection_conflict.html", status=409, collection=found, changes=changes, typed=typed,
        document_id=document_id, document=parts.corpus.documents.get_many([document_id]).get(document_id), place=place,
    )  # fmt: skip


def _editor(
    request: Request, parts: Lessonry, slug: str, *, cursor: str | None = None, undo: int = 0, error: str = "",
    status: int = 422, written: tuple[str, dict[str, str]] = ("", {}),
) -> Response:  # fmt: skip
    """The page for curators; after a mistake with what was typed, and what is wrong with it."""
    try:
        context = shown(parts, slug, cursor, undo)
    except NotFound:
        return missing(request)
    return page(
        request, "collection_edit.html", status=status if error else 200, error=error, written=written,
        typed=dict(forms.typed(request)), visibilities=VISIBILITIES, **context,
    )  # fmt: skip


def _back(parts: Lessonry, slug: str, document_id: str = "") -> Response:
    """Back to the page, at the document at hand, with a way to undo what was done."""
    version = parts.corpus.collections.get(slug).version
    place = f"#i-{document_id}" if document_id else ""
    return RedirectResponse(f"{address(slug)}/edit?undo={version}{place}", 303)


def _documents(parts: Lessonry, typed: str) -> tuple[str, ...]:
    return tuple(parts.corpus.documents.find(key).id for key in typed.replace(",", " ").split())
