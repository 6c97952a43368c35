"""Commands of the life of a lesson: a learning moment, action items, content gaps."""

import sys
from typing import Annotated, get_args

import typer
from pydantic import ValidationError

from api import moments, output
from api.schemas_lessons import ActionOfDocument, GapShape, NewMoment
from api.session import Json
from api.whole import whole
from corpus.errors import BadQuery
from corpus.standing import ActionState

_MOST = 1_000


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (moment, actions, gaps):
        app.command()(command)


def moment(
    context: typer.Context,
    learned: Annotated[str, typer.Argument(help="What you learned; - reads standard input.")],
    happened: Annotated[str, typer.Option(help="What happened.")] = "",
    audience: Annotated[str, typer.Option(help="Who could use it.")] = "",
    title: Annotated[str | None, typer.Option(help="A title; else the first sentence of what you learned.")] = None,
    url: Annotated[str | None, typer.Option(help="The address of a page about it.")] = None,
    json: Json = False,
) -> None:
    """Write a short lesson; it is found and suggested at once, as a draft."""
    said = sys.stdin.read() if learned == "-" else learned
    given = {"learned": said, "happened": happened, "audience": audience, "title": title, "url": url}
    try:
        new = NewMoment.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadQuery(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}") from error
    with context.obj.open() as lessonry:
        document = moments.take(lessonry, new)
        if json:
            output.print_json(whole(lessonry, document).model_dump())
        else:
            output.out.print(f"{document.id}  {document.title}", markup=False)


def actions(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those that are open, done or dropped.")] = None,
    json: Json = False,
) -> None:
    """List the action items of all documents, at most 1,000."""
    chosen = next((one for one in get_args(ActionState) if one == state), None)
    if state is not None and chosen is None:
        raise BadQuery(f"--state: {state!r} is none of {', '.join(get_args(ActionState))}")
    with context.obj.open() as lessonry:
        found = lessonry.corpus.actions.page(chosen, limit=_MOST)
    if json:
        output.print_json({"items": [ActionOfDocument.told(*one).model_dump() for one in found]})
        return
    for action, document in found:
        output.out.print(f"{action.state:<8}{document.id}/{action.number}  {action.text}", markup=False)
    if not found:
        output.note("no action items")


def gaps(context: typer.Context, json: Json = False) -> None:
    """List what people looked for in vain, those met most often first, at most 1,000."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.gaps.page(limit=_MOST)
    if json:
        output.print_json({"items": [GapShape.of(one).model_dump() for one in found]})
        return
    for gap in found:
        output.out.print(f"{gap.told + gap.unhelpful + gap.empty:>5}  {gap.words}", markup=False)
    if not found:
        output.note("no open gaps")
