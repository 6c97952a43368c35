"""Commands on duplicates: what was taken for one document, what may be, and a person's word on it."""

from typing import Annotated

import typer

from api import output
from api.duplicates import find_events, told
from api.session import Json
from corpus.documents import Documents
from corpus.errors import NotFound

duplicates = typer.Typer(help="Copies of documents, and reports of the same event.")
Key = Annotated[str, typer.Argument(metavar="ID|URL", help="An id, an address, or a file's path.")]
_EVERYTHING = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(duplicates, name="duplicates")


@duplicates.callback(invoke_without_command=True)
def list_duplicates(
    context: typer.Context,
    find: Annotated[bool, typer.Option("--find", help="Look through all documents for reports of one event.")] = False,
    json: Json = False,
) -> None:
    """List what was joined, what may be copies, and reports of the same event, each with the reason."""
    if context.invoked_subcommand:
        return
    with context.obj.open() as lessonry:
        if find:
            with output.progress("comparing") as bar:
                find_events(lessonry, lessonry.corpus.documents.ids(), bar)
        found = told(lessonry, _EVERYTHING)
    if json:
        output.print_json(found)
        return
    for one in found["joined"]:
        output.out.print(f"joined  {one['document']}  {one['address']}: {one['reason']}", markup=False)
    for one in found["candidates"]:
        ids = "  ".join(f"{side['id']}  {side['title']}" for side in (one["one"], one["other"]))
        output.out.print(f"{one['relation']}?  {ids}: {one['reason']}", markup=False)
    if not (found["joined"] or found["candidates"]):
        output.note("no duplicates are known; --find looks for reports of the same event")


@duplicates.command()
def join(context: typer.Context, keep: Key, other: Key) -> None:
    """Make the second document an address of the first, which takes over its places in collections."""
    with context.obj.open() as lessonry:
        kept, gone = lessonry.corpus.documents.find(keep), lessonry.corpus.documents.find(other)
        lessonry.corpus.aliases.join(kept.id, gone.id, "joined by a person")
    output.note(f"{gone.title} is now an address of {kept.id}; lessonry duplicates split {gone.id} undoes it")


@duplicates.command()
def split(context: typer.Context, alias: Key) -> None:
    """Make an address of a document a document of its own again. It is not joined by itself any more."""
    with context.obj.open() as lessonry:
        draft = lessonry.corpus.aliases.split(alias)
        lessonry.corpus.documents.put(draft, lessonry.split(draft.title, draft.full_text))
        lessonry.indexer.catch_up()
    output.note(f"{draft.id}  {draft.title} is a document of its own again")


@duplicates.command()
def apart(context: typer.Context, one: Key, other: Key) -> None:
    """Say of two documents that they are no copies and tell of different events: they are not listed any more."""
    with context.obj.open() as lessonry:
        documents: Documents = lessonry.corpus.documents
        pair = documents.find(one).identity, documents.find(other).identity
        known = lessonry.corpus.aliases.pairs(identity=pair[0], undecided_only=False, limit=_EVERYTHING)
        named = [known_pair for known_pair in known if pair[1] in (known_pair.one, known_pair.other)]
        if not named:
            raise NotFound("pair", f"{one} and {other}")
        for known_pair in named:
            lessonry.corpus.aliases.decide(known_pair.one, known_pair.other, known_pair.relation, "apart")
    output.note("noted")
