"""Commands on collections: make them, put documents in order, write notes, and undo."""

import sys
from typing import Annotated, Any

import typer
from rich.markup import escape

from api import output
from api.schemas_collections import ChangeShape, CollectionShape, ItemShape
from api.session import Json
from api.wiring import Lessonry
from corpus.collection_state import changed, described, removed, sectioned
from corpus.errors import BadEdit

collections = typer.Typer(help="Curated lists of documents, each with a note on why it is there.")

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The collection, by its address part.")]
Key = Annotated[str, typer.Argument(metavar="ID|URL", help="A document: its id, its address, or its file's path.")]
Keys = Annotated[list[str], typer.Argument(metavar="ID|URL...", help="Documents: ids, addresses or paths.")]
Section = Annotated[str | None, typer.Option(help="A section of the collection; a new one is made.")]


@collections.command("list")
def list_collections(context: typer.Context, json: Json = False) -> None:
    """List the collections."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.collections.all()
    if json:
        output.print_json({"items": [_told(CollectionShape.of(one)) for one in found]})
        return
    for one in found:
        output.out.print(f"{one.slug}  [bold]{escape(one.title)}[/bold]  [dim]{one.size} documents[/dim]")
    if not found:
        output.note("no collections yet; lessonry collections create TITLE makes one")


@collections.command()
def show(context: typer.Context, slug: Slug, json: Json = False) -> None:
    """Show a collection with its items and notes."""
    with context.obj.open() as lessonry:
        found, items = lessonry.corpus.collections.get(slug), lessonry.corpus.collections.items(slug)
    if json:
        output.print_json({**_told(CollectionShape.of(found)), "items": [_told(ItemShape.of(one)) for one in items]})
        return
    output.out.print(f"[bold]{escape(found.title)}[/bold]")
    if found.description:
        output.out.print(found.description, markup=False)
    section = ""
    for number, item in enumerate(items, 1):
        if item.section != section:
            section = item.section
            output.out.print(f"\n[cyan]{escape(section)}[/cyan]")
        output.out.print(f"{number}. [bold]{escape(item.document.title)}[/bold]  [dim]{item.document.id}[/dim]")
        if item.note:
            output.out.print(f"   {item.note}", markup=False)


@collections.command()
def create(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE")],
    slug: Annotated[str | None, typer.Option(help="Its address part; default: from the title.")] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    json: Json = False,
) -> None:
    """Make a collection."""
    with context.obj.open() as lessonry:
        made = lessonry.corpus.collections.create(title, slug=slug, description=description)
    _say(CollectionShape.of(made), json)


@collections.command()
def edit(
    context: typer.Context,
    slug: Slug,
    title: Annotated[str | None, typer.Option(help="A new title; the address stays.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    visibility: Annotated[str | None, typer.Option(help="members or public.")] = None,
    curator: Annotated[list[str] | None, typer.Option(help="Its curators; may be given several times.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="Its sections, in order; several times.")] = None,
    json: Json = False,
) -> None:
    """Rename, describe, show to others; set curators and sections."""
    with context.obj.open() as lessonry:
        fields: dict[str, Any] = {"title": title, "description": description, "visibility": visibility}
        fields["curators"] = None if curator is None else tuple(curator)
        found = lessonry.corpus.collections.change(slug, lambda state: _sectioned(described(**fields)(state), section))
    _say(CollectionShape.of(found), json)


@collections.command()
def add(
    context: typer.Context,
    slug: Slug,
    documents: Keys,
    note: Annotated[str, typer.Option(help="Why they are here.")] = "",
    section: Section = None,
    json: Json = False,
) -> None:
    """Put documents at the end."""
    with context.obj.open() as lessonry:
        for document in [lessonry.corpus.documents.find(key) for key in documents]:
            if not lessonry.corpus.collections.add(slug, document.id, note, section=section or ""):
                output.note(f"{document.id} stands in it already")
        found = lessonry.corpus.collections.get(slug)
    _say(CollectionShape.of(found), json)


@collections.command()
def note(
    context: typer.Context,
    slug: Slug,
    document: Key,
    text: Annotated[str, typer.Argument(metavar="NOTE", help="Why it is here; - reads it from standard input.")],
    json: Json = False,
) -> None:
    """Write the note on a document."""
    said = sys.stdin.read().strip("\n") if text == "-" else text
    with context.obj.open() as lessonry:
        found = lessonry.corpus.collections.change(slug, changed(_id(lessonry, document), note=said))
    _say(CollectionShape.of(found), json)


@collections.command()
def move(
    context: typer.Context,
    slug: Slug,
    document: Key,
    place: Annotated[int | None, typer.Argument(metavar="PLACE", min=1, help="1 is the first one.")] = None,
    section: Section = None,
    json: Json = False,
) -> None:
    """Move a document to a place of the list, or to the end of a section."""
    if place is None and section is None:
        raise BadEdit("say where to: a place (1 is the first one), or --section NAME")
    position = None if place is None else place - 1
    with context.obj.open() as lessonry:
        change = changed(_id(lessonry, document), section=section, position=position)
        found = lessonry.corpus.collections.change(slug, change)
    _say(CollectionShape.of(found), json)


@collections.command()
def remove(context: typer.Context, slug: Slug, documents: Keys, json: Json = False) -> None:
    """Take documents out; they stay in the store."""
    with context.obj.open() as lessonry:
        for document_id in [_id(lessonry, key) for key in documents]:
            lessonry.corpus.collections.change(slug, removed(document_id))
        found = lessonry.corpus.collections.get(slug)
    _say(CollectionShape.of(found), json)


@collections.command()
def delete(context: typer.Context, slug: Slug, json: Json = False) -> None:
    """Delete a collection; its documents stay, and its history brings it back."""
    with context.obj.open() as lessonry:
        number = lessonry.corpus.collections.delete(slug)
    if json:
        output.print_json({"deleted": slug, "restore": number})
    else:
        output.note(f"deleted; lessonry collections restore {slug} {number} brings it back")


@collections.command()
def history(
    context: typer.Context,
    slug: Slug,
    limit: Annotated[int, typer.Option(min=1, help="The most changes to list.")] = 50,
    json: Json = False,
) -> None:
    """List who changed what and when, the latest first."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.collections.history.of(slug, limit=limit)
    if json:
        output.print_json({"items": [_told(ChangeShape.of(one)) for one in found]})
        return
    for one in found:
        output.out.print(f"{one.number}  {one.at}  {one.who and one.who + ' '}{one.what}", markup=False)


@collections.command()
def restore(
    context: typer.Context,
    slug: Slug,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `history` lists it.")],
    json: Json = False,
) -> None:
    """Bring back how a collection was after a change of its history; this can be undone too."""
    with context.obj.open() as lessonry:
        found = lessonry.corpus.collections.restore(slug, number)
    _say(CollectionShape.of(found), json)


def _id(lessonry: Lessonry, key: str) -> str:
    return lessonry.corpus.documents.find(key).id


def _sectioned(state: Any, sections: list[str] | None) -> Any:
    return state if sections is None else sectioned(sections, {})(state)


def _told(shape: Any) -> Any:
    return shape.model_dump(by_alias=True)


def _say(shape: CollectionShape, json: bool) -> None:
    """How the collection stands after a change."""
    if json:
        output.print_json(_told(shape))
    else:
        output.note(f"{shape.slug}: {shape.size} documents, version {shape.version}")
