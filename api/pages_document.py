"""The page of a document: to be read, with the lessons that bear on it, and to be cited."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import citations, editing, reading, routes
from api.access import Who, needs
from api.depends import DocumentId, Parts
from api.forms import NOTHING
from api.rendering import error_page, page, streamed
from api.schemas import Whole
from api.wiring import Lessonry
from corpus import bundle
from corpus.errors import LessonryError, NotFound
from corpus.standing import STATES
from corpus.types import KINDS

router = APIRouter()

_LONG_TEXT = 6_000
"""Characters from which a document gets a table of contents."""


@router.get("/documents/{document_id}.bib", dependencies=[needs("read")])
def bibtex(parts: Parts, document_id: DocumentId) -> Response:
    """A document to be cited, as BibTeX."""
    text = citations.bibtex([parts.corpus.documents.get(document_id)])
    return _download(text, "application/x-bibtex", f"{document_id}.bib")


@router.get("/documents/{document_id}.csl.json", dependencies=[needs("read")])
def csl_json(parts: Parts, document_id: DocumentId) -> Response:
    """A document to be cited, as CSL-JSON."""
    text = citations.csl_json([parts.corpus.documents.get(document_id)])
    return _download(text, "application/vnd.citationstyles.csl+json", f"{document_id}.csl.json")


@router.get("/documents/{document_id}", dependencies=[needs("read")])
def document(
    request: Request, parts: Parts, person: Who, document_id: DocumentId,
    edited: Whole | None = None,
) -> Response:  # fmt: skip
    """A document to be read, with the lessons that bear on it."""
    return shown(request, parts, person, document_id, edited=edited)


def shown(
    request: Request, parts: Lessonry, person: Any, document_id: str, *, edited: int | None = None,
    refused: str = "", typed: Mapping[str, str] = NOTHING, theirs: Sequence[str] = (), status: int = 200,
) -> Response:  # fmt: skip
    """The page of a document; where a form of it was refused, with the reason and with what was typed.

    `theirs` are the fields that somebody else changed meanwhile.
    """
    try:
        found = routes.get_document(parts, document_id)
    except NotFound:
        detail = "It may have been removed, or the address is not quite right. Try a search for it."
        return error_page(request, 404, "There is no such document", detail)
    text = reading.read(found.title, found.text, found.passages)
    long = len(found.text) > _LONG_TEXT and len(text.contents) > 2
    inside = parts.corpus.collections.containing(document_id)
    return streamed(
        request, "document.html", status=status, refused=refused, typed=typed, theirs=theirs,
        was=editing.made_from(parts.corpus.documents.get(document_id)),
        document=found, text=text.html, contents=text.contents if long else [],
        meta_tags=citations.meta_tags(found),
        linked_data=citations.linked_data(found),
        collections=inside,
        all_collections=[one for one in parts.corpus.collections.all() if one not in inside],
        related=partial(_related, parts, document_id), curates="curate" in person.scopes, edited=edited,
        history=parts.corpus.lifecycle.history(document_id), actions=parts.corpus.actions.of(document_id),
        replaced=parts.corpus.lifecycle.replaced_by(document_id), kinds=KINDS, states=STATES,
    )  # fmt: skip


@router.post("/documents/{document_id}/remove", dependencies=[needs("curate")])
def remove(request: Request, parts: Parts, document_id: DocumentId) -> Response:
    """Remove a document; for a day that can be undone."""
    title = parts.corpus.documents.get(document_id).title
    bundle.put_aside(parts.corpus, document_id)
    return page(request, "removed.html", title=title, document_id=document_id)


@router.post("/documents/{document_id}/bring-back", dependencies=[needs("curate")])
def bring_back(parts: Parts, person: Who, document_id: DocumentId) -> Response:
    """Undo a removal."""
    bundle.bring_back(parts.corpus, document_id, parts.split, person.name)
    parts.indexer.catch_up()
    return RedirectResponse(f"/documents/{document_id}", 303)


def _related(parts: Lessonry, document_id: str) -> tuple[list[Any], str | None]:
    """Suggestions for a document, and what is missing from them; a page is shown without them too."""
    try:
        answer = routes.related_to_document(parts, document_id)
    except LessonryError as error:
        return [], str(error)
    return list(answer.suggestions), answer.degraded


def _download(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)
