"""Commands on living collections: what they look out for, and the documents that wait for a curator's word."""

import sys
from typing import Annotated

import typer
from rich.markup import escape

from api import output
from api.cli_collections import Slug, collections
from api.schemas_collections import CandidateShape, CollectionShape
from api.session import Json
from api.wiring import Lessonry
from corpus.collection_state import Living, unliving
from corpus.collection_state import living as looking_out
from corpus.errors import BadQuery

_MOST = 1_000


def register(app: typer.Typer) -> None:
    """Add the commands on collections, these among them, to the application."""
    app.add_typer(collections, name="collections")


@collections.command()
def living(
    context: typer.Context,
    slug: Slug,
    query: Annotated[str, typer.Option(help="A search, in the language of the search box.")] = "",
    like: Annotated[list[str] | None, typer.Option("--for", metavar="ID|URL", help="An example for.")] = None,
    against: Annotated[list[str] | None, typer.Option(metavar="ID|URL", help="An example against.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Look out for nothing any more.")] = False,
    json: Json = False,
) -> None:
    """Let a collection look out for more: what a search finds, and what is like its items and examples."""
    with context.obj.open() as lessonry:
        wanted = Living(query.strip(), _ids(lessonry, like), _ids(lessonry, against))
        found = lessonry.corpus.collections.change(slug, unliving if off else looking_out(wanted))
    if json:
        output.print_json(CollectionShape.of(found).model_dump(by_alias=True))
    elif found.living:
        output.note(f"{slug} looks out; lessonry collections review {slug} shows what it finds")
    else:
        output.note(f"{slug} looks out for nothing any more")


@collections.command()
def review(
    context: typer.Context,
    slug: Slug,
    accept: Annotated[list[str] | None, typer.Option(metavar="ID|URL", help="Put this document in.")] = None,
    refuse: Annotated[list[str] | None, typer.Option(metavar="ID|URL", help="Do not offer it again.")] = None,
    note: Annotated[str | None, typer.Option(help="Its note, or why it is refused. Default: the reason.")] = None,
    json: Json = False,
) -> None:
    """Look for what a living collection may want, and list what waits; or accept and refuse."""
    with context.obj.open() as lessonry:
        lessonry.living.look(slug)
        for document_id in _ids(lessonry, accept):
            lessonry.living.decide(slug, document_id, "accept", note=note)
        for document_id in _ids(lessonry, refuse):
            lessonry.living.decide(slug, document_id, "refuse", note=note)
        waiting = lessonry.corpus.reviews.waiting(slug, limit=_MOST)
        found = [CandidateShape.of(one, lessonry.living.draft_note(one)) for one in waiting]
    if json:
        output.print_json({"items": [one.model_dump() for one in found]})
        return
    for one in found:
        output.out.print(f"{one.document.id}  [bold]{escape(one.document.title)}[/bold]")
        output.out.print(f"   {one.note}", markup=False)
    if not found:
        output.note("nothing waits")


@collections.command()
def export(
    context: typer.Context,
    slug: Slug,
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="md, csv, json, bib or csl.json.")] = "md",
) -> None:
    """Print a collection as Markdown, CSV, JSON, BibTeX or CSL-JSON."""
    from api.routes_exports import FORMS
    from api.routes_exports import export as exported

    wanted = next((one for one in FORMS if one == form), None)
    if wanted is None:
        raise BadQuery(f"--as: {form!r} is none of {', '.join(FORMS)}")
    with context.obj.open() as lessonry:
        found, items = lessonry.corpus.collections.get(slug), lessonry.corpus.collections.items(slug)
        sys.stdout.write(exported(found, items, wanted))


def _ids(lessonry: Lessonry, keys: list[str] | None) -> tuple[str, ...]:
    return tuple(lessonry.corpus.documents.find(key).id for key in keys or ())
