"""The web pages of the life of a lesson: a learning moment, what to look at again, and how people change a lesson."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api import editing, moments, routes_lessons
from api.access import Who, needs
from api.depends import DocumentId, Parts
from api.forms import here
from api.mistakes import in_words
from api.pages_document import shown
from api.problems import STATUS
from api.rendering import page
from api.schemas import DocumentEdit, Whole
from api.schemas_lessons import ActionEdit, NewAction, NewMoment
from corpus.actions import ActionText
from corpus.errors import LessonryError
from corpus.lifecycle import Doubt
from corpus.standing import ActionState

router = APIRouter()

Text = Annotated[str, Form()]
WHY: dict[Doubt, str] = {
    "review due": "Its review is due",
    "page gone": "Its page is not there any more",
    "successor outdated": "What took its place is outdated itself",
    "successor gone": "What took its place was removed",
    "verified long ago": "Nobody has looked at it for a year",
}
_MISTAKES = {
    "learned": "Say what you learned; one sentence is enough.",
    "happened": "That is too long for a moment; 20,000 characters are the most.",
    "url": "Give a whole address that begins with http:// or https://.",
    "title": "A title has at most 300 characters.",
    "text": "Say what is to be done, in at most 1,000 characters.",
    "due": "Give the date as YYYY-MM-DD.",
}


@router.get("/moment", dependencies=[needs("read")])
def moment(request: Request, url: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """A form of three fields."""
    return page(request, "moment.html", given={"url": url}, error="")


@router.post("/moment", dependencies=[needs("ingest")])
def write_moment(
    request: Request, parts: Parts, person: Who, happened: Text = "", learned: Text = "", audience: Text = "",
    title: Text = "", url: Text = "",
) -> Response:  # fmt: skip
    """Keep a learning moment and show it."""
    given = {"happened": happened, "learned": learned, "audience": audience, "title": title, "url": url.strip()}
    try:
        new = NewMoment.model_validate({name: said for name, said in given.items() if said or name in _NEEDED})
        document = moments.take(parts, new, person.name)
    except ValidationError as error:
        return page(request, "moment.html", status=422, given=given, error=_in_words(error))
    except LessonryError as error:
        return page(request, "moment.html", status=STATUS[type(error)], given=given, error=str(error))
    return RedirectResponse(f"/documents/{document.id}", 303)


@router.get("/still-true", dependencies=[needs("curate")])
def still_true(
    request: Request, parts: Parts, cursor: Annotated[str | None, Query(max_length=500)] = None,
    edited: Whole | None = None, document: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Lessons to look at again, with what can be said of each in one click; what was said last can be undone."""
    settled = parts.corpus.documents.get_many([document]).get(document) if edited else None
    found = routes_lessons.list_still_true(parts, cursor=cursor)
    following = f"/still-true?cursor={found.next}" if found.next else None
    return page(request, "still_true.html", items=found.items, why=WHY, next=following, settled=settled, edited=edited)


@router.post("/documents/{document_id}/still-true", dependencies=[needs("curate")])
def say_still_true(parts: Parts, person: Who, document_id: DocumentId, next: Text = "/still-true") -> Response:
    """It is true, and is looked at again in a year."""
    return _after(next, document_id, editing.still_true(parts, document_id, person.name))


@router.post("/documents/{document_id}/edit", dependencies=[needs("curate")])
async def edit(request: Request, parts: Parts, person: Who, document_id: DocumentId) -> Response:
    """Set what a person changed in the form; what it leaves out stays as it is."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        with parts.corpus.db.write():
            document = parts.corpus.documents.get(document_id)
            theirs = editing.overtaken(document, form)
            if theirs:
                again = editing.as_typed(document) | editing.meant(form)
                return shown(
                    request, parts, person, document_id, status=409, refused=_OVERTAKEN, typed=again, theirs=theirs
                )
            change = DocumentEdit.model_validate(_fields(form))
            edited = editing.edit(parts, document_id, change, person.name)
    except ValidationError as error:
        return shown(request, parts, person, document_id, status=422, refused=in_words(error), typed=form)
    except LessonryError as error:
        return shown(request, parts, person, document_id, status=STATUS[type(error)], refused=str(error), typed=form)
    return _after(form.get("next", ""), document_id, edited)


@router.post("/documents/{document_id}/undo", dependencies=[needs("curate")])
def undo(
    parts: Parts, person: Who, document_id: DocumentId, edited: Annotated[Whole, Form()], next: Text = ""
) -> Response:
    """Set back what an edit changed."""
    editing.undo(parts, document_id, edited, person.name)
    return RedirectResponse(here(next) if next else f"/documents/{document_id}", 303)


@router.post("/documents/{document_id}/actions", dependencies=[needs("curate")])
def write_action(
    request: Request, parts: Parts, person: Who, document_id: DocumentId, what: Text = "", who: Text = "",
    due: Text = "",
) -> Response:  # fmt: skip
    """Write an action item."""
    try:
        new = NewAction.model_validate({"text": what, "owner": who.strip() or None, "due": due.strip() or None})
    except ValidationError as error:
        typed = {"what": what, "who": who, "due": due}
        return shown(request, parts, person, document_id, status=422, refused=_in_words(error), typed=typed)
    parts.corpus.actions.add(document_id, ActionText(**new.model_dump()), person.name)
    return RedirectResponse(f"/documents/{document_id}#actions", 303)


@router.post("/documents/{document_id}/actions/{number}", dependencies=[needs("curate")])
def settle_action(
    parts: Parts, person: Who, document_id: DocumentId, number: Whole, state: Annotated[ActionState, Form()]
) -> Response:
    """Say how far an action item is."""
    change = ActionEdit.model_validate({"state": state})
    parts.corpus.actions.change(document_id, number, {"state": change.state}, person.name)
    return RedirectResponse(f"/documents/{document_id}#actions", 303)


_NEEDED = ("happened", "learned")
_OVERTAKEN = (
    "Somebody else changed this while you wrote. Nothing was overwritten, and what you wrote is still here: save it to"
    " put it in place of theirs, or change it to what stands now."
)


def _after(next: str, document_id: str, edited: int | None) -> Response:
    """To where the form was, with a way to undo what it did."""
    if next and here(next) != f"/documents/{document_id}":
        return RedirectResponse(here(next) + (f"?edited={edited}&document={document_id}" if edited else ""), 303)
    return RedirectResponse(f"/documents/{document_id}" + (f"?edited={edited}" if edited else ""), 303)


def _fields(form: dict[str, str]) -> dict[str, Any]:
    """What a person changed in the edit form; an empty field means none, a state without a successor has none."""
    said: dict[str, Any] = {name: text.strip() or None for name, text in editing.meant(form).items()}
    if "tags" in said:
        said["tags"] = [tag.strip() for tag in form["tags"].split(",") if tag.strip()]
    if form.get("state") != "superseded":
        said.pop("superseded_by", None)
    return said


def _in_words(error: ValidationError) -> str:
    where = error.errors()[0]["loc"]
    return _MISTAKES.get(str(where[0]) if where else "", "Something in the form cannot be: look at it once more.")
